"""Kernels of exact integrate-and-fire dynamics: the next spike, and what it does to neighbours.

Each neuron is brought up to date only when something happens to it. At a spike of j at potential
velocity f_j every coordinate x that the event touches has its tangent row moved by
x+ = DR x- + (f+ - DR f-) v_j / f_j, with the velocities f- and f+ before and after, and DR = 0 for
what is reset, 1 otherwise: that is the saltation matrix, of rank one, for single spikes as for
avalanches. References: see `trajectory`.

Loops over directions are written out: array expressions take Numba seconds to compile and run no
faster.
"""

from __future__ import annotations

from math import exp, inf
from typing import Any, NamedTuple

import numba
import numpy as np
from numba.extending import register_jitable
from numpy.typing import NDArray

from plasticity.lyapunov.crossing import crossing, gain

Array = NDArray[Any]


class Net(NamedTuple):
    """Hold what does not change: see `LifNetwork`."""

    indptr: Array
    targets: Array
    weights: Array
    tau: Array
    threshold: Array
    reset: Array
    refractory: Array
    tau_syn: Array


class State(NamedTuple):
    """Hold what changes.

    Attributes
    ----------
    v, s, current : arrays of floats, shapes (n,), (n,) or (0,), (n,)
        Potentials, synaptic currents, currents from outside.
    is_refractory : array of bools, shape (n,)
        Who is.
    seen : array of floats, shape (n,)
        The time to which each neuron is up to date.
    due : array of floats, shape (n,)
        When its next event is: a spike, or the end of its refractory period.
    counts : array of ints, shape (n,)
        Spikes so far.
    """

    v: Array
    s: Array
    current: Array
    is_refractory: Array
    seen: Array
    due: Array
    counts: Array


class Event(NamedTuple):
    """Hold whom the event at hand has touched, and how fast they were before.

    Attributes
    ----------
    touched : array of ints, shape (n,)
        Neurons, in the order in which they were touched.
    is_touched, has_spiked : arrays of bools, shape (n,)
        Who was, who has.
    speed, synaptic : arrays of floats, shape (n,)
        Velocities of first coordinates, and synaptic currents, before.
    pulse : array of floats, shape (m,)
        By how much earlier the event comes, in each tangent direction.
    """

    touched: Array
    is_touched: Array
    has_spiked: Array
    speed: Array
    synaptic: Array
    pulse: Array


@register_jitable  # type: ignore[untyped-decorator]
def _speed(k: int, net: Net, state: State) -> float:
    """Return how fast the first coordinate of a neuron changes."""
    if state.is_refractory[k]:
        return -1.0
    synaptic = state.s[k] if len(state.s) else 0.0
    return float((state.current[k] + synaptic - state.v[k]) / net.tau[k])


@register_jitable  # type: ignore[untyped-decorator]
def _bring(k: int, time: float, net: Net, state: State, rows: Array) -> None:
    """Bring state and tangent rows of a neuron up to a time."""
    passed = time - state.seen[k]
    state.seen[k] = time
    if passed == 0.0:
        return
    is_moving = not state.is_refractory[k]
    if is_moving:
        keep = exp(-passed / net.tau[k])
        state.v[k] = state.current[k] + (state.v[k] - state.current[k]) * keep
        for d in range(rows.shape[1]):
            rows[k, d] *= keep
    if len(state.s):
        if is_moving:
            share = gain(passed, net.tau[k], net.tau_syn[k])
            state.v[k] += share * state.s[k]
            for d in range(rows.shape[1]):
                rows[k, d] += share * rows[len(net.tau) + k, d]
        fade = exp(-passed / net.tau_syn[k])
        state.s[k] *= fade
        for d in range(rows.shape[1]):
            rows[len(net.tau) + k, d] *= fade


@register_jitable  # type: ignore[untyped-decorator]
def _plan(k: int, net: Net, state: State) -> None:
    """Write when a neuron that is not refractory spikes next."""
    s, tau_syn = (state.s[k], net.tau_syn[k]) if len(state.s) else (0.0, 0.0)
    wait = crossing(state.v[k], s, state.current[k], net.threshold[k], net.tau[k], tau_syn)
    state.due[k] = state.seen[k] + wait


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def schedule(net: Net, state: State) -> None:
    """Write when each neuron that is not refractory spikes next."""
    for k in range(len(net.tau)):
        if not state.is_refractory[k]:
            _plan(k, net, state)


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def bring_all(time: float, net: Net, state: State, rows: Array) -> None:
    """Bring all neurons up to a time before which nothing happens."""
    for k in range(len(net.tau)):
        _bring(k, time, net, state, rows)


@register_jitable  # type: ignore[untyped-decorator]
def _release(k: int, net: Net, state: State, rows: Array) -> None:
    """End a refractory period; what was time left becomes a deviation of the potential."""
    state.is_refractory[k] = False
    speed = _speed(k, net, state)
    for d in range(rows.shape[1]):
        rows[k, d] *= -speed
    _plan(k, net, state)


