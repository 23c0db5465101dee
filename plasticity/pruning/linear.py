"""A network close to rest: its linear dynamics, and what noise does to it."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

from neuro.errors import NumericalError
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
    tau = np.asarray(dynamics.tau, dtype=np.float64)
    drive = np.asarray(dynamics.gain)[:, None] * coupling(weight, graph)
    system = (drive - np.eye(graph.size)) / tau[:, None]
    if np.linalg.eigvals(system).real.max() >= 0:
        drive *= TAMED_RADIUS / np.abs(np.linalg.eigvals(drive)).max()
        system = (drive - np.eye(graph.size)) / tau[:, None]
    return np.asarray(system)


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
