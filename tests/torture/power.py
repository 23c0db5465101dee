"""Say what a disk may hold after a loss of power, from the log that ``disk.c`` wrote.

The model is the weakest that POSIX allows: data not yet fsynced may be lost write by write, each
write may be torn at a sector; of the names made, renamed and removed in a folder since its last
fsync any may be lost; a rename is one change.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

MARK, MAKE, WRITE, CUT, SYNC, RENAME, UNLINK, MAKEDIR = range(8)
SECTOR = 512
_RECORD = struct.Struct("<iiqqqqqq")


@dataclass(frozen=True, slots=True)
class Operation:
    """Hold one record of the log; numbers that do not apply are 0."""

    kind: int
    folder: int
    inode: int
    offset: int
    name: str
    other: str
    data: bytes


def operations(log: bytes) -> Iterator[Operation]:
    """Read the log; its length counts data for writes and marks only."""
    at = 0
    while at < len(log):
        kind, _, folder, inode, offset, length, n_name, n_other = _RECORD.unpack_from(log, at)
        at += _RECORD.size
        parts = []
        for n in (n_name, n_other, length):
            parts.append(log[at : at + n])
            at += n
        name, other, data = parts
        yield Operation(kind, folder, inode, offset, name.decode(), other.decode(), data)


@dataclass(slots=True)
class Disk:
    """Hold what is durable, and what is only in the memory of the system.

    Attributes
    ----------
    content, pending : dict of int to bytearray, dict of int to list
        Of each inode: durable bytes, and changes since its last fsync.
    names, unsynced : dict of int to dict, dict of int to list
        Of each folder: durable entries, and changes since its last fsync.
    """

    content: dict[int, bytearray] = field(default_factory=dict)
    pending: dict[int, list[Operation]] = field(default_factory=dict)
    names: dict[int, dict[str, int]] = field(default_factory=dict)
    unsynced: dict[int, list[Operation]] = field(default_factory=dict)

    def do(self, operation: Operation) -> None:
        """Take one operation of the log."""
        kind, inode = operation.kind, operation.inode
        if kind in (MAKE, MAKEDIR, RENAME, UNLINK):
            self.unsynced.setdefault(operation.folder, []).append(operation)
            if kind == MAKE:
                self.content[inode] = bytearray()
                self.pending[inode] = []
            elif kind == MAKEDIR:
                self.names[inode] = {}
        elif kind in (WRITE, CUT):
            self.pending.setdefault(inode, []).append(operation)
        elif kind == SYNC:
            for left in self.pending.pop(inode, []):
                change(self.content.setdefault(inode, bytearray()), left)
            for left in self.unsynced.pop(inode, []):
                rename(self.names.setdefault(inode, {}), left)

    def sync(self) -> None:
        """Make all of it durable."""
        for inode in (*self.pending, *self.unsynced):
            self.do(Operation(SYNC, 0, inode, 0, "", "", b""))

    def lose_power(self, rng: np.random.Generator) -> tuple[dict[int, bytes], dict[int, dict]]:
        """Return contents and names of which one choice of the unsynced did not last."""
        content = {inode: bytearray(held) for inode, held in self.content.items()}
        names = {inode: dict(held) for inode, held in self.names.items()}
        for inode, left in self.pending.items():
            for operation in left:
                if rng.random() < 0.5:
                    change(content.setdefault(inode, bytearray()), torn(operation, rng))
        for folder, changes in self.unsynced.items():
            for operation in changes:
                if rng.random() < 0.5:
                    rename(names.setdefault(folder, {}), operation)
        return {inode: bytes(held) for inode, held in content.items()}, names


def torn(operation: Operation, rng: np.random.Generator) -> Operation:
    """Return a write of which only the first sectors arrived, half of the time."""
    if operation.kind != WRITE or rng.random() < 0.5:
        return operation
    n = SECTOR * int(rng.integers(len(operation.data) // SECTOR + 1))
    return Operation(WRITE, 0, operation.inode, operation.offset, "", "", operation.data[:n])


def change(content: bytearray, operation: Operation) -> None:
    """Write or cut."""
    if operation.kind == CUT:
        del content[operation.offset :]
        content.extend(bytes(operation.offset - len(content)))
        return
    end = operation.offset + len(operation.data)
    content.extend(bytes(max(0, end - len(content))))
    content[operation.offset : end] = operation.data


def rename(names: dict[str, int], operation: Operation) -> None:
    """Make, rename or remove an entry of one folder."""
    if operation.kind in (MAKE, MAKEDIR):
        names[operation.name] = operation.inode
        return
    names.pop(operation.name, None)
    if operation.kind == RENAME:
        names[operation.other] = operation.inode


def restore(content: dict[int, bytes], names: dict[int, dict], root: int, target: Path) -> None:
    """Lay out a folder as it is found when power returns."""
    target.mkdir()
    for name, inode in names.get(root, {}).items():
        if inode in names:
            restore(content, names, inode, target / name)
        else:
            (target / name).write_bytes(content.get(inode, b""))
