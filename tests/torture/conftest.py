"""A disk that fails, and modules that the tests of this folder share."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent

# The tests share modules that pytest's importlib mode does not put on the path.
sys.path.insert(0, str(HERE))


@pytest.fixture(scope="session")
def failing_disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compile the library that, preloaded, makes file operations fail."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if sys.platform != "linux" or compiler is None:
        pytest.skip("the failing disk is a C library for Linux, and there is no C compiler")
    library = tmp_path_factory.mktemp("disk") / "disk.so"
    options = ["-O1", "-shared", "-fPIC", "-Wno-format-truncation"]
    subprocess.run([compiler, *options, "-o", str(library), str(HERE / "disk.c")], check=True)
    return library
