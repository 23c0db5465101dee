"""Run many independent trials of one network, compiled once, over the cores of the machine."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

from brian2.core.namespace import get_local_namespace
from brian2.devices.device import get_device
from brian2.units import second

from neuro.device import clocks, prepare
from neuro.device.plan import Planned, check_names, planned_trials, variable
from neuro.device.replica import Records, Replica, with_unit
from neuro.device.run import Run

if TYPE_CHECKING:
    from neuro.device.device import NumbaDevice
    from neuro.device.loop import Loop


@final
@dataclass(frozen=True, slots=True)
class Trial:
    """Hold what one trial of a batch led to.

    Attributes
    ----------
    number
        Its place in the batch.
    seed
        The seed of its random numbers.
    records
        By the name of the monitor and of the variable, such as ``records["spikes"]["t"]``: what
        was recorded during the trial, with units and in the shape that the monitor would show.
    states
        By ``"object.variable"``: the final values of the variables that were asked for.
    """

    number: int
    seed: int
    records: Records
    states: dict[str, Any]


def run_batch(
    network: Any,
    duration: Any,
    *,
    seeds: Sequence[int] | None = None,
    parameters: Sequence[Mapping[str, Any]] | None = None,
    variables: Sequence[str] = (),
    threads: int | None = None,
    namespace: Mapping[str, Any] | None = None,
) -> list[Trial]:
    """Run independent trials of a network, each from the state in which the network is now.

    Trial k equals, bit for bit, what remains of ``seed(seeds[k])``, of setting ``parameters[k]``
    and of ``network.run(duration)`` with a network in this state. The network itself, numpy's
    random state and the monitors are afterwards what they were.

    Parameters
    ----------
    network : brian2.Network
        A network of objects that all run compiled, built while the device "numba" is selected.
    duration : Quantity
        Model time of each trial.
    seeds : sequence of int, optional
        One seed a trial; by default drawn from numpy's global generator.
    parameters : sequence of mapping, optional
        One mapping a trial. A key ``"object.variable"`` sets a variable to a value, an array or a
        string expression (evaluated after seeding, with the names of this trial); any other key is
        a name of the namespace.
        The latter is slower, as Brian2 has to prepare the network for each new value.
    variables : sequence of str
        The final states to return, each ``"object.variable"``.
    threads : int, optional
        How many trials run at a time, each with a copy of the network's arrays; by default the
        number of usable cores.
    namespace : mapping, optional
        The names that equations may use; by default those visible to the caller.

    Returns
    -------
    list of Trial
        In the order of the seeds and parameters.

    Raises
    ------
    ValueError
        If `duration` is negative, `seeds` and `parameters` are both missing or of different
        lengths, a seed is no integer from 0 to 2**32 - 1, `threads` is below one, or a key of
        `parameters` or one of `variables` is unknown. A name of the namespace is known if the
        network takes it from there, or a string expression of the same trial does.
    NotImplementedError
        If an object of the network runs in Python, or another device is selected.

    Examples
    --------
    >>> from brian2 import *
    >>> from neuro.device import run_batch
    >>> set_device("numba")
    >>> cells = NeuronGroup(1000, "dv/dt = (mu - v)/(10*ms) + 0.3*xi*(10*ms)**-0.5 : 1\\nmu : 1",
    ...                     threshold="v > 1", reset="v = 0", method="euler", name="cells")
    >>> spikes = SpikeMonitor(cells, name="spikes")
    >>> trials = run_batch(Network(cells, spikes), 1*second, seeds=range(64), variables=["cells.v"],
    ...                    parameters=[{"cells.mu": k / 64} for k in range(64)])
    >>> rates = [len(trial.records["spikes"]["t"]) / 1000 for trial in trials]
    """
    if namespace is None:
        namespace = get_local_namespace(level=1)
    if duration < 0:
        raise ValueError(f"a batch needs a non-negative duration, not {duration}")
    plan = planned_trials(seeds, parameters)
    if threads is not None and threads < 1:
        raise ValueError(f"threads is at least 1, not {threads!r}")
    device = get_device()
    if not hasattr(device, "prepared"):
        raise NotImplementedError("run_batch needs the device: call set_device('numba') first")
    n_threads = min(threads or _n_cores(), max(1, len(plan)))
    batch = _Batch(device, network, duration, dict(namespace), list(variables), plan)
    with _one_thread(device), _random_state(device):
        return batch.run(n_threads)


def _n_cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def _one_thread(device: NumbaDevice) -> Iterator[None]:
    """Let programs use one thread each, since trials share the cores, and postpone nothing."""
    before = device.threads, device.postpones
    device.threads, device.postpones = 1, False
    try:
        yield
    finally:
        device.threads, device.postpones = before


@contextmanager
def _random_state(device: NumbaDevice) -> Iterator[None]:
    """Put the random state back afterwards."""
    state = device.get_random_state()
    try:
        yield
    finally:
        device.set_random_state(state)


class _Batch:
    """Arrange trials on the network, one at a time, and run copies of it in threads."""

    def __init__(
        self,
        device: NumbaDevice,
        network: Any,
        duration: Any,
        namespace: Mapping[str, Any],
        variables: list[str],
        plan: Sequence[Planned],
    ) -> None:
        self.device, self.network, self.namespace = device, network, namespace
        self.t_start, self.t_end = network.t, network.t + duration
        self.results = {name: variable(network, name) for name in variables}
        self.plan = plan
        keys = dict.fromkeys(key for planned in plan for key in planned.variables)
        self.swept = {key: variable(network, key) for key in keys}
        self.is_checked = False
        self.free: queue.SimpleQueue[Replica] = queue.SimpleQueue()
        self.stop = threading.Event()

    def run(self, n_threads: int) -> list[Trial]:
        """Run all trials; an error of one, or Ctrl+C, stops the others."""
        for _ in range(n_threads):
            self.free.put(Replica())
        with ThreadPoolExecutor(n_threads) as pool:
            futures = []
            try:
                for number, planned in enumerate(self.plan):
                    replica = self.free.get()
                    if self.stop.is_set():
                        break
                    self._arrange(replica, planned)
                    futures.append(pool.submit(self._trial, replica, number, planned.seed))
                return [future.result() for future in futures]
            finally:
                self.stop.set()

    def _trial(self, replica: Replica, number: int, seed: int) -> Trial:
        """Run one trial in a thread of the pool."""
        try:
            replica.run(self.stop.is_set)
            states = {
                name: with_unit(variable, replica.array(variable.get_value()).copy())
                for name, variable in self.results.items()
            }
            return Trial(number, seed, replica.records(), states)
        except BaseException as error:
            error.add_note(f"in trial {number} of the batch")
            self.stop.set()
            raise
        finally:
            self.free.put(replica)

    def _arrange(self, replica: Replica, planned: Planned) -> None:
        """Copy the network as it is when a run of this trial begins, and leave it as it was."""
        namespace = {**self.namespace, **planned.names}
        before = {key: self.swept[key].get_value().copy() for key in planned.variables}
        self.device.seed(planned.seed)
        try:
            for key, value in planned.variables.items():
                owner, name = key.split(".")
                view = getattr(self.network[owner], name)
                view.set_item(slice(None), value, namespace=namespace)
            loop = self._loop(namespace)
            self._check_names()
            loop.enter()
            replica.load(loop.program, [known.get_value() for known in self.results.values()])
        finally:
            for key, values in before.items():
                self.swept[key].set_value(values)

    def _check_names(self) -> None:
        """Refuse unknown names of any trial once the first has been prepared."""
        if not self.is_checked:
            check_names(self.plan, self.network, self.device.prepared[self.network].external)
            self.is_checked = True

    def _loop(self, namespace: Mapping[str, Any]) -> Loop:
        """Return the compiled loop for the network as it is, with its clocks set."""
        network, device = self.network, self.device
        device.waiting.settle()
        known = prepare.kept(device, network, namespace)
        objects = network.sorted_objects if known is None else known.objects
        network._clocks = {obj.clock for obj in objects}
        for clock in network._clocks:
            clocks.set_interval(clock, self.t_start, self.t_end)
        if known is None:
            prepare.before_run(device, network, namespace, objects)
        else:
            prepare.reuse(network, known, namespace)
        run = Run(
            device, network, objects, namespace, self.t_start, self.t_end,
            self.t_end - self.t_start, None, float(10 * second), False,
        )  # fmt: skip
        loop = run.loop()
        in_python = [item.owner.name for item in loop.program.items if item.step is None]
        if in_python:
            raise NotImplementedError(
                f"a batch cannot hold what runs in Python: {', '.join(sorted(in_python))}"
            )
        run.set_ends(loop)
        return loop
