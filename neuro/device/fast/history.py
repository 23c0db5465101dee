"""Keep what post-synaptic events were until the synapses have seen them.

Times are steps since the beginning of a run, counted from 1; step 0 is what came before.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, final

import numpy as np
from numpy.typing import NDArray

from neuro.device.fast.decay import decay_table
from neuro.device.fast.rowlazy import Plan, code_of
from neuro.device.fast.traces import load
from neuro.device.fast.update import times_of_neurons
from neuro.device.source import Getter

if TYPE_CHECKING:
    from neuro.device.fast.waiting import Traces, Waiting

#: Events that are kept per neuron at first, and at most.
FIRST_EVENTS, MOST_EVENTS = 12, 96
#: Steps that are counted from one beginning at most; numbers of steps have 32 bits.
MOST_STEPS = 2**30
#: Places before the first event of a neuron, which no synapse has missed.
LEAD = 4


@final
class History:
    """Hold the events of the targets and the shared traces of one `Synapses`.

    Parameters
    ----------
    plan
        The synapses and what is known of their code.
    dtypes
        The types of the captured names.
    waiting
        Is told of events that still wait when a run is over.
    n_parts
        In how many parts threads share the synapses of a source, or 0.

    Attributes
    ----------
    arrays
        What kernels work on. By source: ``marker`` (the first step whose events wait),
        ``row_step`` (that of the traces ``row_X``), ``kept_X``. By target: ``column_step`` (that
        of the traces ``column_X``), ``count``, ``step`` and ``at_X`` (the events and what was
        captured), ``now_X`` (traces at this step). By both: ``row_last``, ``column_last`` (times
        of last events; ``at_last`` is that of the target's event before). For the synapses of one
        source, by part: ``todo`` and ``first`` (those that have missed events, and the oldest),
        ``stage_X`` (what the loops of a replay hand on). Tables: ``table_X``
        (see `decay_table`). Numbers: ``start``, ``full``, ``cutoff``, ``now``, ``write``.
    """

    def __init__(self, plan: Plan, dtypes: dict[str, Any], waiting: Waiting, n_parts: int) -> None:
        self.plan = plan
        self._waiting = waiting
        # What is called `synapses` in a plan may be a proxy.
        self._synapses = weakref.ref(plan.synapses.__repr__.__self__)
        self._is_waiting = self._goes_on = False
        self._n_steps = self._end = 0
        self.settle_rows: Callable[[], None] | None = None
        numbers = ("start", "full", "cutoff", "now", "write")
        self.arrays: dict[str, NDArray[Any]] = {n: np.zeros(1, dtype=np.int64) for n in numbers}
        self.delays = self._delays()
        self._allocate(dtypes, n_parts)

    def _allocate(self, dtypes: dict[str, Any], n_parts: int) -> None:
        n_targets = int(self.plan.learner.queue.shape[1])
        n_sources = int(self.plan.visits[0].queue.shape[1])
        for name in ("marker", "row_step"):
            self.arrays[name] = np.zeros(n_sources, dtype=np.int32)
        for name in ("column_step", "count"):
            self.arrays[name] = np.zeros(n_targets, dtype=np.int32)
        traces = self.plan.traces
        self.arrays |= {f"row_{name}": np.zeros(n_sources) for name in traces.rows}
        for kind in ("column", "now"):
            self.arrays |= {f"{kind}_{name}": np.zeros(n_targets) for name in traces.columns}
        self.arrays |= {f"table_{name}": np.zeros(0) for name in traces.names}
        if traces.knows_update:
            self.arrays |= {"row_last": np.zeros(n_sources), "column_last": np.zeros(n_targets)}
            dtypes = {**dtypes, "last": np.float64}
        variables = code_of(self.plan.learner).variables
        for name in self.plan.snapshots:
            self.arrays[f"kept_{name}"] = np.zeros(n_sources, dtype=variables[name].dtype)
        self.arrays["step"] = np.full((n_targets, FIRST_EVENTS), -1, dtype=np.int32)
        longest = int(np.diff(self.plan.visits[0].queue.indptr).max(initial=0))
        for name in ("todo", "first"):
            self.arrays[name] = np.zeros((max(1, n_parts), longest + 1), dtype=np.int32)
        for name, dtype in dtypes.items():
            self.arrays[f"at_{name}"] = np.zeros((n_targets, FIRST_EVENTS), dtype=dtype)

    def _delays(self) -> tuple[int, ...]:
        return tuple(int(visit.queue.shape[2]) for visit in self.plan.visits)

    def bindings(self, prefix: str) -> dict[str, Getter]:
        """Return what looks the arrays up, by name in generated code."""

        def getter(name: str) -> Getter:
            return lambda: self.arrays[name]

        return {f"{prefix}{name}": getter(name) for name in self.arrays}

    @property
    def is_missed(self) -> bool:
        """Return whether events wait, and anybody can still look at their synapses."""
        return self._is_waiting and self._synapses() is not None

    def begin(self) -> bool:
        """Go on after a run or load the synapses' state; return whether it can be shared.

        Nobody has looked at the synapses, or written to them, since the last run if that still
        waits: then nothing has to be done for each synapse.
        """
        if self._delays() != self.delays:
            return False
        clock = self.plan.learner.clock
        now = self._now()
        start = int(self.arrays["start"][0]) if self._is_waiting else now
        n_steps = max(0, int(clock._i_end) - start)
        self._goes_on = self._is_waiting and now == self._end and n_steps < MOST_STEPS
        if self._goes_on:
            self._is_waiting = False
            self._waiting.remove(self)
            self._tabulate(n_steps)
            return True
        if self._is_waiting:
            self.settle()
        kept = self._waiting.begin(self._synapses(), self)
        if kept is not None:
            return self._resume(kept, now, int(clock._i_end))
        return self._take_over(now, max(0, int(clock._i_end) - now))

    def withdraw(self) -> None:
        """Take `begin` back: the run has another loop, so events that waited do so again."""
        if self._goes_on:
            self.wait()

    def _now(self) -> int:
        return int(self.plan.learner.clock.variables["timestep"].get_value()[0])

    def _rates(self) -> list[tuple[str, str, float]]:
        """Return kind, name and rate of every trace."""
        sides = (("row", self.plan.traces.rows), ("column", self.plan.traces.columns))
        return [(kind, name, rate()) for kind, rates in sides for name, rate in rates.items()]

    def _tabulate(self, n_steps: int) -> None:
        """Let the tables of decays reach so many steps from the beginning."""
        if 0 < n_steps < self._n_steps:
            return
        self._n_steps = 2 * n_steps + 1
        dt = float(self.plan.learner.clock.dt_)
        for _, name, rate in self._rates():
            self.arrays[f"table_{name}"] = decay_table(rate, dt, self._n_steps)

    def _take_over(self, now: int, n_steps: int) -> bool:
        """Load traces from the synapses; return whether those of each neuron are the same."""
        plan, arrays = self.plan, self.arrays
        for kind, name, rate in self._rates():
            values = load(plan.synapses, name, rate, ("row", "column").index(kind))
            if values is None:
                return False
            arrays[f"{kind}_{name}"] = values
        if plan.traces.knows_update:
            times = times_of_neurons(plan.synapses)
            if times is None:
                return False
            arrays["row_last"], arrays["column_last"] = times
        self._n_steps = 0
        self._tabulate(n_steps)
        for name in plan.snapshots:
            variable = code_of(plan.learner).variables[name]
            arrays[f"kept_{name}"] = np.array(variable.get_value(), dtype=variable.dtype)
        for name in ("marker", "row_step", "column_step", "full"):
            arrays[name][:] = 0
        arrays["count"][:] = LEAD
        arrays["start"][0] = now
        return True

    def traces(self) -> Traces:
        """Return a copy of what neurons know of their synapses; nothing may wait."""
        return {name: array.copy() for name, array in self.arrays.items() if _is_trace(name)}

    def _resume(self, kept: Traces, now: int, end: int) -> bool:
        """Go on with traces of another process, where all synapses are up to date."""
        own = self.traces()
        if {n: (a.dtype, a.shape) for n, a in own.items()} != {
            n: (a.dtype, a.shape) for n, a in kept.items()
        }:
            raise ValueError(f"traces of other synapses than '{self.plan.synapses.name}'")
        start = int(kept["start"][0])
        step = now - start + 1
        for name in ("row_step", "column_step"):
            if start < 0 or ((kept[name] < 0) | (kept[name] > step)).any():
                raise ValueError(f"traces of '{self.plan.synapses.name}' at steps that never were")
        for name, values in kept.items():
            self.arrays[name][:] = values
        self._n_steps = 0
        self._tabulate(max(0, end - start))
        self.arrays["marker"][:] = step
        self.arrays["count"][:] = LEAD
        self.arrays["full"][:] = 0
        return True

    def wait(self) -> None:
        """End a run; what its events change is worked out when somebody looks."""
        self._end = self._now()
        self._is_waiting = True
        self._waiting.add(self, self.plan.watched, self.plan.given)
        # What waits has to last as long as somebody can look at the synapses.
        self.plan.learner.queue.history = self

    def make_room(self) -> None:
        """Enlarge the histories or, if they are large, let the synapses see the older events."""
        step, count = self.arrays["step"], self.arrays["count"]
        self.arrays["full"][0] = 0
        if step.shape[1] < MOST_EVENTS:
            for name in self._of_events():
                array = self.arrays[name]
                self.arrays[name] = np.concatenate([array, np.zeros_like(array)], axis=1)
            return
        is_full = count >= step.shape[1] - 1
        cutoff = int(step[is_full, step.shape[1] // 2].max()) + 1
        self._settle(cutoff, is_over=False)
        self._forget(cutoff)

    def _of_events(self) -> list[str]:
        return ["step", *(name for name in self.arrays if name.startswith("at_"))]

    def _forget(self, cutoff: int) -> None:
        """Drop the events of all steps before `cutoff`."""
        step, count = self.arrays["step"], self.arrays["count"]
        place = np.arange(step.shape[1])
        is_event = (place >= LEAD) & (place < count[:, None])
        n_old = ((step < cutoff) & is_event).sum(axis=1, dtype=count.dtype)
        later = np.minimum(place + n_old[:, None], step.shape[1] - 1)
        source = np.where(place < LEAD, place, later)
        for name in self._of_events():
            self.arrays[name] = np.take_along_axis(self.arrays[name], source, axis=1)
        count -= n_old

    def settle(self) -> None:
        """Bring all synapses up to date, for Python to look at."""
        if self._is_waiting:
            self._is_waiting = False
            self._waiting.remove(self)
        else:
            self._end = self._now()
        self._settle(np.iinfo(np.int64).max, is_over=True)
        self.arrays["count"][:] = LEAD
        self.arrays["full"][0] = 0

    def _settle(self, cutoff: int, is_over: bool) -> None:
        arrays = self.arrays
        arrays["now"][0] = (self._end if is_over else self._now()) - arrays["start"][0] + 1
        arrays["cutoff"][0], arrays["write"][0] = cutoff, is_over
        assert self.settle_rows is not None
        self.settle_rows()


def _is_trace(name: str) -> bool:
    return name == "start" or name.startswith(("row_", "column_", "kept_"))
