"""List what Brian2 can do as small stories, each a function that runs networks and returns arrays.

A story runs unchanged on every device, so the results of two devices can be compared.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import brian2
import numpy as np
from brian2 import (
    BinomialFunction,
    Cylinder,
    EventMonitor,
    Hz,
    Morphology,
    Network,
    NetworkOperation,
    NeuronGroup,
    PoissonInput,
    PopulationRateMonitor,
    Section,
    Soma,
    SpatialNeuron,
    SpikeGeneratorGroup,
    SpikeMonitor,
    StateMonitor,
    Synapses,
    TimedArray,
    check_units,
    cm,
    ms,
    mV,
    nA,
    ohm,
    uF,
    um,
)

Results = dict[str, Any]
FEATURES: dict[str, Callable[[], Results]] = {}


def feature(story: Callable[[], Results]) -> Callable[[], Results]:
    FEATURES[story.__name__] = story
    return story


def _events(monitor: SpikeMonitor) -> Results:
    return {"i": np.array(monitor.i[:]), "t": np.array(monitor.t_[:])}


def _branched() -> Morphology:
    tree = Soma(diameter=30 * um)
    tapered = np.linspace(4, 2, 11) * um
    tree.axon = Section(length=np.full(10, 30) * um, diameter=tapered, n=10)
    tree.axon.left = Cylinder(length=100 * um, diameter=1 * um, n=5)
    tree.axon.right = Cylinder(length=150 * um, diameter=1 * um, n=7)
    tree.dendrite = Cylinder(length=200 * um, diameter=2 * um, n=8)
    return tree


CABLE = """
Im = gl*(El - v) + gNa*m**3*(50*mV - v) : amp/meter**2
dm/dt = (1/(1 + exp(-(v + 40*mV)/(5*mV))) - m)/(0.2*ms) : 1
gNa : siemens/meter**2
I : amp (point current)
"""


def _neuron(**kwds: Any) -> SpatialNeuron:
    neuron = SpatialNeuron(
        _branched(), CABLE, Cm=1 * uF / cm**2, Ri=100 * ohm * cm, method="exponential_euler",
        namespace={"gl": 1e-4 * brian2.siemens / cm**2, "El": -70 * mV}, **kwds,
    )  # fmt: skip
    neuron.v = -70 * mV
    neuron.I[0] = 0.5 * nA
    neuron.axon.right.I = 0.02 * nA
    return neuron


@feature
def cable_with_branches_and_point_currents() -> Results:
    neuron = _neuron()
    states = StateMonitor(neuron, ["v", "Im"], record=True)
    network = Network(neuron, states)
    network.run(4 * ms)
    neuron.I = 0 * nA
    network.run(2 * ms)
    return {"v": states.v_[:], "Im": states.Im_[:]}


@feature
def cable_with_a_threshold_at_a_location() -> Results:
    neuron = _neuron(
        threshold="m > 0.5", threshold_location=5, reset="v -= 30*mV", refractory="m > 0.4"
    )
    neuron.gNa = 0.05 * brian2.siemens / cm**2
    neuron.axon.left.gNa = 0 * brian2.siemens / cm**2
    states = StateMonitor(neuron, "v", record=[0, 5, 20])
    spikes = SpikeMonitor(neuron)
    Network(neuron, states, spikes).run(10 * ms)
    return {"v": states.v_[:], **_events(spikes)}


@feature
def default_functions() -> Results:
    one = ["sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "expm1", "exprel", "ceil", "floor"]
    one += ["sign", "abs"]
    narrow = ["arcsin", "arccos", "arctan"]
    positive = ["sqrt", "log", "log10", "log1p"]
    calls = [f"{name}(x)" for name in one]
    calls += [f"{name}(x/3)" for name in narrow] + [f"{name}(abs(x) + 0.1)" for name in positive]
    calls += ["clip(x, -1, y)", "clip(x, -inf, pi)", "int(x)", "int(x > y)", "x % 0.7", "x // 0.7"]
    calls += ["-7 % (i + 1)", "7 // (i + 1)", "abs(x)**y", "i**2", "x*int(x < 1) + y", "e*x"]
    calls += ["timestep(t, 0.3*ms)", "int(not (x < 0 and y > 0) or i > 3)"]
    model = "\n".join(f"f{k} = {call} : 1" for k, call in enumerate(calls))
    cells = NeuronGroup(9, f"x : 1\ny : 1\n{model}")
    cells.x = np.linspace(-2, 2, 9) + 0.01
    cells.y = np.linspace(1, 3, 9)
    names = [f"f{k}" for k in range(len(calls))]
    states = StateMonitor(cells, names, record=True)
    Network(cells, states).run(0.5 * ms)
    return {call: getattr(states, name)[:] for call, name in zip(calls, names, strict=True)}


@feature
def timed_arrays() -> Results:
    line = TimedArray(np.arange(5) * mV, dt=0.35 * ms)
    table = TimedArray(np.arange(12).reshape(4, 3), dt=0.5 * ms)
    cells = NeuronGroup(
        3, "a = line(t) : volt\nb = table(t, i) : 1\ndv/dt = a/ms : volt", method="euler"
    )
    states = StateMonitor(cells, ["a", "b", "v"], record=True)
    Network(cells, states).run(3 * ms, namespace={"line": line, "table": table})
    return {"a": states.a_[:], "b": states.b[:], "v": states.v_[:]}


@check_units(x=1, y=1, result=1)
def plane(x: float, y: float) -> float:
    return 2 * x - y / 3


@check_units(v=brian2.volt, result=brian2.volt)
def with_units(v: Any) -> Any:
    return np.abs(v) + 1 * mV


@feature
def functions_of_the_user() -> Results:
    cells = NeuronGroup(4, "dx/dt = plane(x, y)/ms : 1\ny : 1\nv : volt", method="euler")
    cells.y = "i"
    cells.v = "-i*mV"
    cells.run_regularly("v = with_units(v)", dt=0.2 * ms)
    states = StateMonitor(cells, ["x", "v"], record=True)
    Network(cells, states).run(1 * ms, namespace={"plane": plane, "with_units": with_units})
    return {"x": states.x[:], "v": states.v_[:]}


@feature
def subgroups() -> Results:
    cells = NeuronGroup(
        20, "dv/dt = (i*0.1 + x)/ms : 1\nx : 1", threshold="v > 1", reset="v = 0", method="euler"
    )
    first, middle, last = cells[:5], cells[5:12], cells[12:]
    forward = Synapses(last, first, "w : 1", on_pre="x_post += w")
    forward.connect(j="i % 5")
    forward.w = "j*0.1 + 0.1"
    inner = middle[2:4]
    within = Synapses(
        cells, inner, on_pre="v_post += 0.01", on_post="x_pre -= 0.001", delay=0.3 * ms
    )
    within.connect()
    monitors = [SpikeMonitor(first), SpikeMonitor(inner), SpikeMonitor(last)]
    rate = PopulationRateMonitor(last)
    states = StateMonitor(inner, "v", record=True)
    Network(cells, forward, within, *monitors, rate, states).run(5 * ms)
    found = {"rate": rate.rate_[:], "v": states.v[:], "x": np.array(cells.x[:])}
    for k, monitor in enumerate(monitors):
        found |= {f"{name}{k}": value for name, value in _events(monitor).items()}
    return found


@feature
def three_clocks_and_regular_code() -> Results:
    fast = NeuronGroup(
        3,
        "dv/dt = (1 + i)/ms : 1\nn : integer",
        threshold="v > 1",
        reset="v = 0",
        dt=0.05 * ms,
        method="euler",
    )
    slow = NeuronGroup(
        3, "dv/dt = 1/ms : 1\nx : 1", threshold="v > 1", reset="v = 0", dt=0.3 * ms, method="euler"
    )
    fast.run_regularly("n += 1", dt=0.7 * ms)
    slow.run_regularly("x += v", when="end", order=2)
    synapses = Synapses(fast, slow, on_pre="x_post += 0.5", delay=0.25 * ms)
    synapses.connect(j="i")
    states = StateMonitor(slow, "x", record=True, dt=0.9 * ms)
    spikes = SpikeMonitor(fast)
    Network(fast, slow, synapses, states, spikes).run(6 * ms)
    return {"x": states.x[:], "t_x": states.t_[:], "n": np.array(fast.n[:]), **_events(spikes)}


@feature
def network_operations() -> Results:
    cells = NeuronGroup(3, "dv/dt = 1/ms : 1", threshold="v > 1.05", reset="v = 0", method="euler")
    spikes = SpikeMonitor(cells)
    seen: list[float] = []

    def look(t: Any) -> None:
        seen.extend([float(t / ms), cells.v[:][0], spikes.num_spikes])
        cells.v[1] = 0.9

    Network(cells, spikes, NetworkOperation(look, dt=0.5 * ms, when="before_resets")).run(4 * ms)
    return {"seen": np.array(seen), **_events(spikes)}


@feature
def custom_events() -> Results:
    cells = NeuronGroup(
        4, "dv/dt = (i + 1)/ms : 1\nx : 1", threshold="v > 2", reset="v = 0", method="euler",
        events={"half": "v > 1 and v < 1.3", "rare": "x > 6"},
    )  # fmt: skip
    cells.run_on_event("half", "x += 1")
    cells.run_on_event("rare", "x = -1", when="end")
    cells.set_event_schedule("half", when="before_thresholds")
    synapses = Synapses(cells, cells, on_pre={"pre": "x += 0.25"}, on_event={"pre": "half"})
    synapses.connect("i != j")
    half = EventMonitor(cells, "half", variables=["v", "x"])
    spikes = SpikeMonitor(cells)
    Network(cells, synapses, half, spikes).run(5 * ms)
    return {
        "x": np.array(cells.x[:]),
        "half_x": np.array(half.x[:]),
        "half_i": np.array(half.i[:]),
        **_events(spikes),
    }


def chain(delay: Any) -> tuple[Network, Synapses, StateMonitor, NeuronGroup]:
    source = SpikeGeneratorGroup(3, [0, 1, 2, 0, 1], [0.1, 0.3, 0.8, 1.2, 1.9] * ms)
    target = NeuronGroup(3, "x : 1")
    synapses = Synapses(source, target, "w : 1", on_pre="x += w")
    synapses.connect(i=[0, 1, 2, 0, 1], j=[0, 1, 2, 2, 0])
    synapses.w = [1, 2, 4, 8, 16]
    synapses.delay = delay
    states = StateMonitor(target, "x", record=True)
    return Network(source, target, synapses, states), synapses, states, target


@feature
def restored_with_spikes_under_way() -> Results:
    found = {}
    for name, delay in {"one": 0.7 * ms, "many": [0.2, 0.5, 0.9, 1.4, 2] * ms}.items():
        network, _, states, target = chain(delay)
        network.run(0.5 * ms)
        network.store()
        network.run(2.5 * ms)
        first = np.array(target.x[:])
        network.restore()
        found[f"{name}_restored"] = np.array(target.x[:])
        network.run(2.5 * ms)
        assert np.array_equal(first, target.x[:])
        network.restore()
        network.run(3.5 * ms)
        found |= {f"{name}_x": states.x[:], f"{name}_t": states.t_[:]}
    return found


@feature
def smaller_dt_with_spikes_under_way() -> Results:
    found = {}
    for name, delay in {"one": 1.2 * ms, "many": [0.4, 0.8, 1.2, 1.6, 2] * ms}.items():
        brian2.defaultclock.dt = 0.1 * ms
        network, _, states, _ = chain(delay)
        network.run(1 * ms)
        brian2.defaultclock.dt = 0.05 * ms
        network.run(3 * ms)
        found |= {f"{name}_x": states.x[:], f"{name}_t": states.t_[:]}
    brian2.defaultclock.dt = 0.1 * ms
    return found


@feature
def synapses_added_and_delays_changed_between_runs() -> Results:
    network, synapses, states, _ = chain(0.4 * ms)
    network.run(1 * ms)
    synapses.connect(i=[1, 2], j=[2, 0])
    synapses.w["i == 1 and j == 2"] = 32
    synapses.delay = "0.2*ms + 0.3*ms*i"
    network.run(2 * ms)
    return {"x": states.x[:]}


@feature
def summed_variables_and_lateral_access() -> Results:
    cells = NeuronGroup(6, "dv/dt = (s - v)/(2*ms) : 1\ns : 1\nu : 1", method="euler")
    cells.v = "i*i*0.1"
    gap = Synapses(cells, cells, "w : 1\ns_post = w*(v_pre - v_post) : 1 (summed)")
    gap.connect("abs(i - j) < 3", p=1)
    gap.w = "0.1*(i + 1)"
    clocked = Synapses(
        cells,
        cells,
        "dy/dt = (v_pre - y)/ms : 1 (clock-driven)\nu_post = y : 1 (summed)",
        method="euler",
        dt=0.2 * ms,
    )
    clocked.connect("i != j")
    states = StateMonitor(cells, ["v", "u"], record=True)
    weights = StateMonitor(clocked, "y", record=[0, 3])
    Network(cells, gap, clocked, states, weights).run(3 * ms)
    return {"v": states.v[:], "u": states.u[:], "y": weights.y[:]}


@feature
def refractoriness_of_every_kind() -> Results:
    model = "dv/dt = 1/ms : 1 (unless refractory)\ndw/dt = 1/ms : 1\nr : second"
    model += "\nk = int(not_refractory) : 1"
    found = {}
    for name, refractory in {"time": 1 * ms, "variable": "r", "condition": "w < 2.5"}.items():
        cells = NeuronGroup(
            3,
            model,
            threshold="v > 0.95",
            reset="v = 0; w = 0",
            refractory=refractory,
            method="euler",
        )
        cells.r = "i*0.5*ms"
        spikes = SpikeMonitor(cells)
        states = StateMonitor(cells, ["v", "k"], record=True)
        kick = Synapses(SpikeGeneratorGroup(1, [0, 0], [1.2, 2.9] * ms), cells, on_pre="v += 0.3")
        kick.connect()
        Network(kick.source, cells, kick, spikes, states).run(6 * ms)
        found |= {f"{name}_v": states.v[:], f"{name}_k": states.k[:]}
        found |= {f"{name}_{key}": value for key, value in _events(spikes).items()}
    return found


@feature
def multisynapses_and_pathways() -> Results:
    source = SpikeGeneratorGroup(2, [0, 1, 0], [0.2, 0.5, 1.1] * ms)
    target = NeuronGroup(
        2, "dv/dt = 0.5/ms : 1\nx : 1", threshold="v > 1", reset="v = 0", method="euler"
    )
    synapses = Synapses(
        source, target, "w : 1", multisynaptic_index="k",
        on_pre={"up": "x += w", "down": "x -= 0.5*w"}, on_post="w += x_post",
        delay={"up": 0.2 * ms},
    )  # fmt: skip
    synapses.connect(n=2)
    synapses.w = "k + 1"
    synapses.down.delay = "(i + j + k)*0.3*ms"
    states = StateMonitor(synapses, "w", record=True)
    values = StateMonitor(target, "x", record=True)
    Network(source, target, synapses, states, values).run(4 * ms)
    return {"w": states.w[:], "x": values.x[:]}


#: Stories with random numbers, which are drawn in another order than Brian2's numpy target draws.
STATISTICS: dict[str, Callable[[], Results]] = {}


def statistic(story: Callable[[], Results]) -> Callable[[], Results]:
    STATISTICS[story.__name__] = story
    return story


@statistic
def binomial() -> Results:
    """Return means over 200 cells and 100 steps; the expectations are n*p."""
    few, many = BinomialFunction(10, 0.3), BinomialFunction(500, 0.8)
    exact = BinomialFunction(40, 0.7, approximate=False)
    cells = NeuronGroup(200, "a : 1\nb : 1\nc : 1")
    cells.run_regularly("a += few(); b += many(); c += exact()")
    Network(cells).run(10 * ms, namespace={"few": few, "many": many, "exact": exact})
    return {
        "few": np.mean(cells.a) / 100 / 3,
        "many": np.mean(cells.b) / 100 / 400,
        "exact": np.mean(cells.c) / 100 / 28,
    }


@statistic
def poisson_input() -> Results:
    """Return the mean input of 200 cells relative to its expectation."""
    cells = NeuronGroup(200, "x : 1\ny : 1")
    inputs = [
        PoissonInput(cells, "x", 20, 50 * Hz, "0.5"),
        PoissonInput(cells, "y", 2000, 50 * Hz, 1),
    ]
    Network(cells, *inputs).run(100 * ms)
    return {"x": np.mean(cells.x) / 50, "y": np.mean(cells.y) / 10000}
