"""Keep the folder of compiled kernels: where it is, what it holds, what goes when it is too large.

An *entry* is one generated module with all that was derived from it: the files of one stem in one
build folder, and in the ``__pycache__`` beside them.
"""

from __future__ import annotations

import itertools
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from neuro.errors import EnvironmentFault

#: Overrides the place of the cache.
PLACE_VARIABLE = "ENGRAMLAB_CACHE"
#: Overrides the limit, in MiB.
LIMIT_VARIABLE = "ENGRAMLAB_CACHE_LIMIT"
DEFAULT_LIMIT = 512 * 2**20
#: Locks are shared by many entries and hold nothing.
LOCK = ".lock"


@dataclass(frozen=True, slots=True)
class Entry:
    """Describe one compiled module.

    Parameters
    ----------
    files
        All its files.
    size
        Their bytes.
    used
        When it was last used, in seconds since the epoch.
    """

    files: tuple[Path, ...]
    size: int
    used: float


def root() -> Path:
    """Return the folder of all kernels of this user (it need not exist)."""
    if place := os.environ.get(PLACE_VARIABLE):
        return Path(place)
    return Path(platformdirs.user_cache_dir("engramlab")) / "numba"


def limit() -> int:
    """Return the bytes that the folder may hold.

    Raises
    ------
    EnvironmentFault
        If the environment names something else than a whole number of MiB.
    """
    text = os.environ.get(LIMIT_VARIABLE)
    if not text:
        return DEFAULT_LIMIT
    if not text.isdecimal():
        raise EnvironmentFault(f"{LIMIT_VARIABLE} is a number of MiB, such as 512, not {text!r}")
    return int(text) * 2**20


def limit_in_force() -> tuple[int, str]:
    """Return the bytes that the folder may hold, and what is wrong with the limit asked for.

    Returns
    -------
    n_bytes : int
        The usual limit, where the environment names none that can be read.
    complaint : str
        Empty where nothing is wrong.
    """
    try:
        return limit(), ""
    except EnvironmentFault as error:
        usual = f"the cache is limited to the usual {DEFAULT_LIMIT // 2**20} MiB"
        return DEFAULT_LIMIT, f"{error}; {usual}"


def summary(place: Path) -> str:
    """Tell in a line how much of the limit is used, and by how many programs."""
    found = entries(place)
    size = sum(entry.size for entry in found) / 2**20
    n_bytes, complaint = limit_in_force()
    told = f"{size:.1f} MiB of at most {n_bytes / 2**20:.0f} MiB, {len(found)} programs"
    return f"{told} ({complaint})" if complaint else told


def is_private(folder: Path) -> bool:
    """Return whether a folder belongs to this user and nobody else may enter it."""
    status = folder.stat()
    is_own = not hasattr(os, "getuid") or status.st_uid == os.getuid()
    return is_own and not status.st_mode & (stat.S_IRWXG | stat.S_IRWXO)


def entries(place: Path) -> list[Entry]:
    """List the entries of all builds, the least recently used first.

    Parameters
    ----------
    place
        The folder of the cache; it need not exist. Files that others delete meanwhile are left out.
    """
    stems = itertools.groupby(sorted(_files(place), key=_stem), key=_stem)
    found = [_entry(tuple(files)) for _, files in stems]
    return sorted(found, key=lambda entry: entry.used)


def _files(place: Path) -> Iterator[Path]:
    for folder, _, names in os.walk(place):
        yield from (Path(folder, name) for name in names if not name.endswith(LOCK))


def _stem(file: Path) -> tuple[str, str]:
    folder = file.parent.parent if file.parent.name == "__pycache__" else file.parent
    return str(folder), file.name.split(".")[0]


def _entry(files: tuple[Path, ...]) -> Entry:
    size, used = 0, 0.0
    for file in files:
        try:
            status = file.stat()
        except FileNotFoundError:
            continue
        size += status.st_size
        used = max(used, status.st_mtime)
    return Entry(files, size, used)


def prune(place: Path, n_bytes: int) -> None:
    """Delete the least recently used entries until the rest fits.

    Parameters
    ----------
    place
        The folder of the cache.
    n_bytes
        The most that may be left. The entry that was used last is kept, however large it is.
    """
    found = entries(place)
    total = sum(entry.size for entry in found)
    for entry in found[:-1]:
        if total <= n_bytes:
            return
        total -= entry.size
        for file in entry.files:
            file.unlink(missing_ok=True)
