"""A recurrent network of leaky rates, time constants trained too: its gradient through time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuro.errors import SpecError
from plasticity.gradient.loss import cross_entropy, cross_entropy_error

Array = NDArray[Any]
SLOPE = 0.01  # of the leaky rectifier below 0
LARGEST_START = 0.1


@dataclass(frozen=True, slots=True)
class RateNetwork:
    """Hold the parameters of a network, or their gradient.

        h_t = (1 - 1/tau) h_(t-1) + 1/tau phi(h_(t-1) W + x_t U + b),   tau = max(tau, 1)
        logits of head k = h_T F_k + c_k,   phi(z) = max(z, 0.01 z)

    Attributes
    ----------
    weight : array of floats, shape (n_units, n_units)
        W, from row to column.
    drive : array of floats, shape (n_inputs, n_units)
        U.
    bias, tau : array of floats, shape (n_units,)
        b, and time constants in steps.
    readout : array of floats, shape (n_heads, n_units, n_classes)
        F.
    offset : array of floats, shape (n_heads, n_classes)
        c.

    References
    ----------
    Khajehabdollahi et al., ICLR 2024; their two biases of a unit, of which only the sum counts,
    are one here.
    """

    weight: Array
    drive: Array
    bias: Array
    tau: Array
    readout: Array
    offset: Array

    def arrays(self) -> Iterator[Array]:
        """Yield the parameters, in the order of their names above."""
        return (getattr(self, each.name) for each in fields(self))

    def copy(self) -> RateNetwork:
        """Return a network of its own with the same parameters."""
        return RateNetwork(*(np.array(each) for each in self.arrays()))


def draw_network(
    n_units: int,
    rng: np.random.Generator,
    mask: Array | None = None,
    n_inputs: int = 1,
    n_heads: int = 1,
    n_classes: int = 2,
) -> RateNetwork:
    """Draw parameters: weights uniform up to 1 / sqrt(inputs of a unit), tau uniform from 1 to 2.

    Parameters
    ----------
    n_units : int
        Rates.
    rng : numpy.random.Generator
        Source of the draws.
    mask : array of bool, shape (n_units, n_units), optional
        Synapses that there are, from row to column; without it all but those of a unit onto
        itself. The number of inputs of a unit is the mean over units.
    n_inputs, n_heads, n_classes : int
        Shapes of drive and read-outs.

    Returns
    -------
    RateNetwork
        Of float32.
    """
    there = ~np.eye(n_units, dtype=np.bool_) if mask is None else np.asarray(mask, dtype=np.bool_)
    if there.shape != (n_units, n_units):
        raise SpecError(f"mask of shape {there.shape}; needed: ({n_units}, {n_units})")

    def uniform(shape: tuple[int, ...], fan_in: float) -> Array:
        found: Array = rng.uniform(-1, 1, shape) / np.sqrt(max(1.0, fan_in))
        return found.astype(np.float32)

    recurrent = there.sum() / n_units
    return RateNetwork(
        uniform((n_units, n_units), recurrent) * there,
        uniform((n_inputs, n_units), n_inputs),
        uniform((n_units,), recurrent),
        rng.uniform(1, 2, n_units).astype(np.float32),
        uniform((n_heads, n_units, n_classes), n_units),
        uniform((n_heads, n_classes), n_units),
    )


def draw_start(n_sequences: int, n_units: int, rng: np.random.Generator) -> Array:
    """Draw h_0, uniform from 0 to 0.1, shape (n_sequences, n_units)."""
    return (LARGEST_START * rng.random((n_sequences, n_units))).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Course:
    """Hold what a batch did.

    Attributes
    ----------
    state : array, shape (n_steps + 1, n_sequences, n_units)
        h, from the start on.
    active : array, shape (n_steps, n_sequences, n_units)
        phi.
    pace : list of array, shape (n_units,) or (n_sequences, n_units)
        1 / tau at each step, 0 where a sequence is over.
    """

    state: Array
    active: Array
    pace: list[Array]

    @property
    def last(self) -> Array:
        """Return the final states, shape (n_sequences, n_units)."""
        found: Array = self.state[-1]
        return found


def run(network: RateNetwork, inputs: Array, start: Array, length: Array | None = None) -> Course:
    """Run a batch of sequences.

    Parameters
    ----------
    network : RateNetwork
    inputs : array of floats, shape (n_steps, n_sequences, n_inputs)
        x.
    start : array of floats, shape (n_sequences, n_units)
        h_0.
    length : array of int, shape (n_sequences,), optional
        Steps of each sequence, after which its state stays; without it all last as long.

    Returns
    -------
    Course
    """
    n_steps = len(inputs)
    pace = 1 / np.maximum(network.tau, 1)
    driven = inputs @ network.drive + network.bias
    state = np.empty((n_steps + 1, *start.shape), dtype=driven.dtype)
    active = np.empty((n_steps, *start.shape), dtype=driven.dtype)
    state[0], paces = start, []
    for t in range(n_steps):
        z = driven[t] + state[t] @ network.weight
        active[t] = np.maximum(z, SLOPE * z)
        paces.append(pace if length is None else pace * (t < length)[:, None])
        state[t + 1] = state[t] + paces[t] * (active[t] - state[t])
    return Course(state, active, paces)


def logits(network: RateNetwork, last: Array, head: int) -> Array:
    """Return what a head says of final states, shape (n_sequences, n_classes)."""
    found: Array = last @ network.readout[head] + network.offset[head]
    return found


def gradient(
    network: RateNetwork,
    inputs: Array,
    start: Array,
    labels: Sequence[Array],
    heads: Sequence[int],
    length: Array | None = None,
) -> tuple[float, RateNetwork]:
    """Compute loss and exact gradient by back-propagation through time.

    Parameters
    ----------
    network, inputs, start, length
        As of `run`.
    labels : sequence of array of int, shape (n_sequences,)
        Classes, for each head asked.
    heads : sequence of int
        Which heads are asked.

    Returns
    -------
    loss : float
        Cross-entropy, mean over sequences, summed over heads.
    gradient : RateNetwork
        Of every parameter; of synapses that are 0 too. 0 for tau below 1, where it is held.
    """
    course = run(network, inputs, start, length)
    loss, at_heads, back = head_gradient(network, course.last, labels, heads)
    found = _through_time(network, inputs, course, back)
    return loss, replace(found, readout=at_heads.readout, offset=at_heads.offset)


def head_gradient(
    network: RateNetwork, last: Array, labels: Sequence[Array], heads: Sequence[int]
) -> tuple[float, RateNetwork, Array]:
    """Compute the loss of heads, and its gradient as far as the states that they read.

    Parameters
    ----------
    network, labels, heads
        As of `gradient`.
    last : array, shape (n_sequences, n_units)
        What heads read.

    Returns
    -------
    loss : float
        Cross-entropy, mean over sequences, summed over heads.
    gradient : RateNetwork
        Of the heads; everything else is as in the network.
    back : array, shape (n_sequences, n_units)
        Derivative of the loss by what heads read.
    """
    readout, offset = np.zeros_like(network.readout), np.zeros_like(network.offset)
    back, loss = np.zeros_like(last), 0.0
    for head, wanted in zip(heads, labels, strict=True):
        said = logits(network, last, head)
        loss += cross_entropy(said, wanted)
        error = cross_entropy_error(said, wanted)
        readout[head] += last.T @ error
        offset[head] += error.sum(axis=0)
        back += error @ network.readout[head].T
    return loss, replace(network, readout=readout, offset=offset), back


def _through_time(network: RateNetwork, inputs: Array, course: Course, back: Array) -> RateNetwork:
    """Return the gradient of all but the heads; dh/dz = phi' / tau, dh/dh = 1 - 1/tau + dz W^T."""
    state, active = course.state, course.active
    error = np.empty_like(active)
    turned, pace_error = network.weight.T.copy(), np.zeros_like(network.tau)
    for t in range(len(inputs) - 1, -1, -1):
        moved = back * course.pace[t]
        alive = course.pace[t] > 0
        pace_error += (back * alive * (active[t] - state[t])).sum(axis=0)
        error[t] = moved * np.where(active[t] > 0, 1, SLOPE).astype(moved.dtype)
        back = back - moved + error[t] @ turned
    rows = error.reshape(-1, error.shape[2])
    return RateNetwork(
        state[:-1].reshape(rows.shape).T @ rows,
        inputs.reshape(len(rows), -1).T @ rows,
        rows.sum(axis=0),
        np.where(network.tau > 1, -pace_error / network.tau**2, 0).astype(rows.dtype),
        network.readout, network.offset,
    )  # fmt: skip
