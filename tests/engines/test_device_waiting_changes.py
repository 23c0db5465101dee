"""Whatever is done to two groups of plastic synapses between runs, nobody can tell who waited."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import brian2
import numpy as np
import pytest
from brian2 import Network, Synapses, defaultclock, ms
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from plastic_networks import RULES, Values, plastic, random_trains, values

from neuro.device.fast import rowlazy

#: Of two groups; the first one's synapses never know what is done to the second's.
USED = {name: RULES[name] for name in ("pair clipped", "pair additive")}
NEVER = 2**62
#: Weights of order 1 after some hundred changes: a few roundings each.
ROUNDING = 1e-11


def _look(network: Network, synapses: Synapses) -> None:
    np.array(synapses.w)


def _one_weight(network: Network, synapses: Synapses) -> None:
    synapses.w[3] = 0.25


def _all_weights(network: Network, synapses: Synapses) -> None:
    synapses.variables["w"].set_value(0.3)


def _one_trace(network: Network, synapses: Synapses) -> None:
    synapses.Apre[2] = 0.4


def _one_update(network: Network, synapses: Synapses) -> None:
    synapses.lastupdate[1] = -1 * ms


def _text(network: Network, synapses: Synapses) -> None:
    synapses.w["i == 2"] = "0.1 + 0.01*j"


def _another_synapse(network: Network, synapses: Synapses) -> None:
    synapses.connect(i=[1], j=[2])


def _other_delay(network: Network, synapses: Synapses) -> None:
    synapses.pre.delay = 0.7 * ms


def _there_and_back(network: Network, synapses: Synapses) -> None:
    network.store("here")
    network.run(1.1 * ms)
    network.restore("here")


def _shorter_steps(network: Network, synapses: Synapses) -> None:
    defaultclock.dt = 0.05 * ms


def _nothing(network: Network, synapses: Synapses) -> None:
    pass


Action = Callable[[Network, Synapses], None]
ACTIONS: tuple[Action, ...] = (
    _nothing, _look, _one_weight, _all_weights, _one_trace, _one_update, _text, _another_synapse,
    _other_delay, _there_and_back, _shorter_steps,
)  # fmt: skip
Story = Sequence[tuple[Action, int, float]]


pytestmark = pytest.mark.usefixtures("runtime_afterwards")


@pytest.fixture(autouse=True)
def threshold_afterwards() -> Iterator[None]:
    least = rowlazy.LEAST_SYNAPSES
    yield
    rowlazy.LEAST_SYNAPSES = least


def end_of(story: Story, mode: str, least: int) -> Values:
    """Run for 4 ms after each action, and return all values of both groups."""
    rowlazy.LEAST_SYNAPSES = least
    brian2.set_device("numba", mode=mode)
    brian2.start_scope()
    defaultclock.dt = 0.1 * ms
    network, parts = plastic(USED, random_trains(5, 12, p=0.1), random_trains(6, 9, p=0.1))
    groups = list(parts.values())
    for _ in range(2):  # The third run is the first that takes up what an earlier one left.
        network.run(2 * ms)
    for action, which, duration in story:
        action(network, groups[which])
        network.run(duration * ms)
    return {f"{k}: {name}": v for k, g in enumerate(groups) for name, v in values(g).items()}


def check(story: Story) -> None:
    eager = end_of(story, "strict", NEVER)
    strict = end_of(story, "strict", 0)
    assert [name for name in eager if strict[name].tobytes() != eager[name].tobytes()] == []
    fast = end_of(story, "fast", 0)
    for name, expected in eager.items():
        np.testing.assert_allclose(fast[name], expected, rtol=0, atol=ROUNDING, err_msg=name)


_steps = st.tuples(st.sampled_from(ACTIONS), st.integers(0, 1), st.sampled_from([0.0, 0.1, 2.0]))


@pytest.mark.nightly  # compiles loops for two groups in three ways
@settings(
    max_examples=20,
    derandomize=True,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking would take minutes
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(_steps, min_size=2, max_size=5))
def test_nobody_can_tell_what_waited(story: Story) -> None:
    check(story)


@pytest.mark.nightly  # two runs after each of eleven actions on each of two groups
@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("action", ACTIONS)
def test_nobody_can_tell_after_one_action(action: Action, which: int) -> None:
    check([(action, which, 2.0), (_nothing, which, 2.0)])