@register_jitable  # type: ignore[untyped-decorator]
def _touch(k: int, n_touched: int, net: Net, state: State, event: Event) -> int:
    """Note how a neuron that is up to date was before the event."""
    event.is_touched[k] = True
    event.touched[n_touched] = k
    event.speed[k] = _speed(k, net, state)
    if len(state.s):
        event.synaptic[k] = state.s[k]
    return n_touched + 1


@register_jitable  # type: ignore[untyped-decorator]
def _avalanche(
    time: float, net: Net, state: State, event: Event, rows: Array, neurons: Array, first: int
) -> tuple[int, int]:
    """Let a neuron spike, and all whom its pulses lift to threshold.

    `neurons[first]` is the first; those that follow are written behind it. Returns the numbers of
    spikes so far and of neurons touched. A neuron spikes once in an avalanche; pulses after its
    reset are not lost, those between its crossing and its reset are.
    """
    found, n_touched, following = first + 1, 1, first
    while following < found:
        source = neurons[following]
        following += 1
        state.counts[source] += 1
        state.v[source] = net.reset[source]
        state.is_refractory[source] = net.refractory[source] > 0.0
        for place in range(net.indptr[source], net.indptr[source + 1]):
            k = net.targets[place]
            if not event.is_touched[k]:
                _bring(k, time, net, state, rows)
                n_touched = _touch(k, n_touched, net, state, event)
            if len(state.s):
                state.s[k] += net.weights[place]
            elif not state.is_refractory[k]:
                state.v[k] += net.weights[place]
                if state.v[k] >= net.threshold[k] and not event.has_spiked[k]:
                    event.has_spiked[k] = True
                    neurons[found] = k
                    found += 1
    return found, n_touched


@register_jitable  # type: ignore[untyped-decorator]
def _saltate(k: int, net: Net, state: State, event: Event, rows: Array) -> None:
    """Move the tangent rows of a touched neuron to behind the event, and plan its next one."""
    after = _speed(k, net, state)
    if event.has_spiked[k]:
        for d in range(rows.shape[1]):
            rows[k, d] = after * event.pulse[d]
    elif after != event.speed[k]:
        change = after - event.speed[k]
        for d in range(rows.shape[1]):
            rows[k, d] += change * event.pulse[d]
    if len(state.s) and state.s[k] != event.synaptic[k]:
        change = (event.synaptic[k] - state.s[k]) / net.tau_syn[k]
        for d in range(rows.shape[1]):
            rows[len(net.tau) + k, d] += change * event.pulse[d]
    if not state.is_refractory[k]:
        _plan(k, net, state)
    elif event.has_spiked[k]:
        state.due[k] = state.seen[k] + net.refractory[k]
    event.is_touched[k] = False
    event.has_spiked[k] = False


@register_jitable  # type: ignore[untyped-decorator]
def _spike(
    j: int, net: Net, state: State, event: Event, rows: Array, neurons: Array, first: int
) -> tuple[int, int]:
    """Let a neuron at threshold spike; return the number of spikes and a runaway neuron or -1."""
    state.v[j] = net.threshold[j]
    _touch(j, 0, net, state, event)
    for d in range(rows.shape[1]):
        event.pulse[d] = rows[j, d] / event.speed[j]
    event.has_spiked[j] = True
    neurons[first] = j
    found, n_touched = _avalanche(state.seen[j], net, state, event, rows, neurons, first)
    for place in range(n_touched):
        k = event.touched[place]
        is_due = state.v[k] >= net.threshold[k]
        if is_due and event.has_spiked[k]:
            return found, k
        _saltate(k, net, state, event, rows)
        if is_due:
            # It crosses at the same time but for rounding, as neurons that are all alike do.
            state.due[k] = state.seen[k]
    return found, -1


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def run(
    net: Net, state: State, event: Event, rows: Array, until: float, times: Array, neurons: Array
) -> tuple[int, float, int]:
    """Go from event to event, up to a time or until the room for spikes is filled.

    `times` and `neurons` have room for a spike of each neuron beyond those that are asked for, and
    so for any avalanche. Returns the number of spikes, the time of the last event or `until`, and a
    runaway neuron or -1.
    """
    most = len(times) - len(net.tau)
    found, time = 0, -inf
    while found < most:
        j = int(np.argmin(state.due))
        if not state.due[j] <= min(until, 1e300):
            return found, until, -1
        time = state.due[j]
        _bring(j, time, net, state, rows)
        if state.is_refractory[j]:
            _release(j, net, state, rows)
            continue
        before = found
        found, runaway = _spike(j, net, state, event, rows, neurons, before)
        for place in range(before, found):
            times[place] = time
        if runaway >= 0:
            return found, time, runaway
    return found, time, -1
