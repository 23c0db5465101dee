"""Post-synaptic events wait for the next presynaptic one, and nobody can tell."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

import brian2
import numpy as np
import pytest
from brian2 import Network, NetworkOperation, StateMonitor, Synapses, ms
from brian2.core.preferences import prefs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plastic_networks import RULES, Rule, Values, plastic, random_trains, values

from neuro.device import run_batch
from neuro.device.fast import rowlazy
from neuro.device.fast.history import History
from neuro.device.fast.replay import lazy_steps
from neuro.device.fast.rowlazy import recognise

#: Weights of order 1 after some hundred changes: a few roundings each.
ROUNDING = 1e-12
DURATION = 60 * ms


pytestmark = pytest.mark.usefixtures("runtime_afterwards")


def simulate(
    mode: str,
    rules: Mapping[str, Rule],
    pieces: int = 1,
    seed: int = 5,
    p_post: float = 0.03,
    between: Callable[[dict[str, Synapses]], None] = lambda _: None,
    **options: Any,
) -> Values:
    """Run plastic networks of 12 x 9 cells and return all their values by rule and name."""
    brian2.set_device("numba", mode=mode)
    brian2.start_scope()
    pre, post = random_trains(seed, 12), random_trains(seed + 1, 9, p=p_post)
    network, parts = plastic(rules, pre, post, **options)
    for _ in range(pieces):
        network.run(DURATION / pieces)
        between(parts)
    return {
        f"{rule}: {name}": array
        for rule, part in parts.items()
        for name, array in values(part).items()
    }


def assert_equal(ours: Values, theirs: Values) -> None:
    assert ours.keys() == theirs.keys()
    for name, expected in theirs.items():
        scale = max(1.0, float(np.max(np.abs(expected))))
        assert np.max(np.abs(ours[name] - expected)) <= ROUNDING * scale, name


def plans(network: Network) -> list[Any]:
    """Return what would be postponed; the network is prepared, but neither compiled nor run."""
    network._clocks = {obj.clock for obj in network.sorted_objects}
    network.before_run({})
    return recognise(network.sorted_objects)


#: Two rules that need different things; compiling all of them takes longer.
FEW = {name: RULES[name] for name in ("pair clipped", "last spikes of the cells")}


def test_busy_histories_are_emptied_in_time() -> None:
    """Targets that fire at every third step fill their histories; one source is silent."""
    rules = {"pair clipped": RULES["pair clipped"]}
    theirs = simulate("strict", rules, delay=0.5, p_post=0.35)
    with pytest.MonkeyPatch.context() as patch:
        settled: list[int] = []
        original = History._forget
        patch.setattr(
            History,
            "_forget",
            lambda self, cutoff: (settled.append(cutoff), original(self, cutoff)),
        )
        ours = simulate("fast", rules, delay=0.5, p_post=0.35)
    assert settled
    assert_equal(ours, theirs)


def test_batch_postpones_nothing() -> None:
    brian2.set_device("numba", mode="fast")
    network, parts = plastic(FEW, random_trains(5, 12), random_trains(6, 9))
    (trial,) = run_batch(network, DURATION, seeds=[1], variables=["plastic_0.w"])
    network.run(DURATION)
    ours = {"w": trial.states["plastic_0.w"]}
    assert_equal(ours, {"w": np.array(parts["pair clipped"].w)})


def test_traces_that_differ_between_synapses_are_kept_in_them() -> None:
    rules = {"pair clipped": RULES["pair clipped"]}

    def disturb(parts: dict[str, Synapses]) -> None:
        (synapses,) = parts.values()
        synapses.Apre = np.random.default_rng(1).random(len(synapses))

    theirs = simulate("strict", rules, 2, between=disturb)
    assert_equal(simulate("fast", rules, 2, between=disturb), theirs)


@pytest.mark.parametrize(
    "rules",
    [
        pytest.param(FEW, id="few"),
        pytest.param(RULES, id="all", marks=pytest.mark.nightly),  # compiles for minutes
    ],
)
def test_rules_change_weights_as_in_strict_mode(rules: Mapping[str, Rule]) -> None:
    for delay, pieces in ((0.0, 1), (1.3, 3)):
        theirs = simulate("strict", rules, delay=delay)
        assert all(np.ptp(theirs[f"{rule}: w"]) > 0.1 for rule in rules)
        assert_equal(simulate("fast", rules, pieces, delay=delay), theirs)


def test_traces_are_shared_in_single_precision_too() -> None:
    rules = {"pair clipped": PAIR}
    theirs = simulate("strict", rules, delay=1.3)
    before = prefs["core.default_float_dtype"]
    prefs["core.default_float_dtype"] = np.float32
    try:
        (plan,) = plans(plastic(rules, random_trains(5, 12), random_trains(6, 9))[0])
        assert plan.traces.names == {"Apre", "Apost"}
        ours = simulate("fast", rules, 3, delay=1.3)
    finally:
        prefs["core.default_float_dtype"] = before
    assert ours["pair clipped: w"].dtype == np.float32
    # A rounding of single precision for each of less than a hundred changes.
    for name, expected in theirs.items():
        np.testing.assert_allclose(ours[name], expected, rtol=1e-5, atol=1e-5, err_msg=name)


@pytest.mark.parametrize("name", RULES)
def test_rule_is_recognised(name: str) -> None:
    brian2.set_device("numba", mode="fast")
    network, _ = plastic({name: RULES[name]}, random_trains(1, 12), random_trains(2, 9))
    (plan,) = plans(network)
    assert plan.learner.prepost == "post"


def refused(network: Network, caplog: pytest.LogCaptureFixture) -> str:
    """Return why nothing of a network is postponed."""
    with caplog.at_level(logging.INFO, logger="brian2"):
        assert plans(network) == []
    (message,) = {r.getMessage() for r in caplog.records if "not postponed" in r.getMessage()}
    return message


PAIR = RULES["pair clipped"]

#: Rules that are nearly those above, and what is wrong with them.
NEAR_MISSES = {
    "writes the source": (PAIR.on_post + "; x_pre += w", "writes 'x_pre'"),
    "writes the target": (PAIR.on_post + "; x_post += w", "writes 'x_post'"),
    "reads the source": (PAIR.on_post + "; w += x_pre", "reads 'x_pre'"),
    "draws a number": (PAIR.on_post + "; w += rand()", "calls 'rand'"),
    "two pathways": ({"post": PAIR.on_post, "again": "w *= 0.9"}, "one post-synaptic pathway"),
}
SUMMED = Rule(
    PAIR.model + "x_post = w : 1 (summed)",
    "Apre += up; w = clip(w + Apost, 0, wmax)",
    PAIR.on_post,
)


@pytest.mark.parametrize(("on_post", "reason"), NEAR_MISSES.values(), ids=NEAR_MISSES)
def test_other_statements_are_refused(
    on_post: Any, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    brian2.set_device("numba", mode="fast")
    rule = Rule(PAIR.model, PAIR.on_pre, on_post)
    network, _ = plastic({"rule": rule}, random_trains(1, 12), random_trains(2, 9))
    assert reason in refused(network, caplog)


def test_summed_weights_are_refused(caplog: pytest.LogCaptureFixture) -> None:
    brian2.set_device("numba", mode="fast")
    network, _ = plastic({"sum": SUMMED}, random_trains(1, 12), random_trains(2, 9))
    assert "uses 'w'" in refused(network, caplog)


def test_delays_of_synapses_are_refused(caplog: pytest.LogCaptureFixture) -> None:
    brian2.set_device("numba", mode="fast")
    network, _ = plastic({"pair": PAIR}, random_trains(1, 12), random_trains(2, 9), delay=None)
    assert "different delays" in refused(network, caplog)


def test_strict_mode_postpones_nothing_of_few_synapses() -> None:
    brian2.set_device("numba", mode="strict")
    network, _ = plastic({"pair": PAIR}, random_trains(1, 12), random_trains(2, 9))
    assert plans(network)
    assert lazy_steps(network.sorted_objects, brian2.get_device()) == {}


@pytest.fixture
def strict_waits(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[bool]]:
    """Let events wait in strict mode, too; list for which synapses neurons know `lastupdate`."""

    def begin() -> list[bool]:
        found: list[bool] = []
        original = History.__init__

        def note(history: History, plan: Any, *rest: Any) -> None:
            found.append(plan.traces.knows_update)
            original(history, plan, *rest)

        monkeypatch.setattr(rowlazy, "LEAST_SYNAPSES", 0)
        monkeypatch.setattr(History, "__init__", note)
        return found

    return begin


@pytest.mark.parametrize(
    "rules",
    [
        pytest.param({"pair clipped": PAIR}, id="one"),
        pytest.param(RULES, id="all", marks=pytest.mark.nightly),  # compiles for minutes
    ],
)
def test_waiting_moves_no_bit_of_strict_mode(
    rules: Mapping[str, Rule], strict_waits: Callable[[], list[bool]]
) -> None:
    options: dict[str, Any] = {"delay": 0.5, "p_post": 0.1}
    theirs = simulate("strict", rules, **options)
    found = strict_waits()
    ours = simulate("strict", rules, 3, **options)
    # Events that leave most synapses alone do not wait.
    assert len(found) == len(set(rules) - {"last spikes of the cells"})
    assert any(found)
    assert [name for name in theirs if ours[name].tobytes() != theirs[name].tobytes()] == []


@pytest.mark.nightly  # compiles three programs
def test_times_that_neurons_do_not_know_are_kept_for_each_synapse(
    strict_waits: Callable[[], list[bool]],
) -> None:
    def disturb(parts: dict[str, Synapses]) -> None:
        (synapses,) = parts.values()
        synapses.lastupdate = -np.random.default_rng(1).random(len(synapses)) * 9 * ms

    rules = {"pair clipped": PAIR}
    theirs = simulate("strict", rules, 2, between=disturb)
    found = strict_waits()
    ours = simulate("strict", rules, 2, between=disturb)
    assert found == [True, False]
    assert [name for name in theirs if ours[name].tobytes() != theirs[name].tobytes()] == []


def _monitor(synapses: Synapses) -> list[Any]:
    return [StateMonitor(synapses, "w", record=[0], dt=1 * ms)]


def _regularly(synapses: Synapses) -> list[Any]:
    synapses.run_regularly("w *= 0.999", dt=5 * ms)
    return []


def _operation(_: Synapses) -> list[Any]:
    return [NetworkOperation(lambda: None, dt=10 * ms)]


OBSERVERS = {
    "monitor": (_monitor, "uses 'w'"),
    "run_regularly": (_regularly, "writes 'w'"),
    "network_operation": (_operation, "runs in Python"),
}


@pytest.mark.parametrize(("observe", "reason"), OBSERVERS.values(), ids=OBSERVERS)
def test_weights_that_somebody_looks_at_are_refused(
    observe: Callable[[Synapses], list[Any]], reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    brian2.set_device("numba", mode="fast")
    network, parts = plastic({"pair": PAIR}, random_trains(1, 12), random_trains(2, 9))
    network.add(*observe(parts["pair"]))
    assert reason in refused(network, caplog)


@pytest.mark.slow  # builds and prepares sixteen networks
@settings(
    max_examples=8,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    seed=st.integers(0, 2**31),
    delay=st.sampled_from([0.0, 0.1, 1.3]),
    p_post=st.sampled_from([0.002, 0.03, 0.3]),
    pieces=st.integers(1, 3),
)
def test_random_trains_change_weights_as_in_strict_mode(
    seed: int, delay: float, p_post: float, pieces: int
) -> None:
    theirs = simulate("strict", FEW, seed=seed, delay=delay, p_post=p_post)
    assert_equal(simulate("fast", FEW, pieces, seed=seed, delay=delay, p_post=p_post), theirs)
