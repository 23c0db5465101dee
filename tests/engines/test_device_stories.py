"""What a user does with Brian2, on the device "numba"."""

from __future__ import annotations

import signal
import threading
import time
from typing import Any

import brian2
import numpy as np
import pytest
from brian2 import (
    Network,
    NetworkOperation,
    NeuronGroup,
    SpikeMonitor,
    StateMonitor,
    Synapses,
    check_units,
    ms,
    mV,
    second,
)
from device_networks import NETWORKS

import neuro.device
from neuro.device.loop import Loop

pytestmark = pytest.mark.usefixtures("numba_device")

#: Wall time in which an interrupted or stopped run has to end, in seconds.
PROMPT = 1.0


def build(name: str) -> tuple[Network, dict[str, Any]]:
    brian2.start_scope()
    brian2.seed(99)
    parts = NETWORKS[name]()
    return Network(*parts.values()), parts


def spikes(parts: dict[str, Any]) -> list[tuple[int, float]]:
    monitor = parts["spikes"]
    return list(zip(monitor.i[:].tolist(), monitor.t_[:].tolist(), strict=True))


def test_one_run_is_ten_runs() -> None:
    network, parts = build("stdp_event_driven")
    network.run(50 * ms)
    pieces, parts_of_pieces = build("stdp_event_driven")
    for _ in range(10):
        pieces.run(5 * ms)
    assert spikes(parts) == spikes(parts_of_pieces)
    assert parts["synapses"].w_[:].tobytes() == parts_of_pieces["synapses"].w_[:].tobytes()


@pytest.mark.parametrize("name", ["cuba", "delays"])
def test_restored_network_repeats_itself_with_spikes_under_way(name: str) -> None:
    network, parts = build(name)
    network.run(10.3 * ms)
    network.store()
    network.run(10 * ms)
    first = spikes(parts)
    network.restore()
    network.run(10 * ms)
    assert spikes(parts) == first
    assert len(first) > 10


def test_state_set_between_runs_counts() -> None:
    cells = NeuronGroup(3, "dv/dt = -v/(10*ms) : 1", method="exact")
    network = Network(cells)
    network.run(1 * ms)
    cells.v = [1, 2, 3]
    network.run(10 * ms)
    # Ten steps of exp(-dt/tau) each; the tolerance is that of 100 roundings.
    np.testing.assert_allclose(cells.v[:], np.exp(-1) * np.array([1, 2, 3]), rtol=1e-13)


def test_constant_changed_between_runs_counts() -> None:
    rate = 1 / second
    cells = NeuronGroup(1, "dv/dt = rate : 1", method="euler")
    network = Network(cells)
    network.run(10 * ms, namespace={"rate": rate})
    network.run(10 * ms, namespace={"rate": 2 * rate})
    assert cells.v[0] == pytest.approx(0.03)


def test_synapses_added_between_runs_count() -> None:
    source = NeuronGroup(2, "v : 1", threshold="True")
    target = NeuronGroup(2, "x : 1")
    synapses = Synapses(source, target, on_pre="x += 1")
    synapses.connect(i=[0], j=[0])
    network = Network(source, target, synapses)
    network.run(1 * ms)
    synapses.connect(i=[1, 0], j=[1, 1])
    network.run(1 * ms)
    assert target.x[:].tolist() == [20, 20]


def test_time_step_changed_between_runs_counts() -> None:
    cells = NeuronGroup(1, "dv/dt = 1/second : 1", method="euler")
    monitor = StateMonitor(cells, "v", record=True)
    network = Network(cells, monitor)
    network.run(1 * ms)
    brian2.defaultclock.dt = 0.5 * ms
    network.run(1 * ms)
    assert len(monitor.t_) == 12
    assert cells.v[0] == pytest.approx(2e-3)


def test_network_operation_sees_and_changes_the_state() -> None:
    cells = NeuronGroup(1, "dv/dt = 1/ms : 1", threshold="v > 1e9", method="euler")
    seen: list[tuple[float, float]] = []

    def look(t: Any) -> None:
        seen.append((float(t / ms), float(cells.v[0])))
        cells.v = 0

    network = Network(cells, NetworkOperation(look, dt=1 * ms))
    network.run(3 * ms)
    times, values = np.array(seen).T
    np.testing.assert_allclose(times, [0, 1, 2])
    np.testing.assert_allclose(values, [0, 1, 1])


def test_stop_ends_the_run_with_the_step() -> None:
    cells = NeuronGroup(1, "dv/dt = 1/ms : 1", method="euler")
    operation = NetworkOperation(lambda t: network.stop() if t >= 2 * ms else None, dt=1 * ms)
    network = Network(cells, operation)
    network.run(10 * ms)
    assert float(network.t / ms) == pytest.approx(2.1)


def test_report_is_called_at_the_ends_and_in_between() -> None:
    cells = NeuronGroup(2000, "dv/dt = sin(v)*cos(v)/ms : 1", method="rk4")
    calls: list[float] = []
    network = Network(cells)
    network.run(
        300 * ms,
        report=lambda elapsed, completed, start, duration: calls.append(completed),
        report_period=0.05 * second,
    )
    assert calls[0] == 0.0
    assert calls[-1] == 1.0
    assert len(calls) > 2
    assert calls == sorted(calls)


def test_interrupt_is_prompt_and_keeps_what_was_recorded() -> None:
    network, parts = build("cuba")
    network.run(0 * ms)
    begin = time.perf_counter()
    threading.Timer(0.3, signal.raise_signal, [signal.SIGINT]).start()
    # Brian2 turns the first Ctrl+C into a request to stop.
    network.run(10_000 * second)
    assert time.perf_counter() - begin < 0.3 + PROMPT
    assert parts["spikes"].num_spikes == len(parts["spikes"].i)
    assert parts["states"].t_[-1] > 0.01


