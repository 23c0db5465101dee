"""A network that solves parity by construction, curricula, and networks that learn."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.tasks.bits import MATCH, PARITY
from experiments.timescales.curriculum import MultiHead, SingleHead, Stage
from experiments.timescales.robustness import ablate, relearnt, shake_tau, shake_weights, slowest
from experiments.timescales.settings import Training
from experiments.timescales.training import Lesson, accuracy
from neuro.errors import SpecError
from plasticity.gradient.rates import SLOPE, RateNetwork, draw_network, run


def register(n: int) -> RateNetwork:
    """Shift N - 1 bits, and rectify their sum with the bit of now at every level.

    Units 0 to n - 2 hold x_t, ..., x_(t - n + 2); unit n - 1 + k is phi(sum - k), where the sum is
    that of the last N bits. Parity at 0, ..., N is a mixture of those and a constant: as many
    unknowns as numbers.
    """
    size, copied = 2 * n - 1, n - 1
    weight, drive, bias = np.zeros((size, size)), np.zeros((1, size)), np.zeros(size)
    drive[0, 0] = 1
    weight[np.arange(copied - 1), np.arange(1, copied)] = 1
    weight[:copied, copied:], drive[0, copied:], bias[copied:] = 1, 1, -np.arange(n)
    z = np.arange(n + 1)[:, None] - np.arange(n)
    rectified = np.column_stack([np.maximum(z, SLOPE * z), np.ones(n + 1)])
    mix = np.linalg.solve(rectified, np.arange(n + 1) % 2)
    readout, offset = np.zeros((1, size, 2)), np.zeros((1, 2))
    readout[0, copied:, 1], offset[0] = mix[:-1], (0.5, mix[-1])
    return RateNetwork(weight, drive, bias, np.ones(size), readout, offset)


@pytest.mark.parametrize("n", [2, 3, 7])
def test_register_solves_parity(n: int):
    network, rng = register(n), np.random.default_rng(n)
    assert accuracy(network, PARITY, [n], [0], rng, n_batches=4)[0] == 1
    # What it says of another N is no better than chance: 256 sequences, 4 sigma.
    other = accuracy(network, PARITY, [n + 1], [0], rng, n_batches=4)[0]
    assert other < PARITY.chance(n + 1) + 4 * 0.032


def test_register_without_its_last_cell_has_forgotten():
    network, rng = register(3), np.random.default_rng(1)
    damaged = ablate(network, np.array([1]))
    assert accuracy(damaged, PARITY, [3], [0], rng, n_batches=4)[0] < 0.75
    course = run(damaged, rng.random((9, 2, 1)), np.zeros((2, 5)))
    assert not course.state[:, :, 1].any()
    for synapses in (damaged.weight[1], damaged.weight[:, 1], damaged.readout[:, 1]):
        assert not synapses.any()
    assert register(3).weight[0, 1] == network.weight[0, 1] == 1


def test_slowest_units_are_those_of_the_longest_time_constants():
    network = register(3)
    network.tau[:] = [1, 3, 0.2, 2, 0.9]
    assert slowest(network, 2).tolist() == [1, 3]


def test_shaken_networks_keep_their_synapses_and_their_originals():
    rng = np.random.default_rng(2)
    network = draw_network(40, rng)
    before = network.copy()
    shaken, paced = shake_weights(network, 0.1, rng), shake_tau(network, 0.2, rng)
    change = (shaken.weight - network.weight)[network.weight != 0]
    assert change.std() == pytest.approx(0.1 * network.weight[network.weight != 0].std(), rel=0.1)
    np.testing.assert_array_equal(shaken.weight == 0, network.weight == 0)
    assert paced.tau.min() >= 1
    assert np.log(paced.tau / network.tau)[network.tau > 1.7].std() == pytest.approx(0.2, rel=0.6)
    for one, other in zip(network.arrays(), before.arrays(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_states_of_a_register_tell_what_another_head_once_told():
    network, rng = register(3), np.random.default_rng(3)
    network.readout[:] = 0
    assert relearnt(network, PARITY, 3, rng, 600, 300) > 0.98
    assert relearnt(network, MATCH, 6, rng, 600, 300) < 0.7


def test_single_head_goes_from_each_n_to_the_next():
    course = SingleHead(4)
    first = course.first()
    assert first == Stage((2,), (0,))
    assert course.after(first, [0.98]) == first
    second = course.after(first, [0.99])
    assert second == Stage((3,), (0,))
    assert course.after(Stage((4,), (0,)), [0.99]) is None
    assert SingleHead(4, begin=4).first() == Stage((4,), (0,))


def test_multi_head_adds_heads_once_the_newest_and_the_mean_are_mastered():
    course = MultiHead(5)
    assert course.n_heads == 4
    both = Stage((2, 3), (0, 1))
    assert course.after(course.first(), [0.99]) == both
    assert course.after(both, [1.0, 0.97]) == both
    assert course.after(both, [0.9, 1.0]) == both
    assert course.after(both, [0.97, 1.0]) == Stage((2, 3, 4), (0, 1, 2))
    assert course.after(Stage((2, 3, 4, 5), (0, 1, 2, 3)), [1.0] * 4) is None


def test_window_slides_over_the_heads():
    course = MultiHead(7, width=3, step=2)
    stages = [course.first()]
    while (then := course.after(stages[-1], [1.0] * len(stages[-1].tasks))) is not None:
        stages.append(then)
    assert [stage.tasks for stage in stages] == [(2, 3), (3, 4, 5), (5, 6, 7)]
    assert stages[-1].heads == (3, 4, 5)


@pytest.mark.parametrize(
    "make",
    [
        lambda: SingleHead(1),
        lambda: MultiHead(1),
        lambda: SingleHead(4, begin=5),
        lambda: MultiHead(5, width=1, step=2),
    ],
)
def test_curricula_that_cannot_be_are_refused(make):
    with pytest.raises(SpecError, match="needed"):
        make()


def test_network_learns_on_its_mask_and_stops_when_it_has_mastered_all():
    rng = np.random.default_rng(4)
    mask = rng.random((40, 40)) < 0.5
    network = draw_network(40, rng, mask)
    lesson = Lesson(network, mask, MATCH, SingleHead(2), rng, Training(32, 50, 10))
    epochs = list(lesson.epochs(8))
    assert epochs[-1].accuracy[0] > 0.98
    assert epochs[-1].is_mastered
    assert len(epochs) < 8
    assert epochs[0].loss > epochs[-1].loss
    assert not network.weight[~mask].any()


@pytest.mark.slow  # eight epochs of 300 batches: the shortest course that shows heads being added
def test_five_heads_learn_parity_in_eight_epochs():
    rng = np.random.default_rng(5)
    network = draw_network(100, rng, n_heads=4)
    mask = ~np.eye(100, dtype=bool)
    epochs = list(Lesson(network, mask, PARITY, MultiHead(5), rng).epochs(8))
    assert epochs[-1].stage.tasks == (2, 3, 4, 5)
    assert epochs[-1].is_mastered
