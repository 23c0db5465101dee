"""Runs that are stopped at a model time, and the comparison of their files; also a program.

``python resumable.py SECONDS WORDS...`` is ``engram WORDS...``, which kills itself once the model
time of the run has reached SECONDS.
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
from pathlib import Path
from typing import Any

import h5py

from experiments import SETTINGS, runner, simulation
from experiments.checkpointing import Keeper
from experiments.progress import Silent
from networks.config import load
from neuro.engines import simulation as engine
from neuro.recording import Status, read

CONFIG = Path(__file__).with_name("noisy_network.yaml")
DURATION = 0.25  # of both phases, in s
# What tells one process from another: times, versions, and what is computed from their text.
OWN = ("/integrity", "/run/progress", "/provenance/versions", "/config/resolved")
# When the file was sealed, and the commit of the code that wrote it.
OWN_ATTRIBUTES = ("sealed", "commit")


class Stopper(Silent):
    """Press Ctrl+C, or worse, once the model time of a run has come so far."""

    def __init__(self, at: float, number: int = signal.SIGINT) -> None:
        self.at, self.number = at, number

    def look(self, now: float) -> None:
        if now >= self.at:
            self.at = float("inf")
            os.kill(os.getpid(), self.number)


def watched(monkeypatch: Any, stopper: Stopper) -> None:
    """Let a stopper look at the model time of the network several times a millisecond."""
    plain = simulation._Stages.__call__

    def call(self: Any, name: str, model: float, wall: float) -> None:
        plain(self, name, model, wall)
        stopper.look(model)

    monkeypatch.setattr(engine, "TICK", 1e-4)
    monkeypatch.setattr(simulation._Stages, "__call__", call)


def run(path: Path, words: tuple[str, ...], target: str | None = None) -> Path:
    words = (*words, f"output.path={path}")
    return runner.run(load(CONFIG, words, experiments=SETTINGS), target=target)


def content(path: Path) -> dict[str, Any]:
    """Return every dataset and attribute of a sealed file but what each process has for itself."""
    found: dict[str, Any] = {}

    def take(name: str, node: Any) -> None:
        name = f"/{name}"
        if name.startswith(OWN):
            return
        if isinstance(node, h5py.Dataset):
            plain = node.dtype.kind in "biuf"
            found[name] = (str(node.dtype), node.shape, node[()].tobytes() if plain else told(node))
        for key, value in node.attrs.items():
            if key not in OWN_ATTRIBUTES and "REFERENCE" not in key and key[:3] != "DIM":
                found[f"{name}@{key}"] = repr(value)

    with h5py.File(path) as h5:
        h5.visititems(take)
    return found


def told(node: h5py.Dataset) -> str:
    return repr(node[()].tolist() if node.shape else node[()])


def measured(path: Path) -> dict[str, Any]:
    """Return metrics and arrays of a complete run, but for times that nothing could repeat."""
    with read(path) as recording:
        assert recording.status is Status.OK
        arrays = {name: recording.array(name) for name in recording.arrays}
        metrics = {f"metrics/{name}": recording.metric(name) for name in recording.metrics()}
    return {name: x for name, x in (arrays | metrics).items() if "seconds" not in name}


def differences(one: Path, other: Path) -> list[str]:
    first, second = content(one), content(other)
    return [key for key in sorted(first | second) if first.get(key) != second.get(key)]


def rows_on_disk(path: Path) -> int:
    """Return how many spikes a sealed or unsealed recording holds."""
    with read(path) as recording:
        return sum(len(recording.spikes(name)[0]) for name in recording.spiking)


class _Patch:
    def setattr(self, owner: Any, name: str, value: Any) -> None:
        setattr(owner, name, value)


def rarely(patch: Any, every: int) -> None:
    """Let only every so many looks at a network write a checkpoint, so that rows come after it."""
    plain, looks = Keeper.__call__, itertools.count(1)

    def call(self: Keeper, place: Any, is_last: bool) -> None:
        if is_last or next(looks) % every == 0:
            plain(self, place, is_last)

    patch.setattr(Keeper, "__call__", call)


if __name__ == "__main__":
    from experiments.cli import invoke

    rarely(_Patch(), 8)
    watched(_Patch(), Stopper(float(sys.argv[1]), signal.SIGKILL))
    sys.exit(invoke(sys.argv[2:]))
