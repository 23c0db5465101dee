"""Lay nested state out as JSON and a few flat arrays, and build it up again: never pickle."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuro.errors import DamagedFileError
from neuro.recording.checkpoint import Checkpoint

_KINDS = "biuf"


def packed(tree: Any) -> Checkpoint:
    """Return a checkpoint that holds a tree.

    Parameters
    ----------
    tree : object
        Of dicts with text as keys, lists, tuples, arrays of numbers, text, numbers and None.

    Returns
    -------
    Checkpoint
        `unpacked` gives the tree back, bit for bit and type for type.
    """
    blocks: dict[str, list[NDArray[Any]]] = {}
    note = json.dumps(_Packing(blocks).laid(tree))
    joined = {
        name: np.concatenate([block.view(name).ravel() for block in found])
        for name, found in blocks.items()
    }
    return Checkpoint(note, joined)


def unpacked(checkpoint: Checkpoint) -> Any:
    """Return the tree that `packed` laid out.

    Parameters
    ----------
    checkpoint : Checkpoint
        As it was read.

    Returns
    -------
    object
        The tree; its arrays are copies.

    Raises
    ------
    DamagedFileError
        If it holds no tree.
    """
    try:
        return _built(json.loads(checkpoint.note), checkpoint.arrays)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise DamagedFileError(f"the checkpoint holds no state of a network: {error!r}") from None


class _Packing:
    """Turn a tree into JSON; arrays go to blocks by dtype, and are named by place and shape."""

    def __init__(self, blocks: dict[str, list[NDArray[Any]]]) -> None:
        self._blocks = blocks
        self._sizes: dict[str, int] = {}

    def laid(self, tree: Any) -> Any:
        if tree is None or isinstance(tree, bool | int | float | str):
            return tree
        if isinstance(tree, np.generic):
            return self.laid(tree.item())
        if isinstance(tree, np.ndarray):
            return {"array": self._put(tree)}
        if isinstance(tree, dict):
            return {"dict": {_text(key): self.laid(value) for key, value in tree.items()}}
        if _is_ragged(tree):
            return {"ragged": self._rows(tree)}
        kind = "tuple" if isinstance(tree, tuple) else "list"
        return {kind: [self.laid(value) for value in tree]}

    def _put(self, array: NDArray[Any]) -> list[Any]:
        if array.dtype.kind not in _KINDS:
            raise TypeError(f"a checkpoint holds numbers, not {array.dtype}")
        name = np.uint8 if array.dtype.kind == "b" else array.dtype
        stored = np.dtype(name).name
        at = self._sizes.get(stored, 0)
        self._sizes[stored] = at + array.size
        self._blocks.setdefault(stored, []).append(np.ascontiguousarray(array))
        return [array.dtype.name, at, list(array.shape)]

    def _rows(self, rows: list[Any]) -> list[Any]:
        """Place rows of whole numbers, such as the spikes of each step of a queue, end to end."""
        flat = np.array([value for row in rows for value in row], dtype=np.int64)
        lengths = np.array([len(row) for row in rows], dtype=np.int64)
        return [self._put(flat), self._put(lengths)]


def _text(key: Any) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a checkpoint names what it holds by text, not by {key!r}")
    return key


def _is_ragged(tree: Any) -> bool:
    return (
        isinstance(tree, list)
        and bool(tree)
        and all(isinstance(row, list) for row in tree)
        and all(type(value) is int for row in tree for value in row)
    )


def _built(laid: Any, arrays: Mapping[str, NDArray[Any]]) -> Any:
    if not isinstance(laid, dict):
        return laid
    ((kind, value),) = laid.items()
    if kind == "array":
        return _taken(value, arrays)
    if kind == "dict":
        return {key: _built(inner, arrays) for key, inner in value.items()}
    if kind == "ragged":
        flat, lengths = (_taken(part, arrays) for part in value)
        return [part.tolist() for part in np.split(flat, np.cumsum(lengths))[:-1]]
    if kind in ("list", "tuple"):
        found = [_built(inner, arrays) for inner in value]
        return tuple(found) if kind == "tuple" else found
    raise ValueError(f"unknown kind {kind!r}")


def _taken(place: list[Any], arrays: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
    name, at, shape = place
    dtype = np.dtype(name)
    if dtype.kind not in _KINDS:
        raise ValueError(f"an array of {name}")
    block = arrays["uint8" if dtype.kind == "b" else name]
    size = int(np.prod(shape, dtype=np.int64))
    if min([at, *shape]) < 0 or at + size > block.size:
        raise ValueError(f"an array beyond the end of its block of {name}")
    return block[at : at + size].astype(dtype).reshape(shape)
