"""A batch equals separate runs, bit for bit, and leaves the network as it was."""

from __future__ import annotations

import threading
from typing import Any

import brian2
import numpy as np
import pytest
from brian2 import Network, NeuronGroup, SpikeMonitor, ms, network_operation
from changing_scene import Scene

from neuro.device import monitors, numba_device, replica, run_batch
from neuro.device.fuse import Program
from neuro.device.plan import planned_trials

pytestmark = pytest.mark.usefixtures("numba_device")

DURATION = 5 * ms
SEEDS = [3, 1, 4, 1, 5]
VARIABLES = ["cells.v", "cells.lastspike", "drawn.w", "spikes.count"]
PARAMETERS: list[dict[str, Any]] = [
    {},
    {"cells.own": np.linspace(0, 0.4, 6)},
    {"cells.v": "rand()", "drawn.w": 0.1},
    {"tau": 4 * ms, "cells.own": 0.1},
    {"drawn.delay": "0.3*ms + 0.05*i*ms"},
]


def prepared_scene() -> Scene:
    """Return a scene whose spike generator has counted its spikes' times in steps."""
    scene = Scene()
    scene.run(0 * ms)
    return scene


def separate(seed: int, chosen: dict[str, Any]) -> dict[str, Any]:
    """Run one trial as a user would: a fresh network, its seed, its parameters."""
    scene = Scene()
    brian2.seed(seed)
    for key, setting in chosen.items():
        owner, _, name = key.partition(".")
        if name:
            setattr(scene.network[owner], name, setting)
        else:
            scene.names[key] = setting
    scene.run(DURATION)
    found = {
        "spikes.i": scene.spikes.i[:], "spikes.t": scene.spikes.t[:],
        "states.v": scene.states.v[:], "states.t": scene.states.t[:],
    }  # fmt: skip
    for key in VARIABLES:
        owner, name = key.split(".")
        found[key] = scene.network[owner].variables[name].get_value().copy()
    return found


def flat(trial: Any) -> dict[str, Any]:
    records = {
        f"{monitor}.{name}": values
        for monitor, columns in trial.records.items()
        for name, values in columns.items()
    }
    return records | trial.states


