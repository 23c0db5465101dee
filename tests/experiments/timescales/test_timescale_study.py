"""The study of timescales: what it records, and that interrupted runs go on."""

from dataclasses import replace

import numpy as np
import pytest

from experiments import SETTINGS, runner
from experiments.progress import Silent
from experiments.resumption import resume
from experiments.timescales.probes import network_timescale
from experiments.timescales.results import forgetting
from experiments.timescales.settings import Probes, TimescaleStudy, Training
from networks.config import load
from neuro.errors import Interrupted, SpecError
from neuro.recording import Status, read
from plasticity.gradient import rates
from plasticity.gradient.rates import draw_network

CONFIG = """
schema_version: 1
name: small
seed: 5
experiment:
  kind: timescales
  curriculum: {curriculum}
  cells: {cells}
  units: 12
  networks: 2
  last: 4
  epochs: 3
  mastered: 0.5
  training: {{n_sequences: 16, n_batches: 4, n_tests: 4}}
  probes: {{trials: 2, steps: 80, burn_in: 20, lags: 12, ablated: [0, 0.5], shaken: [0, 0.1],
            draws: 2, batches: 2, relearn: 40}}
"""


def configuration(tmp_path, name, curriculum, cells="rate"):
    config = tmp_path / "small.yaml"
    config.write_text(CONFIG.format(curriculum=curriculum, cells=cells))
    return load(config, (f"output.path={tmp_path / name}",), experiments=SETTINGS)


def content(path):
    with read(path) as recording:
        assert recording.status is Status.OK
        found = {name: np.asarray(recording.array(name)) for name in recording.arrays}
        return found | {f"metrics/{n}": recording.metric(n) for n in recording.metrics()}


class Stopping(Silent):
    """Stop a run in the second network, as Ctrl+C would."""

    def __init__(self):
        self.n_networks = 0

    def stage(self, name, total=0.0, unit=""):
        self.n_networks += unit == "epochs"

    def advance(self, done, more=""):
        if self.n_networks == 2 and done == 2:
            raise KeyboardInterrupt


@pytest.mark.parametrize(("curriculum", "cells"), [("multi", "rate"), ("single", "spiking")])
def test_an_interrupted_run_goes_on_as_if_it_had_never_stopped(tmp_path, curriculum, cells):
    whole = runner.run(configuration(tmp_path, "whole.h5", curriculum, cells))
    with pytest.raises(Interrupted, match="resume"):
        runner.run(configuration(tmp_path, "stopped.h5", curriculum, cells), Stopping())
    resume(tmp_path / "stopped.h5")
    first, second = content(whole), content(tmp_path / "stopped.h5")
    assert first.keys() == second.keys()
    for name, array in first.items():
        equal_nan = array.dtype.kind == "f"
        assert np.array_equal(array, second[name], equal_nan=equal_nan), name
    # One of both has learnt something, or nothing would have been compared.
    assert first["metrics/mastered"].max() >= 2
    assert first["metrics/mastered_by_epoch"].shape == (2, first["metrics/epochs"].max())
    assert first["metrics/accuracy"].shape == first["metrics/relearnt"].shape == (2, 3)
    assert first["metrics/ablated"].shape == first["metrics/tau_shaken"].shape == (2, 2)
    for number in range(2):
        taught = first[f"networks/{number}/course/tau"]
        assert len(taught) == first["metrics/epochs"][number]


def test_forgetting_is_what_earlier_n_lost_through_their_heads():
    found = {
        "milestones/n": np.array([2, 4, 5]),
        "milestones/accuracy": np.array(
            [[0.9, 0, 0, 0], [0, 0, 0.8, 0], [0, 0, 0, 1.0]], dtype=float
        ),
        "end/accuracy": np.array([0.5, 0.1, 0.6, 1.0]),
    }
    assert forgetting(found) == pytest.approx((0.4 + 0.2) / 2)
    assert np.isnan(forgetting({}))


def test_both_curricula_begin_with_the_same_network():
    from experiments.timescales.timescales import _begin

    one, many = (
        _begin(TimescaleStudy(curriculum=each, units=8, last=5), 3, 1).lesson.network
        for each in ("single", "multi")
    )
    for name in ("weight", "drive", "bias", "tau"):
        np.testing.assert_array_equal(getattr(one, name), getattr(many, name))
    assert (one.readout.shape[0], many.readout.shape[0]) == (1, 4)


def test_timescale_of_units_that_only_leak_is_their_time_constant():
    rng = np.random.default_rng(1)
    network = draw_network(6, rng)
    network.weight[:], network.tau[:], network.drive[:], network.bias[:] = 0, 5, 1, 1
    probes = Probes(trials=4, steps=5000, burn_in=100)
    found = network_timescale(network, rates, probes, rng)
    # exp(-1/t) = 1 - 1/5; standard error of an autocorrelation of 2e4 steps some 0.01.
    assert found.weighted == pytest.approx(-1 / np.log(0.8), rel=0.1)
    network.drive[:] = 0
    assert np.isnan(network_timescale(network, rates, probes, rng).weighted)


def test_a_window_of_heads_is_told_at_its_line(engram, tmp_path):
    config = tmp_path / "window.yaml"
    text = CONFIG.format(curriculum="single", cells="rate")
    config.write_text(text.replace("epochs: 3", "width: 3"))
    answer = engram("validate", config)
    assert answer.code == 2
    assert "window.yaml:12:10: experiment.width: a window of 3 heads" in answer.err


@pytest.mark.parametrize(
    "make",
    [
        lambda: replace(TimescaleStudy(), units=1),
        lambda: replace(TimescaleStudy(), mastered=1.0),
        lambda: replace(TimescaleStudy(), last=1),
        lambda: Probes(lags=7),
        lambda: Probes(ablated=(1.0,)),
        lambda: Probes(shaken=()),
        lambda: Probes(trials=0),
        lambda: Training(rate=0.0),
        lambda: Training(n_batches=0),
    ],
)
def test_settings_out_of_range_are_refused(make):
    with pytest.raises(SpecError):
        make()
