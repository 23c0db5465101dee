"""Give HDF5 a file in memory that leaves out large arrays, so that nothing copies them."""

from __future__ import annotations

import io
import os
from typing import Any, Final, TypeAlias

import h5py
from numpy.typing import NDArray

# A file as parts that lie end to end.
Image: TypeAlias = tuple[bytes | memoryview, ...]

_PAGE: Final = 1 << 16
# Smaller ones are written by HDF5: a part of its own would cost more than the copy.
_LARGE: Final = 1 << 16


class Outline(io.RawIOBase):
    """Hold what HDF5 writes in pages, and large arrays where they are; for h5py's file objects."""

    def __init__(self) -> None:
        self._pages: dict[int, bytearray] = {}
        self._arrays: list[tuple[int, memoryview]] = []
        self._at = 0
        self._length = 0

    @staticmethod
    def takes(array: NDArray[Any]) -> bool:
        """Return whether an array is large, and its bytes are those that HDF5 would write."""
        is_plain = array.dtype.kind in "biuf" and array.itemsize <= 8 and array.dtype.isnative
        return is_plain and array.nbytes >= _LARGE and array.flags.c_contiguous

    def put(self, group: h5py.Group, name: str, array: NDArray[Any]) -> h5py.Dataset:
        """Create a dataset whose bytes are taken from an array when the image is.

        Parameters
        ----------
        group : h5py.Group
            Of a file that is written into this outline.
        name : str
            Of the dataset.
        array : ndarray
            Its values; not to be changed before the image is used.

        Returns
        -------
        h5py.Dataset
            Without content yet.
        """
        plan = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plan.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        plan.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
        made = group.create_dataset(name, array.shape, array.dtype, dcpl=plan)
        self._arrays.append((made.id.get_offset(), array.data.cast("B")))
        return made

    def image(self) -> Image:
        """Return the file, once HDF5 has closed it.

        Returns
        -------
        tuple of bytes and memoryview
            Its parts, end to end.
        """
        parts: list[bytes | memoryview] = []
        at = 0
        for offset, content in sorted(self._arrays, key=lambda each: each[0]):
            parts += (self._between(at, offset), content)
            at = offset + content.nbytes
        return tuple(part for part in (*parts, self._between(at, self._length)) if part)

    def _between(self, start: int, stop: int) -> bytes:
        found = bytearray(stop - start)
        for page, first, last in _pieces(start, stop):
            if page in self._pages:
                to = page * _PAGE - start
                found[to + first : to + last] = self._pages[page][first:last]
        return bytes(found)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move to a position."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._length}[whence]
        self._at = offset + start
        return self._at

    def tell(self) -> int:
        """Return the position."""
        return self._at

    def write(self, data: Any) -> int:
        """Take bytes at the position."""
        content = memoryview(data).cast("B")
        start, stop = self._at, self._at + content.nbytes
        for page, first, last in _pieces(start, stop):
            at = page * _PAGE + first - start
            if page not in self._pages:
                self._pages[page] = bytearray(_PAGE)
            self._pages[page][first:last] = content[at : at + last - first]
        self._at, self._length = stop, max(self._length, stop)
        return content.nbytes

    def readinto(self, data: Any) -> int:
        """Read what HDF5 wrote; what it did not write reads as zeros."""
        target = memoryview(data).cast("B")
        target[:] = self._between(self._at, self._at + target.nbytes)
        self._at += target.nbytes
        return target.nbytes

    def truncate(self, size: int | None = None) -> int:
        """Set the length."""
        self._length = self._at if size is None else size
        return self._length

    def flush(self) -> None:
        """Do nothing: there is no buffer here."""


def _pieces(start: int, stop: int) -> list[tuple[int, int, int]]:
    """Return the pages that an interval touches, and its first and last byte in each."""
    pages = range(start // _PAGE, -(-stop // _PAGE))
    return [(page, max(start - page * _PAGE, 0), min(stop - page * _PAGE, _PAGE)) for page in pages]