def differing(ours: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    return [
        name
        for name in theirs
        if np.asarray(ours[name]).tobytes() != np.asarray(theirs[name]).tobytes()
    ]


def batch(scene: Scene, **kwds: Any) -> list[Any]:
    return run_batch(scene.network, DURATION, namespace=scene.names, **kwds)


def test_batch_is_separate_runs() -> None:
    scene = prepared_scene()
    before = scene.arrays()
    trials = batch(scene, seeds=SEEDS, parameters=PARAMETERS, variables=VARIABLES, threads=2)
    assert scene.arrays() == before
    assert [(trial.number, trial.seed) for trial in trials] == list(enumerate(SEEDS))
    references = [separate(*plan) for plan in zip(SEEDS, PARAMETERS, strict=True)]
    assert len(references[0]["spikes.i"]) > 3
    assert [differing(flat(t), r) for t, r in zip(trials, references, strict=True)] == [[]] * 5
    assert differing(flat(trials[0]), references[1]) != []
    assert str(trials[0].records["spikes"]["t"].dim) == "s"


def test_equal_weights_of_a_trial_are_read_once() -> None:
    """A trial with one weight for all synapses returns it, though kernels do not touch them."""
    scene = prepared_scene()
    chosen = {"drawn.w": 0.1}
    (trial,) = batch(scene, seeds=[3], parameters=[chosen], variables=VARIABLES)
    layout = numba_device.prepared[scene.network].layout
    assert any("w" in decided.constants for decided in layout)
    assert differing(flat(trial), separate(3, chosen)) == []


def test_number_of_threads_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene()
    two = batch(scene, seeds=range(6), threads=2)
    # With small buffers the loop returns many times, for rows and for spikes under way.
    monkeypatch.setattr(monitors, "BUFFER_NUMBERS", 4)
    numba_device.prepared.clear()
    one = batch(Scene(), seeds=range(6), threads=1)
    assert [differing(flat(a), flat(b)) for a, b in zip(one, two, strict=True)] == [[]] * 6


def test_network_runs_on_as_if_there_had_been_no_batch() -> None:
    scene, other = Scene(), Scene()
    for each in (scene, other):
        brian2.seed(9)
        each.run(DURATION)
        if each is scene:
            batch(each, seeds=[7], parameters=PARAMETERS[2:3])
        each.run(DURATION)
    assert differing(scene.arrays(), other.arrays()) == []


def test_seeds_are_drawn_and_told() -> None:
    brian2.seed(5)
    trials = batch(Scene(), parameters=[{}, {}])
    again = batch(Scene(), seeds=[trial.seed for trial in trials])
    assert trials[0].seed != trials[1].seed
    assert [differing(flat(a), flat(b)) for a, b in zip(trials, again, strict=True)] == [[], []]


def test_error_in_a_trial_ends_the_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = prepared_scene()
    before = scene.arrays()

    def fail(self: Program, control: Any, arguments: Any) -> int:
        raise RuntimeError("no more")

    monkeypatch.setattr(Program, "step", fail)
    with pytest.raises(RuntimeError, match="no more") as caught:
        batch(scene, seeds=range(8), threads=2)
    assert "in trial" in caught.value.__notes__[0]
    assert scene.arrays() == before
    assert threading.active_count() == 1


def test_interruption_ends_the_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = prepared_scene()
    n_loads = 0
    original = replica.Replica.load

    def load(self: replica.Replica, *args: Any) -> None:
        nonlocal n_loads
        n_loads += 1
        if n_loads == 3:
            raise KeyboardInterrupt
        original(self, *args)

    monkeypatch.setattr(replica.Replica, "load", load)
    before = scene.arrays()
    with pytest.raises(KeyboardInterrupt):
        batch(scene, seeds=range(8), threads=2)
    assert scene.arrays() == before
    assert threading.active_count() == 1


def test_what_runs_in_python_is_refused() -> None:
    cells = NeuronGroup(2, "v : 1", threshold="v > 1")

    @network_operation
    def shake() -> None:
        cells.v = 2

    network = Network(cells, SpikeMonitor(cells), shake)
    with pytest.raises(NotImplementedError, match=shake.name):
        run_batch(network, 1 * ms, seeds=[1])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "needs seeds or parameters"),
        ({"seeds": [1, 2], "parameters": [{}]}, "2 seeds do not fit 1"),
        ({"seeds": [1], "threads": 0}, "threads is at least 1"),
        ({"seeds": [1.5]}, "integer from 0 to 4294967295, not 1.5"),
        ({"seeds": [1, "2"]}, "seed of trial 1 .* not '2'"),
        ({"seeds": [-1]}, "not -1"),
        ({"seeds": [2**32]}, "not 4294967296"),
        ({"seeds": [1], "variables": ["cells.x"]}, "no variable 'cells.x'"),
        ({"parameters": [{"cell.v": 1}]}, "no variable 'cell.v' .* mean 'cells.v'"),
    ],
)
def test_bad_arguments_are_named(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        batch(Scene(), **arguments)


def test_duration_is_not_negative() -> None:
    with pytest.raises(ValueError, match=r"non-negative duration, not -1\. ms"):
        run_batch(Scene().network, -1 * ms, seeds=[1])


def test_integers_of_numpy_are_seeds() -> None:
    seeds = np.array([3, 2**32 - 1], dtype=np.uint64)
    assert [planned.seed for planned in planned_trials(seeds, None)] == [3, 2**32 - 1]


NAMES_WITHOUT_EFFECT: list[tuple[dict[str, Any], str]] = [
    ({"taau": 3 * ms}, "trial 1 sets 'taau', .* did you mean 'tau'"),
    ({"v": 0.1}, "trial 1 sets 'v', .* did you mean 'cells.v'"),  # Brian2 prefers the variable
    ({"scale": 2}, "trial 1 sets 'scale'"),  # and what the group's namespace has
    ({"rand": 2}, "trial 1 sets 'rand'"),  # and its own names
    ({"cells.own": "level*rand()", "levl": 2}, "did you mean 'level'"),
]


def test_names_that_change_nothing_are_refused() -> None:
    scene = prepared_scene()
    before = scene.arrays()
    for chosen, message in NAMES_WITHOUT_EFFECT:
        with pytest.raises(ValueError, match=message):
            batch(scene, seeds=[1, 2], parameters=[{}, chosen])
    assert scene.arrays() == before


def test_names_of_a_trial_count_in_its_expressions() -> None:
    scene = prepared_scene()
    chosen = [{"cells.own": "level*1.0", "level": level} for level in (0.1, 0.2)]
    trials = batch(scene, seeds=[1, 1], parameters=chosen, variables=["cells.own"])
    assert [set(trial.states["cells.own"]) for trial in trials] == [{0.1}, {0.2}]


def test_every_name_of_the_namespace_is_known() -> None:
    scene = prepared_scene()
    names = {name: scene.names[name] for name in scene.names if name != "gain"}
    (trial,) = batch(scene, seeds=[3], parameters=[names], variables=VARIABLES)
    assert differing(flat(trial), separate(3, {})) == []
