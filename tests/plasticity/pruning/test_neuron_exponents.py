"""How fast deviations of single neurons grow, and what that makes of a graph."""

from __future__ import annotations

import numpy as np
import pytest

from neuro.errors import SpecError
from plasticity.lyapunov import LifNetwork, Trajectory, spectrum
from plasticity.pruning import (
    Dynamics,
    Graph,
    edge_exponents,
    linearise_by_exponents,
    neuron_exponents,
)

# Central differences of crossings that are exact to rounding.
AGREEMENT = 1e-5


def begun(network: LifNetwork, seed: int = 0) -> Trajectory:
    rng = np.random.default_rng(seed)
    trajectory = Trajectory(network, rng.uniform(0.1, 0.8, network.size))
    trajectory.run(3 * network.size, 0.1)
    return trajectory


def coupled(n: int = 5, refractory: float = 0.0, tau_syn: float | None = None) -> LifNetwork:
    rng = np.random.default_rng(3)
    coupling = -rng.uniform(0.0, 0.2, (n, n)) * (1 - np.eye(n))
    tau, current = rng.uniform(0.01, 0.03, n), rng.uniform(1.3, 2.0, n)
    return LifNetwork(coupling, tau, current, refractory=refractory, tau_syn=tau_syn)


def test_neurons_below_threshold_forget_each_at_its_own_membrane():
    tau = np.array([0.01, 0.02, 0.05])
    trajectory = Trajectory(LifNetwork(np.zeros((3, 3)), tau, 0.5), np.full(3, 0.2))
    np.testing.assert_allclose(neuron_exponents(trajectory, 0.3, 2), -1 / tau, rtol=1e-12)


@pytest.mark.parametrize("refractory", [0.0, 5e-3])
def test_neuron_alone_neither_forgets_nor_grows_over_whole_periods(refractory: float):
    network = LifNetwork([[0.0]], 0.02, 1.5, refractory=refractory)
    trajectory = Trajectory(network, np.array([0.3]))
    period = 0.02 * np.log(3.0) + refractory
    assert neuron_exponents(trajectory, period, 3)[0] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("tau_syn", [None, 4e-3])
def test_deviations_are_those_of_simulations(tau_syn: float | None):
    network, window, size = coupled(tau_syn=tau_syn), 0.06, 1e-7
    start = begun(network)
    ends = []
    for sign in (1, -1):
        for k in range(network.size):
            v = start.potential.copy()
            v[k] += sign * size
            other = Trajectory(network, v, start.synaptic)
            other.run(10_000, window)
            ends.append(np.concatenate([other.potential, other.synaptic]))
    ahead, behind = np.reshape(ends, (2, network.size, -1))
    length = np.linalg.norm(ahead - behind, axis=1) / (2 * size)
    origin = Trajectory(network, start.potential, start.synaptic)
    found = neuron_exponents(origin, window)
    np.testing.assert_allclose(np.exp(found * window), length, rtol=AGREEMENT)


def test_refractory_neuron_deviates_in_potential_too():
    # A deviation that waits for its release is as long before as it is after.
    network = LifNetwork([[0.0]], 0.02, 1.5, refractory=0.01)
    trajectory = Trajectory(network, np.array([0.9]))
    trajectory.run(1)
    assert neuron_exponents(trajectory, 0.01)[0] == pytest.approx(0, abs=1e-9)


def test_long_windows_lead_to_the_largest_exponent():
    network = coupled(refractory=2e-3)
    found = neuron_exponents(begun(network), 40.0)
    largest = spectrum(begun(network), 1, 40.0, np.random.default_rng(4)).largest
    np.testing.assert_allclose(found, largest, atol=0.5)
    with pytest.raises(SpecError, match="windows"):
        neuron_exponents(begun(network), 0.0)


def test_harmonic_mean_by_hand():
    # 0 -> 1 -> 2 and 2 -> 0, 3 hangs on 2, 4 on nothing.
    graph = Graph(np.array([0, 1, 2, 3]), np.array([1, 2, 0, 2]), 5)
    exponent = np.array([-1.0, 2.0, -4.0, 0.5, 100.0])
    found = edge_exponents(exponent, graph)
    # Around 0 -> 1: 0, 1, 2. Around every edge at 2: also 3.
    np.testing.assert_allclose(found[0], 3 / (1 + 1 / 2 + 1 / 4))
    np.testing.assert_allclose(found[1:], 4 / (1 + 1 / 2 + 1 / 4 + 2))


def test_exponent_zero_makes_the_mean_zero_around():
    graph = Graph(np.array([0, 2]), np.array([1, 3]), 4)
    found = edge_exponents(np.array([0.0, -5.0, -np.inf, -10.0]), graph)
    np.testing.assert_allclose(found, [0, 20])


def test_linear_network_of_exponents():
    graph = Graph(np.array([0, 1]), np.array([1, 2]), 3)
    exponent, tau = np.array([-2.0, -4.0, -4.0]), np.array([0.1, 0.05, 0.02])
    dynamics = Dynamics(tau, np.full(3, 7.0), exponent=exponent)
    system, strength = linearise_by_exponents(np.array([0.3, -9.0]), graph, dynamics)
    mean = 3 / (1 / 2 + 1 / 4 + 1 / 4)
    np.testing.assert_allclose(strength, [mean, -mean])
    np.testing.assert_allclose(
        system, [[-10, 0, 0], [mean, -20, 0], [0, -mean, -50]], rtol=1e-12, atol=0
    )
    with pytest.raises(SpecError, match="exponents"):
        linearise_by_exponents(np.ones(2), graph, Dynamics(tau, tau))
