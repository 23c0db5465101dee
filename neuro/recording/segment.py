"""Make a segment in memory, put it on disk at once, and open it again.

A segment is an HDF5 image followed by a trailer with its length and CRC-32. It appears under
its name complete or not at all.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import h5py

from neuro.errors import DamagedFileError
from neuro.recording import faults, trust
from neuro.recording.item import Item, Storage, write_items
from neuro.recording.layout import LIBVER
from neuro.recording.outline import Image, Outline

_TRAILER = struct.Struct("<8sQI")
_MAGIC = b"ENGRAMSG"
_BLOCK = 1 << 20
# The CRC of the trailer covers a segment, so its arrays need neither chunks nor checksums.
_PLAIN = Storage(is_checked=False)


def image(items: Sequence[Item]) -> Image:
    """Return a segment as it will lie on disk.

    Parameters
    ----------
    items : sequence of Item
        Its content.

    Returns
    -------
    tuple of bytes and memoryview
        HDF5 image and trailer; no file was touched. Large arrays are those of the items.
    """
    body = hdf5(items, _PLAIN)
    crc = 0
    for part in body:
        crc = zlib.crc32(part, crc)
    return *body, _TRAILER.pack(_MAGIC, sum(map(len, body)), crc)


def hdf5(items: Sequence[Item], storage: Storage) -> Image:
    """Return an HDF5 file as it will lie on disk.

    Parameters
    ----------
    items : sequence of Item
        Its content.
    storage : Storage
        How arrays lie in it.

    Returns
    -------
    tuple of bytes and memoryview
        No file was touched.
    """
    outline = Outline()
    with h5py.File(outline, "w", libver=LIBVER) as h5:
        write_items(h5, items, storage, outline)
    return outline.image()


def segment_path(folder: Path, ordinal: int) -> Path:
    """Return where segment number `ordinal` lies in `folder`."""
    return folder / f"{ordinal:06d}.h5"


def segment_paths(folder: Path) -> list[Path]:
    """Return the segments of a folder, oldest first; unfinished ones are no segments.

    Parameters
    ----------
    folder : Path
        FILE.h5.parts.

    Returns
    -------
    list of Path
        Sorted by ordinal.
    """
    names = [name for name in os.listdir(folder) if name.endswith(".h5") and name[:-3].isdigit()]
    return [folder / name for name in sorted(names, key=lambda name: int(name[:-3]))]


def publish(path: Path, content: Image) -> None:
    """Put a file on disk so that a reader sees all of it or none.

    Parameters
    ----------
    path : Path
        Its final name.
    content : tuple of bytes and memoryview
        What it holds, end to end.

    Raises
    ------
    OSError
        When the disk refuses; nothing is left behind.
    """
    temporary = path.with_name(f"{path.name}.tmp")
    try:
        with open(temporary, "wb", buffering=0) as out:
            for part in content:
                left = memoryview(part)
                while left:
                    left = left[out.write(left) :]
            os.fsync(out.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def check_segment(path: Path) -> None:
    """Refuse a segment of which any byte changed.

    Parameters
    ----------
    path : Path
        The segment.

    Raises
    ------
    DamagedFileError
        When length or CRC-32 do not fit the trailer.
    """
    with faults.damage(path), open(path, "rb") as source:
        length = os.fstat(source.fileno()).st_size - _TRAILER.size
        if length < 0:
            raise DamagedFileError(f"{path} is damaged: it is shorter than a segment can be")
        crc, left = 0, length
        while left and (block := source.read(min(_BLOCK, left))):
            crc, left = zlib.crc32(block, crc), left - len(block)
        if source.read() != _TRAILER.pack(_MAGIC, length, crc):
            raise DamagedFileError(f"{path} is damaged: its CRC-32 does not fit its content")


@contextmanager
def opened(path: Path) -> Iterator[h5py.File]:
    """Open an HDF5 file of unknown origin for reading.

    Parameters
    ----------
    path : Path
        A segment or a sealed file.

    Yields
    ------
    h5py.File
        Checked by `trust`.

    Raises
    ------
    DamagedFileError
        Also for whatever HDF5 finds wrong inside the block.
    """
    with faults.damage(path), trust.open_file(path) as h5:
        yield h5


@contextmanager
def reopened(path: Path) -> Iterator[h5py.File]:
    """Open a segment that `opened` has passed, in a folder that this process holds locked.

    Parameters
    ----------
    path : Path
        A segment.

    Yields
    ------
    h5py.File
        Not looked at again, which took longer than reading it.
    """
    with faults.damage(path), h5py.File(path, "r", locking=False) as h5:
        yield h5
