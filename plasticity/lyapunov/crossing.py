"""When a potential between spikes reaches threshold: exact, for currents that decay too."""

from __future__ import annotations

from math import exp, inf, log

from numba.extending import register_jitable

#: Newton steps and bisections after which a crossing is as exact as doubles are.
MOST_STEPS = 200


@register_jitable  # type: ignore[untyped-decorator]
def gain(time: float, tau: float, tau_syn: float) -> float:
    """Return what a unit of synaptic current adds to the potential after a time."""
    if tau == tau_syn:
        return time / tau * exp(-time / tau)
    return (exp(-time / tau_syn) - exp(-time / tau)) / (1.0 - tau / tau_syn)


@register_jitable  # type: ignore[untyped-decorator]
def _ahead(time: float, v: float, s: float, current: float, tau: float, tau_syn: float) -> float:
    """Return the potential after a time without events."""
    return float(current + (v - current) * exp(-time / tau) + s * gain(time, tau, tau_syn))


@register_jitable  # type: ignore[untyped-decorator]
def _turn(v: float, s: float, current: float, tau: float, tau_syn: float) -> float:
    """Return when the potential has its extremum, the only one it can have; inf if it has none."""
    if tau == tau_syn:
        time = tau * (1.0 - (v - current) / s) if s != 0.0 else inf
        return time if time > 0.0 else inf
    share = s / (1.0 - tau / tau_syn)
    rest = v - current - share
    # In this order: a product of two small numbers may be 0.
    ratio = -share / rest * (tau / tau_syn) if rest != 0.0 else -1.0
    if ratio <= 0.0:
        return inf
    time = log(ratio) / (1.0 / tau_syn - 1.0 / tau)
    return time if time > 0.0 else inf


@register_jitable  # type: ignore[untyped-decorator]
def _root(
    low: float, high: float, v: float, s: float, current: float, threshold: float, tau: float,
    tau_syn: float,
) -> float:  # fmt: skip
    """Return where the rising potential crosses threshold between two times."""
    time = low
    for _ in range(MOST_STEPS):
        above = _ahead(time, v, s, current, tau, tau_syn) - threshold
        if above < 0.0:
            low = time
        else:
            high = time
        now = s * exp(-time / tau_syn)
        slope = (current + now - above - threshold) / tau
        following = time - above / slope if slope > 0.0 else inf
        if not low < following < high:
            following = 0.5 * (low + high)
        if following == time or high - low <= 2e-16 * high:
            return following
        time = following
    return time


@register_jitable  # type: ignore[untyped-decorator]
def crossing(
    v: float, s: float, current: float, threshold: float, tau: float, tau_syn: float
) -> float:
    """Return how long a potential below threshold takes to reach it; inf if it never does.

    A `tau_syn` of 0 says that there is no synaptic current.
    """
    if tau_syn == 0.0 or s == 0.0:
        if current <= threshold:
            return inf
        return tau * log((current - v) / (current - threshold))
    turn = _turn(v, s, current, tau, tau_syn)
    if current + s - v > 0.0:
        if turn < inf:
            if _ahead(turn, v, s, current, tau, tau_syn) < threshold:
                return inf
            return float(_root(0.0, turn, v, s, current, threshold, tau, tau_syn))
        turn = 0.0
    if current <= threshold or turn == inf:
        return inf
    reach = max(tau, tau_syn)
    while _ahead(turn + reach, v, s, current, tau, tau_syn) < threshold:
        reach *= 2.0
    return float(_root(turn, turn + reach, v, s, current, threshold, tau, tau_syn))
