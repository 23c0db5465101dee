"""Recognise plastic synapses whose post-synaptic events can wait for the next presynaptic one.

The statements of a post-synaptic pathway may be replayed later if nobody sees the difference: they
write only variables of their synapse, and read only such variables, constants, the time, and what
is known of the target at its spike (kept in its history) or of the source since its last event.
Everything else is refused with a reason, and runs as Brian2 wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from brian2.core.base import BrianObject
from brian2.core.functions import DEFAULT_FUNCTIONS, Function
from brian2.core.variables import ArrayVariable, Constant
from brian2.synapses.synapses import SynapticPathway
from brian2.utils.logger import get_logger

from neuro.device.fast.sharing import SOURCE_INDEX, TARGET_INDEX, Split
from neuro.device.fast.statements import assigned, recursive_names
from neuro.device.fast.traces import Traces

logger = get_logger(__name__)

#: The least number of synapses whose events wait in strict mode; fewer are in the cache anyway.
LEAST_SYNAPSES = 2**17
_WRITTEN = re.compile(r"^\s*(\w+)\[[^\]]*\] = ", re.MULTILINE)


class RefusedError(Exception):
    """Say why post-synaptic events may not wait."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Hold what is to be done with the pathways of one `Synapses`.

    Parameters
    ----------
    synapses
        The synapses.
    learner
        The post-synaptic pathway, whose events wait.
    visits
        The presynaptic pathways, which replay what has waited.
    traces
        The variables that have one value per neuron.
    replay
        The code of the learner; the code of each visit is in `split`.
    split
        The code of the visits by name of the pathway.
    captured
        The names that the replay reads as they were at the post-synaptic event.
    snapshots
        The variables of the source that the replay reads as they were since its last event.
    after
        The pathways that act after the learner in a step.
    """

    synapses: Any
    learner: Any
    visits: tuple[Any, ...]
    traces: Traces
    replay: Split
    split: Mapping[str, Split]
    captured: tuple[str, ...]
    snapshots: tuple[str, ...]
    after: frozenset[str]

    @property
    def watched(self) -> list[Any]:
        """Return the arrays that the replay changes, or reads as they are when it happens."""
        variables = code_of(self.learner).variables
        names = {name for statement in self.replay.rest for name in statement.names}
        names = recursive_names(names, variables) | assigned(self.replay.rest)
        names = (names - set(self.captured)) | self.traces.names | {"lastupdate"}
        if self.synapses.event_driven:
            names |= recursive_names(self.synapses.event_driven.identifiers, variables)
        found = [variables.get(n, self.synapses.variables.get(n)) for n in sorted(names)]
        return [variable for variable in found if isinstance(variable, ArrayVariable)]

    @property
    def given(self) -> list[Any]:
        """Return the arrays that steps are turned into times with."""
        return [self.learner.clock.variables["dt"]]


def code_of(pathway: Any) -> Any:
    """Return the code object that delivers the events of a pathway."""
    return pathway.code_objects[-1].__repr__.__self__


def recognise(objects: Sequence[Any], is_exact: bool = False) -> list[Plan]:
    """Return a plan for every `Synapses` in which post-synaptic events can wait.

    Parameters
    ----------
    objects
        The objects of a network in the order of its schedule, prepared for a run.
    is_exact
        Whether each synapse keeps Brian2's operations and so its bits, as in strict mode.
    """
    active = [obj for obj in objects if obj.active]
    groups: dict[str, list[Any]] = {}
    for obj in active:
        if isinstance(obj, SynapticPathway):
            groups.setdefault(obj.synapses.name, []).append(obj)
    plans = []
    for name, pathways in groups.items():
        if not any(pathway.prepost == "post" for pathway in pathways):
            continue
        if is_exact and len(pathways[0].synapses) < LEAST_SYNAPSES:
            continue
        try:
            plans.append(_plan(pathways, active, is_exact))
        except RefusedError as reason:
            logger.info(
                f"The post-synaptic events of '{name}' are not postponed: {reason}.", "not_lazy"
            )
    return plans


def _plan(pathways: Sequence[Any], active: Sequence[Any], is_exact: bool) -> Plan:
    synapses = pathways[0].synapses
    learners = [pathway for pathway in pathways if pathway.prepost == "post"]
    visits = [pathway for pathway in pathways if pathway.prepost == "pre"]
    if len(learners) != 1 or not visits:
        raise RefusedError("it has not one post-synaptic pathway and a presynaptic one")
    (learner,) = learners
    _check_timing(pathways, active)
    others = list(_other_codes(pathways, active))
    if is_exact:
        _check_columns(learner)
        traces = Traces.exact(synapses, learner, visits)
    else:
        traces = Traces.find(synapses, learner, visits, _used(others))
    replay, split = traces.splits
    plan = Plan(
        synapses, learner, tuple(visits), traces, replay, split,
        *_Reader(synapses, learner, visits, replay, traces, others, active).names(),
        after=frozenset(v.name for v in visits if active.index(v) > active.index(learner)),
    )  # fmt: skip
    _check_others(plan, others)
    return plan


def _check_columns(learner: Any) -> None:
    """Refuse where an event of a target leaves most of its synapses alone."""
    layout = code_of(learner).layout
    if layout is not None and layout.is_idle:
        raise RefusedError("few synapses of an event change")


def _check_timing(pathways: Sequence[Any], active: Sequence[Any]) -> None:
    for obj in active:
        codes = [code.__repr__.__self__ for code in obj.code_objects]
        if type(obj).run is not BrianObject.run or any(not hasattr(c, "lower") for c in codes):
            raise RefusedError(f"'{obj.name}' runs in Python and may look at the synapses")
    clock = pathways[0].clock
    for pathway in pathways:
        if pathway.clock is not clock:
            raise RefusedError("its pathways have different clocks")
        if pathway.queue.mode == "events":
            raise RefusedError("synapses of one neuron have different delays")


def _other_codes(pathways: Sequence[Any], active: Sequence[Any]) -> Iterator[Any]:
    for obj in active:
        if obj not in pathways:
            yield from (code.__repr__.__self__ for code in obj.code_objects)


def _used(codes: Sequence[Any]) -> list[Any]:
    """Return the arrays that some code objects may read or write."""
    return [
        variable
        for code in codes
        for variable in code.variables.values()
        if isinstance(variable, ArrayVariable)
    ]


def _written(codes: Sequence[Any]) -> set[str]:
    """Return the names of the arrays that some code objects write."""
    found: set[str] = set()
    for code in codes:
        for block in (*code.scalar.values(), *code.vector.values()):
            found.update(_WRITTEN.findall("\n".join(block)))
        target = code.template_kwds.get("_target_var")
        if target is not None:
            found.add(code.array(target))
    return found


def _check_others(plan: Plan, others: Sequence[Any]) -> None:
    """Refuse if another object may look at what changes late."""
    variables = code_of(plan.learner).variables
    late = assigned(plan.replay.rest) & set(variables) | plan.traces.names | {"lastupdate"}
    arrays = [plan.synapses.variables[name] for name in late if name in plan.synapses.variables]
    for code in others:
        for variable in _used([code]):
            if any(variable is array for array in arrays):
                raise RefusedError(f"'{code.owner.name}' uses '{variable.name}'")


class _Reader:
    """Find out how each name that the replay reads is known later."""

    def __init__(
        self,
        synapses: Any,
        learner: Any,
        visits: Sequence[Any],
        replay: Split,
        traces: Traces,
        others: Sequence[Any],
        active: Sequence[Any],
    ) -> None:
        self.synapses, self.learner, self.visits = synapses, learner, visits
        self.replay, self.traces, self.active = replay, traces, active
        self.code = code_of(learner)
        own = [code_of(pathway) for pathway in (*visits, learner)]
        self.written = _written([*others, *own])
        self.written_by_others = _written(others)

    def names(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the names to capture at the event, and those to keep since the last visit."""
        local = assigned(self.replay.rest) - set(self.code.variables)
        for name in assigned(self.replay.rest) - local:
            variable = self.code.variables[name]
            if self.code.variable_indices[name] != "_idx" or variable.scalar:
                raise RefusedError(f"at a post-synaptic event it writes '{name}'")
        reads: set[str] = set()
        for statement in self.replay.rest:
            reads |= recursive_names(statement.names, self.code.variables)
        versions = assigned(self.replay.own)
        captured = {name for name in reads - local if name in versions | set(self.traces.columns)}
        snapshots = set()
        for name in sorted(reads - local - captured - set(self.traces.rows)):
            kind = self._kind(name)
            if kind == "captured":
                captured.add(name)
            elif kind == "snapshot":
                snapshots.add(name)
        self._check_subexpressions(reads, captured | snapshots | set(self.traces.rows))
        return tuple(sorted(captured)), tuple(sorted(snapshots))

    def _kind(self, name: str) -> str:
        variable = self.code.variables.get(name)
        # What an array in time or a user's function returns may have changed by then.
        if isinstance(variable, Function) and variable is not DEFAULT_FUNCTIONS.get(name):
            raise RefusedError(f"a post-synaptic event calls '{name}', which may change")
        if isinstance(variable, Function) and not variable.stateless:
            raise RefusedError(f"a post-synaptic event calls '{name}', which is not a function")
        if isinstance(variable, Function | Constant) or hasattr(variable, "expr"):
            return "known"
        if not isinstance(variable, ArrayVariable):
            raise RefusedError(f"'{name}' is not known at a later time")
        array = self.code.array(variable)
        index = self.code.variable_indices[name]
        is_fixed = bool(variable.constant) and array not in self.written
        if index == "_idx" and not variable.scalar:
            if array in self.written_by_others:
                raise RefusedError(f"another object writes '{name}'")
            return "known"
        if index == TARGET_INDEX or (index == "0" and not is_fixed):
            return "captured"
        if is_fixed and index in {SOURCE_INDEX, "0"}:
            return "known"
        if index == SOURCE_INDEX and self._is_last_spike(variable):
            return "snapshot"
        raise RefusedError(f"a post-synaptic event reads '{name}', which is not known later")

    def _is_last_spike(self, variable: Any) -> bool:
        """Return whether a variable of the source changes at its undelayed visits and only then."""
        source = getattr(self.synapses.source, "source", self.synapses.source)
        if variable is not source.variables.get("lastspike"):
            return False
        if self.code.array(variable) in self.written:
            return False
        names = [obj.name for obj in self.active]
        setters = [source.thresholder.get("spike")]
        undelayed = [v for v in self.visits if v.event == "spike" and int(v.queue.shape[2]) == 0]
        if setters[0] is None or setters[0].name not in names or not undelayed:
            return False
        order = [names.index(obj.name) for obj in (setters[0], undelayed[0], self.learner)]
        return order == sorted(order)

    def _check_subexpressions(self, reads: set[str], replaced: set[str]) -> None:
        for name in reads:
            variable = self.code.variables.get(name)
            if not hasattr(variable, "expr"):
                continue
            inside = recursive_names([name], self.code.variables)
            if inside & (set(self.traces.rows) | set(self.traces.columns)):
                raise RefusedError(f"the subexpression '{name}' reads a trace")
            if variable.scalar and inside & replaced:
                raise RefusedError(f"the shared subexpression '{name}' changes in time")
