"""Networks damaged or shaken, and what of earlier tasks is still in their states."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.tasks.bits import BitTask
from experiments.timescales.training import as_inputs
from plasticity.gradient import rates
from plasticity.gradient.rates import RateNetwork, draw_start
from plasticity.gradient.spikes import Dynamics

Array = NDArray[Any]


def slowest(network: RateNetwork, n: int) -> Array:
    """Return the n units of the longest time constants, the longest first."""
    return np.argsort(-np.maximum(network.tau, 1), kind="stable")[:n]


def ablate(network: RateNetwork, units: Array) -> RateNetwork:
    """Return the network without some of its units: nothing comes into them or goes out.

    Parameters
    ----------
    network : RateNetwork
        Left as it is.
    units : array of int
        Which.
    """
    damaged = network.copy()
    for incoming in (damaged.weight.T, damaged.drive.T, damaged.bias):
        incoming[units] = 0
    for outgoing in (damaged.weight, damaged.readout.swapaxes(0, 1)):
        outgoing[units] = 0
    return damaged


def shake_weights(network: RateNetwork, size: float, rng: np.random.Generator) -> RateNetwork:
    """Return the network with noise on its recurrent weights.

    Parameters
    ----------
    network : RateNetwork
        Left as it is.
    size : float
        Deviation of the noise, in deviations of the weights that are not 0; only those get any.
    rng : numpy.random.Generator
        Source of the noise.
    """
    there = network.weight != 0
    noise = size * network.weight[there].std() * rng.standard_normal(int(there.sum()))
    weight = network.weight.copy()
    weight[there] += noise.astype(weight.dtype)
    return replace(network.copy(), weight=weight)


def shake_tau(network: RateNetwork, size: float, rng: np.random.Generator) -> RateNetwork:
    """Return the network with each time constant times exp(size xi), xi normal; at least 1.

    Parameters
    ----------
    network : RateNetwork
        Left as it is.
    size : float
        Deviation of the logarithms.
    rng : numpy.random.Generator
        Source of the noise.
    """
    tau = np.maximum(network.tau, 1) * np.exp(size * rng.standard_normal(len(network.tau)))
    return replace(network.copy(), tau=np.maximum(tau, 1).astype(network.tau.dtype))


def relearnt(
    network: RateNetwork,
    task: BitTask,
    n: int,
    rng: np.random.Generator,
    n_train: int = 2000,
    n_test: int = 1000,
    dynamics: Dynamics = rates,
) -> float:
    """Measure what a head learnt anew can make of the states for an N that was taught before.

    A head that was taught another N since says nothing of what the network has forgotten.

    Parameters
    ----------
    network : RateNetwork
        Frozen.
    task, n : BitTask, int
        What is asked.
    rng : numpy.random.Generator
        Draws sequences: some to learn the head from, others to test it by.
    n_train, n_test : int
        How many.
    dynamics : Dynamics
        What units do.

    Returns
    -------
    float
        Accuracy of a logistic regression.
    """
    # Loaded where it is asked for: training needs none of it.
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    halves = []
    for n_sequences in (n_train, n_test):
        bits = task.draw(n, n_sequences, rng)
        start = draw_start(n_sequences, len(network.tau), rng)
        last = dynamics.run(network, as_inputs(bits), start).last.astype(np.float64)
        halves.append((last, task.label(bits, n)))
    (states, labels), (held, wanted) = halves
    scale = StandardScaler().fit(states)
    head = LogisticRegression(max_iter=2000).fit(scale.transform(states), labels)
    return float(head.score(scale.transform(held), wanted))
