"""Collect where a result comes from: machine, versions, commit, command."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from networks.connectivity import FromFile, FromGraph, GraphFile
from networks.spec import Simulation, Spec
from neuro.engines.compiler import COMPILE_FLAGS, version
from neuro.engines.doctor import PACKAGES
from neuro.errors import EnvironmentFault

if TYPE_CHECKING:
    from neuro.engines.activation import Activation

GIT_PATIENCE = 5.0


def provenance(simulation: Simulation, activation: Activation | None) -> dict[str, Any]:
    """Collect the provenance of a run.

    Parameters
    ----------
    simulation : Simulation
        Engine, mode and threads.
    activation : Activation or None
        What was switched on; None if nothing runs on an engine.

    Returns
    -------
    dict
        Plain values that JSON can hold.
    """
    return {
        **program(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cpu": processor(),
        "cpu_count": os.cpu_count(),
        "packages": {name: version(name) for name in ("engramlab", *PACKAGES)},
        "engine": activation.engine if activation else None,
        "target": activation.target if activation else None,
        "engine_options": dict(activation.options) if activation else {},
        "compile_flags": list(COMPILE_FLAGS),
        "mode": simulation.mode,
        "threads": simulation.threads,
        "argv": list(sys.argv),
    }


def files_told(spec: Spec) -> dict[str, Any]:
    """Name the files that connections come from, with the hash of what they held at the start.

    Parameters
    ----------
    spec : Spec
        The description.

    Returns
    -------
    dict
        `files`: path and SHA-256 by projection; empty if no connection comes from a file.

    Raises
    ------
    EnvironmentFault
        If a file cannot be read.
    """
    found = {}
    for name, projection in spec.projections.items():
        rule = projection.connectivity
        path = rule.path if isinstance(rule, FromFile) else None
        if isinstance(rule, FromGraph) and isinstance(rule.graph, GraphFile):
            path = rule.graph.file
        if path is not None:
            found[name] = {"path": str(path), "sha256": _sha256(path)}
    return {"files": found} if found else {}


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as fault:
        raise EnvironmentFault(f"{path}: cannot be read ({fault.strerror})") from None


def program() -> dict[str, Any]:
    """Return the commit of this program, and whether its files differ from it."""
    commit, is_dirty = git_state(Path(__file__).resolve().parents[1])
    return {"git": {"commit": commit, "dirty": is_dirty}}


def told_program(provenance: Mapping[str, Any]) -> str:
    """Name the state of the program that made a file, for a reader.

    Parameters
    ----------
    provenance : mapping
        Of a file, or `program()`.

    Returns
    -------
    str
        Empty if the program did not come from a checkout.
    """
    git = provenance.get("git") or {}
    if not git.get("commit"):
        return ""
    return f"commit {git['commit'][:10]}" + (" with changes of its own" if git["dirty"] else "")


def processor() -> str:
    """Return the name of the processor, as far as the system tells it."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.split(":", 1)[1].strip() for line in text.splitlines() if "model name" in line)
    return next(names, platform.machine())


def git_state(folder: Path) -> tuple[str, bool | None]:
    """Return the commit of a checkout and whether files differ from it.

    Parameters
    ----------
    folder : Path
        Root of the checkout.

    Returns
    -------
    commit : str
        Empty if the package was not installed from a checkout.
    is_dirty : bool or None
        None if unknown.
    """
    if not (folder / ".git").exists():
        return "", None
    commit = _git(folder, "rev-parse", "HEAD")
    changes = _git(folder, "status", "--porcelain", "--untracked-files=no")
    return commit or "", None if changes is None else bool(changes)


def _git(folder: Path, *words: str) -> str | None:
    command = ["git", "-C", str(folder), *words]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=GIT_PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
