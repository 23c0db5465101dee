"""Synapses that a statement would not change are not touched, and columns are visited together."""

from __future__ import annotations

import brian2
import numpy as np
import pytest
from brian2 import Network, NeuronGroup, Synapses, ms
from hypothesis import given
from hypothesis import strategies as st

import neuro.device
from neuro.device.synaptic import blocks
from neuro.device.synaptic.idle import LIMIT, are_quiet, recognise
from neuro.device.synaptic.layout import Layouts

READS = ["_presynaptic_idx = pre[_idx]", "last = lastspike[_presynaptic_idx]", "w = weight[_idx]"]
WRITE = "weight[_idx] = w"


def idle(change: str) -> object:
    return recognise([*READS, f"w = np.float64({change})", WRITE])


@pytest.mark.parametrize(
    "change",
    [
        "w + ((top - w) * (np.int32((t - last) <= window)))",
        "w - (np.int32(last > t) * (rate * w))",
        "w + (rate * ((top - w) * (np.int32((t - last) <= window))))",
        "w + ((top * np.int32(last > t)) - (rate * np.int32(last < t)))",
    ],
)
def test_changes_that_depend_on_neurons_are_recognised(change: str) -> None:
    found = idle(change)
    assert found is not None
    assert found.early == tuple(READS[:2])  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "change",
    [
        "w + (top - w)",  # no condition
        "w + ((top - w) * (np.int32(w <= window)))",  # a condition on the synapse
        "w + ((top / w) * (np.int32(last > t)))",  # may be infinite
        "w + ((last - w) * (np.int32(last > t)))",  # no bound is known
        "w + (math.exp(w) * (np.int32(last > t)))",
        "w + (top + np.int32(last > t))",
        "w * np.int32(last > t)",
        "top + (w * np.int32(last > t))",
        "w + (a*b*c*d*e*f*g*h*w * np.int32(last > t))",  # could overflow
        "w + (top * np.int32(last))",  # no truth value
    ],
)
def test_other_changes_are_not(change: str) -> None:
    assert idle(change) is None


def test_a_second_statement_or_another_variable_of_the_synapse_is_refused() -> None:
    change = "w = np.float64(w + (top * (np.int32(last > t))))"
    assert recognise([*READS, change, WRITE]) is not None
    assert recognise([*READS, change, "w = np.float64(w + (1))", WRITE]) is None
    assert recognise([*READS, "top = tops[_idx]", change, WRITE]) is None


UNUSUAL = st.sampled_from([-0.0, 0.0, np.nan, np.inf, -np.inf, 2 * LIMIT, -5e-324, 1.0])


@given(st.lists(UNUSUAL | st.floats(), max_size=8))
def test_quiet_numbers_keep_their_bits_when_zero_is_added(values: list[float]) -> None:
    array = np.array(values, dtype=np.float64)
    with np.errstate(all="ignore"):
        kept = [(array + zero).tobytes() == array.tobytes() for zero in (0.0, -0.0)]
        expected = all(kept) and bool(np.all(np.abs(array) <= LIMIT))
    assert are_quiet(array) == expected


def build() -> tuple[Network, dict[str, Synapses]]:
    """Return many simultaneous spikes on both sides of two plastic projections."""
    source = NeuronGroup(30, "last : second", threshold="(i + t/dt) % 7 < 3", reset="last = t")
    target = NeuronGroup(20, "last : second", threshold="(i*3 + t/dt) % 11 < 4", reset="last = t")
    rule = "w += (top - w)*int(t - last_{} <= 0.15*ms)"
    growing = Synapses(
        source, target, "w : 1", on_pre=rule.format("post"), on_post=rule.format("pre"),
        namespace={"top": 1e29},
    )  # fmt: skip
    counting = Synapses(
        source, target, "w : 1 \n n : 1", on_pre="n += 1", on_post="w = 0.9*w + n; n = 0.5*n"
    )
    for synapses in (growing, counting):
        synapses.connect(condition="(i + j) % 3 != 0")
    parts = {"growing": growing, "counting": counting}
    return Network(source, target, *parts.values()), parts


def weights(device: str) -> list[bytes]:
    brian2.set_device(device)
    brian2.start_scope()
    try:
        network, parts = build()
        found = []
        for top in (1e29, np.inf):
            parts["growing"].namespace["top"] = top
            network.run(3 * ms)
            found += [synapses.w_[:].tobytes() for synapses in parts.values()]
        if device == "numba":
            layouts = Layouts(neuro.device.numba_device, network.sorted_objects)
            # The kernel has seen weights that are no numbers.
            assert not any(layout.is_idle for layout in layouts.decide(False))
            for unusual in (-0.0, np.inf, np.nan):
                parts["growing"].w[5] = unusual
                assert not any(layout.is_idle for layout in layouts.decide(False))
            parts["growing"].w = 0.0
            assert sum(layout.is_idle for layout in layouts.decide(False)) == 2
            assert not any(layout.is_idle for layout in layouts.decide(True))
        return found
    finally:
        brian2.devices.device.previous_devices.clear()
        brian2.devices.device.reset_device("runtime")


def test_weights_are_those_of_brian2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "SMALLEST", 16)
    monkeypatch.setattr(blocks, "VISITS", 1)
    before = brian2.prefs["codegen.target"]
    brian2.prefs["codegen.target"] = "numpy"
    try:
        with np.errstate(all="ignore"):
            assert weights("numba") == weights("runtime")
    finally:
        brian2.prefs["codegen.target"] = before
