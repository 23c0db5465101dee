"""Give HDF5 a file whose faults Python sees.

HDF5 crashes the process when a write fails under it (full disk). This file takes every write,
remembers the first fault, and lets the writer ask for it.
"""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any


class Sink(io.RawIOBase):
    """Write a new file by position; for h5py's driver of Python files.

    Parameters
    ----------
    path : Path
        Replaced if it exists.

    Raises
    ------
    OSError
        When the file cannot be created.
    """

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644)
        self._at = 0
        self._fault: OSError | None = None

    def check(self) -> None:
        """Raise the first fault, if there was one.

        Raises
        ------
        OSError
            As the operating system gave it.
        """
        if self._fault is not None:
            raise self._fault

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move to a position."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at}.get(whence)
        self._at = offset + (os.fstat(self._handle).st_size if start is None else start)
        return self._at

    def tell(self) -> int:
        """Return the position."""
        return self._at

    def write(self, data: Any) -> int:
        """Write everything, or remember why not."""
        left = memoryview(data).cast("B")
        n = left.nbytes
        try:
            while left and self._fault is None:
                done = os.pwrite(self._handle, left, self._at)
                left, self._at = left[done:], self._at + done
        except OSError as fault:
            self._fault = fault
        self._at += left.nbytes
        return n

    def readinto(self, data: Any) -> int:
        """Read; what a fault kept from the disk reads as zeros."""
        target = memoryview(data).cast("B")
        found = os.pread(self._handle, target.nbytes, self._at)
        target[:] = found.ljust(target.nbytes, b"\0")
        self._at += target.nbytes
        return target.nbytes

    def truncate(self, size: int | None = None) -> int:
        """Set the file's length, or remember why not."""
        length = self._at if size is None else size
        try:
            os.ftruncate(self._handle, length)
        except OSError as fault:
            self._fault = self._fault or fault
        return length

    def flush(self) -> None:
        """Do nothing: there is no buffer here."""

    def sync(self) -> None:
        """Make the content durable, and raise the first fault of all.

        Raises
        ------
        OSError
            As the operating system gave it.
        """
        self.check()
        os.fsync(self._handle)

    def close(self) -> None:
        """Give the descriptor back."""
        if not self.closed:
            os.close(self._handle)
        super().close()
