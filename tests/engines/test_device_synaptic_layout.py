"""Kernels read synapses through narrow indices, and a weight that is one number only once."""

from __future__ import annotations

import brian2
import numpy as np
import pytest
from brian2 import Network, NeuronGroup, Synapses, ms
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import neuro.device
from neuro.device import prepare
from neuro.device.synaptic.constant import is_uniform
from neuro.device.synaptic.layout import Layout, Layouts
from neuro.device.synaptic.narrow import narrowed


@given(st.lists(st.integers(0, 2**31 - 1), max_size=20))
def test_narrow_indices_are_the_indices(index: list[int]) -> None:
    narrow = narrowed(np.array(index, dtype=np.int32))
    assert narrow.tolist() == index
    assert narrow.dtype == (np.uint16 if max(index, default=0) < 2**16 else np.uint32)


@given(arrays.arrays(np.float64, st.integers(1, 200), fill=st.just(0.5)))
def test_uniform_means_equal_bits(array: np.ndarray) -> None:
    assert is_uniform(array) == (len(set(array.view(np.uint64).tolist())) == 1)


def test_one_element_that_differs_is_seen_wherever_it_is() -> None:
    for place in range(100):
        array = np.zeros(100)
        array[place] = -0.0
        assert not is_uniform(array)


def cells(n: int = 3) -> NeuronGroup:
    return NeuronGroup(n, "x : 1", threshold="i < 2")


def decided(network: Network, is_watched: bool = False) -> list[Layout]:
    device = neuro.device.numba_device
    objects = network.sorted_objects
    network._clocks = {obj.clock for obj in objects}
    prepare.before_run(device, network, {}, objects)
    return list(Layouts(device, objects).decide(is_watched))


@pytest.mark.usefixtures("numba_device")
def test_uniform_weights_that_nothing_writes_are_constant() -> None:
    group = cells()
    synapses = Synapses(group, group, "w : 1", on_pre="x_post += w")
    synapses.connect()
    synapses.w = 0.25
    network = Network(group, synapses)
    assert decided(network) == [Layout("range", frozenset({"w"}))]
    assert decided(network, is_watched=True) == [Layout("range")]
    synapses.w[4] = 0.5
    assert decided(network) == [Layout("range")]


@pytest.mark.usefixtures("numba_device")
@pytest.mark.parametrize("writer", ["pathway", "regularly", "python"])
def test_weights_that_something_may_write_are_no_constant(writer: str) -> None:
    group = cells()
    more = {"on_post": "w += 1"} if writer == "pathway" else {}
    synapses = Synapses(group, group, "w : 1", on_pre="x_post += w", **more)
    synapses.connect()
    if writer == "regularly":
        synapses.run_regularly("w += 1", dt=1 * ms)
    parts = [group, synapses]
    if writer == "python":
        parts.append(brian2.NetworkOperation(lambda: None))
    assert all(layout.constants == frozenset() for layout in decided(Network(*parts)))


def outcome(device: str) -> list[bytes]:
    """Run with a uniform weight, then with weights that differ; sorted and unsorted synapses."""
    brian2.set_device(device)
    brian2.start_scope()
    try:
        groups = cells(3), cells(4)
        ends = np.array([0, 0, 1, 1, 2, 1]), np.array([1, 3, 0, 3, 2, 1])
        order = np.argsort(ends[0], kind="stable")
        pathways = {"on_pre": "x_post += w", "on_post": "x_pre = 0.5*x_pre + 0.1*j"}
        synapses = [Synapses(*groups, "w : 1", **pathways) for _ in range(2)]
        synapses[0].connect(i=ends[0], j=ends[1])
        synapses[1].connect(i=ends[0][order], j=ends[1][order])
        network = Network(*groups, *synapses)
        found = []
        for weight in (0.25, np.arange(6) / 8):
            for part in synapses:
                part.w = weight
            network.run(0.5 * ms)
            found.append(np.concatenate([group.x_[:] for group in groups]).tobytes())
        return found
    finally:
        brian2.devices.device.previous_devices.clear()
        brian2.devices.device.reset_device("runtime")


def test_weights_and_ends_are_those_of_brian2() -> None:
    before = brian2.prefs["codegen.target"]
    brian2.prefs["codegen.target"] = "numpy"
    try:
        assert outcome("numba") == outcome("runtime")
    finally:
        brian2.prefs["codegen.target"] = before
