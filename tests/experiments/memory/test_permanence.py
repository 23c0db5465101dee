"""The rule of the spiking temporal memory, as its configuration writes it, by its equations."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest

from experiments import SETTINGS
from networks.config import load

CONFIG = "data/configs/memory/spiking-temporal-memory.yaml"
LARGE = "data/configs/memory/spiking-temporal-memory-large.yaml"
P_MAX, LAMBDA_PLUS, LAMBDA_MINUS, LAMBDA_H = 20, 0.08, 0.0015, 0.014
TAU, TAU_H, DELAY, DT_MIN, DT_MAX = 20.0, 440.0, 2.0, 4.0, 80.0  # ms
#: A few exponentials and sums of numbers below 20.
ROUNDING = 1e-12


def plasticity(config):
    resolved = load(config, experiments=SETTINGS).resolved
    return resolved["projections"]["recurrent"]["plasticity"]


@pytest.fixture(scope="module")
def rule():
    return plasticity(CONFIG)


@pytest.fixture
def pairs(simulate, rule):
    """Let sources fire at given ms, cells at 100 ms; return permanence, weight, cells' spikes."""

    def run(source, *, permanence="5", z="0", duration="160 ms", phases=(), rule=rule):
        n = len(source)
        initial = rule["initial"] | {"permanence": permanence}
        times = np.concatenate([np.asarray(each, dtype=float) for each in source])
        nodes = np.repeat(np.arange(n), [len(each) for each in source])
        found = simulate(
            {
                "source": {"model": "spike_generator", "size": n},
                "teacher": {"model": "spike_generator"},
                "cell": {"model": "lif_plateau", "size": n, "initial": {"z": z}},
            },
            {
                "teach": {
                    "source": "teacher",
                    "target": "cell",
                    "synapse": {"model": "delta", "weight": "100 mV"},
                },
                "learn": {
                    "source": "source",
                    "target": "cell",
                    "connectivity": {"rule": "one_to_one"},
                    "synapse": {"model": "delta", "target": "s", "weight": "0 pA", "delay": "2 ms"},
                    "plasticity": rule | {"initial": initial},
                },
            },
            duration=duration,
            phases=phases,
            spikes={"source": (times * 1e-3, nodes), "teacher": ([99.9e-3], [0])},
            record=["cell.spikes"],
        )
        assert found.spikes("cell", 0) * 1e3 == pytest.approx([100.0])
        return found.synaptic["learn"]["permanence"], found.weight("learn")

    return run


def gain(times, z=0.0):
    """Return what a target spike at 100 ms adds to the permanence after source spikes."""
    before = [time for time in times if time <= 100]
    if not before:
        return 0.0
    lag = 100 + DELAY - max(before)
    trace = sum(exp(-(100 + DELAY - time) / TAU) for time in before)
    if lag < DT_MIN:
        return P_MAX * LAMBDA_PLUS * (trace - exp(-lag / TAU))
    if DT_MIN < lag < DT_MAX:
        return P_MAX * (LAMBDA_PLUS * trace + LAMBDA_H * (1 - z))
    return 0.0


def test_every_lag_changes_the_permanence_as_its_equation_says(pairs):
    # Lags of 2 to 101 ms, at the edges and between, and source spikes after the target's.
    times = [1, 21.9, 22, 22.1, 60, 90, 97.9, 98, 98.1, 99, 100, 100.1, 101, 150]
    found, _ = pairs([[time] for time in times])
    known = [5 - P_MAX * LAMBDA_MINUS + gain([time]) for time in times]
    np.testing.assert_allclose(found, known, rtol=0, atol=ROUNDING)
    # Four lags count: 79.9, 42, 12 and 4.1 ms.
    assert len({round(value, 9) for value in known}) == 5


def test_synchronous_spikes_do_not_count_but_earlier_ones_do(pairs):
    trains = [[60, 99], [60, 100], [30, 60, 90]]
    found, _ = pairs(trains)
    known = [5 - len(train) * P_MAX * LAMBDA_MINUS + gain(train) for train in trains]
    np.testing.assert_allclose(found, known, rtol=0, atol=ROUNDING)
    assert known[0] > 5


def test_homeostasis_pulls_towards_one_plateau(pairs):
    found, _ = pairs([[60], [60]], z="3")
    # A step's spikes find the neuron at the step's end.
    known = 5 - P_MAX * LAMBDA_MINUS + gain([60], 3 * exp(-100.1 / TAU_H))
    # The midpoint method errs by (dt/tau_h)^3 / 6 a step, 1001 times.
    error = 1001 * (0.1 / TAU_H) ** 3 / 6 * 3 * P_MAX * LAMBDA_H
    np.testing.assert_allclose(found, known, rtol=0, atol=error)
    assert found[0] < 5


def test_the_larger_set_needs_rates_that_bear_several_source_spikes_an_episode(pairs, rule):
    """Neither does a pair lose because its source fires again, nor do contexts keep one cell.

    An element of the larger set is shown up to four times an episode, and until it is predicted
    all of its cells fire each time. A cell with one plateau an episode of tau_h stands for one
    context, with two for two.
    """
    trace = exp(-38 / 1560) / (1 - exp(-1))  # 38 ms after the latest plateau, one an episode
    assert trace == pytest.approx(1.54, abs=0.005)
    # The pair's own spike, and others too late to be paired.
    trains = [[60, *(110 + 10 * n for n in range(others))] for others in range(4)]

    def gains(rule, plateaus):
        found, _ = pairs(trains, z=f"{plateaus * trace * exp(100.1 / TAU_H)}", rule=rule)
        return (found > 5).tolist()

    assert gains(plasticity(LARGE), 1) == [True, True, True, False]
    assert gains(plasticity(LARGE), 2) == [False] * 4
    assert gains(rule, 1) == [True, False, False, False]


def test_permanence_stays_between_its_bounds(pairs):
    found, _ = pairs([[60], [150]], permanence=["19.9", "0.5"])
    np.testing.assert_array_equal(found, [20, 1])


def test_the_weight_follows_when_a_spike_is_sent(pairs):
    permanence, weight = pairs([[60], [60, 150], [150]], permanence="9.9")
    assert (permanence[:2] > 10).all()
    # Grown at 100 ms: switched on only where a spike is sent afterwards.
    np.testing.assert_array_equal(weight, [0, 12.98e-12, 0])


def test_nothing_changes_while_learning_is_off(pairs):
    phases = [
        {"name": "off", "duration": "120 ms", "plasticity": {"learn": False}},
        {"name": "on", "duration": "40 ms"},
    ]
    permanence, weight = pairs([[60], [60, 150]], permanence="12", phases=phases)
    np.testing.assert_allclose(permanence, [12, 12 - P_MAX * LAMBDA_MINUS])
    np.testing.assert_array_equal(weight, [0, 12.98e-12])
