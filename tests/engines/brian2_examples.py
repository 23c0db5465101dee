"""Run Brian2's example scripts, unmodified, on the device "numba".

Run ``python tests/engines/brian2_examples.py FOLDER [SCRIPT ...]``. The scripts are in the folder
``examples`` of Brian2's source distribution. Each runs in a process of its own, which selects the
device beforehand and draws into memory, in a copy of the folder.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import runpy
import shutil
import signal
import subprocess
import sys
import tempfile
import tomllib
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Names the folder of examples.
VARIABLE = "BRIAN2_EXAMPLES"
#: Seconds of processor time after which a script is stopped, and of wall time after which killed.
CPU_LIMIT, WALL_LIMIT = 90, 1800
EXCEPTIONS = Path(__file__).with_name("brian2_exceptions.toml")
ROOT = Path(__file__).resolve().parents[2]


class LimitReachedError(BaseException):
    """Say that a script has used the time that it may."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Hold what became of one script.

    Parameters
    ----------
    script
        Its path in the folder.
    kind
        "ran", "ran until the limit", "no network", "chooses its own device", "needs a package that
        is absent", "listed" (it fails, as `brian2_exceptions.toml` says), or "failed".
    detail
        The error that caused all others, if there was one.
    in_python
        Whether some objects ran in Python.
    """

    script: str
    kind: str
    detail: str = ""
    in_python: bool = False


def find() -> Path | None:
    """Return the folder of examples that the environment names, or that Brian2 brings."""
    if named := os.environ.get(VARIABLE):
        return Path(named)
    import brian2

    candidates = (Path(brian2.__file__).parents[k] / "examples" for k in (0, 1))
    return next((folder for folder in candidates if any(folder.glob("CUBA.py"))), None)


def _stop_from(first: int) -> Callable[..., None]:
    """Return what stops a script: a pool would wait for ever for a worker that ended alone."""

    def stop(*_: Any) -> None:
        if os.getpid() != first:
            os.kill(first, signal.SIGXCPU)
            os._exit(1)
        raise LimitReachedError

    return stop


def run_here(script: str, results: Path) -> None:
    """Run a script in this process and write what happened to a file."""
    import brian2
    import brian2_witness as witness
    from brian2.devices.device import all_devices

    import neuro.device  # noqa: F401  registers the device

    witness.watch()
    del all_devices["cpp_standalone"]
    brian2.set_device("numba")
    sys.path.insert(0, os.getcwd())
    sys.argv = [script]
    signal.signal(signal.SIGXCPU, _stop_from(os.getpid()))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_LIMIT, CPU_LIMIT + 30))
    error = ""
    try:
        runpy.run_path(script, run_name="__main__")
    except BaseException as raised:
        while raised.__cause__ is not None:
            raised = raised.__cause__
        error = "".join(traceback.format_exception_only(raised)).strip()
    results.write_text(json.dumps({**witness.counts, "error": error}))


def judge(script: str, found: dict[str, Any]) -> Outcome:
    """Say what the results of a script mean."""
    detail, in_python = found["error"], bool(found["python"])
    # Where a pool's process chooses it, the error comes with the text of that process's traceback.
    if detail.rstrip('"\n ').endswith("KeyError: 'cpp_standalone'"):
        return Outcome(script, "chooses its own device", detail)
    if detail.startswith("ModuleNotFoundError"):
        return Outcome(script, "needs a package that is absent", detail)
    if found["elsewhere"]:
        return Outcome(script, "failed", "a network ran on another device")
    if "LimitReachedError" in detail:
        return Outcome(script, "ran until the limit", in_python=in_python)
    if detail and not detail.startswith("SystemExit"):
        is_listed = f"examples/{script}" in tomllib.loads(EXCEPTIONS.read_text())
        return Outcome(script, "listed" if is_listed else "failed", detail, in_python)
    kind = "ran" if found["loops"] or in_python else "no network"
    return Outcome(script, kind, in_python=in_python)


def _environment(path: str) -> dict[str, str]:
    """Return the variables of a script's process: it may import the modules beside it."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"}
    return {**kept, "PYTHONPATH": path, "MPLBACKEND": "agg"}


def run(folder: Path, script: str) -> Outcome:
    """Run one script in a process and a copy of the folder of its own."""
    with tempfile.TemporaryDirectory() as room:
        copy = shutil.copytree(folder, Path(room, "examples"))
        results = Path(room, "results.json")
        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        process = subprocess.Popen(
            [sys.executable, __file__, "--one", str(copy / script), str(results)],
            cwd=(copy / script).parent,
            env=_environment(path),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        try:
            _, errors = process.communicate(timeout=WALL_LIMIT)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return Outcome(script, "failed", f"still there after {WALL_LIMIT} s")
        if not results.exists():
            last = (errors.strip().splitlines() or [""])[-1]
            return Outcome(script, "failed", f"exit status {process.returncode}: {last}")
        return judge(script, json.loads(results.read_text()))


def report(outcomes: Iterable[Outcome]) -> str:
    """Write the counts by kind, and each script that did not simply run."""
    outcomes = sorted(outcomes, key=lambda outcome: (outcome.kind, outcome.script))
    counts = Counter(outcome.kind for outcome in outcomes)
    n_compiled = sum(o.kind.startswith("ran") and not o.in_python for o in outcomes)
    lines = [f"{kind:32}{count:>5}" for kind, count in counts.items()]
    lines.append(f"{'without any object in Python':32}{n_compiled:>5}")
    lines += [f"{o.kind}: {o.script}: {o.detail}" for o in outcomes if o.kind != "ran"]
    return "\n".join(lines)


def run_all(folder: Path, scripts: Sequence[str] = (), n_jobs: int = 2) -> bool:
    """Run the scripts of a folder, print the report, and return whether none failed."""
    names = scripts or sorted(str(f.relative_to(folder)) for f in folder.rglob("*.py"))
    with ThreadPoolExecutor(n_jobs) as pool:
        outcomes = []
        for outcome in pool.map(lambda name: run(folder, name), names):
            outcomes.append(outcome)
            sys.stdout.write(f"{outcome.script}: {outcome.kind} {outcome.detail}\n")
            sys.stdout.flush()
    sys.stdout.write(f"\nBrian2's example scripts in {folder}\n{report(outcomes)}\n")
    return not any(outcome.kind == "failed" for outcome in outcomes)


def main() -> int:
    """Run the scripts named, all of the folder by default."""
    if sys.argv[1:2] == ["--one"]:
        run_here(sys.argv[2], Path(sys.argv[3]))
        return 0
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("scripts", nargs="*")
    chosen = parser.parse_args()
    return 0 if run_all(chosen.folder, chosen.scripts) else 1


if __name__ == "__main__":
    sys.exit(main())
