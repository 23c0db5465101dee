"""Memory runs that were stopped and go on: every number is that of one which never stopped."""

from pathlib import Path

import numpy as np
import pytest
from resumable import measured

from experiments import SETTINGS, parts, runner
from experiments.memory import online, vsa
from experiments.memory.atlas import points
from experiments.memory.laboratory import study
from experiments.resumption import resume
from networks.config import load
from neuro.errors import Interrupted
from neuro.recording import checkpoint_path

CONFIGS = Path(__file__).resolve().parents[3] / "data/configs/memory"
WORDS = ("experiment.networks=4", "experiment.loads=[5, 20]", "experiment.probes=5")
LESS = {"modern-hopfield": ("experiment.held=9", "experiment.betas=[0.5, 1]")}


def stop(patch, network):
    """Press Ctrl+C in the middle of a network, counted from the first of this process."""
    plain, asked = study._one_network, []

    def ask(*given):
        asked.append(given[3])
        if len(asked) > network:
            raise KeyboardInterrupt
        return plain(*given)

    patch.setattr(study, "_one_network", ask)
    return asked


@pytest.mark.parametrize("kind", ["willshaw", "covariance", "sdm", "resonator", "modern-hopfield"])
def test_a_memory_run_goes_on_three_times_bit_for_bit(tmp_path, monkeypatch, kind):
    config = CONFIGS / f"{kind}.yaml"
    words = (*WORDS, *LESS.get(kind, ()))
    calm = runner.run(
        load(config, (*words, f"output.path={tmp_path}/calm.h5"), experiments=SETTINGS)
    )
    file = tmp_path / "stopped.h5"
    described = load(config, (*words, f"output.path={file}"), experiments=SETTINGS)
    goes = [lambda: runner.run(described), lambda: resume(file), lambda: resume(file)]
    for number, go in enumerate(goes):
        with monkeypatch.context() as patch:
            patch.setattr(parts, "SHARE", float("inf"))
            asked = stop(patch, 1)
            with pytest.raises(Interrupted, match="engram resume"):
                go()
        # What was complete is not asked again.
        assert asked == [number, number + 1]
    resume(file)
    assert not checkpoint_path(file).exists()
    first, second = measured(calm), measured(file)
    assert first.keys() == second.keys()
    assert first["metrics/recall"].shape == (4, 2)
    for name, array in first.items():
        assert np.array_equal(array, second[name], equal_nan=array.dtype.kind == "f"), name


def test_synapses_that_learn_on_go_on_bit_for_bit(tmp_path, monkeypatch):
    """Stopped among the populations of the second network, in a file with the kinds in turn."""
    config = CONFIGS / "online.yaml"
    words = (
        "quick=true", "experiment.kinds=[additive,cascade,rounded_chain]",
        "experiment.ages=[0,5,20]", "experiment.lifetimes.synapses=[50,60]",
    )  # fmt: skip
    calm = runner.run(
        load(config, (*words, f"output.path={tmp_path}/calm.h5"), experiments=SETTINGS)
    )
    file, plain, asked = tmp_path / "stopped.h5", online.measured, []

    def ask(settings, fading, seed, network):
        asked.append((network, fading.kind))
        if len(asked) == 5:
            raise KeyboardInterrupt
        return plain(settings, fading, seed, network)

    monkeypatch.setattr(parts, "SHARE", float("inf"))
    monkeypatch.setattr(online, "measured", ask)
    with pytest.raises(Interrupted, match="engram resume"):
        runner.run(load(config, (*words, f"output.path={file}"), experiments=SETTINGS))
    resume(file)
    assert asked[4:] == [(1, "cascade"), (1, "cascade"), (1, "rounded_chain")]
    first, second = measured(calm), measured(file)
    assert first.keys() == second.keys()
    assert first["metrics/lifetime_cascade"].shape == (2, 2)
    for name, array in first.items():
        assert np.array_equal(array, second[name], equal_nan=array.dtype.kind == "f"), name


def test_sets_go_on_bit_for_bit(tmp_path, monkeypatch):
    """Stopped among the kinds of the second replicate."""
    config = CONFIGS / "vsa.yaml"
    calm = runner.run(
        load(config, ("quick=true", f"output.path={tmp_path}/calm.h5"), experiments=SETTINGS)
    )
    file, plain, asked = tmp_path / "stopped.h5", vsa.measured, []

    def ask(settings, kind, seed, network):
        asked.append((network, kind))
        if len(asked) == 7:
            raise KeyboardInterrupt
        return plain(settings, kind, seed, network)

    monkeypatch.setattr(vsa, "measured", ask)
    with pytest.raises(Interrupted, match="engram resume"):
        runner.run(load(config, ("quick=true", f"output.path={file}"), experiments=SETTINGS))
    resume(file)
    assert asked[6:8] == [(1, "map_b"), (1, "map_b")]
    first, second = measured(calm), measured(file)
    assert first.keys() == second.keys()
    for name, array in first.items():
        assert np.array_equal(array, second[name], equal_nan=array.dtype.kind == "f"), name


def test_the_atlas_goes_on_bit_for_bit(tmp_path, monkeypatch):
    """Stopped at the third point."""
    config = CONFIGS / "capacity-atlas.yaml"
    words = ("quick=true", "experiment.memories=[hebb,willshaw]")
    calm = runner.run(
        load(config, (*words, f"output.path={tmp_path}/calm.h5"), experiments=SETTINGS)
    )
    file, plain, asked = tmp_path / "stopped.h5", points.measure, []

    def ask(study, *given):
        if study.stream == "atlas.0":
            asked.append(study.size)
            if len(asked) == 3:
                raise KeyboardInterrupt
        return plain(study, *given)

    monkeypatch.setattr(parts, "SHARE", float("inf"))
    monkeypatch.setattr(points, "measure", ask)
    with pytest.raises(Interrupted, match="engram resume"):
        runner.run(load(config, (*words, f"output.path={file}"), experiments=SETTINGS))
    resume(file)
    assert asked == [22, 22, 170, 170, 170]
    first, second = measured(calm), measured(file)
    assert first.keys() == second.keys()
    for name, array in first.items():
        assert np.array_equal(array, second[name], equal_nan=array.dtype.kind == "f"), name
