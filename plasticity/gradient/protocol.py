"""What a trainer of layered spiking networks gives: factors and errors, layer by layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from plasticity.gradient.factor import Factor

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Update:
    """Hold one part of a batch's gradient of one layer: presynaptic^T error.

    Attributes
    ----------
    layer : int
        Which weights.
    factor : Factor
        Presynaptic factor: rates, traces or spikes, n_rows of n_before.
    error : array, shape (n_rows, n_after)
        Post-synaptic error times the cell's local derivative.
    activity : array, shape (n_any, n_before)
        Presynaptic activity as a subspace is to learn it.
    """

    layer: int
    factor: Factor
    error: Array
    activity: Array

    @property
    def presynaptic(self) -> Array:
        """Return the rows of the presynaptic factor, shape (n_rows, n_before)."""
        return self.factor.rows()

    def gradient(self) -> Array:
        """Return this part of the gradient, shape (n_before, n_after)."""
        return self.factor.correlation(self.error)


@dataclass(frozen=True, slots=True)
class Forward:
    """Hold what a network answers to a batch.

    Attributes
    ----------
    logits : array, shape (n_samples, n_classes)
        Mean output of the read-out.
    fired : tuple of array of int, shape (n_cells,)
        Spikes of each cell of each hidden layer.
    operations : int
        Synaptic operations: for every spike and every non-zero input at its first layer, one for
        each synapse that it crosses.
    """

    logits: Array
    fired: tuple[Array, ...]
    operations: int

    @property
    def spikes(self) -> tuple[int, ...]:
        """Return the spikes of each hidden layer."""
        return tuple(int(cells.sum()) for cells in self.fired)


def answered(
    logits: Array, fired: Sequence[Array], weights: Sequence[Array], inputs: Array
) -> Forward:
    """Return the answer of a layered network, synaptic operations counted.

    Parameters
    ----------
    logits, fired
        As of `Forward`.
    weights : sequence of array, shape (n_before, n_after)
        Of all layers.
    inputs : array
        What it answered to.
    """
    spikes = [int(cells.sum()) for cells in fired]
    return Forward(logits, tuple(fired), count_operations(weights, inputs, spikes))


class Trainer(Protocol):
    """Turn a batch into gradients of the cross-entropy of the mean output."""

    def predict(self, weights: Sequence[Array], inputs: Array) -> Forward:
        """Return the network's answer to inputs, shape (n_samples, n_inputs)."""
        ...

    def updates(self, weights: Sequence[Array], inputs: Array, labels: Array) -> Iterator[Update]:
        """Yield the parts of the gradient of a batch; weights must not change meanwhile."""
        ...


def count_operations(weights: Sequence[Array], inputs: Array, spikes: Sequence[int]) -> int:
    """Count one synaptic operation for each synapse crossed by a spike or a non-zero input."""
    fan_out: list[int] = [weight.shape[1] for weight in weights]
    first = int(np.count_nonzero(inputs)) * fan_out[0]
    return first + sum(n * fan for n, fan in zip(spikes, fan_out[1:], strict=True))
