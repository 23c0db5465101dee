"""Keep generated modules and their machine code in a private folder.

Numba caches machine code beside a real source file and does not notice edits of functions that the
file imports, so the folder is keyed by the versions, the CPU and the text of this package, and a
file by the hash of its text. Numba unpickles what it finds there: the folder belongs to the user
and nobody else may enter it.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import os
import shutil
import stat
import sys
import tempfile
from pathlib import Path
from types import ModuleType

import llvmlite.binding  # type: ignore[import-untyped]
import numba
import numpy as np
from brian2.utils.logger import get_logger

logger = get_logger(__name__)

#: Overrides the place of the cache.
ENVIRONMENT_VARIABLE = "ENGRAMLAB_CACHE"
#: Bytes above which the least recently used programs are deleted.
SIZE_LIMIT = 512 * 2**20


def root() -> Path:
    """Return the folder of all caches of this user (it need not exist)."""
    if ENVIRONMENT_VARIABLE in os.environ:
        return Path(os.environ[ENVIRONMENT_VARIABLE])
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "engramlab" / "numba"


@functools.lru_cache(maxsize=1)
def build_key() -> str:
    """Return a hash of everything but the program itself that machine code depends on."""
    parts = [
        sys.version,
        numba.__version__,
        llvmlite.__version__,
        np.__version__,
        llvmlite.binding.get_host_cpu_name(),
        llvmlite.binding.get_host_cpu_features().flatten(),
        os.environ.get("NUMBA_BOUNDSCHECK", ""),
        os.environ.get("NUMBA_CPU_NAME", ""),
        os.environ.get("NUMBA_OPT", ""),
    ]
    digest = hashlib.sha256(repr(parts).encode())
    for file in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _is_private(folder: Path) -> bool:
    status = folder.stat()
    is_own = not hasattr(os, "getuid") or status.st_uid == os.getuid()
    return is_own and not status.st_mode & (stat.S_IRWXG | stat.S_IRWXO)


@functools.lru_cache(maxsize=8)
def _folder_in(place: Path) -> Path:
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder = place / build_key()
        folder.mkdir(exist_ok=True, mode=0o700)
        if not _is_private(folder):
            raise PermissionError(f"{folder} is open to other users")
        with tempfile.NamedTemporaryFile(dir=folder):
            pass
    except OSError as error:
        folder = Path(tempfile.mkdtemp(prefix="engramlab-"))
        logger.warn(
            f"Cannot use the kernel cache ({error}); compiled code of this process is kept in "
            f"{folder} and compiled again next time."
        )
    return folder


def folder() -> Path:
    """Return a writable private folder for generated modules, a temporary one if need be."""
    return _folder_in(root())


def write(text: str) -> Path:
    """Write a module once, under the hash of its text; safe for many processes at once."""
    path = folder() / f"program_{hashlib.sha256(text.encode()).hexdigest()[:24]}.py"
    if not path.exists() or path.read_text() != text:
        with tempfile.NamedTemporaryFile(
            "w", dir=path.parent, suffix=".tmp", delete=False
        ) as stream:
            stream.write(text)
        Path(stream.name).replace(path)
        prune()
    return path


def load(path: Path) -> ModuleType:
    """Import a generated module."""
    name = f"_engramlab_{path.stem}"
    specification = importlib.util.spec_from_file_location(name, path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    # Numba finds the globals of cached code through the module's name.
    sys.modules[name] = module
    specification.loader.exec_module(module)
    return module


def discard_machine_code(path: Path) -> None:
    """Delete what Numba has stored for a module (because it cannot be read)."""
    for file in (path.parent / "__pycache__").glob(f"{path.stem}.*"):
        file.unlink(missing_ok=True)


def prune(limit: int = SIZE_LIMIT) -> None:
    """Delete the oldest build folders, then the oldest files, until the cache fits `limit`."""
    place = folder().parent
    if place != root():
        return
    files = [file for file in place.rglob("*") if file.is_file()]
    sizes = {file: file.stat().st_size for file in files}
    total = sum(sizes.values())
    old = sorted(
        (entry for entry in place.iterdir() if entry.is_dir() and entry != folder()),
        key=lambda entry: entry.stat().st_mtime,
    )
    for entry in old:
        if total <= limit:
            return
        total -= sum(size for file, size in sizes.items() if entry in file.parents)
        shutil.rmtree(entry, ignore_errors=True)
    for file in sorted(folder().rglob("*.nb?"), key=lambda file: file.stat().st_mtime):
        if total <= limit:
            return
        total -= sizes.get(file, 0)
        file.unlink(missing_ok=True)
