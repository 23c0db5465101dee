"""Write the replay of post-synaptic events that synapses have missed."""

from __future__ import annotations

from typing import Any

import numpy as np

from neuro.device.fast.fission import Stages, by_stage
from neuro.device.fast.fragment import Fragment, private
from neuro.device.fast.history import LEAD
from neuro.device.fast.scope import Scope
from neuro.device.source import appearing, indented
from neuro.device.synaptic.listing import Listing
from neuro.device.threads.region import FIRST


class Missed:
    """Write what brings the synapses of one source up to date.

    Parameters
    ----------
    scope
        Names the arrays.

    Attributes
    ----------
    scalar, vector
        What the replay needs once, and what it does for an event.
    """

    def __init__(self, scope: Scope) -> None:
        self.scope, self.plan, self.h = scope, scope.plan, scope.h
        self._replay = self._event()
        self.scalar, self.vector = self._replay
        self._stages = self._find_stages()

    def _find_stages(self) -> Stages | None:
        """Return the replay in stages, with room for what they hand on, or None."""
        if not self.plan.traces.is_exact:
            return None
        stages = by_stage(self.vector)
        names = set(stages.read).union(stages.written) if stages is not None else set()
        types = {f"_r_{name}": dtype for name, dtype in self.scope.dtypes().items()}
        if not names <= types.keys():
            return None
        history = self.scope.history.arrays
        for name in names:
            history[f"stage_{name}"] = np.zeros(history["todo"].shape, dtype=types[name])
        return stages

    def row_head(self) -> list[str]:
        """Write what is known of a source before the event."""
        h = self.h
        return [
            f"_marker = {h}marker[_pre]",
            f"_since = {h}row_step[_pre]",
            *(f"_row_{name} = {h}row_{name}[_pre]" for name in self.plan.traces.rows),
            *([f"_row_last = {h}row_last[_pre]"] if self.plan.traces.knows_update else []),
            *(f"_kept_{name} = {h}kept_{name}[_pre]" for name in self.plan.snapshots),
        ]

    def _event(self) -> Fragment:
        """Write the post-synaptic events that the synapse ``_idx`` has missed."""
        plan, h, code = self.plan, self.h, self.scope.learner
        rows = set(plan.traces.rows)
        last = f"max(_row_last, {h}at_last[_post, _event])"
        body = self.scope.translate(
            code, plan.replay.rest, {*plan.captured, *plan.snapshots, *rows}, "replay", last
        )
        text = "\n".join(body.vector)
        loads = [
            *(self.scope.trace("row", name, "_at - _since") for name in plan.traces.rows),
            *(f"{name} = _kept_{name}" for name in plan.snapshots),
            *(f"{name} = {h}at_{name}[_post, _event]" for name in plan.captured),
        ]
        loads = [line for line in loads if appearing(text, [line.split(" = ")[0]])]
        return private(Fragment(body.scalar, [*loads, *body.vector]))

    def catch_up(self, visit: Any, rows: Listing | None = None) -> list[str]:
        """Write the replay of all events that the synapses of ``_source`` have missed.

        First the synapses are listed that have missed any, then the oldest missed event of each
        is replayed, then the next: no branch depends on a spike, so none is mispredicted.

        Parameters
        ----------
        visit
            The pathway of the source.
        rows
            Where its synapses are listed if threads share them; each part has lists of its own.
        """
        h = self.h
        lane = "0" if rows is None else FIRST
        if not self._replay.vector:
            return []
        listing = [
            f"{h}todo[{lane}, _n_todo] = _idx",
            f"_n_todo += np.int64({h}column_step[_post] >= _least)",
        ]
        some = " + ".join(
            f"np.int64({h}step[_post, _newest - {k}] >= _marker)" for k in range(2, LEAD + 1)
        )
        counting = [
            f"_post = {self.scope.posts()}[{h}todo[{lane}, _q]]",
            f"_newest = {h}count[_post]",
            f"_n_missed = 1 + {some}",
            f"if _n_missed == {LEAD}:",
            f"    while {h}step[_post, _newest - 1 - _n_missed] >= _marker:",
            "        _n_missed += 1",
            f"{h}first[{lane}, _q] = _newest - _n_missed",
        ]
        synapse = f"_idx = np.uint64({h}todo[{lane}, _q])"
        which = [
            synapse,
            f"_event = np.int64({h}first[{lane}, _q])",
            f"_post = {self.scope.posts()}[_idx]",
            f"_at = {h}step[_post, _event]",
        ]
        left = [
            f"{h}todo[{lane}, _n_left] = _idx",
            f"{h}first[{lane}, _n_left] = _event + 1",
            f"_n_left += np.int64(_event + 1 < {h}count[_post])",
        ]
        again = ["for _q in range(_n_todo):", *indented([*which, *self._replay.vector, *left])]
        if self._stages is not None:
            again = self._staged(self._stages, lane, which, [synapse], left)
        return [
            "_n_todo = np.int64(0)",
            # Steps count from 1; no event is as old as the beginning.
            "_least = max(_marker, np.int32(1))",
            *self.scope.rows(visit, listing, rows),
            "for _q in range(_n_todo):",
            *indented(counting),
            "while _n_todo > 0:",
            "    _n_left = np.int64(0)",
            *indented(again),
            "    _n_todo = _n_left",
        ]

    def _staged(
        self, stages: Stages, lane: str, which: list[str], synapse: list[str], left: list[str]
    ) -> list[str]:
        """Write the replay of one event of each synapse in three loops, one of them of vectors."""

        def hold(name: str) -> str:
            return f"{self.h}stage_{name}[{lane}, _q]"

        # What is written may be what was read: each name has one place.
        gather = [*which, *stages.gather, *(f"{hold(n)} = {n}" for n in stages.read)]
        compute = [
            *(f"{n} = {hold(n)}" for n in stages.read),
            *stages.compute,
            *(f"{hold(n)} = {n}" for n in stages.written),
        ]
        scatter = [*synapse, *(f"{n} = {hold(n)}" for n in stages.written), *stages.scatter]
        every = "for _q in range(_n_todo):"
        rest = [every, *indented([*which, *left])]
        loops = ([every, *indented(part)] for part in (gather, compute, scatter))
        return [line for loop in loops for line in loop] + rest
