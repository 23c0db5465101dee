"""Online training through time: traces of what came in, errors of the moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuro.layers.cells import StepCell
from neuro.layers.step_layer import StepState, advance, at_rest
from neuro.layers.surrogate import SURROGATES
from neuro.layers.trains import Trains, multiply, trains_of
from plasticity.gradient.factor import Rows, Traces
from plasticity.gradient.feedback import Feedback
from plasticity.gradient.loss import cross_entropy_error
from plasticity.gradient.protocol import Forward, Update, answered

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class OTTT:
    """Train online: weight change = presynaptic trace x surrogate x error of the same step.

    Each synapse needs three local factors: the trace a_t = decay a_(t-1) + x_t of its presynaptic
    cell, the derivative of its post-synaptic cell, and the error that the loss of this step sends
    down. Steps are taken `chunk` at a time, so that memory does not grow with their number.

    Attributes
    ----------
    feedback : Feedback
        Route of the error.
    cell : StepCell
        Cell of all hidden layers.
    n_steps : int
        T; inputs are the same at every step.
    surrogate : str
        One of `neuro.layers.surrogate.SURROGATES`.
    chunk : int
        Steps of one product.
    trace_inputs : bool
        Keep a trace of the network's inputs too; otherwise the first layer's factor is the input.
    per_step : bool
        Let a subspace observe every chunk of traces; otherwise only the last traces of a batch.

    References
    ----------
    Xiao et al., "Online training through time for spiking neural networks", NeurIPS 2022.
    """

    feedback: Feedback
    cell: StepCell = field(default_factory=StepCell)
    n_steps: int = 6
    surrogate: str = "sigmoid"
    chunk: int = 10
    trace_inputs: bool = False
    per_step: bool = False

    def predict(self, weights: Sequence[Array], inputs: Array) -> Forward:
        """Return the network's answer to inputs, shape (n_samples, n_inputs)."""
        total = np.zeros((len(inputs), weights[-1].shape[1]), dtype=weights[-1].dtype)
        fired = [np.zeros(weight.shape[1], dtype=np.int64) for weight in weights[:-1]]
        for steps in self._chunks(weights, inputs):
            total += steps[-1].spikes.sum(axis=0) @ weights[-1]
            for count, layer in zip(fired, steps, strict=True):
                count += np.count_nonzero(layer.spikes, axis=(0, 1))
        return answered(total / self.n_steps, fired, weights, inputs)

    def updates(self, weights: Sequence[Array], inputs: Array, labels: Array) -> Iterator[Update]:
        """Yield one update for each layer and chunk of steps; a chunk from the read-out down."""
        before: Sequence[Array | None] = [None] * len(weights)
        n_done, last = 0, len(weights) - 1
        for steps in self._chunks(weights, inputs):
            n = len(steps[-1].spikes)
            n_done += n
            traces = self._traces(inputs, steps, before)
            ends = [trace.last() for trace in traces]
            for number, error in self._errors(weights, steps, labels):
                seen = np.empty((0, len(weights[number])), error.dtype)
                if self.per_step:
                    seen = traces[number].rows()
                elif n_done == self.n_steps:
                    seen = ends[number]
                if number or self.trace_inputs:
                    # The read-out does not integrate: the factor of its synapses is the spike.
                    spikes = Traces(steps[-1].spikes, None)
                    yield Update(number, spikes if number == last else traces[number], error, seen)
                else:
                    # The same input at every step: the sum over steps comes first.
                    total = error.reshape(n, len(inputs), -1).sum(axis=0)
                    yield Update(0, Rows(inputs), total, seen)
            before = ends

    def _traces(
        self, inputs: Array, steps: list[_Steps], before: Sequence[Array | None]
    ) -> list[Traces]:
        """Return the presynaptic traces of each layer of weights; those of inputs if asked for."""
        every = np.broadcast_to(inputs, (len(steps[-1].spikes), *inputs.shape))
        decay = self.cell.decay
        found = [Traces(every, None, decay if self.trace_inputs else 0.0, before[0])]
        for layer, trace in zip(steps, before[1:], strict=True):
            found.append(Traces(layer.spikes, layer.trains, decay, trace))
        return found

    def _errors(
        self, weights: Sequence[Array], steps: list[_Steps], labels: Array
    ) -> Iterator[tuple[int, Array]]:
        """Yield the error of each layer's current at some steps, from the read-out down."""
        logits = _flat(steps[-1].spikes) @ weights[-1]
        share = len(steps[-1].spikes) / self.n_steps
        error = cross_entropy_error(logits, np.tile(labels, len(steps[-1].spikes)))
        error *= error.dtype.type(share)
        yield len(weights) - 1, error
        for number in range(len(weights) - 2, -1, -1):
            error = self.feedback.back(error, weights[number + 1], number + 1)
            error *= steps[number].derivative
            yield number, error

    def _chunks(self, weights: Sequence[Array], inputs: Array) -> Iterator[list[_Steps]]:
        """Run the network, yielding spikes and derivatives of each layer for some steps."""
        drive = inputs @ weights[0]
        states = [at_rest(len(inputs), weight.shape[1], drive.dtype) for weight in weights[:-1]]
        for first in range(0, self.n_steps, self.chunk):
            n = min(self.chunk, self.n_steps - first)
            current = drive[None]
            layers: list[_Steps] = []
            for state, weight in zip(states, [*weights[1:-1], None], strict=True):
                layers.append(self._advance(current, state, n, weight is not None))
                if weight is not None:
                    current = multiply(layers[-1].spikes, weight, layers[-1].trains)
            yield layers

    def _advance(self, current: Array, state: StepState, n: int, is_grouped: bool) -> _Steps:
        spikes, potential = advance(current, self.cell, state, n_steps=n)
        potential -= current.dtype.type(self.cell.threshold)
        derivative = SURROGATES[self.surrogate](potential)
        return _Steps(spikes, _flat(derivative), trains_of(spikes) if is_grouped else None)


@dataclass(frozen=True, slots=True)
class _Steps:
    """Hold some steps of a layer.

    Attributes
    ----------
    spikes : array, shape (n_steps, n_samples, n_cells)
        Zeros and ones.
    derivative : array, shape (n_steps * n_samples, n_cells)
        Of a spike, by the potential.
    trains : Trains or None
        Who fires alike, where another hidden layer follows.
    """

    spikes: Array
    derivative: Array
    trains: Trains | None


def _flat(steps: Array) -> Array:
    return steps.reshape(-1, steps.shape[2])
