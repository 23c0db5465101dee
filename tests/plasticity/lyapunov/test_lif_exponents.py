"""Known exponents of networks of integrate-and-fire neurons; their spikes are Brian2's."""

from __future__ import annotations

from typing import Any

import brian2
import numpy as np
import pytest
from brian2.core.preferences import prefs
from numba import njit

from neuro.errors import NumericalError, SpecError
from plasticity.lyapunov import LifNetwork, Trajectory, spectrum
from plasticity.lyapunov.crossing import crossing

Array = Any
KINDS = {
    "delta": {"is_exponential": False, "refractory": 0.0},
    "delta refractory": {"is_exponential": False, "refractory": 2e-3},
    "exponential": {"is_exponential": True, "refractory": 0.0},
    "exponential refractory": {"is_exponential": True, "refractory": 2e-3},
}


def random_network(
    seed: int, n: int = 4, is_exponential: bool = False, refractory: float = 0.0,
    sign: float | None = None,
) -> LifNetwork:  # fmt: skip
    """Draw a network whose neurons differ in all they can."""
    rng = np.random.default_rng(seed)
    coupling = (
        rng.uniform(-0.3, 0.1, (n, n)) if sign is None else sign * rng.uniform(0, 0.3, (n, n))
    )
    np.fill_diagonal(coupling, 0)
    return LifNetwork(
        coupling,
        tau=rng.uniform(5e-3, 30e-3, n),
        current=rng.uniform(1.2, 2.0, n),
        threshold=rng.uniform(0.9, 1.1, n),
        reset=rng.uniform(-0.2, 0.2, n),
        refractory=refractory * rng.uniform(0.5, 1.5, n) if refractory else 0.0,
        tau_syn=rng.uniform(2e-3, 8e-3, n) if is_exponential else None,
    )


def begin(network: LifNetwork, seed: int = 0) -> Trajectory:
    rng = np.random.default_rng(seed)
    synaptic = rng.uniform(-0.1, 0.1, len(network.tau_syn))
    return Trajectory(network, rng.uniform(0.3, 0.8, network.size), synaptic)


def test_neuron_below_threshold_forgets_at_its_membrane():
    trajectory = Trajectory(LifNetwork([[0.0]], 0.02, 0.9), np.array([0.1]))
    found = spectrum(trajectory, 1, 1.0, np.random.default_rng(0))
    assert found.largest == pytest.approx(-50.0, rel=1e-13)
    assert trajectory.counts[0] == 0


