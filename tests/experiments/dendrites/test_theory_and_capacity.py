"""Experiments without spikes: what they record, and that their figures can be drawn of it."""

from contextlib import redirect_stdout
from dataclasses import replace
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.figure import Figure
from scipy.stats import hypergeom

from experiments import SETTINGS
from experiments.dendrites import capacity, theory
from experiments.dendrites.capacity import learnt_patterns
from experiments.dendrites.theory_settings import Correlated, DendriteTheory, Unions
from experiments.figures import dendrite_theory, drawer
from experiments.parts import at_once
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


@pytest.fixture(scope="module")
def counted(tmp_path_factory):
    """Return the file of one run, and what it printed."""
    with redirect_stdout(StringIO()) as printed:
        path = run(theory, "dendrite-theory.yaml", OVERRIDES, tmp_path_factory.mktemp("counted"))
    return path, printed.getvalue()


def test_counted_errors_lie_on_the_theory_and_are_drawn(counted):
    path, printed = counted
    assert "theory inside" in printed
    with read(path) as recording:
        assert recording.metric("random/rate").shape == (1, 24)
        low, high = np.moveaxis(recording.metric("random/interval"), -1, 0)
        expected = recording.metric("random/theory")
        # 24 intervals of 99.9 %: one that fails by chance in 40 choices of the seed, at most.
        assert ((low <= expected) & (expected <= high)).all()
        low, high = np.moveaxis(recording.metric("learnt/interval"), -1, 0)
        expected = recording.metric("learnt/theory")
        assert ((low <= expected) & (expected <= high)).all()
        assert recording.metric("unions/rate").shape == (4, 1, 3)
        # AH-4, at the expected number of different synapses.
        tabled = [1.0014032e-5, 0.04738945, 0.50165023]
        assert recording.metric("unions/expected")[0] == pytest.approx(tabled, rel=1e-6)
        assert recording.metric("fixed_sparsity/active").tolist() == [32]
        assert recording.metric("prediction/lowest") == 10
        assert len(drawer("dendrite-theory")(recording).axes) == 6


def hears(cells, active, synapses, threshold):
    return hypergeom.sf(threshold - 1, cells, synapses, active)


@pytest.mark.parametrize("n", [60, 90])
def test_the_recorded_theory_of_unions_averages_over_their_synapses(tmp_path, n):
    """The second pattern brings as many new synapses as a draw of s leaves outside the first."""
    s, a, theta = 12, 15, 5
    asked = Unions((n,), (1, 2), a, s, theta, segments=2, patterns=5)
    path = tmp_path / "run.h5"
    with Recorder(path, Header("", "{}", {}, {"root": 1})) as recorder:
        theory._unions(DendriteTheory(unions=asked), 3, recorder, Silent(), at_once)
    both = np.arange(s + 1)
    shared = hypergeom.pmf(both, n, s, s)
    with read(path) as recording:
        laid = recording.metric("unions/theory")[0]
    wanted = [hears(n, a, s, theta), shared @ hears(n, a, 2 * s - both, theta)]
    assert laid == pytest.approx(wanted, rel=1e-9)


def clustered(rng, cells, active, synapses, cluster, n_patterns):
    """Count active synapses where whole clusters are active: a segment of a pattern, NumPy only."""
    group = np.arange(cells) // cluster
    n_groups = cells // cluster
    own = rng.choice(n_groups, active // cluster, replace=False)
    synapse = rng.choice(np.flatnonzero(np.isin(group, own)), synapses, replace=False)
    on = np.argsort(rng.random((n_patterns, n_groups)), axis=1)[:, : active // cluster]
    shown = np.zeros((n_patterns, n_groups), dtype=bool)
    np.put_along_axis(shown, on, True, axis=1)
    return shown[:, group[synapse]].sum(axis=1)


@pytest.mark.parametrize("name", ["fixed_count", "fixed_sparsity"])
def test_the_recorded_theory_of_clusters_is_that_of_drawn_clusters(tmp_path, name):
    """Of 40 segments, 99.9 %, three points: one false alarm in 300 choices of the seed."""
    settings = Correlated((256,), active=32, density=0.125, segments=2, patterns=5)
    path = tmp_path / "run.h5"
    with Recorder(path, Header("", "{}", {}, {"root": 1})) as recorder:
        theory._correlated(settings, name, 3, recorder, Silent(), at_once)
    with read(path) as recording:
        laid = recording.metric(f"{name}/theory")[0]
    rng = np.random.default_rng(6)
    ends = []
    for cluster in settings.clusters:
        rates = [
            (clustered(rng, 256, 32, 24, cluster, 1000) >= settings.threshold).mean()
            for _ in range(40)
        ]
        ends.append(t_interval(np.array(rates), 0.999)[1:])
    low, high = np.array(ends).T
    assert ((low <= laid) & (laid <= high)).all()
    assert laid[0] == pytest.approx(hears(256, 32, 24, settings.threshold), rel=1e-9)
    # Clusters matter, and the interval sees it: that of one cell is outside.
    assert not low[2] <= laid[0] <= high[2]


def test_bars_and_theory_of_a_run_are_those_of_its_file(counted):
    with read(counted[0]) as recording:
        figure = drawer("dendrite-theory")(recording)
        for name, axis in (("fixed_count", figure.axes[3]), ("fixed_sparsity", figure.axes[4])):
            ends, rates = recording.metric(f"{name}/interval"), recording.metric(f"{name}/rate")
            laid = recording.metric(f"{name}/theory")
            for line, container in enumerate(axis.containers):
                (_, _, (bars,)) = container.lines
                seen = rates.mean(axis=0)[:, line] > 0
                drawn = np.array([[low, high] for (_, low), (_, high) in bars.get_segments()])
                np.testing.assert_allclose(drawn, ends[seen, line], atol=1e-12)
            dashed = [each.get_ydata() for each in axis.get_lines() if each.is_dashed()]
            for column in laid.T:
                assert any(np.array_equal(each, column) for each in dashed)


def test_bars_that_reach_zero_are_open_to_a_logarithmic_axis():
    """Of an interval that passes 0 or 1 no more is drawn than a fraction can be."""
    noted = {
        "x/rate": np.array([[0.01], [0.02], [0.9]]), "x/theory": np.full((3, 1), 0.01),
        "x/interval": np.array([[[-0.01, 0.03]], [[0.0, 0.05]], [[0.7, 1.1]]]),
        "x/cells": np.array([1, 2, 3]), "x/cluster": np.array([1]),
    }  # fmt: skip
    axis = Figure().subplots()
    recording = SimpleNamespace(metric=noted.__getitem__)
    dendrite_theory._draw_series(axis, recording, "x", "cells", "{}", "cluster")
    (_, _, (bars,)) = axis.containers[0].lines
    ends = np.array(bars.get_segments())[:, :, 1]
    np.testing.assert_allclose(ends, [[0.0, 0.03], [0.0, 0.05], [0.7, 1.0]], atol=1e-15)


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
