"""Let Python look at a network, and drive it, at fixed intervals while it runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from networks.build.built import Built
from neuro.engines.brian import brian2
from neuro.errors import SpecError


def call_every(built: Built, interval: float, act: Callable[[], None]) -> Any:
    """Call a function at the begin of every interval, before anything else of that time step.

    What it sets of the network holds from this step on, and what it reads is how the step before
    ended. There is no call at the end of the last interval of a run.

    Parameters
    ----------
    built : Built
        The network, before it runs.
    interval : float
        In s; a multiple of the time step.
    act : callable
        Without arguments.

    Returns
    -------
    brian2.NetworkOperation
        Who calls; it can be made inactive between two runs.

    Raises
    ------
    SpecError
        If the engine is standalone, which runs without Python.
    """
    if brian2.get_device() is brian2.all_devices["cpp_standalone"]:
        raise SpecError("engine 'brian2_standalone' calls nothing while a network runs")
    clock = brian2.Clock(interval * brian2.second, name="callback_clock")
    operation = brian2.NetworkOperation(act, clock=clock, when="start", name="callback")
    built.network.add(operation)
    return operation
