"""Hash what checksums of chunks do not cover, and check both.

`/integrity/sha256` is one JSON text: path of an object -> SHA-256 over its attributes, the names
or the scale labels it holds, and its values where no fletcher32 covers them (scalars and text).
The text itself is covered by an attribute.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from neuro.errors import DamagedFileError
from neuro.recording import faults, trust
from neuro.recording.catalogue import walk
from neuro.recording.item import Item, Storage, write_items
from neuro.recording.segment import check_segment, opened, segment_paths
from neuro.recording.slab import slabs

PATH = "/integrity/sha256"


def digest(found: h5py.Group | h5py.Dataset) -> str:
    """Return the SHA-256 of what no checksum of HDF5 covers.

    Parameters
    ----------
    found : h5py.Group or h5py.Dataset
        Any object of the file.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    facts: dict[str, Any] = {"attributes": _attributes(found)}
    if isinstance(found, h5py.Group):
        facts["names"] = sorted(name for name in found if (found.name, name) != ("/", "integrity"))
    else:
        facts["shape"] = list(found.shape)
        facts["scales"] = [[scale.name for scale in side.values()] for side in found.dims]
        if not found.fletcher32:
            facts["value"] = _plain(found[()])
    text = json.dumps(facts, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def write_integrity(h5: h5py.File) -> None:
    """Write /integrity for everything that the file holds.

    Parameters
    ----------
    h5 : h5py.File
        Complete but for this.
    """
    text = json.dumps({path: digest(found) for path, found in walk(h5)}, sort_keys=True)
    attrs = {"sha256": hashlib.sha256(text.encode()).hexdigest(), "covers": "see documentation"}
    write_items(h5, [Item(PATH, text, attrs)], Storage())


def verify(path: str | Path) -> list[str]:
    """Return what is wrong with a recording; reads all of it.

    Parameters
    ----------
    path : path
        A sealed file, or the folder FILE.h5.parts of a run that was not sealed.

    Returns
    -------
    list of str
        One line a problem; empty when every checksum and every hash fits.

    Raises
    ------
    DamagedFileError
        When the file cannot be opened at all, or is hostile.
    EnvironmentFault
        When it is missing or may not be read.
    """
    path = Path(path)
    if path.is_dir():
        return _verify_folder(path)
    with trust.open_file(path) as h5:
        with faults.damage(path):
            expected, problems = _expected(h5)
            found = dict(walk(h5))
        problems += [f"{name} is missing" for name in sorted(expected.keys() - found.keys())]
        for name, thing in found.items():
            with faults.damage(path):
                problems += _check(name, thing, expected.get(name))
    return problems


def _verify_folder(folder: Path) -> list[str]:
    with faults.damage(folder):
        paths = segment_paths(folder)
    problems = gaps(paths)
    for path in paths:
        try:
            check_segment(path)
            with opened(path):
                pass
        except DamagedFileError as bad:
            problems.append(str(bad))
    return problems


def gaps(paths: Sequence[Path]) -> list[str]:
    """Return a line for every run of segments that is missing between those that are there."""
    ordinals = [-1, *(int(path.stem) for path in paths)]
    return [f"segments {a + 1} to {b - 1} are missing" for a, b in pairwise(ordinals) if b > a + 1]


def _expected(h5: h5py.File) -> tuple[dict[str, str], list[str]]:
    try:
        text = h5[PATH][()].decode()
        if hashlib.sha256(text.encode()).hexdigest() != h5[PATH].attrs["sha256"]:
            return {}, [f"{PATH} is damaged"]
        return dict(json.loads(text)), []
    except (KeyError, AttributeError, ValueError, OSError, TypeError) as bad:
        if faults.refusal(bad):
            raise
        return {}, [f"{PATH} cannot be read: {bad}"]


def _check(name: str, found: Any, expected: str | None) -> list[str]:
    if expected is None:
        return [f"{name} was not there when the file was sealed"]
    try:
        if digest(found) != expected:
            return [f"{name} was changed after the file was sealed"]
        if isinstance(found, h5py.Dataset) and found.fletcher32:
            for selection in slabs(found.shape, found.dtype.itemsize):
                found[selection]
    except (OSError, KeyError, RuntimeError, ValueError, TypeError) as bad:
        if faults.refusal(bad):
            raise
        return [f"{name} is damaged: {bad}"]
    return []


def _attributes(found: Any) -> dict[str, Any]:
    # Object references of dimension scales are covered by the names of the scales.
    kept = (name for name in found.attrs if not _refers(found.attrs.get_id(name).dtype))
    return {name: _plain(found.attrs[name]) for name in kept}


def _refers(dtype: np.dtype[Any]) -> bool:
    fields = [dtype] if dtype.fields is None else [kind[0] for kind in dtype.fields.values()]
    return any(h5py.check_ref_dtype(f) or _vlen_of_refs(f) for f in fields)


def _vlen_of_refs(dtype: np.dtype[Any]) -> bool:
    inner = h5py.check_vlen_dtype(dtype)
    return isinstance(inner, np.dtype) and h5py.check_ref_dtype(inner) is not None


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    if isinstance(value, complex):
        return [value.real, value.imag]
    if isinstance(value, np.ndarray | np.generic):
        inner = value.tolist()
        return inner.hex() if isinstance(inner, bytes) else _plain(inner)
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value if isinstance(value, str | int | float | bool) else repr(value)
