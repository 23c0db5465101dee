"""Reach into the file, or the segments, that a recording is read from."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import h5py
import numpy as np
from numpy.typing import NDArray

from neuro.errors import DamagedFileError
from neuro.recording import faults, stranger, trust
from neuro.recording.catalogue import Catalogue
from neuro.recording.contents import values_of
from neuro.recording.layout import FORMAT, FORMAT_VERSION
from neuro.recording.segment import check_segment, opened, segment_paths

_T = TypeVar("_T")


class Store:
    """Hold a sealed file open, or open segments one at a time.

    Parameters
    ----------
    path : Path
        FILE.h5, or a folder FILE.h5.parts.

    Attributes
    ----------
    catalogue : Catalogue
        Which file holds what.
    is_sealed : bool
        Whether this is the one file of a finished run.

    Raises
    ------
    DamagedFileError
        When it is damaged, hostile, or no recording; here and at every later access.
    EnvironmentFault
        When there is nothing to read, or it may not be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_sealed = not path.is_dir()
        self._sealed = trust.open_file(path) if self.is_sealed else None
        try:
            self.catalogue = self._listed()
        except BaseException:
            self.close()
            raise

    def _listed(self) -> Catalogue:
        with faults.damage(self.path):
            paths = [self.path] if self.is_sealed else segment_paths(self.path)
        if not paths:
            raise DamagedFileError(f"{self.path} holds no segment")
        self.catalogue = Catalogue(tuple(paths))
        for index, path in enumerate(paths):
            if not self.is_sealed:
                check_segment(path)
            with self.file(index) as h5:
                if index == 0:
                    check_format(path, h5)
                self.catalogue.add(index, h5)
        return self.catalogue

    def close(self) -> None:
        """Close the file."""
        if self._sealed is not None:
            self._sealed.close()

    @contextmanager
    def file(self, index: int) -> Iterator[h5py.File]:
        """Open one file of the catalogue.

        Parameters
        ----------
        index : int
            Its index.

        Yields
        ------
        h5py.File
            Trusted.
        """
        path = self.catalogue.files[index]
        if self._sealed is not None:
            with faults.damage(path):
                yield self._sealed
            return
        with opened(path) as h5:
            yield h5

    def read(self, path: str, use: Callable[[Any], _T]) -> _T:
        """Return what `use` makes of the last object recorded at `path`.

        Parameters
        ----------
        path : str
            A group, or a dataset that is replaced whole.
        use : callable
            Takes the h5py object.

        Returns
        -------
        object
            From `use`.
        """
        if path not in self.catalogue.whole:
            raise self.missing(path)
        with self.file(self.catalogue.whole[path]) as h5:
            return use(h5[path])

    def array(self, path: str) -> NDArray[Any]:
        """Return the values of a dataset that is replaced whole."""
        return self.read(path, values_of)

    def text(self, path: str) -> str:
        """Return the text of a scalar dataset."""
        return self.read(path, lambda found: str(found.asstr()[()]))

    def json(self, path: str) -> dict[str, Any]:
        """Return what the JSON text of a scalar dataset says."""
        with faults.damage(self.path):
            return dict(json.loads(self.text(path)))

    def unit(self, path: str) -> str:
        """Return the unit of a dataset that grows by rows."""
        if path not in self.catalogue.rows:
            raise self.missing(path)
        with self.file(self.catalogue.rows[path][0][0]) as h5:
            return str(h5[path].attrs["units"])

    def rows(self, path: str) -> NDArray[Any]:
        """Return all rows of a dataset that grows by rows."""
        if path not in self.catalogue.rows:
            raise self.missing(path)
        blocks = []
        for index, _ in self.catalogue.rows[path]:
            with self.file(index) as h5:
                blocks.append(h5[path][...])
        with faults.damage(self.path):
            return np.concatenate(blocks)

    def leaves(self, group: str) -> list[str]:
        """Return the paths of all datasets below a group, relative to it, sorted."""
        start = f"{group}/"
        names = [path for path in self.catalogue.whole if path.startswith(start)]
        inner = {name.rpartition("/")[0] for name in names}
        return sorted(name[len(start) :] for name in names if name not in inner)

    def missing(self, path: str) -> DamagedFileError:
        """Return the error for an object that every recording has."""
        return DamagedFileError(f"{self.path} is damaged: {path} is missing")


def check_format(path: Path, h5: h5py.File) -> None:
    """Refuse a file that is no recording, or one that is newer than this software.

    Parameters
    ----------
    path : Path
        For the message.
    h5 : h5py.File
        The file.

    Raises
    ------
    DamagedFileError
        When it is not ours to read.
    """
    if h5.attrs.get("format") != FORMAT:
        raise DamagedFileError(f"{path} is not a recording of {FORMAT}, but {stranger.told(h5)}")
    if (version := int(h5.attrs["format_version"])) > FORMAT_VERSION:
        raise DamagedFileError(f"{path} has format {version}; this software reads {FORMAT_VERSION}")
