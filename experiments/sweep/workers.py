"""Processes that run the points of a sweep; the only door to Dask.

One process with one thread for each core, started afresh (spawn), so that a point finds what it
would find alone. A process that dies is replaced and its point is tried again.
"""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dask
from distributed import Client, KilledWorker, LocalCluster, WorkerPlugin, as_completed

from experiments.sweep.folder import Failure
from experiments.sweep.points import Point, configuration, identity, in_one_process
from neuro.errors import DamagedFileError, NeuroError, SpecError
from neuro.recording import checkpoint_path, repair
from neuro.recording.parts import parts_path

INTERNAL = 1
# A point during whose run so many processes have died is given up.
DEATHS = 2
THREAD_COUNTS = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS",
)  # fmt: skip
SETTINGS = {
    "distributed.worker.daemon": False,  # experiments have processes of their own
    "distributed.worker.multiprocessing-method": "spawn",
    "distributed.scheduler.allowed-failures": DEATHS - 1,
    "distributed.worker.memory.terminate": False,
    "distributed.worker.memory.pause": False,
    "distributed.nanny.pre-spawn-environ": dict.fromkeys(THREAD_COUNTS, "1"),
}


class _Prepared(WorkerPlugin):  # type: ignore[misc]
    """Make a process ready: tasks run beside its main thread, where Brian2 cannot be imported."""

    name = "prepared"

    def setup(self, worker: Any) -> None:  # noqa: ARG002
        """Import what runs, and leave Ctrl+C to the first process, which ends the others."""
        import experiments.simulation  # noqa: F401

        signal.signal(signal.SIGINT, signal.SIG_IGN)


def run_point(config: Path, folder: Path, point: Point) -> tuple[int, str] | None:
    """Run a point into its file, or finish it where it was stopped and left a checkpoint.

    Parameters
    ----------
    config : Path
        The YAML file.
    folder : Path
        Where the file goes.
    point : Point
        What to run.

    Returns
    -------
    tuple of (int, str) or None
        Exit code and message of what went wrong; None if nothing did.
    """
    from experiments.progress import Silent
    from experiments.runner import run

    target = folder / point.file
    output = (f'output.path="{target}"', "output.overwrite=true")
    try:
        found = configuration(config, (*point.overrides, *output))
        if identity(found.resolved) != point.id:
            return 2, f"{config} has changed since the sweep began"
        if not _went_on(target):
            run(in_one_process(found), Silent())
    except NeuroError as error:
        return error.exit_code, str(error)
    except Exception as error:  # one bad point must not end the others
        return INTERNAL, f"internal error: {type(error).__name__}: {error}"
    return None


def _went_on(target: Path) -> bool:
    """Finish what a run that died or was stopped left of a point; return False if it must run anew.

    Its segments are sealed in any case, so that the point can run anew into the same file.
    """
    from experiments.progress import Silent
    from experiments.resumption import resume

    if parts_path(target).exists():
        repair(target)
    if not (target.exists() and checkpoint_path(target).exists()):
        return False
    try:
        resume(target, Silent())
    except (DamagedFileError, SpecError):
        return False
    return True


@contextmanager
def cluster(n_workers: int) -> Iterator[Client]:
    """Start processes on this machine; they end with the block.

    Parameters
    ----------
    n_workers : int
        How many.

    Yields
    ------
    distributed.Client
        Takes tasks.
    """
    with (
        dask.config.set(SETTINGS),
        LocalCluster(
            n_workers=n_workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            memory_limit=0,
            silence_logs=logging.CRITICAL,
        ) as processes,
        Client(processes) as client,
    ):
        client.register_plugin(_Prepared())
        yield client


def run_points(
    config: Path,
    folder: Path,
    points: list[Point],
    n_workers: int,
    told: Callable[[int, int, Failure | None], None],
) -> list[Failure]:
    """Run points, whatever becomes of each.

    Parameters
    ----------
    config : Path
        The YAML file.
    folder : Path
        Where their files go.
    points : list of Point
        What to run.
    n_workers : int
        Processes.
    told : callable of (int, int, Failure or None)
        Hears how many points have ended and how many run now, and what failed just now.

    Returns
    -------
    list of Failure
        Points without a result.
    """
    failures: list[Failure] = []
    with cluster(n_workers) as client:
        asked = {
            client.submit(run_point, config, folder, point, key=point.id, pure=False): point
            for point in points
        }
        told(0, min(n_workers, len(points)), None)
        for n_ended, future in enumerate(as_completed(asked), start=1):
            failure = _failure(asked[future], future)
            failures += [failure] if failure else []
            told(n_ended, min(n_workers, len(points) - n_ended), failure)
    return failures


def _failure(point: Point, future: Any) -> Failure | None:
    if future.status == "error":
        error = future.exception()
        died = isinstance(error, KilledWorker)
        message = f"its process died {DEATHS} times" if died else f"{type(error).__name__}: {error}"
        return Failure(point, INTERNAL, message)
    found = future.result()
    return None if found is None else Failure(point, *found)
