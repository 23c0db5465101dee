"""A network close to rest: its linear dynamics, and what noise does to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

from neuro.errors import NumericalError, SpecError
from plasticity.pruning.protocol import Dynamics, Graph

Array = NDArray[Any]
#: An unstable network is linearised at a gain that brings its spectral radius here.
TAMED_RADIUS = 0.5


def coupling(weight: Array, graph: Graph) -> Array:
    """Return the matrix of weights, shape (n, n), from column to row; parallel edges add up."""
    matrix = np.zeros((graph.size, graph.size))
    np.add.at(matrix, (graph.target, graph.source), weight)
    return matrix


def linearise(weight: Array, graph: Graph, dynamics: Dynamics) -> Array:
    """Return A = diag(1 / tau) (-1 + g W), stable.

    Parameters
    ----------
    weight : array of floats, shape (n_edges,)
        Signed weights.
    graph : Graph
        Their edges.
    dynamics : Dynamics
        Time constants and gains g; where the network would be unstable all gains are lowered alike,
        to a spectral radius of g W of one half.

    Returns
    -------
    array of floats, shape (n, n)
    """
    drive = _drive(weight, graph, dynamics)
    system = _system(drive, dynamics)
    if np.linalg.eigvals(system).real.max() >= 0:
        drive *= TAMED_RADIUS / np.abs(np.linalg.eigvals(drive)).max()
        system = _system(drive, dynamics)
    return system


def growth_rates(weight: Array, graph: Graph, dynamics: Dynamics) -> Array:
    """Return how fast the modes of the linear network grow, per s, the fastest first, shape (n,).

    These are the Lyapunov exponents of dx/dt = diag(1 / tau) (-1 + g W) x, whose gains are those
    given, also where it is not stable.
    """
    system = _system(_drive(weight, graph, dynamics), dynamics)
    return np.asarray(np.sort(np.linalg.eigvals(system).real)[::-1])


def _drive(weight: Array, graph: Graph, dynamics: Dynamics) -> Array:
    """Return g W."""
    return np.asarray(np.asarray(dynamics.gain)[:, None] * coupling(weight, graph))


def _system(drive: Array, dynamics: Dynamics) -> Array:
    """Return diag(1 / tau) (-1 + g W)."""
    return np.asarray((drive - np.eye(len(drive))) / np.asarray(dynamics.tau)[:, None])


def edge_exponents(exponent: Array, graph: Graph) -> Array:
    """Return the harmonic mean of the absolute exponents around each edge, shape (n_edges,).

    n / sum 1 / |lambda_k| over the n neurons that either end is connected to, in any direction,
    both ends among them; 0 where one of the exponents is.

    Parameters
    ----------
    exponent : array of floats, shape (n,)
        Of each neuron, per s; see `neuron_exponents`.
    graph : Graph
        Directed edges.
    """
    near = np.zeros((graph.size, graph.size))
    near[graph.source, graph.target] = near[graph.target, graph.source] = 1.0
    is_still = (np.asarray(exponent) == 0).astype(np.float64)
    slowness = np.divide(1.0, np.abs(exponent), out=np.zeros(graph.size), where=is_still == 0)
    ends = graph.source, graph.target

    def around(value: Array) -> Array:
        """Sum over those that either end knows: over both, less what was counted twice."""
        own, shared = near @ value, (near * value) @ near
        return np.asarray(own[ends[0]] + own[ends[1]] - shared[ends])

    number, total = around(np.ones(graph.size)), around(slowness)
    is_moving = (around(is_still) == 0) & (total > 0)
    return np.divide(number, total, out=np.zeros(graph.n_edges), where=is_moving)


def linearise_by_exponents(weight: Array, graph: Graph, dynamics: Dynamics) -> tuple[Array, Array]:
    """Linearise a network with exponents at its edges in the place of weights.

    Parameters
    ----------
    weight : array of floats, shape (n_edges,)
        Only their signs count.
    graph : Graph
        Directed edges.
    dynamics : Dynamics
        Time constants, and the exponent of each neuron.

    Returns
    -------
    system : array of floats, shape (n, n)
        A = -diag(1 / tau) + Lambda, stable as that of `linearise`.
    strength : array of floats, shape (n_edges,)
        Lambda at the edges, 1/s: `edge_exponents` with the signs of the weights.

    Raises
    ------
    SpecError
        If exponents were not measured.

    References
    ----------
    Chakraborty et al., "Sparse spiking neural network: exploiting heterogeneity in timescales for
    pruning recurrent SNN", ICLR 2024. The publication leaves open which exponent is a neuron's;
    see `neuron_exponents` for the choice made here.
    """
    if len(dynamics.exponent) != graph.size:
        raise SpecError(f"{len(dynamics.exponent)} exponents for {graph.size} neurons; needed: all")
    strength = np.sign(weight) * edge_exponents(dynamics.exponent, graph)
    # The exponents are rates, which no gain turns into others.
    as_rates = replace(dynamics, gain=dynamics.tau)
    return linearise(strength, graph, as_rates), strength


def noise_covariance(system: Array, sigma: float = 1.0) -> Array:
    """Return the covariance of dx/dt = A x + sigma noise: A C + C A^T + sigma^2 = 0.

    Parameters
    ----------
    system : array of floats, shape (n, n)
        A.
    sigma : float
        Deviation of the independent white noise of each node.

    Returns
    -------
    array of floats, shape (n, n)

    Raises
    ------
    NumericalError
        If A is not stable: the noise then has no stationary covariance.
    """
    largest = float(np.linalg.eigvals(system).real.max())
    if largest >= 0:
        raise NumericalError(
            f"the linear network grows at {largest:.4g} per second; needed: below 0"
        )
    found = scipy.linalg.solve_continuous_lyapunov(system, -(sigma**2) * np.eye(len(system)))
    return np.asarray((found + found.T) / 2)


def leverages(weight: Array, graph: Graph, covariance: Array) -> Array:
    """Return |w| (C_ii + C_jj - 2 sgn(w) C_ij) of each edge, shape (n_edges,).

    How much hangs on an edge: a synapse and the covariance of its two neurons are all that it
    takes. For a symmetric A = -L and sigma^2 = 2 this is the weight times the effective resistance
    between its ends: 1 for an edge that alone connects two parts.

    References
    ----------
    Moore and Chaudhuri, "Using noise to probe recurrent neural network structure and prune
    synapses", NeurIPS 2020. Spielman and Srivastava, SIAM Journal on Computing 40 (2011).
    """
    variance, ends = np.diag(covariance), (graph.source, graph.target)
    spread = variance[ends[0]] + variance[ends[1]] - 2 * np.sign(weight) * covariance[ends]
    return np.asarray(np.abs(weight) * spread)
