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
Keep = Callable[[Job, Outcome], object]


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
    simulation = spec.simulation
    with (
        threadpool_limits(1),
        activate(
            simulation.engine, target=target, mode=simulation.mode, threads=simulation.threads
        ),
    ):
        return _measured(spec, job)


def _measured(spec: Spec, job: Job) -> Outcome:
    settings: DigitMemory = spec.experiment
    condition = settings.conditions[job[0]]
    size = spec.populations[settings.roles.cells].size
    items = draw_items(settings, condition, size, spec.seed, job[1])
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

    def wait(self, told: Callable[[int], None], keep: Keep) -> None:
        """Wait for all networks; `told` hears how many have ended, `keep` gets each result."""
        for number, future in enumerate(as_completed(self._asked), start=1):
            keep(self._asked[future], future.result())
            told(number)

    def complete(self) -> dict[Job, Outcome]:
        """Return the results of the networks that have ended well, without waiting."""
        ended = ((job, future) for future, job in self._asked.items() if future.done())
        return {
            job: future.result()
            for job, future in ended
            if not future.cancelled() and future.exception() is None
        }


class Alone:
    """Run the networks one after the other in this process, when they are waited for."""

    def __init__(self, spec: Spec, jobs: list[Job]) -> None:
        self._spec, self._jobs = spec, jobs
        self._found: dict[Job, Outcome] = {}

    def wait(self, told: Callable[[int], None], keep: Keep) -> None:
        """Run all networks; `told` hears how many have ended, `keep` gets each result."""
        for number, job in enumerate(self._jobs, start=1):
            self._found[job] = _measured(self._spec, job)
            keep(job, self._found[job])
            told(number)

    def complete(self) -> dict[Job, Outcome]:
        """Return the results so far."""
        return dict(self._found)


@contextmanager
def crew(spec: Spec, jobs: list[Job], target: Target | None) -> Iterator[Crew | Alone]:
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
    Crew or Alone
        To be asked for the results; `Alone` if the experiment asks for no workers.
    """
    if spec.experiment.workers == 0:
        yield Alone(spec, jobs)
        return
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
