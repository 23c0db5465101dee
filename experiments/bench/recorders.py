"""Ways to put spikes on disk: the house's recorder, plain h5py, and the bare bytes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from neuro.recording import Header, Recorder, read
from neuro.recording.plain import PlainAppender

Times = NDArray[np.float64]
Nodes = NDArray[np.int64]
Append = Callable[[Times, Nodes], None]
Opened = Callable[[Path], AbstractContextManager[Append]]
POPULATION = "cells"


@contextmanager
def recorded(path: Path, compression: Literal["none", "gzip"] = "none") -> Iterator[Append]:
    """Record as `engram run` does: segments that are synced, one sealed file at the end."""
    header = Header("name: bench\n", "{}", {}, {})
    with Recorder(path, header, compression=compression) as recorder:
        yield lambda times, nodes: recorder.spikes(POPULATION, times, nodes)


@contextmanager
def compressed(path: Path) -> Iterator[Append]:
    """Record with `output.compression: gzip`."""
    with recorded(path, "gzip") as append:
        yield append


@contextmanager
def plain(path: Path) -> Iterator[Append]:
    """Append to an open HDF5 file."""
    with PlainAppender(path) as appender:
        yield appender.append


@contextmanager
def plain_checked(path: Path) -> Iterator[Append]:
    """Append to an open HDF5 file whose chunks have checksums."""
    with PlainAppender(path, is_checked=True) as appender:
        yield appender.append


@contextmanager
def plain_compressed(path: Path) -> Iterator[Append]:
    """Append to an open HDF5 file whose chunks are compressed."""
    with PlainAppender(path, is_checked=True, compression="gzip") as appender:
        yield appender.append


@contextmanager
def bare(path: Path) -> Iterator[Append]:
    """Write the bytes and nothing else: what this disk can do."""
    with open(path, "wb", buffering=0) as out:

        def append(times: Times, nodes: Nodes) -> None:
            out.write(times.tobytes())
            out.write(nodes.astype(np.uint64).tobytes())

        yield append
        os.fsync(out.fileno())


#: By name: how to record, and what the table calls it. Those of the house begin with "recorder".
RECORDERS: Mapping[str, tuple[Opened, str]] = MappingProxyType(
    {
        "recorder": (recorded, "engram: segments, synced, checked, sealed"),
        "recorder-gzip": (compressed, "engram, output.compression: gzip"),
        "h5py": (plain, "h5py append, not synced before its end"),
        "h5py-checked": (plain_checked, "h5py append with checksums"),
        "h5py-gzip": (plain_compressed, "h5py append, checksums, gzip"),
        "bare": (bare, "the bytes alone"),
    }
)
PEER = "h5py-checked"


def held(path: Path) -> tuple[Times, Nodes]:
    """Return what a recorder of the house left, to be compared with what it was given."""
    with read(path) as run:
        times, nodes = run.spikes(POPULATION)
    return times, nodes.astype(np.int64)
