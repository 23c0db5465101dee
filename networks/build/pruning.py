"""Remove synapses between two runs; all other state is carried over."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from networks.build.built import Built
from networks.build.monitors import monitor_projection
from networks.build.synapses import make_synapses
from networks.build.wiring import Wiring, initial_values, local_values
from networks.spec import Distribution, Projection
from neuro.engines.brian import brian2
from neuro.errors import SpecError, nearest

Mask = NDArray[np.bool_]
# Renewed by `connect`, or not a state.
STRUCTURE = frozenset({"_synaptic_pre", "_synaptic_post", "N_incoming", "N_outgoing", "delay"})


def remove_synapses(built: Built, projection: str, keep: ArrayLike) -> None:
    """Remove synapses of a projection.

    Brian2 cannot take synapses away, so its object is made anew with those that stay. Weights,
    traces, times of last update, gates and spikes on their way are carried over: the network goes
    on bit for bit as one in which the removed synapses have weight 0 and do not learn.

    Parameters
    ----------
    built : Built
        The network, between two runs of an engine that streams; changed in place.
    projection : str
        Name of the projection.
    keep : array_like of bool, shape (n_edges,)
        Which edges stay, in the order of `built.edges`; a removed edge stays removed.

    Raises
    ------
    SpecError
        If the projection is unknown, the mask has another length, or the engine is standalone.
    """
    if projection not in built.synapses:
        hint = nearest(projection, list(built.synapses))
        raise SpecError(f"unknown projection '{projection}'{hint}")
    if brian2.get_device() is brian2.all_devices["cpp_standalone"]:
        raise SpecError("engine 'brian2_standalone' cannot remove synapses between runs")
    mask = np.asarray(keep)
    alive = built.alive[projection]
    if mask.dtype != np.bool_ or mask.shape != alive.shape:
        raise SpecError(
            f"projection '{projection}' has {alive.size} edges; the mask must be as many booleans, "
            f"not {mask.dtype} of shape {mask.shape}"
        )
    stays = mask[alive]
    if not stays.all():
        _renew(built, built.spec.projections[projection], stays)


def _renew(built: Built, described: Projection, stays: Mask) -> None:
    name = described.name
    old = built.synapses[name]
    state = {key: values[stays] for key, values in _state(old).items()}
    queues = {p.objname: _renumbered(p.queue._full_state(), stays) for p in old._pathways}
    gates = {
        key: old.variables[key].get_value().copy()
        for key in ("transmits", "learning")
        if key in old.variables
    }
    built.alive[name][built.alive[name]] = stays
    built.network.remove(old)
    target = built.spec.populations[described.target]
    new = make_synapses(described, target, built.groups, _wiring(built, described), built.clock)
    if stays.any():
        for key, values in state.items():
            new.variables[key].set_value(values)
        for key, value in gates.items():
            new.variables[key].set_value(value)
        for pathway in new._pathways:
            pathway.queue._restore_from_full_state(queues[pathway.objname])
    built.network.add(new)
    built.synapses[name] = new
    _renew_monitors(built, name)


def _state(synapses: Any) -> dict[str, NDArray[Any]]:
    """Return the arrays with one value per synapse that belong to the synapses themselves."""
    from brian2.core.variables import DynamicArrayVariable

    return {
        key: variable.get_value()
        for key, variable in synapses.variables.items()
        if isinstance(variable, DynamicArrayVariable)
        and variable.owner is not None
        and variable.owner.name == synapses.name
        and key not in STRUCTURE
        and variable.get_value().shape == (len(synapses),)
    }


def _wiring(built: Built, described: Projection) -> Wiring:
    """Collect the wiring of the edges that are left; drawn values are overwritten from state."""
    alive = built.alive[described.name]
    delay = built.delays[described.name]
    size = int(alive.sum())
    blank = np.zeros(size)
    return Wiring(
        edges=built.remaining(described.name),
        weight=blank,
        delay=delay[alive] if isinstance(delay, np.ndarray) else delay,
        values=_blanks(local_values(described), blank),
        initial=_blanks(initial_values(described), blank),
    )


def _blanks(values: dict[str, Any], blank: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    return {name: blank for name, value in values.items() if isinstance(value, Distribution)}


def _renumbered(state: Any, stays: Mask) -> Any:
    """Renumber the synapses in a queue of spikes on their way; removed ones are dropped.

    Brian2 has two queues: in C++, (offset, synapses per step), and in NumPy,
    (dt, [step, synapse] rows, shape). That of engine numba is {dt, events: synapses per step}.
    """
    number = np.cumsum(stays) - 1
    if isinstance(state, dict):
        events = [number[step[stays[step]]].astype(step.dtype) for step in state["events"]]
        return {"dt": state["dt"], "events": events}
    if len(state) == 2:
        offset, steps = state
        return offset, [[int(number[n]) for n in step if stays[n]] for step in steps]
    dt, spikes, shape = state
    spikes = spikes[stays[spikes[:, 1]]]
    return dt, np.column_stack([spikes[:, 0], number[spikes[:, 1]]]), shape


def _renew_monitors(built: Built, projection: str) -> None:
    for name, monitor in built.monitors.items():
        if monitor.recording.projection != projection or monitor.monitor is None:
            continue
        built.network.remove(monitor.monitor)
        dt = built.spec.simulation.dt.value
        built.monitors[name] = monitor_projection(monitor.recording, built.synapses, dt)
        if built.monitors[name].monitor is not None:
            built.network.add(built.monitors[name].monitor)
