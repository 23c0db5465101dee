"""The closed forms that experiments record are those of the specification's tables."""

import pytest

from experiments.memory import cliques, emergent, willshaw
from experiments.memory.binary_settings import CliqueStudy, EmergentStudy, WillshawStudy


def test_the_willshaw_experiment_records_the_tabled_fill():
    fill = {m.name: m.theory for m in willshaw.study(WillshawStudy((5083,), threshold=5)).measures}
    # WI-2.
    assert fill["fill"](5083) == pytest.approx(0.36742, abs=1e-5)


def test_the_clique_experiment_records_the_tabled_density_and_failure():
    study = cliques.study(CliqueStudy((5000,), iterations=1))
    ambiguous, density = (measure.theory for measure in study.measures)
    # GB-1.
    for load, d, failure in ((5000, 0.0734567, 0.0292617), (10_000, 0.1415176, 0.3358142)):
        assert density(load) == pytest.approx(d, rel=1e-6)
        assert ambiguous(load) == pytest.approx(failure, rel=1e-6)
        assert study.theory(load) == pytest.approx(1 - failure, rel=1e-6)


def test_the_emergent_experiment_records_the_theory_of_a_willshaw_memory():
    asked = {"size": 300, "active": 10, "erase": 5, "iterations": 4}
    emerged = emergent.study(EmergentStudy((250,), **asked))
    clean = willshaw.study(WillshawStudy((250,), **asked))
    assert emerged.theory(250) == clean.theory(250)
    closed = {m.name: m.theory for m in clean.measures}
    found = {m.name: m.theory for m in emerged.measures}
    assert found["density"](250) == closed["fill"](250)
