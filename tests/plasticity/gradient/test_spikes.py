"""Gradients of a recurrent spiking network: through time, and by eligibility."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from neuro.errors import SpecError
from neuro.layers.surrogate import triangle
from plasticity.gradient.loss import cross_entropy_error
from plasticity.gradient.rates import RateNetwork, draw_network, logits
from plasticity.gradient.spikes import Spiking

CELLS = Spiking(adaptation=0.3, adapting=0.6, memory=5.0, leak=0.7)


def small(seed: int = 0) -> tuple[RateNetwork, np.ndarray, np.ndarray, list[np.ndarray]]:
    """Return 5 cells in double precision, one tau of which is held, that fire now and then."""
    rng = np.random.default_rng(seed)
    drawn = draw_network(5, rng, n_inputs=2, n_heads=2)
    network = RateNetwork(*(3 * np.asarray(each, dtype=np.float64) for each in drawn.arrays()))
    network.tau[0] = 0.7
    labels = [rng.integers(0, 2, 4) for _ in range(2)]
    return network, rng.standard_normal((8, 4, 2)), 0.1 * rng.random((4, 5)), labels


def test_smooth_gradient_through_time_is_that_of_finite_differences():
    network, inputs, start, labels = small()
    cells = replace(CELLS, is_local=False, is_smooth=True, surrogate="sigmoid")
    _, found = cells.gradient(network, inputs, start, labels, (0, 1))
    for parameter, slope in zip(network.arrays(), found.arrays(), strict=True):
        for place in np.ndindex(parameter.shape):
            kept, ends = parameter[place], []
            for change in (1e-6, -1e-6):
                parameter[place] = kept + change
                ends.append(cells.gradient(network, inputs, start, labels, (0, 1))[0])
            parameter[place] = kept
            assert slope[place] == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-5, abs=1e-8)
    assert found.tau[0] == 0
    assert np.abs(found.tau[1:]).min() > 0


def eligibility_gradient(network: RateNetwork, inputs: np.ndarray, course, labels) -> np.ndarray:
    """Accumulate e-prop's traces of recurrent synapses forwards in time, as they are published."""
    n_steps, n_sequences, n = course.spikes.shape
    decay, rho = np.exp(-1 / np.maximum(network.tau, 1)), np.exp(-1 / CELLS.memory)
    beta = CELLS.adaptation * (np.arange(n) < CELLS.adapting * n)
    wrong = sum(cross_entropy_error(logits(network, course.last, k), labels[k])
                @ network.readout[k].T for k in range(2))  # fmt: skip
    potential, adaptation, filtered = (np.zeros((n_sequences, n, n)) for _ in range(3))
    before = np.zeros((n_sequences, n))
    for t in range(n_steps):
        psi = triangle(course.above[t])[:, None, :]
        # eps_a_t is of what came before; its psi is that of the step before.
        potential = decay * potential + before[:, :, None]
        trace = psi * (potential - beta * adaptation)
        adaptation = rho * adaptation + trace
        filtered = CELLS.leak * filtered + (1 - CELLS.leak) * trace
        before = course.spikes[t]
    return (filtered * wrong[:, None, :]).sum(axis=0)


def test_local_gradient_is_the_sum_of_eligibility_and_learning_signal():
    network, inputs, start, labels = small(1)
    course = CELLS.run(network, inputs, start)
    assert 0.1 < course.spikes.mean() < 0.9
    _, found = CELLS.gradient(network, inputs, start, labels, (0, 1))
    expected = eligibility_gradient(network, inputs, course, labels)
    assert np.abs(expected).max() > 1e-3
    np.testing.assert_allclose(found.weight, expected, rtol=1e-10, atol=1e-13)
    _, through = replace(CELLS, is_local=False).gradient(network, inputs, start, labels, (0, 1))
    assert np.abs(through.weight - found.weight).max() > 1e-3
    network.weight[:] = 0
    both = [
        replace(CELLS, is_local=local).gradient(network, inputs, start, labels, (0, 1))[1]
        for local in (True, False)
    ]
    for one, other in zip(*(each.arrays() for each in both), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_cell_alone_fires_as_its_threshold_and_what_it_lost_say():
    network, _, _, _ = small(2)
    for each in (network.weight, network.drive):
        each[:] = 0
    network.bias[:], network.tau[:] = 0.7, 1e9
    cells = replace(CELLS, adaptation=0.0)
    course = cells.run(network, np.zeros((9, 1, 2)), np.zeros((1, 5)))
    # Potentials 0.7, 1.4 | 1.1 | 0.8, 1.5 | 1.2 | 0.9, 1.6 | 1.3 | lose 1 at each spike.
    assert course.spikes[:, 0, 0].tolist() == [0, 1, 1, 0, 1, 1, 0, 1, 1]
    tired = CELLS.run(network, np.zeros((9, 1, 2)), np.zeros((1, 5)))
    assert tired.spikes[:, 0, 0].sum() < tired.spikes[:, 0, 4].sum() == 6


@pytest.mark.parametrize(
    "wrong",
    [{"adaptation": -1.0}, {"adapting": 1.1}, {"memory": 0.0}, {"leak": 1.0}, {"surrogate": "x"}],
    ids=str,
)
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(SpecError, match="needed"):
        Spiking(**wrong)
    network, inputs, start, _ = small()
    with pytest.raises(SpecError, match="one length"):
        CELLS.run(network, inputs, start, np.array([1, 2, 3, 4]))
