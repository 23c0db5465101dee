"""Keep generated modules and their machine code in a private folder.

Numba caches machine code beside a real source file and does not notice edits of functions that the
file imports, so the folder is keyed by the versions, the CPU and the text of this package, and a
file by the hash of its text. Numba unpickles what it finds there: the folder belongs to the user
and nobody else may enter it. A list of checksums beside the machine code tells damage from a
program, and a lock lets one process compile while others wait for the result.
"""

from __future__ import annotations

import atexit
import functools
import hashlib
import importlib.util
import json
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import llvmlite.binding  # type: ignore[import-untyped]
import numba
import numpy as np
from brian2.utils.logger import get_logger
from filelock import FileLock

from neuro import cachefolder

logger = get_logger(__name__)

PACKAGE = Path(__file__).parent
#: Where Numba keeps machine code, beside the module that it is of.
MACHINE_CODE = "__pycache__"


@functools.lru_cache(maxsize=1)
def build_key() -> str:
    """Return a hash of everything but the program itself that machine code depends on."""
    options = sorted(item for item in os.environ.items() if item[0].startswith("NUMBA_"))
    parts = [
        sys.version,
        numba.__version__,
        llvmlite.__version__,
        np.__version__,
        llvmlite.binding.get_host_cpu_name(),
        llvmlite.binding.get_host_cpu_features().flatten(),
        options,
    ]
    digest = hashlib.sha256(repr(parts).encode())
    for file in sorted(PACKAGE.rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _check(place: Path, folder: Path) -> None:
    """Refuse a folder that others could write to, or we cannot."""
    if place.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise PermissionError(f"{place} can be changed by other users")
    if not cachefolder.is_private(folder):
        raise PermissionError(f"{folder} is open to other users")
    code = folder / MACHINE_CODE
    code.mkdir(exist_ok=True, mode=0o700)
    for used in (folder, code):
        with tempfile.NamedTemporaryFile(dir=used):
            pass


@functools.lru_cache(maxsize=8)
def _folder_in(place: Path) -> Path:
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder = place / build_key()
        folder.mkdir(exist_ok=True, mode=0o700)
        _check(place, folder)
    except OSError as error:
        folder = Path(tempfile.mkdtemp(prefix="engramlab-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        logger.warn(
            f"Cannot use the kernel cache ({error}); what this process compiles is kept in "
            f"{folder} until it ends, and compiled again next time."
        )
    return folder


def folder() -> Path:
    """Return a writable private folder for generated modules, a temporary one if need be."""
    return _folder_in(cachefolder.root())


def _replace(path: Path, text: str) -> None:
    """Write a file in one go: other processes see the old one or the new one."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, suffix=".tmp", delete=False) as stream:
        stream.write(text)
    Path(stream.name).replace(path)


def write(text: str) -> Path:
    """Write a module once, under the hash of its text; safe for many processes at once."""
    path = folder() / f"program_{hashlib.sha256(text.encode()).hexdigest()[:24]}.py"
    # As bytes: what is garbled need not be text.
    found = path.read_bytes() if path.exists() else None
    if found == text.encode():
        return path
    if found is not None:
        logger.warn(f"A program in {path.parent} is damaged; rebuilding it.")
        # Numba would not use it for a file of another time.
        discard_machine_code(path)
    _replace(path, text)
    if path.parent.parent == cachefolder.root():
        cachefolder.prune(cachefolder.root(), _limit())
    return path


def _limit() -> int:
    """Return the bytes that the cache may hold, and warn once if others were asked for."""
    n_bytes, complaint = cachefolder.limit_in_force()
    if complaint:
        logger.warn(f"{complaint}.", once=True)
    return n_bytes


def load(path: Path) -> ModuleType:
    """Import a generated module."""
    name = f"_engramlab_{path.stem}"
    specification = importlib.util.spec_from_file_location(name, path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    # Numba finds the globals of cached code through the module's name.
    sys.modules[name] = module
    # Decorating decides where Numba keeps machine code: beside the file, not in NUMBA_CACHE_DIR.
    elsewhere, numba.core.config.CACHE_DIR = numba.core.config.CACHE_DIR, ""
    try:
        specification.loader.exec_module(module)
    finally:
        numba.core.config.CACHE_DIR = elsewhere
    return module


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Keep other processes from compiling the same module while the context lasts."""
    with FileLock(path.with_name(path.stem[-2:] + cachefolder.LOCK), mode=0o600):
        yield


def _machine_code(path: Path) -> dict[str, str]:
    """Return the checksums of what Numba has stored for a module, by file name."""
    files = sorted((path.parent / MACHINE_CODE).glob(f"{path.stem}.*.nb?"))
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def _sums(path: Path) -> Path:
    return path.parent / MACHINE_CODE / f"{path.stem}.sums"


def seal(path: Path) -> None:
    """Note the checksums of a module's machine code."""
    if found := _machine_code(path):
        _replace(_sums(path), json.dumps(found))


def is_intact(path: Path) -> bool:
    """Return whether the machine code of a module is what was sealed, and note its use.

    Machine code without its checksums is not: it may be anything. None at all is intact.
    """
    found, sums = _machine_code(path), _sums(path)
    try:
        is_same = bool(json.loads(sums.read_bytes()) == found)
        os.utime(sums)
    except FileNotFoundError:
        return not found
    except ValueError:
        return False
    return is_same


def discard_machine_code(path: Path) -> None:
    """Delete what was derived from a module (because it cannot be trusted)."""
    for file in (path.parent / MACHINE_CODE).glob(f"{path.stem}.*"):
        file.unlink(missing_ok=True)
