"""Append spikes to one plain HDF5 file, as scripts do: the reference for speed and size.

A live file of this kind does not survive a kill; no run is recorded so.
"""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

CHUNK = 16384


class PlainAppender:
    """Append to two resizable datasets of an open file; for benchmarks.

    Parameters
    ----------
    path : Path
        Replaced if it exists.
    is_checked : bool
        Let HDF5 keep checksums of its chunks, as a sealed recording has.
    compression : str, optional
        "gzip", or nothing.
    """

    def __init__(
        self, path: Path, is_checked: bool = False, compression: str | None = None
    ) -> None:
        self._path = path
        self._h5 = h5py.File(path, "w")
        options: dict[str, Any] = {"fletcher32": is_checked, "compression": compression}
        shape = {"shape": (0,), "maxshape": (None,), "chunks": (CHUNK,)}
        self._times = self._h5.create_dataset("timestamps", dtype=np.float64, **shape, **options)
        self._nodes = self._h5.create_dataset("node_ids", dtype=np.uint64, **shape, **options)

    def __enter__(self) -> PlainAppender:
        """Return the appender."""
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Close the file and make it durable, as a sealed recording is."""
        self._h5.close()
        handle = os.open(self._path, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)

    def append(self, times_ms: NDArray[np.float64], node_ids: NDArray[np.int64]) -> None:
        """Append a block.

        Parameters
        ----------
        times_ms, node_ids : ndarray
            Shape [S].
        """
        start, stop = len(self._times), len(self._times) + len(times_ms)
        for column, values in ((self._times, times_ms), (self._nodes, node_ids)):
            column.resize((stop,))
            column[start:stop] = values
