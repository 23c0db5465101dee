"""A network is prepared again if and only if something that code depends on has changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import brian2
import numpy as np
import pytest
from brian2 import Network, NeuronGroup, SpikeMonitor, StateMonitor, Synapses, TimedArray, ms, mV
from brian2.core.preferences import prefs

from neuro.device import numba_device, prepare

pytestmark = pytest.mark.usefixtures("numba_device")

Names = dict[str, Any]


class Scene:
    """A network with an external constant, a function, a threshold and synapses."""

    def __init__(self) -> None:
        self.names: Names = {
            "tau": 10 * ms,
            "bias": np.float64(0.5),
            "drive": TimedArray([0, 1], dt=1 * ms),
        }
        self.cells = NeuronGroup(
            4,
            "dv/dt = (drive(t) + bias - v)/tau : 1 (unless refractory)",
            threshold="v > 1",
            reset="v = 0",
            refractory=1 * ms,
            method="euler",
        )
        self.regular = self.cells.run_regularly("v = v*0.99", dt=1 * ms)
        self.synapses = Synapses(self.cells, self.cells, "w : 1", on_pre="v += w*bias")
        self.synapses.connect(i=[0, 1], j=[1, 2])
        self.monitor = SpikeMonitor(self.cells)
        self.network = Network(self.cells, self.synapses, self.monitor)

    def is_kept(self) -> bool:
        """Prepare the network and return whether the last preparation was kept."""
        before = numba_device.prepared.get(self.network)
        objects = self.network.sorted_objects
        self.network._clocks = {obj.clock for obj in objects}
        prepare.before_run(numba_device, self.network, self.names, objects)
        return numba_device.prepared[self.network] is before

    def is_untouched(self) -> bool:
        """Return whether not even a closer look is needed."""
        return prepare.kept(numba_device, self.network, self.names) is not None


def constant(scene: Scene) -> None:
    scene.names["tau"] = 11 * ms


def constant_in_place(scene: Scene) -> None:
    scene.names["tau"] *= 2


def constant_of_the_group(scene: Scene) -> None:
    scene.cells.namespace["bias"] = 0.7


def function(scene: Scene) -> None:
    scene.names["drive"] = TimedArray([0, 2], dt=1 * ms)


def threshold(scene: Scene) -> None:
    scene.cells.events["spike"] = "v > 2"


def reset(scene: Scene) -> None:
    scene.cells.event_codes["spike"] = "v = 0.1"


def refractoriness(scene: Scene) -> None:
    scene.cells._refractory = 2 * ms


def pathway(scene: Scene) -> None:
    scene.synapses.pre.code = "v += 2*w*bias"


def time_step(scene: Scene) -> None:
    brian2.defaultclock.dt = 0.05 * ms


def order(scene: Scene) -> None:
    scene.synapses.pre.order = 3


def slot(scene: Scene) -> None:
    scene.monitor.when = "end"


def activity(scene: Scene) -> None:
    scene.monitor.active = False


def new_object(scene: Scene) -> None:
    scene.network.add(SpikeMonitor(scene.cells, name="another"))


def lost_object(scene: Scene) -> None:
    scene.network.remove(scene.monitor)


def periodic_code(scene: Scene) -> None:
    scene.cells.run_regularly("v = v*0.9", dt=1 * ms)


def text_of_periodic_code(scene: Scene) -> None:
    scene.regular.abstract_code = "v = v*0.9"


def mode(scene: Scene) -> None:
    numba_device.mode = "fast"


def preference(scene: Scene) -> None:
    prefs["codegen.loop_invariant_optimisations"] = False


CHANGES: list[Callable[[Scene], None]] = [
    constant,
    constant_in_place,
    constant_of_the_group,
    function,
    threshold,
    reset,
    refractoriness,
    pathway,
    time_step,
    order,
    slot,
    activity,
    new_object,
    lost_object,
    periodic_code,
    text_of_periodic_code,
    mode,
    preference,
]


@pytest.mark.parametrize("change", CHANGES)
def test_change_is_noticed(change: Callable[[Scene], None]) -> None:
    before = prefs["codegen.loop_invariant_optimisations"]
    scene = Scene()
    assert not scene.is_kept()
    assert scene.is_kept()
    try:
        assert scene.is_untouched()
        change(scene)
        assert not scene.is_untouched()
        assert not scene.is_kept()
    finally:
        numba_device.mode = "strict"
        prefs["codegen.loop_invariant_optimisations"] = before


def test_dimension_that_changes_in_place_is_noticed() -> None:
    scene = Scene()
    scene.is_kept()
    scene.is_kept()
    assert scene.is_untouched()
    scene.names["tau"].dim = mV.dim
    assert not scene.is_untouched()


@pytest.mark.parametrize("order", ["C", "F"])
def test_timed_array_changed_in_place_is_followed(order: Literal["C", "F"]) -> None:
    values = np.asarray(np.arange(12.0).reshape(6, 2), order=order)
    drive = TimedArray(values, dt=1 * ms)
    cells = NeuronGroup(2, "a = drive(t, i) : 1")
    monitor = StateMonitor(cells, "a", record=True, dt=1 * ms)
    network = Network(cells, monitor)
    network.run(3 * ms, namespace={"drive": drive})
    drive.values[:] *= -1
    network.run(3 * ms, namespace={"drive": drive})
    sign = np.repeat([1, -1], 3)[:, None]
    np.testing.assert_array_equal(monitor.a[:].T, sign * np.arange(12.0).reshape(6, 2))


def state(scene: Scene) -> None:
    scene.cells.v = 0.3
    scene.synapses.w = 0.2


def synapses(scene: Scene) -> None:
    scene.synapses.connect(i=[3], j=[0])


def unused_name(scene: Scene) -> None:
    scene.names["something"] = 3 * mV


@pytest.mark.parametrize("change", [state, synapses, unused_name])
def test_what_code_does_not_depend_on_is_ignored(change: Callable[[Scene], None]) -> None:
    scene = Scene()
    scene.is_kept()
    assert scene.is_kept()
    change(scene)
    assert scene.is_kept()


def test_equal_number_in_another_object_is_no_change() -> None:
    scene = Scene()
    scene.is_kept()
    assert scene.is_kept()
    scene.names["tau"] = 10 * ms
    assert not scene.is_untouched()
    assert scene.is_kept()
    assert scene.is_untouched()


def test_forms_that_a_network_has_in_turn_are_compiled_once() -> None:
    """Learning and testing in turn; a change meanwhile that is taken back leaves nothing behind."""
    scene, fresh = Scene(), Scene()
    forms = []
    for tau, learns in ((10, True), (10, False), (11, True), (10, True), (10, False)):
        scene.names["tau"] = tau * ms
        scene.synapses.pre.active = learns
        scene.network.run(3 * ms, namespace=scene.names)
        forms.append(numba_device.prepared[scene.network])
    assert forms[0] is forms[3] is not forms[2]
    assert forms[1] is forms[4] is not forms[0]
    for tau, learns in ((10, True), (10, False), (11, True), (10, True), (10, False)):
        forget(fresh.network)
        fresh.names["tau"] = tau * ms
        fresh.synapses.pre.active = learns
        fresh.network.run(3 * ms, namespace=fresh.names)
    assert (scene.monitor.t[:] == fresh.monitor.t[:]).all()
    assert (scene.cells.v[:] == fresh.cells.v[:]).all()


def forget(network: Network) -> None:
    """Let the device prepare the network anew."""
    numba_device.prepared.pop(network, None)
    numba_device.past.pop(network, None)
