"""List small networks that exercise the device "numba", each a function that returns its parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from brian2 import (
    Hz,
    NeuronGroup,
    PoissonGroup,
    PoissonInput,
    PopulationRateMonitor,
    SpikeGeneratorGroup,
    SpikeMonitor,
    StateMonitor,
    Synapses,
    TimedArray,
    ms,
    mV,
    nS,
)

Parts = dict[str, Any]

NETWORKS: dict[str, Callable[[], Parts]] = {}


def network(build: Callable[[], Parts]) -> Callable[[], Parts]:
    NETWORKS[build.__name__] = build
    return build


def edges(n_pre: int, n_post: int, p: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return random edges, by source and then by target."""
    i, j = np.nonzero(np.random.default_rng(seed).random((n_pre, n_post)) < p)
    return i, j


def _connect(synapses: Synapses, p: float = 0.1, seed: int = 1) -> None:
    i, j = edges(len(synapses.source), len(synapses.target), p, seed)
    synapses.connect(i=i, j=j)


CUBA = """
dv/dt  = (ge+gi-(v-(-49*mV)))/(20*ms) : volt (unless refractory)
dge/dt = -ge/(5*ms) : volt
dgi/dt = -gi/(10*ms) : volt
"""


def _cuba_cells(n: int = 200) -> NeuronGroup:
    cells = NeuronGroup(
        n, CUBA, threshold="v > -50*mV", reset="v = -60*mV", refractory=5 * ms, method="exact"
    )
    cells.v = np.linspace(-60, -50.1, n) * mV
    return cells


@network
def cuba() -> Parts:
    cells = _cuba_cells()
    excitation = Synapses(cells, cells, on_pre="ge += 1.62*mV*4")
    _connect(excitation)
    inhibition = Synapses(cells, cells, on_pre="gi -= 9*mV", delay=0.5 * ms)
    _connect(inhibition, 0.03, 2)
    return {
        "cells": cells,
        "excitation": excitation,
        "inhibition": inhibition,
        "spikes": SpikeMonitor(cells),
        "states": StateMonitor(cells, ["v", "ge"], record=[0, 7, 199]),
        "rate": PopulationRateMonitor(cells),
    }


@network
def coba() -> Parts:
    model = """
    dv/dt = (10*nS*(-60*mV-v) + ge*(0*mV-v) + gi*(-80*mV-v) + 0.15*nA) / (200*pF) : volt
    dge/dt = -ge/(5*ms) : siemens
    dgi/dt = -gi/(10*ms) : siemens
    """
    cells = NeuronGroup(
        200, model, threshold="v > -50*mV", reset="v = -60*mV", refractory=3 * ms,
        method="exponential_euler",
    )  # fmt: skip
    cells.v = np.linspace(-60, -50.1, 200) * mV
    excitation = Synapses(cells, cells, "w : siemens", on_pre="ge += w", delay=1.5 * ms)
    _connect(excitation)
    excitation.w = np.linspace(0.05, 0.5, len(excitation)) * nS
    return {"cells": cells, "excitation": excitation, "spikes": SpikeMonitor(cells)}


@network
def delays() -> Parts:
    cells = _cuba_cells()
    synapses = Synapses(cells, cells, "w : volt", on_pre="ge += w")
    _connect(synapses)
    synapses.w = np.linspace(0, 9, len(synapses)) * mV
    synapses.delay = np.random.default_rng(3).uniform(0, 5, len(synapses)) * ms
    return {"cells": cells, "synapses": synapses, "spikes": SpikeMonitor(cells)}


STDP = {
    "on_pre": "ge += w; apre += 0.01*mV; w = clip(w + apost, 0*mV, 5*mV)",
    "on_post": "apost -= 0.0105*mV; w = clip(w + apre, 0*mV, 5*mV)",
}


def _stdp(flag: str, **kwds: Any) -> Parts:
    inputs = PoissonGroup(100, rates=30 * Hz)
    cells = _cuba_cells(50)
    model = f"""
    w : volt
    dapre/dt = -apre/(20*ms) : volt ({flag})
    dapost/dt = -apost/(20*ms) : volt ({flag})
    """
    synapses = Synapses(inputs, cells, model, **STDP, **kwds)
    _connect(synapses, 0.5)
    synapses.w = np.linspace(0, 5, len(synapses)) * mV
    return {
        "inputs": inputs,
        "cells": cells,
        "synapses": synapses,
        "spikes": SpikeMonitor(cells),
        "input_spikes": SpikeMonitor(inputs),
        "weights": StateMonitor(synapses, "w", record=[0, 10, 20], dt=5 * ms),
    }


@network
def stdp_event_driven() -> Parts:
    return _stdp("event-driven")


@network
def stdp_unobserved() -> Parts:
    parts = _stdp("event-driven", delay=0.3 * ms)
    return {name: part for name, part in parts.items() if name != "weights"}


@network
def stdp_clock_driven() -> Parts:
    return _stdp("clock-driven", method="exact")


@network
def noise() -> Parts:
    model = "dv/dt = -v/(10*ms) + 0.5*(10*ms)**-0.5*xi : 1"
    cells = NeuronGroup(100, model, threshold="v > 0.8", reset="v = 0", method="euler")
    return {"cells": cells, "spikes": SpikeMonitor(cells, variables="v")}


