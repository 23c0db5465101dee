"""Back-propagation through time with detached reset: the oracle of gradient tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuro.layers.cells import StepCell
from neuro.layers.step_layer import advance, at_rest
from neuro.layers.surrogate import SURROGATES
from neuro.layers.trains import Trains, multiply, trains_of
from plasticity.gradient.factor import Rows, Traces
from plasticity.gradient.feedback import Feedback
from plasticity.gradient.loss import cross_entropy_error
from plasticity.gradient.protocol import Forward, Update, answered

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class BPTT:
    """Train on the exact gradient of the mean output, spikes replaced by their surrogate.

    Attributes
    ----------
    feedback : Feedback
        Route of the error.
    cell : StepCell
        Cell of all hidden layers.
    n_steps : int
        T; inputs are the same at every step, unless they bear an axis of steps in front.
    surrogate : str
        One of `neuro.layers.surrogate.SURROGATES`.
    smooth : bool
        Smooth spikes in the forward pass too: the gradient is then exact without reset.
    """

    feedback: Feedback
    cell: StepCell = field(default_factory=StepCell)
    n_steps: int = 6
    surrogate: str = "sigmoid"
    smooth: bool = False

    def predict(self, weights: Sequence[Array], inputs: Array) -> Forward:
        """Return the network's answer to inputs."""
        layers = self._forward(weights, inputs)
        fired = [np.count_nonzero(layer.spikes, axis=(0, 1)) for layer in layers]
        logits = layers[-1].spikes.mean(axis=0) @ weights[-1]
        return answered(logits, fired, weights, inputs)

    def updates(self, weights: Sequence[Array], inputs: Array, labels: Array) -> Iterator[Update]:
        """Yield one update a layer, rows step by step, from the read-out down."""
        layers = self._forward(weights, inputs)
        spikes = layers[-1].spikes
        error = cross_entropy_error(spikes.mean(axis=0) @ weights[-1], labels)
        n_steps = len(spikes)
        every = np.tile(error / n_steps, (n_steps, 1))
        yield _update(len(weights) - 1, layers[-1], every)
        for number in range(len(layers) - 1, -1, -1):
            back = self.feedback.back(every, weights[number + 1], number + 1)
            every = self._through_time(back.reshape(layers[number].spikes.shape), layers[number])
            if number:
                yield _update(number, layers[number - 1], every)
            elif inputs.ndim == 2:
                # The same input at every step: the sum over steps comes first.
                total = every.reshape(n_steps, len(inputs), -1).sum(axis=0)
                yield Update(0, Rows(inputs), total, inputs)
            else:
                yield Update(0, Rows(_rows(inputs)), every, _rows(inputs))

    def _forward(self, weights: Sequence[Array], inputs: Array) -> list[_Layer]:
        current = inputs @ weights[0]
        if inputs.ndim == 2:
            current = current[None]
        layers: list[_Layer] = []
        n_steps = self.n_steps if inputs.ndim == 2 else len(inputs)
        for weight in [*weights[1:-1], None]:
            state = at_rest(current.shape[1], current.shape[2], current.dtype)
            spikes, potential = advance(current, self.cell, state, self.smooth, n_steps)
            trains = None if self.smooth or weight is None else trains_of(spikes)
            layers.append(_Layer(spikes, potential, trains))
            if weight is not None:
                current = multiply(spikes, weight, trains)
        return layers

    def _through_time(self, back: Array, layer: _Layer) -> Array:
        """Return the error of the currents: du_t = dL/ds_t psi(u_t) + decay du_(t+1)."""
        distance = layer.potential - self.cell.threshold
        error = back * SURROGATES[self.surrogate](distance).astype(back.dtype, copy=False)
        decay = back.dtype.type(self.cell.decay)
        for step in range(len(error) - 2, -1, -1):
            later = decay * error[step + 1]
            if self.cell.reset == "hard":
                later *= 1 - layer.spikes[step]
            error[step] += later
        rows: Array = error.reshape(-1, error.shape[2])
        return rows


@dataclass(frozen=True, slots=True)
class _Layer:
    """Hold spikes and potentials, shape (n_steps, n_samples, n_cells); who of them fires alike."""

    spikes: Array
    potential: Array
    trains: Trains | None


def _update(number: int, before: _Layer, error: Array) -> Update:
    return Update(number, Traces(before.spikes, before.trains), error, _rows(before.spikes))


def _rows(steps: Array) -> Array:
    return steps.reshape(-1, steps.shape[2])