def test_time_goes_on_after_an_interrupt() -> None:
    network, parts = build("cuba")
    network.run(0 * ms)
    # As after a second Ctrl+C; Brian2 makes a request to stop of the first.
    brian2s = signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Timer(0.3, signal.raise_signal, [signal.SIGINT]).start()
    try:
        with pytest.raises(KeyboardInterrupt):
            network.run(10_000 * second)
    finally:
        signal.signal(signal.SIGINT, brian2s)
    assert network.t_ == parts["spikes"].clock.t_
    network.run(2 * ms)
    assert np.diff(parts["states"].t_).min() > 0


@pytest.mark.parametrize("where", ["leave", "_make_room"])
def test_interrupt_while_a_monitor_is_filled_writes_no_row_twice(
    monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    network, parts = build("cuba")
    network.run(1 * ms)
    n_rows = parts["states"].variables["N"]
    plain, entered, is_there = n_rows.set_value, getattr(Loop, where), []

    def enter(loop: Loop) -> None:
        is_there.append(True)
        entered(loop)
        is_there.pop()

    def interrupted(value: int) -> None:
        plain(value)
        if is_there:
            # Once: a second Ctrl+C is not held back.
            monkeypatch.setattr(n_rows, "set_value", plain)
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Loop, where, enter)
    monkeypatch.setattr(n_rows, "set_value", interrupted)
    brian2s = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            network.run(100 * second)
    finally:
        signal.signal(signal.SIGINT, brian2s)
    network.run(1 * ms)
    assert np.diff(parts["states"].t_).min() > 0


def test_numbers_that_failing_code_drew_stay_drawn() -> None:
    cells = NeuronGroup(3, "dv/dt = -v / (10*ms) + xi / sqrt(10*ms) : 1", method="euler")
    states = []

    def fail(t: Any) -> None:
        if t >= 2 * ms:
            np.random.rand(3)  # noqa: NPY002 (the stream that Brian2 draws from)
            states.append(np.random.get_state()[2])  # noqa: NPY002
            raise RuntimeError("failed")

    network = Network(cells, NetworkOperation(fail, dt=1 * ms))
    with pytest.raises(RuntimeError, match="failed"):
        network.run(5 * ms)
    assert np.random.get_state()[2] == states[0]  # noqa: NPY002
    assert network.t == 2 * ms


def test_interrupt_is_prompt_when_steps_turn_slow() -> None:
    # Silent steps take a microsecond, so a portion has 100,000; bursting ones take milliseconds.
    source = NeuronGroup(1000, "x : 1", threshold="t > 500*ms")
    target = NeuronGroup(1000, "y : 1")
    synapses = Synapses(source, target, on_pre="y += 1")
    synapses.connect()
    network = Network(source, target, synapses)
    network.run(499 * ms)
    begin = time.perf_counter()
    threading.Timer(0.5, signal.raise_signal, [signal.SIGINT]).start()
    network.run(3 * second)
    assert time.perf_counter() - begin < 0.5 + PROMPT
    assert network.t < 3 * second


@check_units(x=1, result=1)
def cube(x: float) -> float:
    return x * x * x


@check_units(v=brian2.volt, result=brian2.volt)
def beyond_numba(v: Any) -> Any:
    return np.abs(v) + 1 * mV


def test_function_of_the_user_is_compiled() -> None:
    cells = NeuronGroup(3, "x : 1 \n z : 1")
    cells.x = [1, 2, 3]
    cells.run_regularly("z = cube(x)")
    network = Network(cells)
    network.run(0.1 * ms)
    assert cells.z[:].tolist() == [1, 8, 27]
    assert not [item for item in program(network).items if item.step is None]


def test_function_with_units_runs_in_python() -> None:
    cells = NeuronGroup(2, "x : volt \n dv/dt = -v/ms : 1", method="euler")
    cells.x = [-1, 2] * mV
    cells.run_regularly("x = beyond_numba(x)")
    network = Network(cells)
    network.run(0.2 * ms)
    np.testing.assert_allclose(cells.x / mV, [3, 4])
    in_python = [item.owner.name for item in program(network).items if item.step is None]
    assert in_python == [f"{cells.name}_run_regularly"]


def program(network: Network) -> Any:
    loop = neuro.device.numba_device.prepared[network].loop
    assert loop is not None
    return loop.program


def test_profile_lists_every_object() -> None:
    network, _ = build("cuba")
    network.run(5 * ms, profile=True)
    times = dict(network.profiling_info)
    assert times["synapses_pre"] > 0 * second
    assert set(times) == {obj.name for obj in network}


def test_full_buffers_are_emptied_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("neuro.device.monitors.BUFFER_NUMBERS", 8)
    cells = NeuronGroup(2, "dv/dt = 1/ms : 1", threshold="True", reset="", method="euler")
    states = StateMonitor(cells, "v", record=True)
    events = SpikeMonitor(cells, variables="v")
    Network(cells, states, events).run(10 * ms)
    assert len(states.t_) == 100
    np.testing.assert_allclose(states.v[0], np.arange(100) * 0.1, atol=1e-12)
    assert events.i[:].tolist() == [0, 1] * 100
    np.testing.assert_allclose(events.v[::2], np.arange(1, 101) * 0.1, atol=1e-12)


@pytest.mark.parametrize("options", [{"mode": "quick"}, {"threads": 0}, {"threads": 1.5}])
def test_wrong_options_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="is"):
        brian2.set_device("numba", **options)
    brian2.devices.device.previous_devices.pop()
