"""Branches that compete for objects: what is shown, what is measured, and that it is learnt."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from experiments import SETTINGS
from experiments.dendrites.branches import are_distinct, is_bound, selectivity, winners
from experiments.dendrites.objects import Responses, show_objects
from networks.config import load
from neuro.engines.activation import activate
from neuro.errors import SpecError
from neuro.units import parse

CONFIG = Path(__file__).resolve().parents[3] / "data/configs/memory/branch-strength.yaml"
MV = 1e-3


@pytest.fixture(scope="module")
def spec():
    return load(CONFIG, [], experiments=SETTINGS).spec


def responses(branch, soma=(5, 5, 0, 0), potential=((30, 2), (2, 30), (15, 15), (15, 15))):
    potential = np.array(potential, dtype=float)
    branch = np.array(branch, dtype=float)
    return Responses(potential, potential, branch, np.array(soma, dtype=float), potential[:1])


def test_selectivity_compares_the_potentials_of_the_two_objects():
    assert selectivity(responses([[1, 0], [0, 1]])) == pytest.approx([28 / 32, 28 / 32])
    even = ((3, 0), (3, 0), (0, 0), (0, 0))
    assert selectivity(responses([[1, 0], [0, 1]], potential=even)).tolist() == [0, 0]


@pytest.mark.parametrize(
    ("branch", "distinct"),
    [
        ([[1, 0], [0, 1]], True),
        ([[1, 0], [0.5, 1]], False),
        ([[1, 0.4], [0.4, 1]], True),
        ([[1, 1], [0, 0]], False),
        ([[0, 0], [0, 0]], False),
    ],
)
def test_winners_are_distinct_if_each_object_has_some_and_no_branch_wins_both(branch, distinct):
    found = responses(branch)
    assert are_distinct(found) == distinct
    assert (winners(found) == (np.array(branch) >= 0.5)).all()


@pytest.mark.parametrize(
    ("soma", "bound"), [((9, 5, 2, 2), True), ((9, 5, 2, 3), False), ((0, 9, 0, 0), False)]
)
def test_objects_are_bound_if_the_least_answer_is_twice_that_of_any_lure(soma, bound):
    assert is_bound(responses([[1, 0], [0, 1]], soma=soma)) == bound


def short(spec, presentations, tests=2):
    experiment = replace(spec.experiment, presentations=presentations, tests=tests)
    return replace(spec, experiment=experiment)


def test_before_learning_potentials_follow_campbell_and_nothing_is_selective(spec):
    times = {"shown": "120 ms", "settled": "60 ms", "pause": "10 ms"}
    brief = replace(
        short(spec, 1, tests=1).experiment, **{name: parse(text) for name, text in times.items()}
    )
    coarse = replace(spec.simulation, dt=parse("1 ms"))
    with activate(target="numpy"):
        found = show_objects(replace(spec, experiment=brief, simulation=coarse), 0)
    assert found.potential.shape == found.drive.shape == found.branch.shape == (4, 20)
    assert found.potential.mean() == pytest.approx(found.drive.mean(), rel=0.15)
    assert selectivity(found).max() < 0.5
    # The strength before the first presentation is that of the description.
    assert found.strength[0] == pytest.approx(6 * MV)


@pytest.mark.slow(reason="160 presentations to a neuron, and code to compile for the device")
def test_two_objects_get_branches_of_their_own_and_are_bound(spec):
    with activate("numba"):
        found = show_objects(short(spec, 160, tests=6), 0)
    assert are_distinct(found)
    assert is_bound(found)
    won = winners(found).any(axis=0)
    assert np.mean(selectivity(found)[won] > 0.8) > 0.8
    # Branches that win grow stronger, to at most u_max.
    assert found.strength[-1][won].mean() > 9 * MV
    assert found.strength.max() <= 12 * MV + 1e-12


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("experiment.learnt=[[yellow, square], [red, circle]]", "square"),
        ("experiment.roles.strength=nothing", "nothing"),
        ("experiment.roles.branches=twigs", "twigs"),
    ],
)
def test_what_the_experiment_cannot_play_on_is_named(change, message):
    with pytest.raises(SpecError, match=message):
        load(CONFIG, [change], experiments=SETTINGS)
