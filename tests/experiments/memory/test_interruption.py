"""Ctrl+C while the other networks run: what is complete is in the file."""

from contextlib import contextmanager
from pathlib import Path

import pytest

from experiments import SETTINGS
from experiments.memory import digit_memory
from experiments.runner import run
from networks.config import load
from neuro.errors import Interrupted
from neuro.recording import Status, read

CONFIG = Path(__file__).resolve().parents[3] / "data/configs/digit-memory.yaml"


class Stopped:
    """Networks of which some are complete when the user has enough."""

    def __init__(self, outcomes):
        self.outcomes = outcomes

    def wait(self, told, keep):
        raise KeyboardInterrupt

    def complete(self):
        return self.outcomes


def test_what_is_complete_is_kept(tmp_path, monkeypatch):
    """The first network by itself, and a second one of another condition, given by the first."""
    outcomes = {}

    @contextmanager
    def crew(*_):
        yield Stopped(outcomes)

    recorded = digit_memory._recorded

    def record(*given):
        outcomes[1, 3] = recorded(*given)
        return outcomes[1, 3]

    monkeypatch.setattr(digit_memory, "crew", crew)
    monkeypatch.setattr(digit_memory, "_recorded", record)
    configuration = load(
        CONFIG,
        [
            *(f"populations.{name}.size=400" for name in ("exc", "cue")),
            "experiment.conditions=[{codes: homeostatic, loads: [2]}, {codes: random, loads: [2]}]",
            "experiment.drawn_load=2",
            "experiment.probes=2",
            "experiment.fitted=400",
            f"output.path={tmp_path}/run.h5",
        ],
        experiments=SETTINGS,
    )
    with pytest.raises(Interrupted):
        run(configuration)
    with read(tmp_path / "run.h5") as recording:
        assert recording.status is Status.INTERRUPTED
        assert recording.metric("recall").tolist() == [[1]]
        assert recording.metric("network").tolist() == [0]
        assert recording.metric("conditions/random/network").tolist() == [3]
        assert "whitened" not in " ".join(recording.metrics())
        assert recording.metric("damage/recall").size
        assert recording.array("pictures/recalled").shape == (2, 28, 28)
        assert recording.spikes("exc")[0].size
