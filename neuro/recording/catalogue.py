"""List what lies in the segments of a run, or in its sealed file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import h5py

from neuro.errors import DamagedFileError
from neuro.recording.layout import Growth, growth

# A second name of the first report, and what `integrity` writes about all others.
ASIDE = ("report", "integrity")


@dataclass(frozen=True, slots=True)
class SpikeBlock:
    """Say where sorted spikes of a population lie.

    Attributes
    ----------
    file : int
        Index of the file.
    n : int
        Number of spikes.
    first, last : float
        Earliest and latest time in ms.
    """

    file: int
    n: int
    first: float
    last: float


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Say which file holds what.

    Attributes
    ----------
    files : tuple of Path
        Oldest first.
    whole : dict
        Path of a group, or of a dataset that is replaced whole -> index of the last file with it.
    rows : dict
        Path of a dataset that grows by rows -> (index of file, number of rows), oldest first.
    spikes : dict
        Population -> its blocks, oldest first.
    """

    files: tuple[Path, ...]
    whole: dict[str, int] = field(default_factory=dict)
    rows: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    spikes: dict[str, list[SpikeBlock]] = field(default_factory=dict)

    def add(self, index: int, h5: h5py.File, *, is_timed: bool = False) -> None:
        """List one file.

        Parameters
        ----------
        index : int
            Its index in `files`.
        h5 : h5py.File
            The file, open and trusted.
        is_timed : bool
            Whether to read when blocks of spikes begin and end; otherwise NaN.
        """
        for path, found in walk(h5):
            kind = growth(path) if isinstance(found, h5py.Dataset) else Growth.WHOLE
            if path in self.whole and is_bare(found):
                continue
            if kind is Growth.WHOLE:
                self.whole[path] = index
            elif kind is Growth.ROWS:
                self.rows.setdefault(path, []).append((index, rows_of(found)))
            elif path.endswith("/timestamps"):
                self.spikes.setdefault(path.split("/")[2], []).append(
                    _spike_block(index, found, is_timed)
                )

    def children(self, group: str) -> list[str]:
        """Return the names directly below a group, sorted."""
        start = group.rstrip("/") + "/"
        known = (*self.whole, *self.rows, *(f"/spikes/{p}" for p in self.spikes))
        return sorted({p[len(start) :].split("/")[0] for p in known if p.startswith(start)})


def walk(h5: h5py.Group, start: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every object with its path, groups before what they hold.

    Parameters
    ----------
    h5 : h5py.Group
        Of a file that `trust` has passed: no cycles, no links out of it.
    start : str
        Path of `h5`; the root is told as "/".

    Yields
    ------
    tuple of (str, Group or Dataset)
        `/report` and `/integrity` are left out.
    """
    yield start or "/", h5
    for name in h5:
        if not start and name in ASIDE:
            continue
        found = h5[name]
        if isinstance(found, h5py.Group):
            yield from walk(found, f"{start}/{name}")
        else:
            yield f"{start}/{name}", found


def is_bare(found: Any) -> bool:
    """Return whether this is a group without attributes, which says nothing by itself."""
    return isinstance(found, h5py.Group) and not len(found.attrs)


def rows_of(dataset: Any) -> int:
    """Return the length of a dataset's first dimension.

    Parameters
    ----------
    dataset : h5py.Dataset
        One that grows by rows.

    Returns
    -------
    int
        Number of rows.

    Raises
    ------
    DamagedFileError
        For a scalar.
    """
    if not dataset.shape:
        raise DamagedFileError(f"{dataset.file.filename}: {dataset.name} has no rows")
    return int(dataset.shape[0])


def _spike_block(index: int, timestamps: Any, is_timed: bool) -> SpikeBlock:
    n = rows_of(timestamps)
    if timestamps.parent["node_ids"].shape != (n,):
        raise DamagedFileError(f"{timestamps.file.filename}: {timestamps.name} and node_ids differ")
    if not n or not is_timed:
        return SpikeBlock(index, n, float("nan"), float("nan"))
    return SpikeBlock(index, n, float(timestamps[0]), float(timestamps[n - 1]))


def are_in_order(blocks: Sequence[SpikeBlock]) -> bool:
    """Return whether blocks, one after the other, are sorted and share no instant."""
    full = [block for block in blocks if block.n]
    return all(a.last < b.first for a, b in pairwise(full))
