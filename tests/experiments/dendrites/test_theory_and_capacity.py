"""Experiments without spikes: what they record, and that their figures can be drawn of it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from experiments import SETTINGS
from experiments.dendrites import capacity, theory
from experiments.dendrites.capacity import learnt_patterns
from experiments.figures import drawer
from experiments.progress import Silent
from experiments.runner import at_size
from networks.config import load
from networks.memories.dendrite_capacity import branch_bits
from networks.memories.intervals import t_interval
from neuro.recording import Header, Recorder, read

CONFIGS = Path(__file__).resolve().parents[3] / "data/configs/memory"
OVERRIDES = [
    "experiment.random.patterns=[20000]",
    "experiment.random.cells=[300]",
    "experiment.learnt.patterns=2000",
    "experiment.unions.cells=[1000]",
    "experiment.correlated.cells=[512]",
]


def run(module, name, overrides, folder):
    """Run an experiment in its quick form and return its file."""
    configuration = load(CONFIGS / name, ["quick=true", *overrides], experiments=SETTINGS)
    path = folder / "run.h5"
    with Recorder(path, Header("", "{}", {}, {"root": 1})) as recorder:
        module.run(at_size(configuration), recorder, Silent())
    return path


def test_counted_errors_lie_on_the_theory_and_are_drawn(tmp_path, capsys):
    with read(run(theory, "dendrite-theory.yaml", OVERRIDES, tmp_path)) as recording:
        assert recording.metric("random/rate").shape == (1, 24)
        low, high = np.moveaxis(recording.metric("random/interval"), -1, 0)
        expected = recording.metric("random/theory")
        # 24 intervals of 99.9 %: one that fails by chance in 40 choices of the seed, at most.
        assert ((low <= expected) & (expected <= high)).all()
        low, high = np.moveaxis(recording.metric("learnt/interval"), -1, 0)
        expected = recording.metric("learnt/theory")
        assert ((low <= expected) & (expected <= high)).all()
        assert recording.metric("unions/rate").shape == (4, 1, 3)
        assert recording.metric("fixed_sparsity/active").tolist() == [32]
        assert recording.metric("prediction/lowest") == 10
        assert len(drawer("dendrite-theory")(recording).axes) == 6
    assert "theory inside" in capsys.readouterr().out


def test_a_single_count_has_the_interval_of_a_poisson_count():
    rates = np.zeros(30)
    rates[4] = 1 / 20_000
    # Garwood, one count: .0253 and 5.572.
    assert theory.ends_of(rates, 20_000) == pytest.approx((4.22e-8, 9.29e-6), rel=2e-3)
    assert theory.ends_of(np.zeros(30), 20_000)[0] == 0
    many = np.linspace(0.0, 0.1, 30)
    assert theory.ends_of(many, 20_000) == pytest.approx(t_interval(many)[1:])
    # Of most of few segments the interval would pass 1.
    assert theory.ends_of(np.array([0.6, 1.0]), 20_000) == (0.0, 1.0)


def test_errors_of_learning_neurons_are_recorded_and_drawn(tmp_path, capsys):
    overrides = ["experiment.loads=[20, 300]", "experiment.networks=2", "experiment.swaps=2"]
    with read(run(capacity, "dendrite-capacity.yaml", overrides, tmp_path)) as recording:
        linear, branches = (
            recording.metric(f"error/{name}") for name in ("linear", "branches_of_10")
        )
        assert linear.shape == (2, 2)
        assert linear[:, 1].min() > branches[:, 1].max()
        assert recording.metric("sites").tolist() == [2, 5, 10, 20, 40, 400]
        assert recording.metric("learnt_theory")[2] == pytest.approx(branch_bits(40, 10, 100))
        assert len(drawer("curves")(recording).axes) == 2
    assert "by the first" in capsys.readouterr().out


def test_learnt_patterns_are_interpolated_between_loads():
    settings = load(CONFIGS / "dendrite-capacity.yaml", [], experiments=SETTINGS).spec.experiment
    settings = replace(settings, loads=(100, 200, 400), tolerated=0.05)
    errors = np.array([[0.0, 0.0, 0.1], [0.0, 0.0, 0.0], [0.2, 0.3, 0.4], [0.0, 0.1, 0.0]])
    assert learnt_patterns(settings, errors).tolist() == [300, 400, 0, 150]
