"""Walk the heaps in which HDF5 keeps text of any length, before HDF5 does.

HDF5 believes the sizes that a heap states: one changed byte, and it goes round in it for ever,
with a lock that no signal interrupts (HDF5 2.0.0, a free object of size 0).

References
----------
HDF5 File Format Specification 3.0, III.E: Global Heap.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

# Signature, version 1, three reserved bytes; then the size of the collection.
_HEAD = struct.Struct("<8sQ")
_SIGNATURE = b"GCOL\x01\0\0\0"
# Index, number of references, four reserved bytes, size of the data.
_OBJECT = struct.Struct("<HHIQ")
_FREE = 0
_BLOCK = 1 << 22


def problem(path: Path) -> str:
    """Say which heap of a file HDF5 must not be led into.

    Parameters
    ----------
    path : Path
        A file with offsets and lengths of eight bytes.

    Returns
    -------
    str
        "" when every heap is sound.
    """
    with open(path, "rb") as source:
        n_bytes = os.fstat(source.fileno()).st_size
        for at in _heaps(source):
            if not _is_sound(source, at, n_bytes):
                return f"has a heap at byte {at} whose sizes do not fit"
    return ""


def _heaps(source: BinaryIO) -> Iterator[int]:
    """Yield where heaps begin, or what looks like one does."""
    start, kept = 0, b""
    while block := source.read(_BLOCK):
        here, window = source.tell(), kept + block
        at = window.find(_SIGNATURE)
        while at >= 0:
            yield start + at
            at = window.find(_SIGNATURE, at + 1)
        kept = window[-len(_SIGNATURE) + 1 :]
        start += len(window) - len(kept)
        source.seek(here)


def _is_sound(source: BinaryIO, at: int, n_bytes: int) -> bool:
    """Return whether the objects of a heap follow each other to its end."""
    source.seek(at)
    head = source.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return False
    size = _HEAD.unpack(head)[1]
    if not _HEAD.size <= size <= n_bytes - at:
        return False
    body = source.read(size - _HEAD.size)
    place = 0
    while len(body) - place >= _OBJECT.size:
        index, _, _, n_data = _OBJECT.unpack_from(body, place)
        # What is free counts its own head.
        taken = n_data if index == _FREE else _OBJECT.size + (n_data + 7) // 8 * 8
        if not _OBJECT.size <= taken <= len(body) - place:
            return False
        place += taken
    return True
