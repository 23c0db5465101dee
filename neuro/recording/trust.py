"""Refuse HDF5 files that could lead a reader astray, before any value is read.

Nothing that points outside the file (external and soft links, virtual datasets, external
storage) is followed, no filter plugin is loaded, no object claims more than the file holds, no
heap of text has sizes that do not fit, and no object is reached by two ways, so there is no cycle.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import h5py

from neuro.errors import DamagedFileError
from neuro.recording import faults, heap

MAX_OBJECTS = 200_000
MAX_DEPTH = 32
MAX_NAME = 1024
MAX_CHUNK_BYTES = 64 << 20
# Deflate cannot shrink by more than 1032.
MAX_RATIO = 1100

_KNOWN_FILTERS = {
    h5py.h5z.FILTER_DEFLATE: "deflate",
    h5py.h5z.FILTER_SHUFFLE: "shuffle",
    h5py.h5z.FILTER_FLETCHER32: "fletcher32",
}


def open_file(path: Path) -> h5py.File:
    """Open a file for reading after looking at all of its structure.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    h5py.File
        Open for reading.

    Raises
    ------
    DamagedFileError
        When HDF5 cannot read it, or it holds what must not be followed.
    EnvironmentFault
        When it is missing or may not be read.
    """
    with faults.damage(path):
        if path.exists() and not (path.is_file() or path.is_dir()):
            # To open a pipe would wait for someone who writes into it.
            raise DamagedFileError(f"{path} is refused: it is a pipe or a device, no file")
        # Files are never open for writing under their name, so HDF5 need not lock them.
        h5 = h5py.File(path, "r", locking=False)
        try:
            inspection = _Inspection(path, os.path.getsize(path))
            inspection.heaps(h5.id)
            inspection.walk(h5.id, "", 0)
        except BaseException:
            h5.close()
            raise
    return h5


class _Inspection:
    """Count what was seen of one file while walking it."""

    def __init__(self, path: Path, size: int) -> None:
        self.path = path
        self.size = size
        self.seen: dict[Any, str] = {}
        self.stored = 0

    def refuse(self, where: str, why: str) -> DamagedFileError:
        """Return the error that refuses the file."""
        return DamagedFileError(f"{self.path} is refused: {where or '/'} {why}")

    def heaps(self, file: Any) -> None:
        """Refuse heaps of text in which HDF5 would go round for ever."""
        if (sizes := file.get_create_plist().get_sizes()) != (8, 8):
            raise self.refuse("", f"has addresses and lengths of {sizes} bytes instead of (8, 8)")
        if why := heap.problem(self.path):
            raise self.refuse("", why)

    def walk(self, group: Any, where: str, depth: int) -> None:
        """Look at every link of a group, then at what it leads to."""
        if depth > MAX_DEPTH:
            raise self.refuse(where, f"is nested deeper than {MAX_DEPTH} groups")
        for raw in group:
            path = f"{where}/{self.name(where, raw)}"
            if group.links.get_info(raw).type != h5py.h5l.TYPE_HARD:
                raise self.refuse(path, "is a soft or external link")
            if not self.is_new(h5py.h5o.get_info(group, raw), path):
                continue
            found = h5py.h5o.open(group, raw)
            if isinstance(found, h5py.h5g.GroupID):
                self.walk(found, path, depth + 1)
            elif isinstance(found, h5py.h5d.DatasetID):
                self.dataset(found, path)
            else:
                raise self.refuse(path, "is neither group nor dataset")

    def name(self, where: str, raw: bytes) -> str:
        """Return a link's name as text."""
        try:
            name = raw.decode("utf-8")
        except UnicodeDecodeError:
            raise self.refuse(where, f"holds the name {raw[:40]!r}, which is not UTF-8") from None
        if len(name) > MAX_NAME:
            raise self.refuse(where, f"holds a name of {len(name)} characters")
        return name

    def is_new(self, info: Any, path: str) -> bool:
        """Return False for /report, the one second name that a recording has."""
        key = (info.fileno, info.addr)
        first = self.seen.setdefault(key, path)
        if len(self.seen) > MAX_OBJECTS:
            raise self.refuse("", f"holds more than {MAX_OBJECTS} objects")
        if first == path:
            return True
        alias, report = sorted((first, path))
        if alias == "/report" and report.startswith("/reports/") and report.count("/") == 2:
            return False
        raise self.refuse(path, f"is {first} again: a link cycle or an alias")

    def dataset(self, dataset: Any, path: str) -> None:
        """Refuse storage outside the file, unknown filters and sizes that the file cannot hold."""
        plan = dataset.get_create_plist()
        if plan.get_layout() == h5py.h5d.VIRTUAL:
            raise self.refuse(path, "is a virtual dataset")
        if plan.get_external_count():
            raise self.refuse(path, "keeps its data in another file")
        filters = {plan.get_filter(k)[0] for k in range(plan.get_nfilters())}
        for number in filters - _KNOWN_FILTERS.keys():
            raise self.refuse(path, f"needs the unknown filter {number}")
        kind = dataset.get_type()
        if kind.get_class() in {h5py.h5t.REFERENCE, h5py.h5t.OPAQUE}:
            raise self.refuse(path, "holds references or opaque bytes")
        self.extent(dataset, path, kind.get_size(), h5py.h5z.FILTER_DEFLATE in filters)

    def extent(self, dataset: Any, path: str, itemsize: int, is_deflated: bool) -> None:
        """Compare what a dataset claims with what lies in the file."""
        plan = dataset.get_create_plist()
        claimed = itemsize * dataset.get_space().get_simple_extent_npoints()
        stored = dataset.get_storage_size()
        self.stored += stored
        if self.stored > self.size or claimed > stored * (MAX_RATIO if is_deflated else 1):
            raise self.refuse(path, f"claims {claimed} bytes of a file of {self.size}")
        if plan.get_layout() != h5py.h5d.CHUNKED:
            return
        chunk = itemsize
        for side in plan.get_chunk():
            chunk *= side
        if chunk > MAX_CHUNK_BYTES:
            raise self.refuse(path, f"has chunks of {chunk} bytes")
