"""Measure starts: with empty caches, with what the first start left there, and of later runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import final

from experiments.bench.cases import Case
from experiments.bench.contenders import CONTENDERS
from experiments.bench.process import environment
from experiments.progress import Progress

MODULE = "experiments.bench.engines.startup"
PATIENCE = 300.0

#: Networks that are started: sizes do not matter to compilers, statements do.
STARTS = {
    "cuba": Case("cuba", 4_000, 0, 0, "currents"),
    "plastic": Case("brunel_plastic", 1_250, 0, 0, "Poisson input, pair STDP"),
}
STARTING = ("brian2-cython", "standalone-1", "numba-strict", "numba-fast")


@final
@dataclass(slots=True)
class Start:
    """Hold the starts of one contender on one network.

    Parameters
    ----------
    network, contender : str
        Which.
    cold, warm : dict of str to float
        Times with empty and with filled caches; see `engines.startup.start`.
    fault : str
        Why there is no more.
    """

    network: str
    contender: str
    cold: dict[str, float] = field(default_factory=dict)
    warm: dict[str, float] = field(default_factory=dict)
    fault: str = ""


def measure_starts(starts: list[Start], names: list[str], progress: Progress) -> None:
    """Start every contender on every network twice, each time in a fresh process.

    Parameters
    ----------
    starts : list of Start
        Filled as numbers come, so that an interruption loses nothing.
    names : list of str
        Of `CONTENDERS`; those outside of `STARTING` are passed over.
    progress : Progress
        Told of every step.
    """
    for network in STARTS:
        for name in (name for name in STARTING if name in names):
            start = Start(network, name)
            starts.append(start)
            with tempfile.TemporaryDirectory(prefix="engram-bench-") as folder:
                for target in (start.cold, start.warm):
                    progress.notice(f"  {network}, {name}: {'warm' if start.cold else 'cold'}")
                    start.fault = start.fault or _take(network, name, folder, target)


def _take(network: str, name: str, folder: str, target: dict[str, float]) -> str:
    """Start once; return what went wrong, or nothing."""
    place = Path(folder)
    task = {
        "case": asdict(STARTS[network]),
        "contender": asdict(CONTENDERS[name]),
        "cache": str(place / "cython"),
    }
    surroundings = {
        **environment(CONTENDERS[name].threads),
        "ENGRAMLAB_CACHE": str(place / "numba"),
    }
    command = [sys.executable, "-m", MODULE, json.dumps(task)]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=surroundings,
        start_new_session=True,
    )
    try:
        out, problem = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return f"not started within {PATIENCE:g} s"
    finally:
        if process.poll() is None:
            os.killpg(process.pid, 9)
            process.communicate()
    if process.returncode:
        return " ".join(problem.decode(errors="replace")[-300:].split())
    target.update(json.loads(out))
    return ""
