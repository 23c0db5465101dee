"""Products by groups of cells that fire alike: the dense ones, bit for bit where sums are exact."""

import numpy as np
import pytest

from neuro.layers.cells import StepCell
from neuro.layers.step_layer import advance, at_rest
from neuro.layers.trains import LONGEST, multiply, trains_of

GRID = 2.0**-12  # numbers on it add without rounding


def on_grid(rng, shape, largest=0.5):
    return (np.rint(rng.uniform(-largest, largest, shape) / GRID) * GRID).astype(np.float32)


def driven(rng, n_steps, n_samples, width):
    """Return the spikes of cells under constant currents."""
    current = rng.normal(0.6, 0.8, (1, n_samples, width)).astype(np.float32)
    return advance(current, StepCell(), at_rest(n_samples, width), n_steps=n_steps)[0]


def drawn(rng, n_steps, n_samples, width, activity):
    return (rng.random((n_steps, n_samples, width)) < activity).astype(np.float32)


CASES = [
    ("driven", 6),
    ("driven", 20),
    ("driven", LONGEST),
    (0.0, 5),
    (0.05, 12),
    (0.6, 9),
    (1.0, 1),
]


def spikes_of(rng, kind, n_steps):
    if kind == "driven":
        return driven(rng, n_steps, 7, 90)
    return drawn(rng, n_steps, 7, 90, kind)


@pytest.mark.parametrize(("kind", "n_steps"), CASES)
def test_groups_fire_as_their_members(kind, n_steps):
    spikes = spikes_of(np.random.default_rng(0), kind, n_steps)
    trains = trains_of(spikes)
    again = np.zeros_like(spikes)
    for sample, (begin, end) in enumerate(zip(trains.first, trains.first[1:], strict=False)):
        codes = trains.code[begin:end].tolist()
        assert len(set(codes)) == len(codes)
        for number, code in enumerate(codes, begin):
            members = trains.cells[trains.start[number] : trains.start[number + 1]]
            assert len(members)
            for step in range(n_steps):
                again[step, sample, members] += code >> step & 1
    assert np.array_equal(again, spikes)
    n_group_spikes = sum(code.bit_count() for code in trains.code.tolist())
    assert trains.n_sums == len(trains.cells) + n_group_spikes


@pytest.mark.parametrize(("kind", "n_steps"), CASES)
def test_products_have_the_bits_of_dense_ones(kind, n_steps):
    rng = np.random.default_rng(1)
    spikes = spikes_of(rng, kind, n_steps)
    trains, weight = trains_of(spikes), on_grid(rng, (90, 33))
    error = on_grid(rng, (n_steps, 7, 33))
    assert np.array_equal(trains.product(weight), spikes @ weight)
    flat = spikes.reshape(-1, 90)
    assert np.array_equal(trains.correlation(error), flat.T @ error.reshape(-1, 33))


@pytest.mark.parametrize("decay", [0.5, 0.9])
def test_traces_correlate_with_errors(decay):
    rng = np.random.default_rng(2)
    spikes = driven(rng, 11, 7, 90).astype(float)
    error, trace, expected = rng.normal(size=(11, 7, 33)), np.zeros((7, 90)), np.zeros((90, 33))
    for now, wrong in zip(spikes, error, strict=True):
        trace = decay * trace + now
        expected += trace.T @ wrong
    found = trains_of(spikes).correlation(error, decay)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


def test_constant_input_makes_trains_few_and_noise_does_not():
    rng = np.random.default_rng(3)
    few, many = trains_of(driven(rng, 20, 7, 400)), trains_of(drawn(rng, 20, 7, 400, 0.3))
    assert few.is_cheap
    assert not many.is_cheap
    assert len(few.code) < len(many.code) / 4


def test_the_way_is_chosen_by_counts_and_makes_no_difference():
    rng = np.random.default_rng(4)
    weight = on_grid(rng, (90, 33))
    for spikes in (driven(rng, 20, 7, 90), drawn(rng, 20, 7, 90, 0.5)):
        for trains in (trains_of(spikes), None):
            assert np.array_equal(multiply(spikes, weight, trains), spikes @ weight)


@pytest.mark.parametrize("activity", [0.05, 0.5])
def test_more_steps_than_bits_are_not_grouped(activity):
    rng = np.random.default_rng(5)
    spikes, weight = drawn(rng, LONGEST + 1, 2, 30, activity), on_grid(rng, (30, 11))
    assert trains_of(spikes) is None
    assert np.array_equal(multiply(spikes, weight, None), spikes @ weight)
