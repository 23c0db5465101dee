"""The C++ compiler and the folder where compiled code is kept: found, checked, never assumed."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import stat
import sys
import sysconfig
import tempfile
from importlib import metadata
from pathlib import Path

import platformdirs

# Contraction of a*b + c into one rounding would break bit equality with the other engines;
# -O2 without debug information compiles Brian2's modules in 0.6 of the time of -O3 -g.
# -march=native is left out so that a home folder shared by unlike machines stays safe.
COMPILE_FLAGS = ("-w", "-O2", "-g0", "-ffp-contract=off", "-std=c++17")
PRIVATE = 0o700


def find_compiler() -> str | None:
    """Find the C++ compiler that Python's build tools would call.

    Returns
    -------
    str or None
        Absolute path, or None if none is on the search path.
    """
    configured = os.environ.get("CXX") or sysconfig.get_config_var("CXX") or ""
    candidates = [*configured.split()[:1], "c++", "g++", "clang++"]
    return next((found for name in candidates if (found := shutil.which(name))), None)


def find_python_header() -> Path | None:
    """Find `Python.h`, without which no extension can be compiled.

    Returns
    -------
    Path or None
        The header, or None if the interpreter's development files are not installed.
    """
    header = Path(sysconfig.get_paths()["include"]) / "Python.h"
    return header if header.is_file() else None


def version(package: str) -> str:
    """Return the installed version of a distribution, or "absent"."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "absent"


def cache_key(flags: tuple[str, ...] = COMPILE_FLAGS) -> str:
    """Name the cache after everything that changes what the compiler makes.

    Parameters
    ----------
    flags : tuple of str
        Compiler flags.

    Returns
    -------
    str
        16 hexadecimal digits.
    """
    packages = [version(name) for name in ("brian2", "cython", "numpy")]
    parts = [*flags, sys.version, platform.machine(), str(find_compiler()), *packages]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def private_folder(folder: Path) -> Path:
    """Make a folder that only this user can write, or a temporary one if that is impossible.

    Code is loaded from here, so a folder of another user's is never used.

    Parameters
    ----------
    folder : Path
        The folder wanted.

    Returns
    -------
    Path
        `folder`, or a new private temporary folder if it is not ours or not writable.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE)
        owner = folder.stat().st_uid if hasattr(os, "getuid") else None
        if owner == (os.getuid() if hasattr(os, "getuid") else None) and os.access(folder, os.W_OK):
            if stat.S_IMODE(folder.stat().st_mode) != PRIVATE:
                folder.chmod(PRIVATE)
            return folder
    except OSError:
        pass
    return Path(tempfile.mkdtemp(prefix="engram-cache-"))


def cache_folder() -> Path:
    """Return the private folder of compiled Brian2 code for these flags and versions."""
    root = private_folder(Path(platformdirs.user_cache_dir("engramlab")))
    return private_folder(root / f"cython-{cache_key()}")
