"""A run after any change equals the run of a fresh network with that change, bit for bit."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator
from typing import Any

import brian2
import pytest
from brian2 import ms
from brian2.core.preferences import prefs
from changing_scene import OF_CODE, OF_VALUES, Scene
from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import strategies as st

from neuro.device import numba_device, prepare

pytestmark = pytest.mark.usefixtures("numba_device")

CHANGES = OF_VALUES | OF_CODE
#: Long enough for each cell to spike several times and for every delay to pass.
DURATION = 6 * ms
_PREFERENCE = "codegen.loop_invariant_optimisations"


@pytest.fixture(autouse=True)
def settings_of_before() -> Iterator[None]:
    before = prefs[_PREFERENCE]
    yield
    numba_device.mode = "strict"
    prefs[_PREFERENCE] = before


def begin(names: list[str]) -> Scene:
    brian2.defaultclock.dt = 0.1 * ms
    numba_device.mode = "strict"
    brian2.seed(5)
    return Scene(has_function="other_function" in names)


def forget(scene: Scene) -> None:
    """Drop everything that a run could use again."""
    numba_device.prepared.clear()
    for obj in scene.network.sorted_objects:
        if hasattr(obj, "queue"):
            obj.queue.is_settled = False


def from_the_start(name: str, is_late: bool) -> dict[str, bytes]:
    """Change a network before it first runs, or when it has been prepared twice."""
    scene = begin([name])
    if is_late:
        scene.run(0 * ms)
        scene.run(0 * ms)
    CHANGES[name](scene)
    scene.run(DURATION)
    return scene.arrays()


def on_the_way(
    names: list[str], durations: list[Any], is_forgetful: bool
) -> list[dict[str, bytes]]:
    """Change a network between runs; a forgetful one is prepared anew each time."""
    scene = begin(names)
    scene.run(DURATION / 2)
    scene.run(DURATION / 2)
    found = []
    for name, duration in zip(names, durations, strict=True):
        try:
            CHANGES[name](scene)
            if is_forgetful:
                forget(scene)
            scene.run(duration)
        except ValueError as refused:
            # Brian2 gives a clock another step only at a multiple of the one it has.
            if "Cannot set dt" not in str(refused):
                raise
            reject()
        found.append(scene.arrays())
    return found


def differing(ours: dict[str, bytes], theirs: dict[str, bytes]) -> list[str]:
    return [name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name)]


def check(name: str) -> None:
    assert differing(from_the_start(name, True), from_the_start(name, False)) == []
    late, anew = (on_the_way([name], [DURATION], forgetful) for forgetful in (False, True))
    assert differing(late[0], anew[0]) == []


@pytest.mark.nightly  # prepares ten networks for each of thirty changes
@pytest.mark.parametrize("name", OF_VALUES)
def test_change_of_values(name: str) -> None:
    check(name)


@pytest.mark.nightly  # each compiles a program of its own
@pytest.mark.parametrize("name", OF_CODE)
def test_change_of_code(name: str) -> None:
    check(name)


#: Changes that code has to follow although this scene ends in the same state after them.
NO_EFFECT = {
    "start_again", "synapses_come_and_go",
    "integer_becomes_float", "order_of_pathways", "preference", "refractory_expression",
}  # fmt: skip


@pytest.mark.nightly  # some forty programs are compiled to see that the changes are changes
@pytest.mark.parametrize("name", sorted(set(CHANGES) - NO_EFFECT))
def test_change_has_an_effect(name: str) -> None:
    scene = begin([name])
    scene.run(DURATION)
    unchanged = scene.arrays()
    assert differing(from_the_start(name, True), unchanged) != []


#: Changes after which Brian2 itself refuses some of the others.
ALONE = {"many_delays_become_one", "start_again", "synapses_come_and_go"}
_Steps = list[tuple[str, Any]]
_durations = st.sampled_from([0, 0.1, 0.4, 1, 3]).map(lambda number: number * ms)
_fuzzing = settings(
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking would take minutes
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def _some(names: Iterable[str], n_most: int) -> st.SearchStrategy[_Steps]:
    """Draw changes, and how long the network runs after each."""
    steps = st.tuples(st.sampled_from(sorted(names)), _durations)
    return st.lists(steps, min_size=2, max_size=n_most, unique_by=operator.itemgetter(0))


@settings(_fuzzing, max_examples=2)
@given(_some(OF_VALUES.keys() - ALONE, 4))
def test_changes_one_after_the_other(steps: _Steps) -> None:
    check_in_turn(steps)


@pytest.mark.nightly  # most examples compile programs of their own
@settings(_fuzzing, max_examples=30)
@given(_some(CHANGES.keys() - ALONE, 6))
def test_changes_of_code_among_others(steps: _Steps) -> None:
    check_in_turn(steps)


def check_in_turn(steps: _Steps) -> None:
    """Compare a network that is kept with one that is prepared anew after each change."""
    names, durations = [list(column) for column in zip(*steps, strict=True)]
    kept = on_the_way(names, durations, is_forgetful=False)
    anew = on_the_way(names, durations, is_forgetful=True)
    assert [differing(*pair) for pair in zip(kept, anew, strict=True)] == [[]] * len(names)


def test_comparison_sees_a_stale_preparation(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = from_the_start("external_constant", is_late=False)
    monkeypatch.setattr(
        prepare, "kept", lambda device, network, namespace: device.prepared.get(network)
    )
    assert differing(from_the_start("external_constant", is_late=True), fresh) != []
