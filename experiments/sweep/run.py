"""Run what is missing of a sweep."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from experiments.progress import Progress, Silent
from experiments.provenance import program, told_program
from experiments.sweep.folder import Failure, Folder, program_of
from experiments.sweep.points import Plan
from neuro.errors import NeuroError, SpecError

if TYPE_CHECKING:
    from experiments.sweep.cluster import Place


class SweepError(NeuroError):
    """Signal points that have no result; all others have."""

    exit_code: ClassVar[int] = 6


def sweep(
    plan: Plan,
    folder: Path,
    n_workers: int = 1,
    progress: Progress | None = None,
    place: Place | None = None,
) -> list[Path]:
    """Run the points that are not done yet, each into a file of its own.

    A sweep that was stopped, or some of whose points failed, goes on when it is run again. The
    results are the same bits whatever the number of processes.

    Parameters
    ----------
    plan : Plan
        The points.
    folder : Path
        Where the files go.
    n_workers : int
        Processes, each with one thread.
    progress : Progress, optional
        Who shows how far it is.
    place : Remote or Slurm, optional
        Which other processes run the points (`experiments.sweep.cluster`).

    Returns
    -------
    list of Path
        The sealed file of each point.

    Raises
    ------
    SweepError
        If points failed; the others are done.
    SpecError
        For less than one process.
    """
    if n_workers < 1:
        raise SpecError(f"workers: {n_workers} given; needed: at least 1")
    shown, files = progress or Silent(), Folder(folder.absolute())
    made = {point.id: files.take(point, program_of) for point in plan.points}
    missing = [point for point in plan.points if made[point.id] is None]
    n_done = len(plan.points) - len(missing)
    files.write(plan, [])
    failures: list[Failure] = []

    def told(n_ended: int, n_running: int, failure: Failure | None) -> None:
        if failure is not None:
            failures.append(failure)
            shown.notice(f"failed: {failure.point.label}: {failure.message}")
        shown.advance(n_done + n_ended, f"{n_running} running, {len(failures)} failed")

    with shown:
        if n_done:
            shown.notice(f"{n_done} of {len(plan.points)} points are done already")
            for notice in _older([each for each in made.values() if each is not None]):
                shown.notice(notice)
        if missing:
            # Dask takes a second to import, which a sweep that is done need not wait for.
            from experiments.sweep.cluster import Local, cluster
            from experiments.sweep.workers import run_points

            with cluster(place or Local(min(n_workers, len(missing)))) as client:
                shown.stage("points", len(plan.points), "points")
                run_points(client, plan.config.absolute(), files.path, missing, told)
    files.write(plan, failures)
    if failures:
        raise SweepError(told_failures(failures, len(plan.points)))
    return [files.path / point.file for point in plan.points]


def _older(programs: list[str]) -> Iterator[str]:
    """Yield which points another state of the program has made; they are kept all the same."""
    now = told_program(program())
    for made, number in Counter(programs).items():
        if made != now:
            yield (
                f"{number} of them by {made or 'a program without a commit'}, not by "
                f"{now or 'one without a commit'}: another folder makes all of them anew"
            )


def told_failures(failures: list[Failure], n_points: int) -> str:
    """Return the points that failed, a line each."""
    lines = [f"{f.point.label}: {f.message} (exit code {f.code})" for f in failures]
    head = f"{len(failures)} of {n_points} points failed; all others are done:"
    return "\n".join([head, *lines])
