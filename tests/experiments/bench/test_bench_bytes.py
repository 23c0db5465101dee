"""The device holds few bytes for a synapse: counted network by network, mode by mode."""

from __future__ import annotations

from collections.abc import Iterator

import brian2
import pytest
from brian2.devices.device import previous_devices, reset_device

import neuro.device  # noqa: F401  registers the device
from experiments.bench.engines.networks import NETWORKS
from experiments.bench.engines.runtime import compiled_bytes
from neuro.device.fuse import Program
from neuro.device.loop import Loop

#: One index of 16 bits; a weight beside it.
CONSTANT, WEIGHTED = 2, 10
#: With spikes of targets that wait: as WEIGHTED. With an order of the columns (4 bytes), two
#: traces and the time of the last event beside the weight.
LEARNING = {"fast": WEIGHTED, "strict": 4 * 8 + 4 + 2}


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
def test_bytes_of_a_synapse(mode: str) -> None:
    assert held(mode, "cuba", 500) == {"excitation": CONSTANT, "inhibition": CONSTANT}
    assert held(mode, "reservoir", 100) == {"recurrent": WEIGHTED}
    plastic = held(mode, "brunel_plastic", 200)
    assert plastic == {"learning": LEARNING[mode], "excitation": CONSTANT, "inhibition": CONSTANT}
