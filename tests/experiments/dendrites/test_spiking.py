"""Spiking segments detect what the theory says: cross-checked trial by trial and as rates.

Rates are compared with exact Poisson intervals of 99.9 %; with the four of this file one false
alarm is expected in 250 choices of the seed, which is fixed.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from experiments import SETTINGS
from experiments.dendrites import spiking
from experiments.dendrites.calibration import effective_threshold
from experiments.dendrites.segments import (
    Trials,
    draw_segments,
    has_plateau,
    with_threshold,
)
from experiments.dendrites.spiking import Counts, measure
from experiments.progress import Silent
from networks.config import load
from networks.memories.dendrite_detection import Detections
from networks.memories.dendrite_theory import Segment, false_negative, false_positive
from neuro.engines.activation import activate
from neuro.recording import Header, Recorder, read
from neuro.units import parse

CONFIG = Path(__file__).resolve().parents[3] / "data/configs/memory/dendrite-spiking.yaml"
N_INPUTS, N_CELLS, SYNAPSES = 200, 1000, 20
# Synapses that a plateau takes: between 12 and 15 for volleys without jitter.
THRESHOLD = 14


@pytest.fixture(scope="module")
def spec():
    sizes = [f"populations.{name}.size={N_CELLS}" for name in ("cells", "counters")]
    degree = [f"projections.{name}.connectivity.indegree={SYNAPSES}"
              for name in ("ampa", "nmda", "arrive", "leave")]  # fmt: skip
    words = [*sizes, *degree, f"populations.input.size={N_INPUTS}"]
    found = load(CONFIG, words, experiments=SETTINGS).spec
    experiment = replace(
        found.experiment, active=(120,), learnt=60, lost=(22,), patterns=1, networks=2,
        calibration=4, interval=parse("110 ms"), jitter=parse("1 ms"),
    )  # fmt: skip
    return replace(found, experiment=experiment)


@pytest.fixture(scope="module")
def bisected(spec, tmp_path_factory):
    path = tmp_path_factory.mktemp("bisection") / "run.h5"
    with activate(target="numpy"), Recorder(path, Header("", "{}", {}, {"root": 1})) as recorder:
        threshold = effective_threshold(spec, SYNAPSES, recorder)
    return threshold, path


def test_bisection_finds_the_jump_of_the_known_plateaus(bisected):
    threshold, path = bisected
    assert 12 < threshold <= 15
    with read(path) as recording:
        tried = recording.metric("bisection/tried")
        share = recording.metric("bisection/share")
        assert ((share >= 0.5) == (tried >= threshold)).all()
        assert {threshold - 1, threshold} <= set(tried.tolist())
        assert recording.array("bisection/voltage").shape[0] == len(tried)


@pytest.mark.parametrize(
    "learnt", [False, pytest.param(True, marks=pytest.mark.slow(reason="as long as the other"))]
)
def test_errors_of_spiking_segments_lie_on_the_theory(spec, bisected, learnt):
    threshold, _ = bisected
    with activate(target="numpy"):
        counts = measure(with_threshold(spec, threshold), SYNAPSES, Silent(), learnt)
    n_trials = counts.hit.sum()
    assert n_trials == 2 * N_CELLS
    theory = (
        1 - false_negative(60, SYNAPSES, threshold, 22)
        if learnt
        else false_positive(Segment(N_INPUTS, 120, SYNAPSES, threshold))
    )
    neighbours = [
        1 - false_negative(60, SYNAPSES, other, 22)
        if learnt
        else false_positive(Segment(N_INPUTS, 120, SYNAPSES, other))
        for other in (threshold - 1, threshold + 1)
    ]
    for rates in (counts.cells, counts.counters):
        detected = round(float(rates.mean()) * n_trials)
        interval = Detections(detected, int(n_trials)).interval()
        assert interval.low <= theory <= interval.high
        # A threshold off by one would be seen.
        assert not any(interval.low <= other <= interval.high for other in neighbours)
    assert min(counts.agreement) > 0.995


def test_the_tabled_chances_are_recorded_beside_the_points(monkeypatch, tmp_path):
    """AH-1 and AH-3, for segments of 30 synapses; nothing is simulated."""
    words = ["populations.input.size=16000", "experiment.active=[4000]", "experiment.networks=2",
             "experiment.learnt=128", "experiment.lost=[51, 64]"]  # fmt: skip
    asked = load(CONFIG, words, experiments=SETTINGS)

    def counted(spec, synapses, _progress, learnt, ask):
        rates = np.zeros((2, 2 if learnt else 1))
        hit = np.zeros(synapses + 1, dtype=np.int64)
        return Counts(rates, rates, hit, hit.copy(), [1.0, 1.0])

    monkeypatch.setattr(spiking, "measure", counted)
    recorded = {}
    for threshold in (12, 15):
        monkeypatch.setattr(spiking, "effective_threshold", lambda *_, found=threshold: found)
        path = tmp_path / f"{threshold}.h5"
        with Recorder(path, Header("", "{}", {}, {"root": 1})) as recorder:
            spiking.run(asked, recorder, Silent())
        with read(path) as recording:
            recorded[threshold] = {
                kind: recording.metric(f"{kind}/nmda_theory").tolist()
                for kind in ("random", "learnt")
            }
    assert recorded[12]["learnt"] == pytest.approx([2.7956e-3, 7.16985e-2], rel=1e-5)
    assert recorded[15]["random"] == pytest.approx([2.7251563e-3], rel=1e-7)


@pytest.mark.parametrize(
    "engine", ["brian2", pytest.param("numba", marks=pytest.mark.slow(reason="compiles"))]
)
def test_the_counters_plateau_exactly_where_enough_synapses_are_hit(spec, engine):
    rng = np.random.default_rng(5)
    synapse = draw_segments(N_CELLS, SYNAPSES, np.arange(N_INPUTS), N_INPUTS, rng)
    assert (synapse.sum(axis=0) == SYNAPSES).all()
    patterns, others = rng.random((2, 1, N_INPUTS)) < 0.6
    with activate(engine, target="numpy"):
        trials = Trials(with_threshold(spec, 12), synapse)
        found, again = trials.run(patterns, rng), trials.run(others, rng)
    hits = patterns.astype(int) @ synapse
    np.testing.assert_array_equal(found.counters, hits >= 12)
    # The NMDA segments keep the threshold of their membrane.
    assert found.cells[hits > THRESHOLD].all()
    assert not found.cells[hits < THRESHOLD - 1].any()
    # A second run goes on where the first one ended.
    np.testing.assert_array_equal(again.counters, others.astype(int) @ synapse >= 12)


def test_a_plateau_is_longer_than_its_criterion(spec):
    assert has_plateau(np.array([39, 40, 41]), spec.experiment).tolist() == [False, False, True]
