"""Independent networks in parallel processes, whose results do not depend on who ran them."""

from __future__ import annotations

import gc
import multiprocessing
import signal
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing.reduction import ForkingPickler
from types import MappingProxyType
from typing import Any

from threadpoolctl import threadpool_limits

from experiments.memory.codes import draw_items
from experiments.memory.settings import DigitMemory
from experiments.memory.spiking import Outcome, measure, only_needed
from networks.build import build, listen
from networks.spec import Spec
from neuro.engines.activation import Target, activate, compile_backwards

Job = tuple[int, int]  # number of the condition, number of the network


def _view(content: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(content)


def _reduced(view: MappingProxyType[Any, Any]) -> tuple[Callable[..., Any], tuple[Any]]:
    return _view, (dict(view),)


# Descriptions hold read-only views of dictionaries, which pickle refuses.
ForkingPickler.register(MappingProxyType, _reduced)


def one_network(spec: Spec, job: Job, target: Target | None) -> Outcome:
    """Draw, build, teach and ask one network, in a process of its own.

    Parameters
    ----------
    spec : Spec
        The description; its experiment is a `DigitMemory`.
    job : tuple of int
        Number of the condition and of the network.
    target : {"numpy", "cython"} or None
        As the first network's.

    Returns
    -------
    Outcome
        The network's results.
    """
    settings: DigitMemory = spec.experiment
    condition = settings.conditions[job[0]]
    simulation = spec.simulation
    with (
        threadpool_limits(1),
        activate(
            simulation.engine, target=target, mode=simulation.mode, threads=simulation.threads
        ),
    ):
        items = draw_items(settings, condition, spec.populations[settings.roles.cells].size,
                           spec.seed, job[1])  # fmt: skip
        outcome = measure(spec, condition, items, job[1])
        # A network refers to itself and would stay beside the next one of this process.
        gc.collect()
        return outcome


def compile_ahead(spec: Spec, target: Target | None) -> None:
    """Compile the first network's code from its end, while its own process begins at the front.

    Parameters
    ----------
    spec : Spec
        The description; its experiment is a `DigitMemory`.
    target : {"numpy", "cython"} or None
        As the first network's.
    """
    with activate(spec.simulation.engine, target=target):
        built = build(only_needed(spec, with_images=True), spikes={}, counts=False)
        listen(built, spec.experiment.roles.cells)
        compile_backwards(built.network)
        gc.collect()


class Crew:
    """Hold the processes and what they were asked for."""

    def __init__(self, pool: ProcessPoolExecutor, asked: Mapping[Future[Outcome], Job]) -> None:
        self._pool, self._asked = pool, asked

    def wait(self, told: Callable[[int], None]) -> None:
        """Wait for all networks; `told` hears how many have ended."""
        for number, future in enumerate(as_completed(self._asked), start=1):
            future.result()
            told(number)

    def complete(self) -> dict[Job, Outcome]:
        """Return the results of the networks that have ended well, without waiting."""
        ended = ((job, future) for future, job in self._asked.items() if future.done())
        return {
            job: future.result()
            for job, future in ended
            if not future.cancelled() and future.exception() is None
        }


@contextmanager
def crew(spec: Spec, jobs: list[Job], target: Target | None) -> Iterator[Crew]:
    """Let processes begin with all jobs; whatever ends the block ends the processes too.

    Parameters
    ----------
    spec : Spec
        The description.
    jobs : list of (condition, network)
        In the order in which they are begun.
    target : {"numpy", "cython"} or None
        Brian2's target.

    Yields
    ------
    Crew
        To be asked for the results.
    """
    context = multiprocessing.get_context("spawn")
    workers = min(spec.experiment.workers, max(1, len(jobs)))
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_deaf)
    try:
        if target == "cython":
            pool.submit(compile_ahead, spec, target)
        yield Crew(pool, {pool.submit(one_network, spec, job, target): job for job in jobs})
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for child in multiprocessing.active_children():
            child.terminate()
        raise
    pool.shutdown()


def _deaf() -> None:
    """Leave Ctrl+C to the first process, which ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
