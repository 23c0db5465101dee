"""Measure all contenders on one network, taking turns so that noise falls on all alike."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict

from experiments.bench.cases import Case
from experiments.bench.contenders import CONTENDERS, Contender
from experiments.bench.engines.base import Inventory, Sample
from experiments.bench.process import Worker, WorkerFault, environment
from experiments.bench.results import Entry, Row
from experiments.progress import Progress

MODULE = "experiments.bench.engines.worker"
#: Seconds in which a worker's imports must be done.
START = 120.0


def compare(
    row: Row, names: Sequence[str], repeats: int, budget: float, progress: Progress
) -> None:
    """Build the network for every contender, then let them take turns.

    Parameters
    ----------
    row : Row
        Filled as numbers come, so that an interruption loses nothing.
    names : sequence of str
        Of `CONTENDERS`.
    repeats : int
        Repetitions of each.
    budget : float
        Seconds after which a contender need not repeat any more, but for the first time.
    progress : Progress
        Told of every step.

    Notes
    -----
    A contender that fails leaves its fault in the row; the others go on.
    """
    with ExitStack() as stack:
        workers = {}
        for name in names:
            row.entries[name] = Entry()
            progress.notice(f"  {name}: building")
            worker = engine_worker(row.case, CONTENDERS[name])
            stack.callback(worker.close)
            if _build(worker, row.case, row.entries[name], name, progress):
                workers[name] = worker
        for repetition in range(repeats):
            willing = [name for name in workers if _spent(row.entries[name]) < budget]
            for name in turn(willing, repetition):
                _sample(workers, name, row, progress)
            progress.notice(f"  repetition {repetition + 1} of {repeats}")
        for name, worker in workers.items():
            _count(worker, row.case, row.entries[name], name, progress)


def engine_worker(case: Case, contender: Contender) -> Worker:
    """Start the process of one engine and one network."""
    task = {"case": asdict(case), "contender": asdict(contender)}
    return Worker(MODULE, task, environment(contender.threads))


def turn(names: list[str], repetition: int) -> list[str]:
    """Return the names, begun with another one at each repetition."""
    first = repetition % max(1, len(names))
    return names[first:] + names[:first]


def _spent(entry: Entry) -> float:
    return sum(sample.wall for sample in entry.samples)


def _build(worker: Worker, case: Case, entry: Entry, name: str, progress: Progress) -> bool:
    try:
        worker.ask("", START)
        entry.build = worker.ask("build", case.patience)["seconds"]
    except WorkerFault as fault:
        _give_up(worker, entry, name, fault, progress)
        return False
    return True


def _sample(workers: dict[str, Worker], name: str, row: Row, progress: Progress) -> None:
    try:
        told = workers[name].ask("run", row.case.patience)
    except WorkerFault as fault:
        _give_up(workers.pop(name), row.entries[name], name, fault, progress)
    else:
        row.entries[name].samples.append(Sample(**told))


def _count(worker: Worker, case: Case, entry: Entry, name: str, progress: Progress) -> None:
    try:
        entry.inventory = Inventory(**worker.ask("inventory", case.patience))
    except WorkerFault as fault:
        _give_up(worker, entry, name, fault, progress)


def _give_up(
    worker: Worker, entry: Entry, name: str, fault: WorkerFault, progress: Progress
) -> None:
    entry.fault = str(fault)
    progress.notice(f"  {name}: {fault}")
    worker.close()
