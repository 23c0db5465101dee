"""The study of graphs: reservoirs differ in their edges alone, scores are those of the tasks."""

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from experiments.graphs.graphs import foretell_score, score_graphs
from experiments.graphs.reservoir import draw_material, draw_reservoir, score
from experiments.graphs.settings import FAMILIES, Cells, Family, GraphStudy
from experiments.progress import Silent
from networks.graphs import families
from neuro.errors import SpecError

SMALL = replace(GraphStudy().quick(), families=("erdos_renyi", "watts_strogatz"), graphs=3)


def ring(n, reach=2):
    apart = np.abs(np.arange(n)[:, None] - np.arange(n))
    apart = np.minimum(apart, n - apart)
    return (apart > 0) & (apart <= reach)


def test_families_are_those_that_can_be_drawn():
    assert FAMILIES == get_args(Family) == tuple(families.FAMILIES)


def test_reservoirs_have_the_edges_of_the_graph_and_the_weights_of_the_draw():
    cells = Cells(gain=2.0)
    one, other = (
        draw_reservoir(graph, cells, np.random.default_rng(1))
        for graph in (ring(200), ring(200, 4))
    )
    assert np.array_equal(one.weight != 0, ring(200))
    # Deviation 2 / sqrt(4) of 800 weights: false alarm below 1e-3.
    assert np.std(one.weight[ring(200)]) == pytest.approx(1.0, abs=0.09)
    np.testing.assert_allclose(other.weight[ring(200)] * np.sqrt(2), one.weight[ring(200)])
    for task, weight in one.inward.items():
        assert np.array_equal(weight, other.inward[task])


def test_a_step_is_the_equation_of_the_settings():
    cells = Cells(leak=0.3)
    found = draw_reservoir(ring(12), cells, np.random.default_rng(2))
    state, given = np.linspace(-1, 1, 12), np.array([0.4])
    drive = found.weight @ state + found.inward["memory"] @ given + found.bias
    expected = 0.7 * state + 0.3 * np.tanh(drive)
    np.testing.assert_allclose(found.step("memory", state, given), expected, rtol=1e-12)
    states = found.follow("memory", np.ones((5, 1)))
    np.testing.assert_allclose(states[1], found.step("memory", states[0], np.ones(1)))


def test_a_network_without_edges_remembers_little_and_tells_no_strings():
    settings = replace(SMALL, steps=600, strings=300)
    material = draw_material(settings, 1)
    rng = np.random.default_rng(3)
    alone = draw_reservoir(ring(30), Cells(leak=1.0), rng)
    alone.weight[:] = 0
    joined = draw_reservoir(ring(30), Cells(leak=1.0), rng)
    poor, rich = (score(each, material, 30) for each in (alone, joined))
    assert abs(poor["memory_capacity"]) < 0.6
    assert rich["memory_capacity"] > 3
    assert rich["lorenz_error"] < poor["lorenz_error"] < 0
    # Letter frequencies tell .56 of the strings; 100 of them test.
    assert poor["reber_accuracy"] < 0.75


def test_scores_are_of_graphs_of_the_same_number_of_edges_and_foretold_beside_chance():
    scored = score_graphs(SMALL, 5, Silent())
    assert scored.family.tolist() == [0, 0, 0, 1, 1, 1]
    assert np.ptp(scored.measures["edges"]) == 0
    assert np.all(scored.measures["clustering"][3:] > scored.measures["clustering"][:3].max())
    again = score_graphs(SMALL, 5, Silent())
    for name, column in scored.scores.items():
        assert np.array_equal(column, again.scores[name])
    planted = replace(scored, scores={"memory_capacity": 2 * scored.measures["clustering"]})
    found = foretell_score(planted, "memory_capacity", SMALL, 5)
    assert found.all_measures.r2 > 0.9
    assert found.family.r2 < found.all_measures.r2
    assert found.all_measures.r2_size == pytest.approx(0, abs=1e-6)
    assert found.dealt.r2.shape == (9,)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"families": ()}, "needed: some"),
        ({"families": ("erdos_renyi", "erdos_renyi")}, "each once"),
        ({"strings": 31}, "even"),
        ({"delays": 90}, "no more delays than washout"),
        ({"folds": 7}, "2 to 6"),
        ({"density": 0}, "above 0"),
    ],
)
def test_settings_that_cannot_be_are_refused(change, told):
    with pytest.raises(SpecError, match=told):
        replace(SMALL, **change)
