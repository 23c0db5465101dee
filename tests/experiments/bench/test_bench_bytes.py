"""The device holds few bytes for a synapse: counted network by network, mode by mode."""

from __future__ import annotations

from collections.abc import Iterator

import brian2
import pytest
from brian2.devices.device import previous_devices, reset_device

import neuro.device  # noqa: F401  registers the device
from experiments.bench.engines.networks import NETWORKS
from experiments.bench.engines.runtime import compiled_bytes
from neuro.device.fast import rowlazy
from neuro.device.fuse import Program
from neuro.device.loop import Loop

#: One index of 16 bits; a weight beside it.
CONSTANT, WEIGHTED = 2, 10
#: With spikes of targets that wait: as WEIGHTED. In strict mode a weight and two traces, with
#: Brian2's own index; where events do not wait also the order of the columns (4 bytes) and the
#: time of the last event.
LEARNING = {"fast": WEIGHTED, "strict": 3 * 8}
NOT_WAITING = 4 * 8 + 4


@pytest.fixture(autouse=True)
def uncompiled(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put loops together, but neither compile nor run them."""
    monkeypatch.setattr(Program, "compile", lambda self: None)
    monkeypatch.setattr(Loop, "portion", lambda *_: True)
    monkeypatch.setattr(Program, "__call__", lambda self: 1)
    brian2.start_scope()
    yield
    previous_devices.clear()
    reset_device("runtime")


def held(mode: str, network: str, n_cells: int) -> dict[str, float]:
    """Return the bytes of a synapse, pathway by pathway."""
    brian2.set_device("numba", mode=mode)
    model = NETWORKS[network](n_cells)
    model.network.run(0 * brian2.ms)
    found = compiled_bytes(model)
    return {synapses.name: found[synapses.name] / len(synapses) for synapses in model.synapses}


@pytest.mark.parametrize("mode", ["strict", "fast"])
def test_bytes_of_a_synapse(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rowlazy, "LEAST_SYNAPSES", 0)
    assert held(mode, "cuba", 500) == {"excitation": CONSTANT, "inhibition": CONSTANT}
    assert held(mode, "reservoir", 100) == {"recurrent": WEIGHTED}
    plastic = held(mode, "brunel_plastic", 200)
    assert plastic == {"learning": LEARNING[mode], "excitation": CONSTANT, "inhibition": CONSTANT}


def test_bytes_of_few_synapses_whose_events_do_not_wait() -> None:
    assert held("strict", "brunel_plastic", 200)["learning"] == NOT_WAITING
