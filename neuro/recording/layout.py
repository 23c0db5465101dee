"""Name the places of the file and how each one grows from segment to segment."""

from __future__ import annotations

from enum import Enum
from typing import Final

from neuro.errors import SpecError

FORMAT: Final = "engramlab"
FORMAT_VERSION: Final = 1
SONATA_MAGIC: Final = 0x0A7A
SONATA_VERSION: Final = (0, 1)
# libsonata and h5netcdf open files of this bound; those of 'latest' they do not.
LIBVER: Final = ("v110", "v110")
# Elements of a chunk: 128 KiB of float64, small beside a segment, large beside a disk block.
CHUNK: Final = 16384


class Growth(Enum):
    """Say how a dataset grows: replaced whole, by rows, or by spikes in order of time."""

    WHOLE = "whole"
    ROWS = "rows"
    SPIKES = "spikes"


def growth(path: str) -> Growth:
    """Return how the dataset at `path` grows.

    Parameters
    ----------
    path : str
        Absolute path in the file.

    Returns
    -------
    Growth
        `WHOLE` unless the table of the file says otherwise.
    """
    match path.strip("/").split("/"):
        case ["spikes", _, "timestamps" | "node_ids"]:
            return Growth.SPIKES
        case ["phases"] | ["weights", _, "data" | "t" | "alive"]:
            return Growth.ROWS
        case ["reports", _, _, "data" | "time"]:
            return Growth.ROWS
        case _:
            return Growth.WHOLE


def checked_name(what: str, name: str) -> str:
    """Return `name` if it can name a group of the file.

    Parameters
    ----------
    what : str
        What is named ("population"), for the message.
    name : str
        One path component.

    Returns
    -------
    str
        `name`, unchanged.

    Raises
    ------
    SpecError
        For an empty name, "." or "..", a slash or a character that cannot be printed.
    """
    if not name or name in {".", ".."} or "/" in name or not name.isprintable():
        raise SpecError(f"{what} name {name!r}: needed is a printable name without '/'")
    return name


def checked_path(what: str, path: str) -> str:
    """Return `path` if each of its components can name a group of the file.

    Parameters
    ----------
    what : str
        What is named ("metric"), for the message.
    path : str
        Components joined by "/".

    Returns
    -------
    str
        `path`, unchanged.

    Raises
    ------
    SpecError
        As `checked_name`, for each component.
    """
    for component in path.split("/"):
        checked_name(what, component)
    return path


def checked_text(what: str, text: str) -> str:
    """Return `text` if HDF5 can hold it.

    Parameters
    ----------
    what : str
        What it says, for the message.
    text : str
        Any length.

    Returns
    -------
    str
        `text`, unchanged.

    Raises
    ------
    SpecError
        For a NUL character or a lone surrogate.
    """
    try:
        if "\0" in text:
            raise SpecError(f"{what}: HDF5 text cannot hold a NUL character")
        text.encode("utf-8")
    except UnicodeEncodeError as bad:
        raise SpecError(f"{what}: not Unicode text ({bad.reason})") from None
    return text
