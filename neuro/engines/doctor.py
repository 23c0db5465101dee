"""Tell what this machine offers the engines, without importing Brian2."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

import platformdirs

from neuro import cachefolder
from neuro.engines.compiler import (
    COMPILE_FLAGS,
    cache_key,
    find_compiler,
    find_python_header,
    version,
)

PACKAGES = ("brian2", "cython", "numpy", "scipy", "numba", "h5py", "pydantic", "networkx")


def facts() -> dict[str, str]:
    """Collect interpreter, compiler, versions and the folders of compiled code.

    Returns
    -------
    dict of str to str
        One line each, in the order in which they are shown.
    """
    compiler, header = find_compiler(), find_python_header()
    found = {
        "python": f"{platform.python_version()} ({sys.executable})",
        "platform": platform.platform(),
        "processors": str(os.cpu_count() or "unknown"),
        "compiler": compiler or "none found",
        "Python.h": str(header or "not found"),
        "compile flags": " ".join(COMPILE_FLAGS),
        "engine brian2": "cython" if compiler and header else "numpy (slower, same results)",
        "engine brian2_standalone": "available" if compiler else "needs a C++ compiler",
        "engine numba": "available",
        "engine nest": "not available yet",
        "numba cache": str(cachefolder.root()),
        "numba cache size": cachefolder.summary(cachefolder.root()),
        "cython cache": str(
            Path(platformdirs.user_cache_dir("engramlab")) / f"cython-{cache_key()}"
        ),
    }
    return found | {name: version(name) for name in PACKAGES}
