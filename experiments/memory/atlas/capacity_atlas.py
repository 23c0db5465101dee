"""Ask which memory holds most in the same bytes, at which cost, and how it fails beyond.

Every memory of `contenders` is fitted to each number of bytes and asked for the same kinds of items
by cues with the same damage, each point for itself; sets are asked who is a member. The table is
the result: capacity, bits a synapse and a byte, operations and time, what is left at twice the
capacity.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from itertools import product
from typing import Any

from threadpoolctl import threadpool_limits

from experiments.memory.atlas.contenders import fit
from experiments.memory.atlas.points import Found, Point, measure_point
from experiments.memory.atlas.sets import FoundSet, measure_set
from experiments.memory.atlas.settings import CapacityAtlas
from experiments.memory.atlas.table import show_atlas, write_atlas
from experiments.parts import Parts
from experiments.progress import Progress
from neuro.recording import Checkpoint, Recorder

Task = Callable[[], Found | FoundSet]
FORMS = Found, FoundSet


def run(
    configuration: Any,
    recorder: Recorder,
    progress: Progress,
    begun: Checkpoint | None = None,
) -> None:
    """Measure every point of the atlas.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is a `CapacityAtlas`.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    begun : Checkpoint, optional
        The points that are complete already.
    """
    spec = configuration.spec
    settings: CapacityAtlas = spec.experiment
    for each in product(settings.memories, settings.bytes):
        fit(*each)  # bytes that a memory cannot have are refused before anything is measured
    tasks = tasks_of(settings, spec.seed)
    progress.stage("fill and ask", len(tasks), "points")
    found = _all(tasks, settings.workers, progress.advance, Parts(recorder, begun))
    points = {each: found[each.name] for each in points_of(settings)}
    sets = {each: found[_set_name(*each)] for each in product(settings.sets, settings.bytes)}
    write_atlas(recorder, settings, points, sets)
    show_atlas(settings, points, sets)


def points_of(settings: CapacityAtlas) -> list[Point]:
    """Return all points, those of most bytes first: they take longest."""
    sizes = reversed(settings.bytes)
    every = product(settings.memories, sizes, settings.patterns, settings.damages)
    points = [Point(*each) for each in every]
    return sorted(points, key=lambda each: -each.bytes)


def tasks_of(settings: CapacityAtlas, seed: int) -> dict[str, Task]:
    """Return what is to be measured, by name; each task for itself, in any order."""
    tasks: dict[str, Task] = {
        each.name: partial(measure_point, settings, seed, each) for each in points_of(settings)
    }
    for name, n_bytes in product(settings.sets, settings.bytes):
        tasks[_set_name(name, n_bytes)] = partial(measure_set, settings, seed, name, n_bytes)
    return tasks


def _set_name(name: str, n_bytes: int) -> str:
    return f"{name}/{n_bytes}"


def _all(
    tasks: Mapping[str, Task], workers: int, told: Callable[[int], None], ask: Parts
) -> dict[str, Any]:
    """Measure what is left, in processes of their own if there are several workers."""
    left = [name for name in tasks if name not in ask]
    done = len(tasks) - len(left)
    if workers == 1 or len(left) < 2:
        with threadpool_limits(1):
            for number, name in enumerate(left, start=1):
                ask(name, tasks[name], *FORMS)
                told(done + number)
    else:
        _spread(tasks, left, workers, lambda number: told(done + number), ask)
    return {name: ask(name, _not_measured, *FORMS) for name in tasks}


def _spread(
    tasks: Mapping[str, Task],
    left: Sequence[str],
    workers: int,
    told: Callable[[int], None],
    ask: Parts,
) -> None:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_begin_worker) as pool:
        asked = {pool.submit(tasks[name]): name for name in left}
        try:
            for number, future in enumerate(as_completed(asked), start=1):
                ask(asked[future], future.result, *FORMS)
                told(number)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for child in multiprocessing.active_children():
                child.terminate()
            raise


def _not_measured() -> Any:
    raise RuntimeError("a point was neither kept nor measured")


def _begin_worker() -> None:
    """Leave Ctrl+C to the first process, which ends the others; one thread each."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threadpool_limits(1)


if __name__ == "__main__":
    from experiments.script import main

    main("capacity_atlas", "memory/capacity-atlas.yaml")
