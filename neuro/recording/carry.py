"""Take over from an interrupted run what it had recorded by its checkpoint, and no row more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from neuro.errors import DamagedFileError
from neuro.recording import faults, trust
from neuro.recording.contents import phases_of
from neuro.recording.recorder import Recorder

# Elements in memory at once.
HELD = 1 << 20


def carry(path: str | Path, rows: Mapping[str, int], recorder: Recorder) -> None:
    """Record again the first rows of a sealed recording.

    Spikes are sorted by time in it, and a run goes on in time, so that the first ones are those
    that came before the checkpoint, whatever was flushed after it.

    Parameters
    ----------
    path : path
        The sealed file.
    rows : mapping of str to int
        How many rows of what, from `Recorder.rows` when the checkpoint was written.
    recorder : Recorder
        Of the run that goes on; populations and projections are declared already.

    Raises
    ------
    DamagedFileError
        If the file does not have those rows.
    """
    path = Path(path)
    with trust.open_file(path) as h5, faults.damage(path):
        if lost := h5["/run"].attrs.get("lost"):
            raise DamagedFileError(f"{path} has gaps and cannot go on: {lost}")
        for name, n in rows.items():
            _check(path, h5, name, n)
            kind = name.split("/")[1]
            _CARRIERS[kind](h5[name], name, n, recorder)


def _check(path: Path, h5: Any, name: str, n: int) -> None:
    lengths = {"spikes": "timestamps", "reports": "time", "weights": "t"}
    key = lengths.get(name.split("/")[1])
    inside = f"{name}/{key}" if key else name
    there = h5[inside].shape[0] if inside in h5 else 0
    if not 0 <= n <= there:
        raise DamagedFileError(f"{path}: {inside} has {there} rows, the checkpoint knows {n}")


def _pieces(n: int, width: int = 1) -> Iterator[slice]:
    step = max(1, HELD // max(1, width))
    for start in range(0, n, step):
        yield slice(start, min(start + step, n))


def _spikes(group: Any, name: str, n: int, recorder: Recorder) -> None:
    population = name.split("/")[2]
    recorder.spikes(population, [], [])
    for piece in _pieces(n):
        recorder.spikes(population, group["timestamps"][piece], group["node_ids"][piece])


def _samples(group: Any, name: str, n: int, recorder: Recorder) -> None:
    _, _, report, population = name.split("/")
    nodes, elements = group["node"][...], group["mapping/element_ids"][...]
    variable, unit = str(group.attrs["variable"]), str(group["data"].attrs["units"])
    for piece in _pieces(n, nodes.size):
        times, rows = group["time"][piece], group["data"][piece]
        recorder.report(report, population, variable, unit, nodes, times, rows, elements)


def _snapshots(group: Any, name: str, n: int, recorder: Recorder) -> None:
    projection = name.split("/")[2]
    # Snapshots before the first removal of a synapse have no marks.
    unmarked = group["t"].shape[0] - group["alive"].shape[0] if "alive" in group else n
    for k in range(n):
        alive = group["alive"][k - unmarked] if k >= unmarked else None
        recorder.weights(projection, float(group["t"][k]), group["data"][k], alive)


def _phases(table: Any, _name: str, n: int, recorder: Recorder) -> None:
    for phase in phases_of(np.asarray(table[:n])):
        recorder.phase(phase.name, phase.t_start_ms, phase.t_stop_ms, phase.task, phase.plasticity)


_CARRIERS = {"spikes": _spikes, "reports": _samples, "weights": _snapshots, "phases": _phases}
