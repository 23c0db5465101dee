"""Known answers of the populations that only send spikes."""

from __future__ import annotations

import numpy as np
import pytest

# Standard errors allowed: a sound source fails once in 1.7 million seeds.
FIVE_SIGMA = 5.0


def test_poisson_counts_have_the_rate_and_the_variance(simulate):
    size, rate, seconds, dt = 2000, 40.0, 0.5, 1e-3
    source = {"model": "poisson", "size": size, "parameters": {"rate": f"{rate} Hz"}}
    run = simulate({"source": source}, duration="500 ms", dt="1 ms", record=["source.spikes"])
    counts = np.bincount(run.trains["source"][1], minlength=size)
    steps, p = seconds / dt, rate * dt
    sd = np.sqrt(steps * p * (1 - p))
    assert abs(counts.mean() - steps * p) < FIVE_SIGMA * sd / np.sqrt(size)
    # The variance of a sample variance of near-normal counts is 2 sd^4 / size.
    assert abs(counts.var() - sd**2) < FIVE_SIGMA * np.sqrt(2 / size) * sd**2


def test_poisson_intervals_are_geometric(simulate):
    source = {"model": "poisson", "size": 500, "parameters": {"rate": "100 Hz"}}
    run = simulate({"source": source}, duration="1 s", dt="1 ms", record=["source.spikes"])
    intervals = np.concatenate([np.diff(run.spikes("source", k)) for k in range(500)])
    n = len(intervals)
    short = np.mean(np.round(intervals / 1e-3) == 1)
    # Intervals cut off by the end of the run are the long ones: about one in a hundred.
    assert short == pytest.approx(0.1, abs=FIVE_SIGMA * np.sqrt(0.09 / n) + 0.1 / 100)


def test_poisson_rates_may_differ(simulate):
    rates = ["0 Hz", "50 Hz", "500 Hz"]
    source = {"model": "poisson", "size": 3, "parameters": {"rate": rates}}
    run = simulate({"source": source}, duration="1 s", dt="0.5 ms", record=["source.spikes"])
    counts = [run.spikes("source", node).size for node in range(3)]
    assert counts[0] == 0
    assert abs(counts[1] - 50) < FIVE_SIGMA * np.sqrt(50)
    assert abs(counts[2] - 500) < FIVE_SIGMA * np.sqrt(500)


def test_same_seed_same_spikes_other_seed_others(simulate):
    def spikes(seed):
        run = simulate(
            {"source": {"model": "poisson", "size": 50, "parameters": {"rate": "100 Hz"}}},
            duration="100 ms",
            record=["source.spikes"],
            seed=seed,
        )
        return run.trains["source"]

    first, again, other = spikes(1), spikes(1), spikes(2)
    np.testing.assert_array_equal(first, again)
    assert len(first[0]) != len(other[0]) or (first[1] != other[1]).any()


def test_generator_replays_its_spikes(simulate):
    times, nodes = np.array([1e-3, 2.5e-3, 2.5e-3, 9e-3]), np.array([0, 2, 0, 1])
    run = simulate(
        {"source": {"model": "spike_generator", "size": 3}},
        duration="10 ms",
        spikes={"source": (times, nodes)},
        record=["source.spikes"],
    )
    seen_times, seen_nodes = run.trains["source"]
    order = np.lexsort((seen_nodes, seen_times))
    np.testing.assert_allclose(seen_times[order], np.sort(times), atol=1e-9)
    np.testing.assert_array_equal(seen_nodes[order], [0, 0, 2, 1])


def test_generator_without_input_is_silent(simulate):
    run = simulate(
        {"source": {"model": "spike_generator", "size": 3}},
        duration="10 ms",
        record=["source.spikes"],
    )
    assert run.trains["source"][0].size == 0
