"""After a run post-synaptic events wait until somebody looks, and nobody can tell."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

import brian2
import numpy as np
import pytest
from brian2 import Network, NeuronGroup, Synapses, TimedArray, ms
from plastic_networks import CONSTANTS, RULES, plastic, random_trains, values

from neuro.device import numba_device
from neuro.device.fast import history, rowlazy

#: Weights of order 1 after some hundred changes: a few roundings each.
ROUNDING = 1e-12
RULE = "pair clipped"


pytestmark = pytest.mark.usefixtures("runtime_afterwards")


def scene(mode: str) -> tuple[Network, Synapses]:
    brian2.set_device("numba", mode=mode)
    brian2.start_scope()
    brian2.defaultclock.dt = 0.1 * ms
    pre, post = random_trains(5, 12), random_trains(6, 9)
    network, parts = plastic({RULE: RULES[RULE]}, pre, post, delay=0.3)
    return network, parts[RULE]


def _nothing(network: Network, synapses: Synapses) -> None:
    pass


def _look(network: Network, synapses: Synapses) -> None:
    assert np.ptp(synapses.w) > 0


def _write(network: Network, synapses: Synapses) -> None:
    synapses.w[::2] = 0.3


def _write_all(network: Network, synapses: Synapses) -> None:
    synapses.variables["w"].set_value(0.3)


def _scale(network: Network, synapses: Synapses) -> None:
    synapses.w = "w*0.5 + 0.1*Apre"


def _trace(network: Network, synapses: Synapses) -> None:
    synapses.Apre = 0.01


def _constant(network: Network, synapses: Synapses) -> None:
    synapses.namespace["up"] = 0.02


def _store(network: Network, synapses: Synapses) -> None:
    network.store()
    network.run(7 * ms)
    network.restore()


def _connect(network: Network, synapses: Synapses) -> None:
    synapses.connect(i=0, j=1)


def _delay(network: Network, synapses: Synapses) -> None:
    synapses.pre.delay = 0.7 * ms


def _pause(network: Network, synapses: Synapses) -> None:
    synapses.post.active = False
    network.run(5 * ms)
    synapses.post.active = True


def _elsewhere(network: Network, synapses: Synapses) -> None:
    other = Network(NeuronGroup(1, "v : 1"))
    other.run(2 * ms)


def _report(network: Network, synapses: Synapses) -> None:
    network.run(5 * ms, report=lambda *_: None)


def _elsewhere_in_other_steps(network: Network, synapses: Synapses) -> None:
    brian2.defaultclock.dt = 0.5 * ms
    Network(NeuronGroup(1, "v : 1")).run(2 * ms)
    brian2.defaultclock.dt = 0.1 * ms


def _shorter_steps(network: Network, synapses: Synapses) -> None:
    brian2.defaultclock.dt = 0.05 * ms


FEW = [_nothing, _write, _store, _elsewhere_in_other_steps]
#: Each prepares two networks again, some compile another loop.
MORE = [
    _look,
    _write_all,
    _scale,
    _trace,
    _constant,
    _connect,
    _delay,
    _pause,
    _elsewhere,
    _report,
    _shorter_steps,
]
BETWEEN = [*FEW, *(pytest.param(between, marks=pytest.mark.nightly) for between in MORE)]


def trial(mode: str, between: Callable[[Network, Synapses], None]) -> dict[str, np.ndarray]:
    network, synapses = scene(mode)
    synapses.namespace = dict(CONSTANTS)
    for _ in range(2):
        network.run(11 * ms)
        between(network, synapses)
    network.run(11 * ms)
    return values(synapses)


@pytest.mark.parametrize("between", BETWEEN)
def test_what_happens_between_runs_is_as_in_strict_mode(between: Any) -> None:
    theirs = trial("strict", between)
    ours = trial("fast", between)
    for name, expected in theirs.items():
        assert np.max(np.abs(ours[name] - expected)) <= ROUNDING, name


def _update(network: Network, synapses: Synapses) -> None:
    synapses.lastupdate[::3] = -1 * ms


@pytest.mark.nightly  # each prepares two networks again, some compile another loop
@pytest.mark.parametrize("between", [*FEW, *MORE, _update])
def test_in_strict_mode_nobody_can_tell_by_a_bit(
    between: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = trial("strict", between)
    monkeypatch.setattr(rowlazy, "LEAST_SYNAPSES", 0)
    ours = trial("strict", between)
    assert [name for name in theirs if ours[name].tobytes() != theirs[name].tobytes()] == []


def _changing_in_place(mode: str) -> np.ndarray:
    """Learn by an array in time, which changes when all events have happened."""
    brian2.set_device(mode) if mode == "runtime" else brian2.set_device("numba", mode=mode)
    cells = NeuronGroup(2, "", threshold="t_in_timesteps % 7 == i", name="cells")
    reward = TimedArray([1.0, 1.0], dt=1 * ms)
    synapses = Synapses(cells, cells, "w : 1", on_pre="w += 0", on_post="w += reward(t)")
    synapses.connect()
    network = Network(cells, synapses)
    network.run(2 * ms)
    reward.values[:] = 100
    network.run(0.1 * ms)
    return np.array(synapses.w)


@pytest.mark.parametrize("mode", ["strict", "fast"])
def test_an_array_in_time_is_read_when_it_is_time(
    mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rowlazy, "LEAST_SYNAPSES", 0)
    np.testing.assert_array_equal(_changing_in_place(mode), _changing_in_place("runtime"))


def _two_that_read_one_gain(mode: str) -> list[list[float]]:
    brian2.set_device(mode) if mode == "runtime" else brian2.set_device("numba", mode=mode)
    cells = NeuronGroup(2, "gain : 1 (constant)", threshold="t_in_timesteps % 7 == i", name="cells")
    cells.gain = 1
    groups = [
        Synapses(cells, cells, "w : 1", on_pre="w += 0", on_post="w += gain_pre", name=name)
        for name in ("one", "two")
    ]
    for synapses in groups:
        synapses.connect()
    network = Network(cells, *groups)
    network.run(2 * ms)
    cells.gain = 100
    return [synapses.w[:].tolist() for synapses in groups]


def test_both_of_two_groups_see_a_gain_before_it_changes() -> None:
    assert _two_that_read_one_gain("fast") == _two_that_read_one_gain("runtime")


def test_a_repeated_run_touches_no_synapse(monkeypatch: pytest.MonkeyPatch) -> None:
    network, synapses = scene("fast")
    network.run(5 * ms)
    network.run(1 * ms)
    touched: list[str] = []
    load, settle = history.load, history.History._settle
    monkeypatch.setattr(history, "load", lambda *a: (touched.append("load"), load(*a))[1])
    monkeypatch.setattr(
        history.History, "_settle", lambda *a, **k: (touched.append("settle"), settle(*a, **k))[1]
    )
    network.run(1 * ms)
    assert numba_device.waiting
    assert touched == []
    assert np.ptp(synapses.w) > 0
    assert touched == ["settle"]
    assert not numba_device.waiting
    network.run(1 * ms)
    assert touched == ["settle", "load", "load"]


def _two_groups(device: str, monkeypatch: pytest.MonkeyPatch) -> tuple[np.ndarray, np.ndarray]:
    """Learn in two groups of synapses, and write to the second one before the last run."""
    if device == "runtime":
        brian2.set_device("runtime")
    else:
        monkeypatch.setattr(rowlazy, "LEAST_SYNAPSES", 0)
        brian2.set_device("numba", mode=device)
    cells = NeuronGroup(4, "", threshold="t_in_timesteps % 7 == i", name="cells")
    one = Synapses(cells, cells, "w : 1", on_pre="w *= 0.5", on_post="w += 1", name="one")
    # In fast mode a cell holds the trace that its synapses share; in strict mode, the last event.
    trace = "w : 1\ndtr/dt = -tr / (10*ms) : 1 (event-driven)"
    two = Synapses(cells, cells, trace, on_pre="tr = 1; w += 0", on_post="w += tr", name="two")
    for synapses in (one, two):
        synapses.connect()
    network = Network(cells, one, two)
    for k in range(4):
        network.run(1 * ms)
        if k == 2:
            two.tr[3] = 5
            two.lastupdate[3] = -1 * ms
    return np.array(one.w), np.array(two.w)


@pytest.mark.parametrize(
    "mode",
    [
        # Each compiles two loops of two groups.
        pytest.param("fast", marks=pytest.mark.slow),
        pytest.param("strict", marks=pytest.mark.nightly),
    ],
)
def test_events_of_one_group_outlive_a_write_to_another(
    mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = _two_groups("runtime", monkeypatch)
    ours = _two_groups(mode, monkeypatch)
    np.testing.assert_array_equal(ours[0], theirs[0])
    np.testing.assert_allclose(ours[1], theirs[1], rtol=0, atol=ROUNDING)


def test_weights_outlive_their_network() -> None:
    def learnt(mode: str) -> np.ndarray:
        network, synapses = scene(mode)
        network.run(11 * ms)
        del network
        gc.collect()
        return np.array(synapses.w)

    np.testing.assert_allclose(learnt("fast"), learnt("strict"), rtol=0, atol=ROUNDING)
