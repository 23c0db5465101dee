"""Hold what every file says of its run: configuration, provenance, seeds, status."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from neuro.errors import SpecError
from neuro.recording.item import Compression, Item
from neuro.recording.layout import FORMAT, FORMAT_VERSION, SONATA_MAGIC, SONATA_VERSION


class Status(IntEnum):
    """Say how far a run came.

    A run that was killed left 0 in its segments; `repair` seals it as 3.
    """

    RUNNING = 0
    OK = 1
    FAILED = 2
    INTERRUPTED = 3


@dataclass(frozen=True, slots=True)
class Header:
    """Describe a run before its first step.

    Attributes
    ----------
    source : str
        The configuration as written (YAML).
    resolved : str
        The configuration as resolved, one JSON text.
    provenance : mapping
        Versions, platform, commit, engine, threads, argv: whatever JSON can hold.
    seeds : mapping
        The root seed and every stream's spawn key.
    """

    source: str
    resolved: str
    provenance: Mapping[str, Any]
    seeds: Mapping[str, Any]

    @property
    def origin(self) -> dict[str, Any]:
        """Return the root seed and the commit as attributes of what was measured, if known."""
        commit = (self.provenance.get("git") or {}).get("commit")
        known = {"seed": self.seeds.get("root"), "commit": commit}
        return {name: value for name, value in known.items() if value is not None}


def now() -> str:
    """Return the time in UTC as ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def generator() -> str:
    """Return the name and version of the software that writes."""
    try:
        return f"engramlab {version('engramlab')}"
    except PackageNotFoundError:
        return "engramlab (not installed)"


def header_items(
    header: Header, run_id: str, compression: Compression, overwrites: bool
) -> list[Item]:
    """Return what the first segment holds beside status and progress.

    Parameters
    ----------
    header : Header
        The run.
    run_id : str
        Distinguishes two runs that wrote to the same path.
    compression : {"none", "gzip"}
        How the sealed file is to be compressed; `repair` has to know it too.
    overwrites : bool
        Whether the run may replace a finished file.

    Returns
    -------
    list of Item
        Root attributes, /config and /provenance.
    """
    root = {
        "magic": np.uint32(SONATA_MAGIC),
        "version": np.array(SONATA_VERSION, dtype=np.uint32),
        "format": FORMAT,
        "format_version": np.uint32(FORMAT_VERSION),
        "created": now(),
        "generator": generator(),
        "run_id": run_id,
        "compression": compression,
        "overwrites": np.uint8(overwrites),
    }
    return [
        Item("/", None, root),
        Item("/config/source", header.source),
        Item("/config/resolved", header.resolved),
        Item("/provenance/versions", _json("provenance", header.provenance)),
        Item("/provenance/seeds", _json("seeds", header.seeds)),
    ]


def run_items(status: Status, model_ms: float, wall_s: float) -> list[Item]:
    """Return /run, which every segment holds anew.

    Parameters
    ----------
    status : Status
        How far the run came.
    model_ms, wall_s : float
        Simulated time in ms and wall-clock time in s.

    Returns
    -------
    list of Item
        /run/status and /run/progress.
    """
    progress = np.array([model_ms, wall_s], dtype=np.float64)
    return [
        Item("/run/status", np.array(status, dtype=np.uint8)),
        Item("/run/progress", progress, {"columns": ["model time (ms)", "wall time (s)"]}),
    ]


def _json(what: str, value: Mapping[str, Any]) -> str:
    try:
        return json.dumps(dict(value), sort_keys=True, default=_plain)
    except (TypeError, ValueError) as bad:
        raise SpecError(f"{what} cannot be written as JSON: {bad}") from bad


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not plain data")