@pytest.mark.parametrize("refractory", [0.0, 5e-3])
def test_neuron_alone_keeps_its_phase(refractory: float):
    network = LifNetwork([[0.0]], 0.02, 1.5, refractory=refractory)
    trajectory = Trajectory(network, np.array([0.0]))
    basis = np.ones((1, 1))
    trajectory.run(1, basis=basis)
    after_one = basis[0, 0]
    trajectory.run(1000, basis=basis)
    assert basis[0, 0] == pytest.approx(after_one, rel=1e-10)
    period = 0.02 * np.log(1.5 / 0.5) + refractory
    assert trajectory.time == pytest.approx(1001 * period - refractory, rel=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_flow_is_carried_into_the_flow_at_every_spike(kind: str):
    trajectory = begin(random_network(1, n=6, **KINDS[kind]))
    for _ in range(200):
        basis = trajectory.velocity[:, None].copy()
        trajectory.run(1, basis=basis)
        scale = np.abs(trajectory.velocity).max()
        np.testing.assert_allclose(basis[:, 0], trajectory.velocity, rtol=0, atol=1e-12 * scale)
    assert np.count_nonzero(trajectory.counts) >= 4


def test_flow_is_carried_through_avalanches():
    coupling = np.array([[0, 0.4, 0.1], [0, 0, 0.4], [0.05, 0, 0]])
    network = LifNetwork(coupling, [0.02, 0.02, 0.01], [1.5, 0.95, 0.9], refractory=[0, 0, 1e-3])
    trajectory = Trajectory(network, np.array([0.2, 0.7, 0.55]))
    sizes = []
    for _ in range(60):
        basis = trajectory.velocity[:, None].copy()
        sizes.append(len(trajectory.run(1, basis=basis).times))
        np.testing.assert_allclose(basis[:, 0], trajectory.velocity, rtol=1e-11)
    assert max(sizes) == 3


@pytest.mark.parametrize("kind", KINDS)
def test_tangent_vectors_are_differences_of_neighbours(kind: str):
    network, end, step = random_network(2, **KINDS[kind]), 0.2, 1e-7
    start = begin(network)
    centre = begin(network)
    basis = np.eye(network.dimension)
    order = list(centre.run(10**6, end, basis).neurons)
    # Until nobody is refractory, so that coordinates are potentials.
    while np.any(centre.velocity[: network.size] == -1):
        order += list(centre.run(10**6, centre.time + 3e-4, basis).neurons)
    assert len(order) >= 20
    for column in range(network.dimension):
        ends = []
        for sign in (1, -1):
            state = np.concatenate([start.potential, start.synaptic])
            state[column] += sign * step
            near = Trajectory(network, state[: network.size], state[network.size :])
            assert list(near.run(10**6, centre.time).neurons) == order
            ends.append(np.concatenate([near.potential, near.synaptic]))
        difference = (ends[0] - ends[1]) / (2 * step)
        np.testing.assert_allclose(difference, basis[:, column], rtol=0, atol=1e-6)


def test_one_exponent_of_an_oscillating_network_vanishes():
    network = random_network(3, n=20, sign=-0.3)
    trajectory = begin(network)
    found = spectrum(trajectory, 20, 5.0, np.random.default_rng(0), warm_up=1.0)
    # A neighbour ahead in time stays ahead: what is measured goes as one over the time.
    assert found.largest == pytest.approx(0.0, abs=0.05)


def test_sum_of_exponents_is_what_volumes_do():
    network = random_network(4, n=15, sign=-1.0)
    trajectory = begin(network)
    trajectory.run(300)
    before, start = trajectory.counts.copy(), trajectory.time
    found = spectrum(trajectory, 15, 2.0, np.random.default_rng(0))
    spikes = trajectory.counts - before
    stretch = np.log((network.current - network.reset) / (network.current - network.threshold))
    expected = -np.sum(1 / network.tau) + spikes @ stretch / (trajectory.time - start)
    assert found.exponents.sum() == pytest.approx(expected, rel=1e-9)


def test_neurons_that_spike_at_once_forget_their_distance():
    coupling = np.array([[0, 0.9, 0], [0, 0, 0], [0, 0, 0]])
    network = LifNetwork(coupling, 0.02, [1.5, 0.95, 1.4])
    trajectory = Trajectory(network, np.array([0.2, 0.1, 0.3]))
    found = spectrum(trajectory, 3, 2.0, np.random.default_rng(0), warm_up=0.5).exponents
    np.testing.assert_allclose(found[:2], 0.0, atol=1.0)
    assert found[2] == -np.inf


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("refractory", [0.0, 2e-3])
def test_inhibitory_pulses_are_never_chaotic(seed: int, refractory: float):
    network = random_network(seed, n=30, sign=-1.0, refractory=refractory)
    trajectory = begin(network)
    found = spectrum(trajectory, 3, 3.0, np.random.default_rng(seed), warm_up=1.0)
    assert found.largest == pytest.approx(0.0, abs=0.1)
    assert found.exponents[1] < 0


def phases(coupling: Array, current: float, tau: float, phase: Array, n_spikes: int) -> Array:
    """Return all exponents, per second, of a homogeneous inhibitory network in phases."""
    width = 1 / np.log(current / (current - 1))
    period, basis = tau / width, np.eye(len(phase))
    sums, elapsed = np.zeros(len(phase)), 0.0
    for spike in range(n_spikes):
        j = int(np.argmax(phase))
        elapsed += 1 - phase[j]
        phase = phase + 1 - phase[j]
        posts = np.flatnonzero(coupling[j])
        decay = np.exp(-phase[posts] / width)
        keep = decay / (decay - coupling[j, posts] / current)
        basis[posts] = keep[:, None] * basis[posts] + (1 - keep)[:, None] * basis[j]
        phase[posts] = -width * np.log(decay - coupling[j, posts] / current)
        phase[j] = 0.0
        if (spike + 1) % len(phase) == 0:
            basis, upper = np.linalg.qr(basis)
            sums += np.log(np.abs(np.diag(upper)))
    return np.sort(sums)[::-1] / (elapsed * period)


def test_potentials_and_phases_have_the_same_exponents():
    rng = np.random.default_rng(5)
    n, indegree, current, tau = 40, 10, 2.5, 0.01
    coupling = np.zeros((n, n))
    for post in range(n):
        others = [k for k in range(n) if k != post]
        coupling[rng.choice(others, indegree, replace=False), post] = -0.12
    start = rng.uniform(0, 0.9, n)
    trajectory = Trajectory(LifNetwork(coupling, tau, current), start)
    found = spectrum(trajectory, n, 2.0, rng)
    width = 1 / np.log(current / (current - 1))
    phase = -width * np.log(1 - start / current)
    expected = phases(coupling, current, tau, phase, int(trajectory.counts.sum()))
    assert trajectory.counts.sum() / trajectory.time / n == pytest.approx(89.4, abs=0.5)
    # Volumes of the two coordinates differ by what lies between start and end, over 2 s.
    np.testing.assert_allclose(found.exponents, expected, atol=1.5)
    assert found.exponents.sum() == pytest.approx(expected.sum(), abs=n * 1.5)


def brian2_spikes(network: LifNetwork, start: Array, duration: float, dt: float) -> list[Any]:
    """Return who spikes, and when, in Brian2's clock-driven simulation."""
    before = prefs["codegen.target"]
    prefs["codegen.target"] = "numpy"
    try:
        brian2.start_scope()
        n, second = network.size, brian2.second
        cells = brian2.NeuronGroup(
            n,
            """dv/dt = (s + i_ext - v) / tau : 1 (unless refractory)
               ds/dt = -s / tau_syn : 1
               i_ext : 1
               tau : second
               tau_syn : second
               threshold_v : 1
               reset_v : 1
               lasting : second""",
            threshold="v >= threshold_v", reset="v = reset_v", refractory="lasting",
            method="exact", dt=dt * second,
        )  # fmt: skip
        cells.i_ext, cells.v = network.current, start
        cells.tau, cells.lasting = network.tau * second, network.refractory * second
        cells.tau_syn = (network.tau_syn if len(network.tau_syn) else np.ones(n)) * second
        cells.threshold_v, cells.reset_v = network.threshold, network.reset
        target = "s_post += w" if len(network.tau_syn) else "v_post += w*int(not_refractory_post)"
        synapses = brian2.Synapses(cells, cells, "w : 1", on_pre=target, dt=dt * second)
        synapses.connect(i=np.repeat(np.arange(n), np.diff(network.indptr)), j=network.targets)
        synapses.w = network.weights
        spikes = brian2.SpikeMonitor(cells)
        brian2.Network(cells, synapses, spikes).run(duration * second)
        return [np.array(spikes.i[:]), np.array(spikes.t_[:])]
    finally:
        prefs["codegen.target"] = before


@pytest.mark.parametrize("kind", KINDS)
def test_spikes_are_those_of_brian2_as_its_step_goes_to_zero(kind: str):
    network = random_network(6, n=5, sign=-0.5, **KINDS[kind])
    start = np.linspace(0.2, 0.7, 5)
    ours = Trajectory(network, start).run(10**6, 0.15)
    assert len(ours.times) > 20
    errors = []
    for dt in (1e-4, 2e-5):
        neurons, times = brian2_spikes(network, start, 0.15, dt)
        for k in range(5):
            mine, theirs = ours.times[ours.neurons == k], times[neurons == k]
            n = min(len(mine), len(theirs))
            # A spike near the end may fall behind it.
            assert abs(len(mine) - len(theirs)) <= 1
            errors.append(np.abs(mine[:n] - theirs[:n]).max())
    coarse, fine = max(errors[:5]), max(errors[5:])
    # A spike waits for the end of its step, and each delays those after it.
    assert fine < 20 * 2e-5
    assert fine < coarse / 2


def test_current_is_held_until_another_comes():
    network = LifNetwork([[0.0]], 0.02, 0.5)
    trajectory = Trajectory(network, np.array([0.0]))
    trajectory.run(10, until=0.05)
    trajectory.hold(np.array([2.0]))
    (first,) = trajectory.run(1).times
    v = 0.5 * (1 - np.exp(-0.05 / 0.02))
    assert first == pytest.approx(0.05 + 0.02 * np.log((2 - v) / (2 - 1)), rel=1e-13)
    assert network.current[0] == 0.5


def test_tau_equal_to_that_of_the_synapses_is_the_limit_of_nearby_ones():
    ends = []
    for tau_syn in (0.01, 0.01 * (1 + 1e-9)):
        network = LifNetwork([[0, 0.3], [-0.2, 0]], 0.01, [1.4, 0.8], tau_syn=tau_syn)
        trajectory = Trajectory(network, np.array([0.1, 0.5]), np.array([0.2, 1.5]))
        ends.append(trajectory.run(20).times)
    np.testing.assert_allclose(ends[0], ends[1], rtol=1e-6)


@pytest.mark.parametrize("synaptic", [0.6, 2.0, -1.0])
@pytest.mark.parametrize("current", [0.7, 1.3])
def test_crossing_is_where_the_potential_reaches_threshold(synaptic: float, current: float):
    network = LifNetwork([[0.0]], 0.02, current, tau_syn=0.005)
    trajectory = Trajectory(network, np.array([0.4]), np.array([synaptic]))
    times = np.linspace(0, 0.5, 200001)
    share = synaptic / (1 - 0.02 / 0.005)
    v = current + (0.4 - current - share) * np.exp(-times / 0.02) + share * np.exp(-times / 0.005)
    found = trajectory.run(1, until=0.5).times
    above = np.flatnonzero(v >= 1)
    assert len(found) == (len(above) > 0)
    if len(found):
        assert times[above[0] - 1] < found[0] <= times[above[0]]


def test_exponents_are_the_same_bits_every_time():
    found = [
        spectrum(begin(random_network(7, n=12)), 12, 1.0, np.random.default_rng(0)).exponents
        for _ in range(2)
    ]
    assert found[0].tobytes() == found[1].tobytes()


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"coupling": np.ones((2, 3))}, "shape"),
        ({"coupling": np.eye(2)}, "autapses"),
        ({"tau": [0.01, 0.0]}, "above 0"),
        ({"tau": [0.01] * 3}, "shape"),
        ({"refractory": -1e-3}, "0 or more"),
        ({"reset": 1.0}, "below"),
        ({"current": np.nan}, "no numbers"),
    ],
)
def test_networks_that_cannot_be_are_refused(change: dict[str, Any], match: str):
    parts = {"coupling": np.zeros((2, 2)), "tau": 0.01, "current": 1.5} | change
    with pytest.raises(SpecError, match=match):
        LifNetwork(**parts)


