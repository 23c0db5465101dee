"""The idx format of the MNIST files: a header, then one array in big-endian order."""

from __future__ import annotations

import gzip
import hashlib
import math
import zlib
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from neuro.errors import DamagedFileError, EnvironmentFault

UNSIGNED_BYTE = 0x08
MAX_DIMENSIONS = 8
# The largest file of the family (EMNIST, 814,255 images) holds 0.64 GB.
MAX_BYTES = 1 << 30


def read_idx(path: Path, md5: str | None = None) -> NDArray[np.uint8]:
    """Read an idx file of unsigned bytes, plain or compressed by gzip.

    Parameters
    ----------
    path : Path
        The file; a name that ends in ``.gz`` is decompressed.
    md5 : str, optional
        Hexadecimal MD5 of the uncompressed content, checked when given.

    Returns
    -------
    array of uint8
        The array, in the shape that the header states.

    Raises
    ------
    EnvironmentFault
        If the file is missing or cannot be opened.
    DamagedFileError
        If it is no idx file of unsigned bytes, is cut short or too long, or has another MD5.

    References
    ----------
    LeCun, Cortes & Burges, "The MNIST database of handwritten digits", section on file formats.
    """
    try:
        with _open(path) as file:
            return _parse(file, path, md5)
    except FileNotFoundError:
        raise EnvironmentFault(f"{path}: no such file; needed: an idx file") from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as fault:
        raise DamagedFileError(f"{path}: damaged gzip data ({fault})") from None
    except (PermissionError, IsADirectoryError) as fault:
        raise EnvironmentFault(f"{path}: cannot be read ({fault.strerror})") from None


def _open(path: Path) -> BinaryIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rb")  # type: ignore[return-value]
    return path.open("rb")


def _parse(file: BinaryIO, path: Path, md5: str | None) -> NDArray[np.uint8]:
    magic = file.read(4)
    n_dimensions = magic[3] if len(magic) == 4 else 0
    if magic[:3] != bytes([0, 0, UNSIGNED_BYTE]) or not 1 <= n_dimensions <= MAX_DIMENSIONS:
        raise DamagedFileError(
            f"{path}: starts with {magic.hex(' ') or 'nothing'}; "
            f"an idx file of unsigned bytes starts with 00 00 08 and its number of dimensions"
        )
    sizes = file.read(4 * n_dimensions)
    shape = tuple(int.from_bytes(sizes[i : i + 4], "big") for i in range(0, len(sizes), 4))
    n_bytes = math.prod(shape)
    if len(sizes) < 4 * n_dimensions or n_bytes > MAX_BYTES:
        raise DamagedFileError(f"{path}: header states an array of shape {shape}")
    # One byte more than stated shows a file that is too long, without reading all of it.
    content = file.read(n_bytes + 1)
    if len(content) != n_bytes:
        raise DamagedFileError(
            f"{path}: header states shape {shape}, {n_bytes} bytes; "
            f"found {'more' if len(content) > n_bytes else len(content)}"
        )
    _check_md5(magic + sizes + content, path, md5)
    return np.frombuffer(content, dtype=np.uint8).reshape(shape).copy()


def _check_md5(content: bytes, path: Path, md5: str | None) -> None:
    if md5 is None:
        return
    found = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if found != md5:
        raise DamagedFileError(f"{path}: MD5 of the content is {found}, needed: {md5}")
