"""Find the Python interpreters of this machine and make environments with the package for them."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from neuro.cachefolder import is_private

ROOT = Path(__file__).resolve().parents[2]
#: Each has a release of Brian2 of its own; see the dependencies in pyproject.toml.
VERSIONS = ("3.11", "3.12", "3.13")


def find(version: str) -> str | None:
    """Find an interpreter that runs (a name on the path may be a shim without one behind it).

    Parameters
    ----------
    version
        Such as "3.12".
    """
    if version == ".".join(map(str, sys.version_info[:2])):
        return sys.executable
    home = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    candidates = [
        *home.glob(f"versions/{version}.*/bin/python{version}"),
        shutil.which(f"python{version}"),
    ]
    for candidate in filter(None, candidates):
        trial = subprocess.run([candidate, "-c", "import venv"], capture_output=True, check=False)
        if trial.returncode == 0:
            return str(candidate)
    return None


def place() -> Path:
    """Return the private folder for environments, outside of the checkout.

    Raises
    ------
    PermissionError
        If somebody else has made it.
    """
    owner = os.getuid() if hasattr(os, "getuid") else ""
    folder = Path(tempfile.gettempdir()) / f"engramlab-interpreters-{owner}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if not is_private(folder):
        raise PermissionError(f"{folder} is open to other users; delete it")
    return folder


def environment(version: str) -> str | None:
    """Return an interpreter that has the package and its tests installed, or None.

    An environment is made once for each set of dependencies and used again.
    """
    base = find(version)
    if base is None or base == sys.executable:
        return base
    project = (ROOT / "pyproject.toml").read_bytes() + str(ROOT).encode()
    folder = place() / f"{version}-{hashlib.sha256(project).hexdigest()[:12]}"
    python, stamp = folder / "bin/python", folder / "installed"
    if not stamp.exists():
        sys.stdout.write(f"Python {version}: installing into {folder}\n")
        sys.stdout.flush()
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([base, "-m", "venv", "--clear", folder], check=True)
        subprocess.run([*install, "--editable", f"{ROOT}[test]"], check=True)
        stamp.touch()
    return str(python)
