"""Scores foretold from measures: a planted relation is found, and none where there is none."""

import numpy as np
import pytest
from scipy import stats

from networks.graphs.prediction import MODELS, Foretold, chance, foretell, r2_interval
from neuro.errors import SpecError


def table(n, seed=1):
    """Return measures that have nothing to do with each other, and a score of two of them."""
    rng = np.random.default_rng(seed)
    names = ("nodes", "edges", "clustering", "modularity")
    measures = {name: rng.random(n) for name in names}
    score = 3 * measures["clustering"] - measures["modularity"] + 0.02 * rng.standard_normal(n)
    return measures, score, rng


def test_a_planted_relation_is_found_and_the_size_alone_does_not_tell_it():
    measures, score, _ = table(40)
    found = foretell(measures, score)
    assert found.r2 > 0.99
    assert found.r2_size < 0.2
    np.testing.assert_allclose(found.predicted, score, atol=0.15)


def test_a_score_of_the_size_is_foretold_by_the_size():
    measures, _, rng = table(40)
    score = measures["nodes"] + 0.01 * rng.standard_normal(40)
    found = foretell(measures, score, folds=10)
    assert found.r2_size > 0.98
    assert abs(found.r2 - found.r2_size) < 0.02


@pytest.mark.parametrize("model", sorted(set(MODELS) - {"ridge"}))
def test_trees_find_what_is_not_linear(model):
    measures, _, rng = table(60)
    score = (measures["clustering"] > 0.5) + 0.05 * rng.standard_normal(60)
    found = foretell(measures, score, model, size=("clustering",), folds=3)
    assert found.r2 > 0.8
    assert found.r2_size > 0.8


def test_scores_dealt_out_anew_are_not_foretold():
    # R^2 of one deal may be above 0 by chance; the p-value is 0.1 or less in a tenth of deals.
    measures, score, rng = table(30)
    deals = [rng.permutation(score) for _ in range(8)]
    assert np.mean([foretell(measures, deal, folds=3).r2 for deal in deals]) <= 0
    values = [chance(measures, deal, rng, 9, folds=3).p for deal in deals]
    n_alarms = sum(value <= 0.1 for value in values)
    # False alarm below 1e-3.
    assert n_alarms <= stats.binom.isf(1e-3, len(values), 0.1)
    found = chance(measures, score, rng, 9, folds=3)
    assert found.p == 0.1
    assert found.r2.shape == (9,)
    assert found.r2.max() < foretell(measures, score, folds=3).r2


def test_the_interval_covers_what_many_graphs_have():
    rng = np.random.default_rng(11)
    covered = 0
    for _ in range(40):
        x = rng.random(40)
        score = x + 0.3 * rng.standard_normal(40)
        mean = np.full(40, score.mean())
        found = Foretold(0.0, 0.0, x, mean, mean)
        low, high = r2_interval(score, found, rng, 200)
        # Var x = 1/12, error 0.09: R^2 = 1 - 0.09 / (0.09 + 1 / 12).
        covered += low <= 0.481 <= high
    # 95 % intervals by bootstrap of 40 cover some 91 %; below 30 of 40 with a chance below 1e-3.
    assert 30 <= covered < 40


def test_the_mean_of_other_graphs_is_as_good_as_0():
    # Measures without any information leave the mean: its error is that of the reference.
    _, score, _ = table(15)
    flat = {"nodes": np.ones(15), "edges": np.ones(15)}
    assert foretell(flat, score).r2 == pytest.approx(0, abs=1e-6)


def test_runs_on_one_graph_are_left_out_together():
    # A number that names the graph foretells its other run, unless that is left out too.
    rng = np.random.default_rng(3)
    graph = np.repeat(np.arange(12), 2)
    score = np.repeat(rng.random(12), 2)
    names = {f"is_{k}": (graph == k).astype(float) for k in range(12)}
    measures = {"nodes": np.zeros(24), "edges": np.zeros(24), **names}
    assert foretell(measures, score).r2 > 0.5
    assert foretell(measures, score, groups=graph).r2 < 0.1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"model": "rigde"}, "did you mean 'ridge'"),
        ({"size": ("node",)}, "did you mean 'nodes'"),
        ({"groups": np.zeros(10)}, "at least 3"),
        ({"groups": np.zeros(9)}, "groups of shape"),
        ({"score": np.zeros(10)}, "scores that differ"),
        ({"score": np.full(10, np.nan)}, "not finite"),
    ],
)
def test_what_cannot_be_fitted_is_refused(change, told):
    measures, score, _ = table(10)
    asked = {"score": score} | change
    with pytest.raises(SpecError, match=told):
        foretell(measures, **asked)
