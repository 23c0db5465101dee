"""Run one configuration again and again and kill it, each run in a fork that has all imported.

``python killing.py FOLDER CONFIG KILLS``: leaves ``calm.h5`` of a run to its end and ``0.h5`` (or
``0.h5.parts``), ``1.h5``, ... of runs that were killed, at times spread over a run.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import numpy as np

from experiments import SETTINGS, runner
from networks.config import load
from neuro.engines import simulation


def run(config: str, path: Path) -> None:
    """Record with a flush whenever one is possible."""
    changes = (f"output.path={path}", "output.flush=1 us")
    runner.run(load(config, changes, experiments=SETTINGS))


def main(folder: Path, config: str, n_kills: int) -> None:
    """Time a run, then kill others."""
    simulation.TICK = 0.002
    for name in ("warm", "calm"):  # the first one compiles
        began = time.monotonic()
        run(config, folder / f"{name}.h5")
    lasted = time.monotonic() - began
    for number, part in enumerate(np.linspace(0.3, 1.2, n_kills)):
        if not (child := os.fork()):
            run(config, folder / f"{number}.h5")
            os._exit(0)
        time.sleep(part * lasted)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
