"""Make the monitors that the recordings of a description ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from networks.spec import Recording, Spec
from neuro.engines.brian import brian2
from neuro.errors import SpecError, nearest

Kind = Literal["spikes", "report", "weights"]
# A sampling interval may differ from a multiple of dt by the rounding of decimal text.
MULTIPLE_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Monitor:
    """Hold a Brian2 monitor and what it is for.

    Attributes
    ----------
    recording : Recording
        Its description.
    kind : {"spikes", "report", "weights"}
        What it gives.
    monitor : brian2.SpikeMonitor or brian2.StateMonitor or None
        None for weights that are read between phases only.
    nodes : array of int
        Which nodes are kept; empty for all.
    """

    recording: Recording
    kind: Kind
    monitor: Any
    nodes: NDArray[np.int64]


def make_monitors(
    spec: Spec, groups: Mapping[str, Any], synapses: Mapping[str, Any], dt: float
) -> dict[str, Monitor]:
    """Make one monitor per recording.

    Parameters
    ----------
    spec : Spec
        The description.
    groups, synapses : mapping of str to Brian2 object
        Populations and projections.
    dt : float
        Time step in s.

    Returns
    -------
    dict of str to Monitor
        By the name of the recording.

    Raises
    ------
    SpecError
        If a recording asks for what does not exist.
    """
    _check_once(spec.recordings)
    monitors = {}
    for name, recording in spec.recordings.items():
        if recording.projection:
            monitors[name] = monitor_projection(recording, synapses, dt)
        else:
            monitors[name] = _monitor_population(recording, groups, dt)
    return monitors


def _check_once(recordings: Mapping[str, Recording]) -> None:
    first: dict[str, str] = {}
    for name, recording in recordings.items():
        if recording.projection or recording.variable != "spikes":
            continue
        if recording.population in first:
            raise SpecError(
                f"recordings.{name}: the spikes of '{recording.population}' are recorded by "
                f"'{first[recording.population]}' already"
            )
        first[recording.population] = name


def make_counters(groups: Mapping[str, Any]) -> dict[str, Any]:
    """Make a counter of spikes, without their times, for every population that spikes.

    Parameters
    ----------
    groups : mapping of str to Brian2 group
        Populations.

    Returns
    -------
    dict of str to brian2.SpikeMonitor
        By population.
    """
    return {
        name: brian2.SpikeMonitor(group, record=False, name=f"count_{name}")
        for name, group in groups.items()
        if "spike" in group.events
    }


def _monitor_population(recording: Recording, groups: Mapping[str, Any], dt: float) -> Monitor:
    where = f"recordings.{recording.name}"
    group = _known(groups, recording.population, f"{where}.population", "population")
    nodes = np.array(recording.nodes or (), dtype=np.int64)
    if nodes.size and (nodes.min() < 0 or nodes.max() >= len(group)):
        raise SpecError(
            f"{where}.nodes: {nodes.min()}..{nodes.max()}, but population "
            f"'{recording.population}' has {len(group)} nodes, counted from 0"
        )
    if recording.variable == "spikes":
        if "spike" not in group.events:
            raise SpecError(f"{where}: population '{recording.population}' does not spike")
        monitor = brian2.SpikeMonitor(group, name=f"record_{recording.name}")
        return Monitor(recording, "spikes", monitor, nodes)
    _check_variable(recording, group, where)
    monitor = brian2.StateMonitor(
        group,
        recording.variable,
        record=nodes if nodes.size else True,
        clock=_clock(recording, dt) or group.clock,
        name=f"record_{recording.name}",
    )
    return Monitor(recording, "report", monitor, nodes)


def monitor_projection(recording: Recording, synapses: Mapping[str, Any], dt: float) -> Monitor:
    """Make the monitor of the weights of a projection.

    Parameters
    ----------
    recording : Recording
        Its description; without `every` weights are read between phases.
    synapses : mapping of str to brian2.Synapses
        Projections.
    dt : float
        Time step in s.

    Returns
    -------
    Monitor
        Of kind "weights".

    Raises
    ------
    SpecError
        If the projection is unknown or something other than its weight is asked for.
    """
    where = f"recordings.{recording.name}"
    group = _known(synapses, recording.projection, f"{where}.projection", "projection")
    if recording.variable != "weight":
        raise SpecError(f"{where}.variable: of a projection only 'weight' can be recorded")
    clock = _clock(recording, dt)
    monitor = None
    if clock is not None and len(group):
        monitor = brian2.StateMonitor(
            group,
            "weight",
            record=np.arange(len(group)),
            clock=clock,
            name=f"record_{recording.name}",
        )
    return Monitor(recording, "weights", monitor, np.empty(0, dtype=np.int64))


def _known(members: Mapping[str, Any], name: str, where: str, kind: str) -> Any:
    if name not in members:
        raise SpecError(f"{where}: unknown {kind} '{name}'{nearest(name, list(members))}")
    return members[name]


def _check_variable(recording: Recording, group: Any, where: str) -> None:
    if recording.variable not in group.variables:
        known = [name for name in group.variables if not name.startswith("_")]
        hint = nearest(recording.variable, known)
        raise SpecError(
            f"{where}.variable: population '{recording.population}' has no variable "
            f"'{recording.variable}'{hint}"
        )


def _clock(recording: Recording, dt: float) -> Any:
    if recording.every is None:
        return None
    steps = recording.every.value / dt
    if steps < 1 - MULTIPLE_TOLERANCE or abs(steps - round(steps)) > MULTIPLE_TOLERANCE * steps:
        raise SpecError(
            f"recordings.{recording.name}.every: {recording.every.value * 1e3:g} ms is not a "
            f"multiple of simulation.dt = {dt * 1e3:g} ms"
        )
    if round(steps) == 1:
        return None if not recording.projection else _named_clock(recording, dt)
    return _named_clock(recording, round(steps) * dt)


def _named_clock(recording: Recording, dt: float) -> Any:
    return brian2.Clock(dt * brian2.second, name=f"record_{recording.name}_clock")