@network
def poisson_input() -> Parts:
    cells = _cuba_cells(60)
    rare = PoissonInput(cells, "ge", N=40, rate=20 * Hz, weight=2 * mV)
    dense = PoissonInput(cells, "gi", N=5000, rate=30 * Hz, weight=0.1 * mV)
    return {"cells": cells, "rare": rare, "dense": dense, "spikes": SpikeMonitor(cells)}


@network
def summed() -> Parts:
    cells = NeuronGroup(60, "dv/dt = (total - v)/(10*ms) : 1 \n total : 1", method="euler")
    cells.v = np.linspace(-1, 1, 60)
    gap = Synapses(cells, cells, "w : 1 \n total_post = w*(v_pre - v_post) : 1 (summed)")
    _connect(gap, 0.2)
    gap.w = np.linspace(0, 0.1, len(gap))
    return {"cells": cells, "gap": gap, "states": StateMonitor(cells, "v", record=True)}


@network
def two_clocks() -> Parts:
    fast = _cuba_cells(50)
    slow = NeuronGroup(
        20, "dv/dt = (1.1 - v)/(10*ms) : 1", threshold="v > 1", reset="v = 0", dt=0.3 * ms,
        method="exact",
    )  # fmt: skip
    slow.v = np.linspace(0, 1, 20)
    synapses = Synapses(slow, fast, on_pre="ge += 3*mV", delay=0.9 * ms)
    _connect(synapses, 0.3)
    return {
        "fast": fast,
        "slow": slow,
        "synapses": synapses,
        "spikes": SpikeMonitor(fast),
        "slow_spikes": SpikeMonitor(slow),
    }


@network
def subgroups() -> Parts:
    cells = _cuba_cells(100)
    first, last = cells[:30], cells[60:]
    forward = Synapses(first, last, on_pre="ge += 5*mV", delay=1 * ms)
    _connect(forward, 0.3)
    backward = Synapses(last, first, on_pre="ge += 2*mV", on_post="v_pre += 0.1*mV")
    _connect(backward, 0.3, 5)
    return {
        "cells": cells,
        "forward": forward,
        "backward": backward,
        "first_spikes": SpikeMonitor(first),
        "last_spikes": SpikeMonitor(last),
        "last_rate": PopulationRateMonitor(last),
        "states": StateMonitor(last, "v", record=[0, 5]),
    }


@network
def generator() -> Parts:
    times = np.arange(1, 40) * 0.7
    source = SpikeGeneratorGroup(10, np.arange(39) % 10, times * ms, period=30 * ms)
    cells = _cuba_cells(20)
    synapses = Synapses(source, cells, "w : volt", on_pre="ge += w", delay=0.2 * ms)
    synapses.connect()
    synapses.w = "(i + j*0.1)*mV"
    return {"source": source, "cells": cells, "synapses": synapses, "spikes": SpikeMonitor(cells)}


@network
def functions() -> Parts:
    current = TimedArray(np.sin(np.arange(50)), dt=1 * ms, name="current")
    columns = TimedArray(np.cos(np.arange(60)).reshape(20, 3), dt=2 * ms, name="columns")
    model = """
    dx/dt = (current(t) + columns(t, i % 3) - x)/(5*ms) : 1
    dy/dt = (exp(-x**2) + tanh(x)*x**3 - abs(y)**0.7 + x % 0.3)/(5*ms) : 1
    z = clip(x, -0.5, 0.5) + sign(y) + floor(3*x) + int(y > 0) + exprel(x) : 1
    """
    cells = NeuronGroup(9, model, method="rk4", threshold="rand() < 0.01", reset="x += randn()")
    cells.run_regularly("y = y + poisson(x*x*5)", dt=1 * ms)
    cells.namespace.update(current=current, columns=columns)
    cells.x = np.linspace(-2, 2, 9)
    return {
        "cells": cells,
        "states": StateMonitor(cells, ["x", "y", "z"], record=True),
        "spikes": SpikeMonitor(cells),
    }


@network
def heterogeneous() -> Parts:
    model = """
    dv/dt = (-v + ge*(1 - v) + 0.9 + 0.3*sin(2*pi*i/7.0))/tau : 1 (unless refractory)
    dge/dt = -ge/(tau/4) : 1
    tau : second
    pause : second (constant)
    """
    cells = NeuronGroup(
        70, model, threshold="v > 1", reset="v = 0; ge += 0.1", refractory="pause",
        method="exponential_euler",
    )  # fmt: skip
    cells.tau = np.linspace(5, 12, 70) * ms
    cells.pause = np.linspace(1, 4, 70) * ms
    cells.v = np.linspace(0, 0.9, 70)
    # tau is written during the run, so that its propagators are no constants here.
    cells.run_regularly("tau = tau*1.001", dt=7 * ms)
    exact = NeuronGroup(
        70, "dv/dt = (1.2 - v)/tau : 1 \n tau : second", threshold="v > 1", reset="v = 0",
        method="exact",
    )  # fmt: skip
    exact.tau = np.linspace(5, 12, 70) * ms
    return {
        "cells": cells,
        "exact": exact,
        "spikes": SpikeMonitor(cells),
        "exact_spikes": SpikeMonitor(exact),
    }
