"""Online training through time: traces of what came in, errors of the moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuro.layers.cells import StepCell
from neuro.layers.events import multiply
from neuro.layers.step_layer import StepState, advance, at_rest
from neuro.layers.surrogate import SURROGATES
from plasticity.gradient.feedback import Feedback
from plasticity.gradient.loss import cross_entropy_error
from plasticity.gradient.protocol import Forward, Update, count_operations

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
    chunk: int = 5
    trace_inputs: bool = False
    per_step: bool = False

    def predict(self, weights: Sequence[Array], inputs: Array) -> Forward:
        """Return the network's answer to inputs, shape (n_samples, n_inputs)."""
        total = np.zeros((len(inputs), weights[-1].shape[1]), dtype=weights[-1].dtype)
        spikes = np.zeros(len(weights) - 1, dtype=np.int64)
        for steps in self._chunks(weights, inputs):
            total += steps[-1].spikes.sum(axis=0) @ weights[-1]
            spikes += [np.count_nonzero(layer.spikes) for layer in steps]
        counts = tuple(int(n) for n in spikes)
        operations = count_operations(weights, inputs, counts)
        return Forward(total / self.n_steps, counts, operations)

    def updates(self, weights: Sequence[Array], inputs: Array, labels: Array) -> Iterator[Update]:
        """Yield one update for each layer and chunk of steps; a chunk from the read-out down."""
        traces = [np.zeros((len(inputs), len(weight)), weight.dtype) for weight in weights]
        silent = [trace[:0] for trace in traces]
        n_done = 0
        for steps in self._chunks(weights, inputs):
            n = len(steps[-1].spikes)
            n_done += n
            moved = [self._input_trace(inputs, traces[0], n)]
            for layer, trace in zip(steps, traces[1:], strict=True):
                moved.append(self._trace(layer.spikes, trace))
            # The read-out does not integrate: the factor of its synapses is the spike itself.
            factors = [*moved[:-1], steps[-1].spikes]
            for number, error in self._errors(weights, steps, labels):
                seen = silent[number]
                if self.per_step:
                    seen = _flat(moved[number])
                elif n_done == self.n_steps:
                    seen = moved[number][-1]
                if number or self.trace_inputs:
                    yield Update(number, _flat(factors[number]), error, seen)
                else:
                    # The same input at every step: the sum over steps comes first.
                    total = error.reshape(n, len(inputs), -1).sum(axis=0)
                    yield Update(0, inputs, total, seen)

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
            current = np.broadcast_to(drive, (n, *drive.shape))
            layers: list[_Steps] = []
            for state, weight in zip(states, [*weights[1:-1], None], strict=True):
                layers.append(self._advance(np.ascontiguousarray(current), state))
                if weight is not None:
                    flat = _flat(layers[-1].spikes)
                    current = multiply(flat, weight).reshape(n, len(inputs), -1)
            yield layers

    def _advance(self, current: Array, state: StepState) -> _Steps:
        spikes, potential = advance(current, self.cell, state)
        derivative = SURROGATES[self.surrogate](potential - current.dtype.type(self.cell.threshold))
        return _Steps(spikes, _flat(derivative))

    def _trace(self, spikes: Array, trace: Array) -> Array:
        """Move a trace on, and return it at every step."""
        decay, moved = trace.dtype.type(self.cell.decay), np.empty_like(spikes)
        for step, now in enumerate(spikes):
            trace *= decay
            trace += now
            moved[step] = trace
        return moved

    def _input_trace(self, inputs: Array, trace: Array, n: int) -> Array:
        every = np.broadcast_to(inputs, (n, *inputs.shape))
        return self._trace(every, trace) if self.trace_inputs else every


@dataclass(frozen=True, slots=True)
class _Steps:
    """Hold some steps of a layer: spikes (n_steps, n_samples, n), derivative (rows, n)."""

    spikes: Array
    derivative: Array


def _flat(steps: Array) -> Array:
    return steps.reshape(-1, steps.shape[2])
