"""Checkpoints: all that a run needs to go on, beside its recording; two generations, never torn."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from neuro.errors import DamagedFileError
from neuro.recording import faults
from neuro.recording.contents import values_of
from neuro.recording.item import Item, storable
from neuro.recording.segment import check_segment, image, opened, publish

_NOTE = "/note"
_ARRAYS = "/arrays"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Hold the state of a run at some point.

    Attributes
    ----------
    note : str
        Whatever is no array, as JSON.
    arrays : mapping of str to ndarray
        By name; names may have slashes.
    """

    note: str
    arrays: Mapping[str, NDArray[Any]]


def checkpoint_path(recording: str | Path) -> Path:
    """Return where the checkpoint of a recording FILE.h5 lies: FILE.ckpt.h5."""
    return Path(recording).with_suffix(".ckpt.h5")


def write_checkpoint(recording: str | Path, checkpoint: Checkpoint) -> None:
    """Put a checkpoint on disk; the one before stays as the older generation.

    Parameters
    ----------
    recording : path
        FILE.h5, to which it belongs.
    checkpoint : Checkpoint
        The state.

    Raises
    ------
    EnvironmentFault
        When the disk refuses; a generation that was there is still there.
    """
    path = checkpoint_path(recording)
    items = [Item(_NOTE, checkpoint.note), Item(_ARRAYS)]
    items += [
        Item(f"{_ARRAYS}/{name}", storable(name, array))
        for name, array in checkpoint.arrays.items()
    ]
    with faults.environment("write", path):
        if path.exists():
            os.replace(path, _older(path))
        publish(path, image(items))


def read_checkpoint(recording: str | Path) -> Checkpoint | None:
    """Return the newest sound checkpoint of a recording.

    Parameters
    ----------
    recording : path
        FILE.h5.

    Returns
    -------
    Checkpoint or None
        None if there is none; the older generation, with a warning, if the newer is damaged.

    Raises
    ------
    DamagedFileError
        If no generation is sound.
    """
    newest = checkpoint_path(recording)
    bad: DamagedFileError | None = None
    for path in (newest, _older(newest)):
        if not path.exists():
            continue
        try:
            found = _read(path)
        except DamagedFileError as error:
            bad = bad or error
            continue
        if bad is not None:
            warnings.warn(f"{bad}; the older {path} is taken", stacklevel=2)
        return found
    if bad is not None:
        raise bad
    return None


def remove_checkpoint(recording: str | Path) -> None:
    """Remove both generations, if there are any."""
    path = checkpoint_path(recording)
    with faults.environment("remove", path):
        for each in (path, _older(path)):
            each.unlink(missing_ok=True)


def _older(path: Path) -> Path:
    return path.parent / f"{path.name}.old"


def _read(path: Path) -> Checkpoint:
    check_segment(path)
    arrays: dict[str, NDArray[Any]] = {}
    with opened(path) as h5:

        def take(name: str, found: Any) -> None:
            if isinstance(found, h5py.Dataset):
                arrays[name] = np.array(values_of(found))

        h5[_ARRAYS].visititems(take)
        return Checkpoint(str(values_of(h5[_NOTE])), arrays)
