"""Walk a large array in pieces of bounded size."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any, Final, TypeAlias

SLAB_BYTES: Final = 8 << 20

Selection: TypeAlias = tuple[slice, ...]


def slabs(shape: tuple[int, ...], itemsize: int) -> Iterator[Selection]:
    """Yield selections that cover an array in order, each of at most `SLAB_BYTES`.

    Parameters
    ----------
    shape : tuple of int
        Shape of the array; a scalar has one empty selection.
    itemsize : int
        Bytes of an element.

    Yields
    ------
    tuple of slice
        One slice a dimension.
    """
    if not shape:
        yield ()
        return
    row = itemsize * prod(shape[1:])
    if row > SLAB_BYTES and len(shape) > 1:
        for k in range(shape[0]):
            for rest in slabs(shape[1:], itemsize):
                yield (slice(k, k + 1), *rest)
        return
    step = max(1, SLAB_BYTES // max(row, 1))
    whole = tuple(slice(0, side) for side in shape[1:])
    for start in range(0, shape[0], step):
        yield (slice(start, min(start + step, shape[0])), *whole)


def copy_rows(source: Any, target: Any, at: int) -> None:
    """Copy a dataset into rows of another one.

    Parameters
    ----------
    source, target : h5py.Dataset
        Of the same shape but for the first dimension.
    at : int
        Row of `target` at which `source` begins.
    """
    for selection in slabs(source.shape, source.dtype.itemsize):
        rows = slice(selection[0].start + at, selection[0].stop + at)
        target[(rows, *selection[1:])] = source[selection]
