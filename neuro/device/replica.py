"""Run a compiled loop on arrays of its own, in a thread, while the network stays as it is."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterable
from typing import Any, final

import numpy as np
from brian2.units.fundamentalunits import DIMENSIONLESS, Quantity
from numpy.typing import NDArray

from neuro.device import body
from neuro.device.body import Item
from neuro.device.fuse import Program
from neuro.device.loop import FIRST_STEPS, PORTION
from neuro.device.monitors import Recorder

Records = dict[str, dict[str, Any]]


def _address(array: NDArray[Any]) -> tuple[int, tuple[int, ...]]:
    """Return where an array lies: two views of the same elements are one array."""
    return array.__array_interface__["data"][0], array.shape


@final
class Replica:
    """Hold one copy of everything that a program works on.

    `load` is called where nothing else runs, since it reads the arrays of the network; `run` needs
    the interpreter's lock only between portions of the compiled loop.
    """

    def __init__(self) -> None:
        self._arrays: dict[tuple[int, tuple[int, ...]], NDArray[Any]] = {}
        self._arguments: list[Any] = []
        self._control: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._queues: dict[int, Any] = {}
        self._recorded: dict[int, dict[str, list[NDArray[Any]]]] = {}

    def load(self, program: Program, wanted: Iterable[NDArray[Any]] = ()) -> None:
        """Copy the arrays that a program is bound to, as they are now.

        Parameters
        ----------
        program
            The compiled program; its control array holds the ends of the clocks.
        wanted
            Further arrays, which a trial may differ in though no kernel reads all of them.
        """
        self._program = program
        spare, self._arrays = self._arrays, {}
        arguments = [self._copied(value, spare) for value in program.arguments]
        self._arguments = arguments
        for array in wanted:
            self._copied(array, spare)
        self._control = program.control.copy()
        self._control[: body.STOPS] = 0
        self._queues = {
            id(item.owner.queue): self._copied_queue(item.owner.queue)
            for item in program.items
            if hasattr(item.owner, "queue")
        }
        self._recorded = {
            id(recorder): {name: [] for name in recorder.names}
            for recorder in map(_recorder, program.items)
            if recorder is not None
        }

    def _copied(self, value: Any, spare: dict[Any, NDArray[Any]]) -> Any:
        if not isinstance(value, np.ndarray):
            return value
        key = _address(value)
        if key in self._arrays:
            return self._arrays[key]
        old = spare.get(key)
        if old is not None and old.dtype == value.dtype:
            np.copyto(old, value)
        else:
            old = value.copy()
        self._arrays[key] = old
        return old

    def _copied_queue(self, queue: Any) -> Any:
        """Return a queue over the replica's arrays."""
        other = copy.copy(queue)
        for name in queue.ARRAYS:
            array = getattr(queue, name)
            setattr(other, name, self._arrays.get(_address(array), array))
        return other

    def array(self, original: NDArray[Any]) -> NDArray[Any]:
        """Return the replica's copy of an array, or the array if no kernel touches it."""
        return self._arrays.get(_address(original), original)

    def run(self, is_stopped: Callable[[], bool]) -> None:
        """Run to the end, or until stopped.

        Parameters
        ----------
        is_stopped
            Asked after each portion of about `PORTION` seconds.
        """
        n_steps, reason = FIRST_STEPS, body.PAUSED
        while reason != body.OVER and not is_stopped():
            begin = time.perf_counter()
            self._control[body.BUDGET] = n_steps
            reason = self._portion()
            seconds = time.perf_counter() - begin
            n_done = n_steps - int(self._control[body.BUDGET])
            if n_done > 0 and seconds > 0:
                n_steps = max(1, min(int(n_done * PORTION / seconds), 16 * n_steps))
        for item in self._program.items:
            self._take(item)

    def _portion(self) -> int:
        while True:
            reason = self._program.step(self._control, self._arguments)
            if reason != body.ROOM:
                return reason
            self._make_room(self._program.items[self._control[body.PLACE] - 1])

    def _make_room(self, item: Item) -> None:
        if _recorder(item) is not None:
            self._take(item)
            return
        original = item.owner.queue
        queue = self._queues[id(original)]
        before = {name: getattr(queue, name) for name in queue.ARRAYS}
        queue.make_room(self.array(item.owner.eventspace))
        grown = {
            id(array): getattr(queue, name)
            for name, array in before.items()
            if getattr(queue, name) is not array
        }
        self._arguments = [grown.get(id(value), value) for value in self._arguments]

    def _take(self, item: Item) -> None:
        """Take what a recorder's buffers hold."""
        recorder = _recorder(item)
        if recorder is None:
            return
        rows = self.array(recorder.arrays["_rows"])
        n_rows = int(rows[0])
        for name, parts in self._recorded[id(recorder)].items():
            parts.append(self.array(recorder.arrays[name])[:n_rows].copy())
        rows[0] = 0

    def records(self) -> Records:
        """Return what the monitors recorded, with units, shaped as Brian2's monitors show it."""
        found: Records = {}
        for item in self._program.items:
            recorder = _recorder(item)
            if recorder is None:
                continue
            columns = self._recorded[id(recorder)]
            found[item.owner.name] = {
                name: with_unit(recorder.monitor.variables[name], np.concatenate(parts).T)
                for name, parts in columns.items()
            }
        return found


def _recorder(item: Item) -> Recorder | None:
    """Return the recorder that a place of the loop fills, None for all but monitors."""
    owner = None if item.step is None else getattr(item.step.flush, "__self__", None)
    return owner if isinstance(owner, Recorder) else None


def with_unit(variable: Any, values: NDArray[Any]) -> Any:
    """Return values as a quantity where their variable has a dimension."""
    if variable.dim is DIMENSIONLESS:
        return values
    return Quantity(values, dim=variable.dim)
