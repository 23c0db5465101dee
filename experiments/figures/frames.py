"""Pictures of a folder as the frames of a clip."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from neuro.errors import DamagedFileError, EnvironmentFault

FORMATS = (".png", ".pgm", ".ppm", ".bmp", ".jpg", ".jpeg", ".tif", ".tiff")
MAX_PIXELS = 1 << 24


def clip_folders(folder: Path) -> dict[str, list[Path]]:
    """Find the clips of each class, laid out as CLASS/CLIP/FRAME.

    Parameters
    ----------
    folder : Path
        Holds a folder for each class, that one for each clip, that pictures.

    Returns
    -------
    dict of str to list of Path
        Folders with at least one picture, in order of their names.

    Raises
    ------
    EnvironmentFault
        If there is no such folder, or no picture in it.
    """
    if not folder.is_dir():
        raise EnvironmentFault(f"{folder}: no such folder of clips")
    found = {
        kind.name: [clip for clip in sorted(kind.iterdir()) if clip.is_dir() and pictures(clip)]
        for kind in sorted(folder.iterdir())
        if kind.is_dir()
    }
    found = {name: clips for name, clips in found.items() if clips}
    if not found:
        raise EnvironmentFault(
            f"{folder}: no pictures ({', '.join(FORMATS)}) in CLASS/CLIP/ folders below it"
        )
    return found


def pictures(folder: Path) -> list[Path]:
    """Return the pictures in a folder in order of their names."""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in FORMATS)


def read_clip(folder: Path, length: int) -> NDArray[np.float64]:
    """Read some frames of a clip, spread evenly over it.

    Parameters
    ----------
    folder : Path
        Holds the pictures; their order is that of their names.
    length : int
        Frames to return; those of a shorter clip are repeated.

    Returns
    -------
    array of float64, shape (length, height, width)
        Brightness from 0 to 255; colours are averaged.

    Raises
    ------
    DamagedFileError
        If a picture cannot be read, or its size is not that of the first one.
    """
    files = pictures(folder)
    chosen = [files[place] for place in np.linspace(0, len(files) - 1, length).astype(int)]
    frames = [_read(path) for path in chosen]
    for path, frame in zip(chosen, frames, strict=True):
        if frame.shape != frames[0].shape:
            raise DamagedFileError(
                f"{path}: {frame.shape} pixels; the clip began with {frames[0].shape}"
            )
    return np.stack(frames)


def _read(path: Path) -> NDArray[np.float64]:
    from matplotlib.image import imread

    try:
        # Decoders report what is wrong with a file by many kinds of exception.
        picture = np.asarray(imread(path), dtype=np.float64)
    except Exception as fault:
        raise DamagedFileError(f"{path}: no readable picture ({fault})") from None
    if picture.ndim not in (2, 3) or not 0 < picture.size <= 4 * MAX_PIXELS:
        raise DamagedFileError(f"{path}: a picture of shape {picture.shape}")
    grey = picture if picture.ndim == 2 else picture[..., :3].mean(axis=2)
    # PNG files are read as 0 to 1, others as 0 to 255.
    return grey * 255 if path.suffix.lower() == ".png" else grey
