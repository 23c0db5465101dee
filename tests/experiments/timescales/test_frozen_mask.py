"""Networks that learn on the synapses of a given matrix."""

import numpy as np
import pytest

from experiments.tasks.bits import MATCH
from experiments.tasks.reber import Lengths, draw_strings
from experiments.timescales.curriculum import SingleHead
from experiments.timescales.frozen_mask import on_weights, score_bits, score_grammar
from experiments.timescales.grammar import GrammarLesson, grammar_accuracy
from experiments.timescales.settings import Training
from neuro.errors import SpecError


def sparse(n, density, rng):
    return 7e-12 * rng.standard_normal((n, n)) * (rng.random((n, n)) < density)


def test_a_network_begins_with_the_synapses_of_the_matrix_at_the_size_of_drawn_ones():
    rng = np.random.default_rng(1)
    weight = sparse(50, 0.2, rng)
    network = on_weights(weight, rng, n_inputs=7, n_heads=3)
    there = weight != 0
    np.testing.assert_array_equal(network.weight != 0, there)
    ratio = network.weight[there] / weight[there]
    assert ratio == pytest.approx(ratio[0], rel=1e-6)
    fan_in = there.sum() / 50
    assert np.mean(network.weight[there] ** 2) == pytest.approx(1 / (3 * fan_in), rel=1e-5)
    assert network.drive.shape == (7, 50)
    assert network.readout.shape == (3, 50, 2)


@pytest.mark.parametrize("wrong", [np.zeros((3, 3)), np.ones((2, 3)), np.ones(4)], ids=str)
def test_matrices_without_a_network_are_refused(wrong):
    with pytest.raises(SpecError, match="square, with synapses"):
        on_weights(wrong, np.random.default_rng(1))


def test_match_is_learnt_on_a_sparse_matrix_which_is_left_as_it_is():
    rng = np.random.default_rng(2)
    weight = sparse(40, 0.3, rng)
    before = weight.copy()
    found = score_bits(weight, MATCH, 3, 8, rng, Training(32, 50, 10), SingleHead(3, begin=2))
    assert found.mastered >= 2
    assert found.accuracy.shape == (2,)
    assert found.n_epochs <= 8
    np.testing.assert_array_equal(weight, before)
    untaught = score_bits(weight, MATCH, 3, 0, rng, Training(32, 50, 10))
    assert untaught.mastered == 1
    # Ten batches of 32: five standard errors; false alarm 6e-7.
    assert abs(untaught.accuracy - 0.5).max() < 5 * 0.5 / np.sqrt(320)


def test_grammar_is_learnt_beyond_pairs_of_letters_with_the_synapses_there_are():
    rng = np.random.default_rng(3)
    strings = draw_strings(2800, rng, "confusion", Lengths(11, 26))
    train, test = strings[:2400], strings[2400:]
    weight = sparse(64, 0.3, rng)
    found = score_grammar(weight, train, test, 12, np.random.default_rng(4))
    assert found.shortcuts["trigrams"] > 0.97
    assert found.is_beyond_pairs
    assert found.accuracy > 0.85
    assert 2 * found.loss[-1] < found.loss[0] == pytest.approx(np.log(2), rel=0.05)


def test_synapses_outside_the_mask_stay_and_strings_without_network_are_guessed():
    rng = np.random.default_rng(5)
    strings = draw_strings(200, rng, "substitution", Lengths(8, 20))
    weight = sparse(20, 0.5, rng)
    network = on_weights(weight, rng, n_inputs=7)
    mask = (weight != 0) & (rng.random(weight.shape) < 0.5)
    before = network.weight.copy()
    (loss,) = GrammarLesson(network, mask, strings, rng).passes(1)
    assert np.isfinite(loss)
    np.testing.assert_array_equal(network.weight[~mask], before[~mask])
    assert (network.weight[mask] != before[mask]).mean() > 0.95
    network.readout[:], network.offset[0] = 0, (0, 1)
    assert grammar_accuracy(network, strings) == 0.5