def test_states_that_do_not_fit_are_refused():
    network = LifNetwork(np.zeros((2, 2)), 0.01, 1.5)
    with pytest.raises(SpecError, match="threshold"):
        Trajectory(network, np.array([0.0, 1.0]))
    with pytest.raises(SpecError, match="shapes"):
        Trajectory(network, np.zeros(3))


def test_silence_without_an_end_is_told():
    with pytest.raises(NumericalError, match="spike any more"):
        Trajectory(LifNetwork([[0.0]], 0.02, 0.9), np.array([0.1])).run(1)


@pytest.mark.parametrize("n", [2, 7, 30])
def test_neurons_that_are_all_alike_spike_together(n: int):
    # Each is a target of those that cross with it: whoever is brought there is at threshold too,
    # give or take rounding.
    coupling = np.full((n, n), 0.2 / n) - np.eye(n) * 0.2 / n
    network = LifNetwork(coupling, 0.02, 1.5, refractory=2e-3, tau_syn=5e-3)
    trajectory = Trajectory(network, np.full(n, 0.123))
    found = trajectory.run(40 * n)
    assert np.ptp(trajectory.counts) == 0
    np.testing.assert_allclose(np.ptp(found.times.reshape(40, n), axis=1), 0.0, atol=1e-9)


def test_runaway_excitation_is_told():
    network = LifNetwork([[0, 1.5], [1.5, 0]], 0.02, 1.5)
    with pytest.raises(NumericalError, match="refractory"):
        Trajectory(network, np.array([0.5, 0.4])).run(5)


@pytest.mark.parametrize("call", [crossing, njit(crossing)], ids=["plain", "compiled"])
def test_current_that_has_all_but_faded_lets_nobody_reach_threshold(call):
    # Smaller than any normal number: products of it are 0.
    assert call(0.5, 1e-323, 0.5, 1.0, 0.02, 0.005) == np.inf
    assert call(0.5, -1e-323, 0.5, 1.0, 0.02, 0.005) == np.inf
    assert call(0.5, 1e-323, 0.5, 1.0, 0.005, 0.02) == np.inf
    assert call(0.0, 1e-323, 2.0, 1.0, 0.02, 0.005) == pytest.approx(0.02 * np.log(2))
