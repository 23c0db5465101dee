"""A small network of many parts, and everything that a user may change between two runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import brian2
import numpy as np
from brian2 import (
    Hz,
    Network,
    NeuronGroup,
    PoissonGroup,
    SpikeGeneratorGroup,
    SpikeMonitor,
    StateMonitor,
    Synapses,
    TimedArray,
    check_units,
    ms,
    network_operation,
)
from brian2.core.preferences import prefs
from brian2.core.variables import ArrayVariable

from neuro.device import numba_device


def _gain(x: float) -> float:
    return 0.1 + x


def _other_gain(x: float) -> float:
    return 0.3 + x


class Scene:
    """Cells that integrate, spike and are connected, with input, noise and three clocks.

    Parameters
    ----------
    has_function
        Whether the equations call a function of the user; its program cannot be kept on disk.
    """

    def __init__(self, has_function: bool = False) -> None:
        self.names: dict[str, Any] = {
            "tau": 5 * ms,
            "bias": np.array(1.2),
            "count": 2,
            "rest": 0.9 * ms,
            "drive": TimedArray(np.linspace(0, 0.5, 20), dt=0.5 * ms),
            "gain": check_units(x=1, result=1)(_gain),
            "rate": 300 * Hz,
        }
        gain = "gain(own)" if has_function else "own"
        self.cells = NeuronGroup(
            6,
            f"""dv/dt = (drive(t) + bias*scale + {gain} - v)/tau + 0.02*tau**-0.5*xi : 1
            (unless refractory)
            own : 1
            aged : 1""",
            threshold="v > 0.6 + 0.1*count", reset="v = 0", refractory="rest", method="euler",
            namespace={"scale": 1.1}, name="cells",
        )  # fmt: skip
        self.cells.v = np.linspace(0, 0.7, 6)
        self.regular = self.cells.run_regularly("aged += 1", dt=1 * ms, name="regular")
        self.slow = PoissonGroup(3, rates="rate", dt=0.2 * ms, name="slow")
        self.source = SpikeGeneratorGroup(3, [0, 1, 2], [1, 2, 3] * ms, name="source")
        self.drawn = Synapses(self.cells, self.cells, "w : 1", on_pre="v += w", name="drawn")
        self.drawn.connect(i=np.arange(24) % 6, j=np.arange(24) // 4)
        self.drawn.w = np.linspace(0.01, 0.2, 24)
        self.drawn.delay = np.linspace(0.1, 2, 24) * ms
        self.fixed = Synapses(
            self.source, self.cells, on_pre="v += 0.05*bias", delay=0.5 * ms, name="fixed"
        )
        self.fixed.connect()
        self.poisson = Synapses(self.slow, self.cells, on_pre="v += 0.1", name="poisson")
        self.poisson.connect(i=[0, 1, 2], j=[3, 4, 5])
        self.spikes = SpikeMonitor(self.cells, name="spikes")
        self.states = StateMonitor(self.cells, "v", record=[0, 3], dt=0.3 * ms, name="states")
        self.parts = [self.cells, self.slow, self.source, self.drawn, self.fixed, self.poisson]
        self.network = Network(*self.parts, self.spikes, self.states)
        self.network.store("start")

    def run(self, duration: Any) -> None:
        self.network.run(duration, namespace=self.names)

    def arrays(self) -> dict[str, bytes]:
        """Return the bytes of everything that the network holds, and the random state."""
        found = {
            f"{obj.name}.{name}": np.asarray(variable.get_value()).tobytes()
            for obj in self.network.sorted_objects
            if hasattr(obj, "variables")
            for name, variable in obj.variables.items()
            if isinstance(variable, ArrayVariable) and not name.startswith("__")
        }
        found["(random stream)"] = np.random.get_state()[1].tobytes()  # noqa: NPY002
        return found


Change = Callable[[Scene], None]
#: Changes under which the text of the program stays the same.
OF_VALUES: dict[str, Change] = {}
#: Changes that lead to another program.
OF_CODE: dict[str, Change] = {}


def value(change: Change) -> Change:
    OF_VALUES[change.__name__] = change
    return change


def code(change: Change) -> Change:
    OF_CODE[change.__name__] = change
    return change


@value
def parameter(scene: Scene) -> None:
    scene.cells.own = np.linspace(0, 0.2, 6)


@value
def external_constant(scene: Scene) -> None:
    scene.names["tau"] = 3 * ms


@value
def external_constant_in_place(scene: Scene) -> None:
    scene.names["tau"] *= 0.7


@value
def external_array_in_place(scene: Scene) -> None:
    scene.names["bias"][...] = 1.5


@value
def external_integer(scene: Scene) -> None:
    scene.names["count"] = 1


@code
def integer_becomes_float(scene: Scene) -> None:
    scene.names["count"] = 2.0


@value
def namespace_of_the_group(scene: Scene) -> None:
    scene.cells.namespace["scale"] = 1.3


@value
def namespace_of_the_group_hides_a_name(scene: Scene) -> None:
    scene.cells.namespace["tau"] = 4 * ms


@value
def other_timed_array(scene: Scene) -> None:
    scene.names["drive"] = TimedArray(np.linspace(0.5, 0, 20), dt=0.5 * ms, name="_timedarray")


@value
def timed_array_in_place(scene: Scene) -> None:
    scene.names["drive"].values[:] += 0.2


@value
def time_step(scene: Scene) -> None:
    brian2.defaultclock.dt = 0.05 * ms


@value
def time_step_of_one_clock(scene: Scene) -> None:
    scene.states.clock.dt = 0.1 * ms


@value
def refractory_constant(scene: Scene) -> None:
    scene.names["rest"] = 1.9 * ms


@code
def refractory_expression(scene: Scene) -> None:
    scene.cells._refractory = "rest + 1*ms*own"


@value
def one_delay(scene: Scene) -> None:
    scene.fixed.delay = 1.2 * ms


@value
def one_delay_raw(scene: Scene) -> None:
    scene.fixed.pre.variables["delay"].get_value()[:] = 0.0012


@value
def delays_by_array(scene: Scene) -> None:
    scene.drawn.delay = np.linspace(2, 0.1, len(scene.drawn)) * ms


@value
def delays_by_expression(scene: Scene) -> None:
    scene.drawn.delay = "(0.1 + 0.1*i + 0.2*j)*ms"


@value
def delays_by_condition(scene: Scene) -> None:
    scene.drawn.delay["i > 2"] = 1.3 * ms


@value
def one_of_many_delays(scene: Scene) -> None:
    scene.drawn.delay[3] = 1.9 * ms


@value
def longer_delays(scene: Scene) -> None:
    scene.drawn.delay = np.linspace(0.1, 9, len(scene.drawn)) * ms


@code
def many_delays_become_one(scene: Scene) -> None:
    scene.drawn.delay = 0.7 * ms


@code
def one_delay_becomes_many(scene: Scene) -> None:
    scene.poisson.delay = np.array([0.2, 0.4, 0.6]) * ms


@value
def more_synapses(scene: Scene) -> None:
    n_before = len(scene.drawn)
    scene.drawn.connect(i=[5, 4, 0], j=[0, 0, 1])
    scene.drawn.w[n_before:] = 0.3
    scene.drawn.delay[n_before:] = 0.4 * ms


@value
def more_synapses_with_one_delay(scene: Scene) -> None:
    scene.fixed.connect(i=[0, 2], j=[5, 0])


@value
def weights_by_expression(scene: Scene) -> None:
    scene.drawn.w = "0.01*i + 0.02*j"


@value
def rates(scene: Scene) -> None:
    scene.names["rate"] = 900 * Hz


@value
def generated_spikes(scene: Scene) -> None:
    now = scene.network.t
    scene.source.set_spikes([2, 1, 1], now + [0.4, 0.8, 3.1] * ms)


@value
def seed(scene: Scene) -> None:
    brian2.seed(77)


@value
def start_again(scene: Scene) -> None:
    scene.network.restore("start")


@value
def synapses_come_and_go(scene: Scene) -> None:
    scene.drawn.connect(i=[5, 4, 0], j=[0, 0, 1])
    scene.run(0 * ms)
    scene.network.restore("start")


@code
def monitor_rests(scene: Scene) -> None:
    scene.states.active = False


@code
def synapses_rest(scene: Scene) -> None:
    scene.drawn.active = False


@code
def equations_rest(scene: Scene) -> None:
    scene.cells.state_updater.active = False


@code
def order_of_pathways(scene: Scene) -> None:
    scene.drawn.pre.order = 5


@code
def slot(scene: Scene) -> None:
    scene.spikes.when = "before_groups"


@code
def schedule(scene: Scene) -> None:
    scene.network.schedule = ["start", "groups", "synapses", "thresholds", "resets", "end"]


@code
def monitor_leaves(scene: Scene) -> None:
    scene.network.remove(scene.states)


@code
def monitor_comes(scene: Scene) -> None:
    scene.network.add(SpikeMonitor(scene.slow, name="late_monitor"))


@code
def group_comes(scene: Scene) -> None:
    late = NeuronGroup(2, "dx/dt = rand()/tau : 1", method="euler", name="late")
    scene.network.add(late)


@code
def threshold(scene: Scene) -> None:
    scene.cells.events["spike"] = "v > 0.5 + own"


@code
def reset(scene: Scene) -> None:
    scene.cells.event_codes["spike"] = "v = 0.1; own += 0.01"


@code
def pathway(scene: Scene) -> None:
    scene.drawn.pre.code = "v += 2*w"


@code
def periodic_code(scene: Scene) -> None:
    scene.cells.run_regularly("v *= 0.9", dt=1 * ms, name="another")


@code
def text_of_periodic_code(scene: Scene) -> None:
    scene.regular.abstract_code = "aged += 2"


@code
def operation(scene: Scene) -> None:
    @network_operation(dt=1 * ms, name="shake")
    def shake() -> None:
        scene.cells.v = scene.cells.v[:] * 0.9

    scene.network.add(shake)


@code
def operation_that_changes_delays(scene: Scene) -> None:
    @network_operation(dt=1 * ms, name="shift")
    def shift() -> None:
        scene.drawn.delay = (scene.drawn.delay[:] * 1.5 // (0.1 * ms)) * 0.1 * ms

    scene.network.add(shift)
    scene.run(2 * ms)


@code
def other_function(scene: Scene) -> None:
    scene.names["gain"] = check_units(x=1, result=1)(_other_gain)


@code
def preference(scene: Scene) -> None:
    prefs["codegen.loop_invariant_optimisations"] = False


@code
def mode(scene: Scene) -> None:
    numba_device.mode = "fast"
