"""Run the points of a sweep in processes of a Dask cluster.

A process runs one point at a time with one thread, so that a point finds what it would find alone.
The point of a process that dies is tried again in another.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from distributed import Client, KilledWorker, as_completed

from experiments.sweep.folder import Failure
from experiments.sweep.points import Point, configuration, identity, in_one_process
from neuro.errors import DamagedFileError, NeuroError, SpecError
from neuro.recording import checkpoint_path, repair
from neuro.recording.parts import parts_path

INTERNAL = 1
# Of a process with more threads, others wait: Brian2 has one network at a time.
_ALONE = threading.Lock()


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
    with _ALONE:
        return _run_alone(config, folder, point)


def _run_alone(config: Path, folder: Path, point: Point) -> tuple[int, str] | None:
    import numba

    from experiments.progress import Silent
    from experiments.runner import run

    numba.set_num_threads(1)
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


def run_points(
    client: Client,
    config: Path,
    folder: Path,
    points: list[Point],
    told: Callable[[int, int, Failure | None], None],
) -> list[Failure]:
    """Run points, whatever becomes of each.

    Parameters
    ----------
    client : distributed.Client
        Of the cluster; a worker may come and go.
    config : Path
        The YAML file, which every process can read.
    folder : Path
        Where their files go, which every process can write.
    points : list of Point
        What to run.
    told : callable of (int, int, Failure or None)
        Hears how many points have ended and how many run now, and what failed just now.

    Returns
    -------
    list of Failure
        Points without a result.
    """
    failures: list[Failure] = []
    asked = {
        client.submit(run_point, config, folder, point, key=point.id, pure=False): point
        for point in points
    }
    told(0, _n_running(client, len(points)), None)
    for n_ended, future in enumerate(as_completed(asked), start=1):
        failure = _failure(asked[future], future)
        failures += [failure] if failure else []
        told(n_ended, _n_running(client, len(points) - n_ended), failure)
    return failures


def _n_running(client: Client, n_left: int) -> int:
    return min(n_left, len(client.scheduler_info(n_workers=-1)["workers"]))


def _failure(point: Point, future: Any) -> Failure | None:
    if future.status == "error":
        error = future.exception()
        died = isinstance(error, KilledWorker)
        message = (
            f"its process died {error.allowed_failures + 1} times"
            if died
            else f"{type(error).__name__}: {error}"
        )
        return Failure(point, INTERNAL, message)
    found = future.result()
    return None if found is None else Failure(point, *found)
