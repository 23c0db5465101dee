"""Describe one object of the file in plain arrays, and write it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Any, Literal, TypeAlias

import h5py
import numpy as np
from numpy.typing import NDArray

from neuro.errors import SpecError
from neuro.recording.layout import CHUNK, checked_text
from neuro.recording.outline import Outline

_TEXT = h5py.h5t.py_create(h5py.string_dtype(), logical=True)
_SCALAR = h5py.h5s.create(h5py.h5s.SCALAR)
# HDF5's limit.
MAX_DIMENSIONS = 32

Compression: TypeAlias = Literal["none", "gzip"]


@dataclass(frozen=True, slots=True)
class Item:
    """Describe a dataset, or a group when `value` is None.

    Attributes
    ----------
    path : str
        Absolute path in the file.
    value : ndarray, str or None
        What the dataset holds.
    attrs : mapping
        Its attributes: text, numbers, or arrays of them.
    """

    path: str
    value: NDArray[Any] | str | None = None
    attrs: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what could not be written later, when it is too late to say so."""
        for what, value in ((self.path, self.value), *self.attrs.items()):
            if isinstance(value, str):
                checked_text(what, value)
            elif value is not None and not isinstance(value, np.ndarray):
                storable(what, value)


@dataclass(frozen=True, slots=True)
class Storage:
    """Say how arrays lie in a file.

    Attributes
    ----------
    compression : {"none", "gzip"}
        Filter of every array; libsonata's wheel reads "none" only.
    is_checked : bool
        Whether arrays carry a fletcher32 checksum per chunk.
    """

    compression: Compression = "none"
    is_checked: bool = True

    def options(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> dict[str, Any]:
        """Return h5py's dataset options for an array.

        Parameters
        ----------
        shape : tuple of int
            Shape of the array.
        dtype : numpy.dtype
            Its type; text lies on HDF5's heap, where no filter sees it.

        Returns
        -------
        dict
            Empty for scalars, empty arrays, and whatever holds text.
        """
        if not self.is_checked or not prod(shape) or not shape or dtype.hasobject:
            return {}
        options: dict[str, Any] = {"chunks": chunk(shape), "fletcher32": True}
        if self.compression == "gzip":
            options |= {"compression": "gzip", "compression_opts": 4, "shuffle": True}
        return options


def chunk(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return a chunk shape of at most `CHUNK` elements, long in the last dimensions.

    Parameters
    ----------
    shape : tuple of int
        Shape of the array, without zeros.

    Returns
    -------
    tuple of int
        (16384,) for a long vector, (16, 1000) for rows of a thousand.
    """
    left = CHUNK
    sides: list[int] = []
    for size in reversed(shape):
        sides.append(min(size, max(left, 1)))
        left //= sides[-1]
    return tuple(reversed(sides))


def storable(what: str, value: Any) -> NDArray[Any]:
    """Return `value` as an array that HDF5 can hold.

    Parameters
    ----------
    what : str
        Name for the message.
    value : array_like
        Numbers, booleans or text of any shape.

    Returns
    -------
    ndarray
        A copy that the caller cannot change; text has h5py's UTF-8 type.

    Raises
    ------
    SpecError
        For objects, dates, ragged lists and bytes.
    """
    try:
        array = np.array(value)
    except ValueError as bad:
        raise SpecError(f"{what}: not a rectangular array ({bad})") from bad
    if array.ndim > MAX_DIMENSIONS:
        raise SpecError(f"{what}: {array.ndim} dimensions, at most {MAX_DIMENSIONS} can be kept")
    if array.dtype.kind in "biufc" and array.dtype.itemsize <= 16:
        return array
    if array.dtype.kind == "U":
        for text in array.flat:
            checked_text(what, str(text))
        return array.astype(h5py.string_dtype())
    raise SpecError(f"{what}: arrays of {array.dtype} cannot be kept; needed: numbers or text")


def write_items(
    h5: h5py.File, items: Iterable[Item], storage: Storage, outline: Outline | None = None
) -> None:
    """Write items in order, with the groups that they need.

    Parameters
    ----------
    h5 : h5py.File
        Open for writing.
    items : iterable of Item
        What to write; no path twice.
    storage : Storage
        How arrays lie in the file.
    outline : Outline, optional
        What the file is written into, if it can hold large arrays without a copy.
    """
    groups = {"": h5, "/": h5}
    for item in items:
        if item.value is None:
            target = _group(groups, item.path)
        else:
            folder, _, leaf = item.path.rpartition("/")
            target = _dataset(_group(groups, folder), leaf, item.value, storage, outline)
        for name, value in item.attrs.items():
            write_attribute(target, name, value)


def _group(groups: dict[str, h5py.Group], path: str) -> h5py.Group:
    """Return a group and keep it: HDF5 is slow to look up a long path again for every dataset."""
    if path not in groups:
        folder, _, leaf = path.rpartition("/")
        groups[path] = _group(groups, folder).require_group(leaf)
    return groups[path]


def _dataset(
    group: h5py.Group,
    name: str,
    value: NDArray[Any] | str,
    storage: Storage,
    outline: Outline | None,
) -> h5py.Dataset:
    if isinstance(value, str):
        return group.create_dataset(name, data=value, dtype=h5py.string_dtype())
    options = storage.options(value.shape, value.dtype)
    if outline is not None and not options and outline.takes(value):
        return outline.put(group, name, value)
    return group.create_dataset(name, data=value, **options)


def write_attribute(target: Any, name: str, value: Any) -> None:
    """Set an attribute; text becomes UTF-8, an array keeps its type.

    Parameters
    ----------
    target : h5py.Group or h5py.Dataset
        Bearer of the attribute.
    name : str
        Name of the attribute.
    value : str, number, ndarray, or sequence of them
        Its value.
    """
    if isinstance(value, str):
        _write_text(target, name, value)
    elif isinstance(value, np.ndarray):
        target.attrs.create(name, value, dtype=value.dtype)
    else:
        target.attrs[name] = storable(f"attribute {name!r}", value)


def _write_text(target: Any, name: str, value: str) -> None:
    """Do what `attrs.create` does with a type and a space that are made once, in half the time."""
    key = name.encode()
    if h5py.h5a.exists(target.id, key):
        h5py.h5a.delete(target.id, key)
    attribute = h5py.h5a.create(target.id, key, _TEXT, _SCALAR)
    attribute.write(np.array(value, dtype=h5py.string_dtype()))
