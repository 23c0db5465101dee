"""Eligibility propagation: gradients of a recurrent layer without going back in time through it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuro.errors import SpecError
from neuro.layers.cells import StepCell
from neuro.layers.step_layer import advance, at_rest
from neuro.layers.surrogate import SURROGATES
from plasticity.gradient.factor import Rows
from plasticity.gradient.feedback import Feedback
from plasticity.gradient.loss import cross_entropy_error
from plasticity.gradient.protocol import Forward, Update

Array = NDArray[Any]
INPUT, RECURRENT, READOUT = range(3)


@dataclass(frozen=True, slots=True)
class EProp:
    """Train a recurrent layer by eligibility x learning signal, step by step.

    The weights are those from the inputs, from the layer to itself one step later, and to a leaky
    read-out, o_t = kappa o_(t-1) + s_t W_out, whose cross-entropy is the loss of every step:

        eps_t = decay eps_(t-1) + x_t         eligibility of a presynaptic cell (or + s_(t-1))
        e_t = psi(u_t) eps_t                  of a synapse
        dW = sum_t L_t sum_(t' <= t) kappa^(t - t') e_t',   L_t = (dloss_t / do_t) B

    What a spike does to later spikes of other cells is left out: without recurrent synapses the
    gradient is that of back-propagation with detached reset. The low-pass of the eligibility is
    taken as the same low-pass of L, backwards in time; the sums are equal, and no trace is needed
    for each synapse of each sample.

    Attributes
    ----------
    feedback : Feedback
        B: transposed read-out weights, fixed random ones, or their signs.
    cell : StepCell
        Cell of the layer, with reset by subtraction or none.
    n_steps : int
        T; inputs with an axis of steps bring their own.
    surrogate : str
        One of `neuro.layers.surrogate.SURROGATES`.
    leak : float
        kappa, from 0 to below 1.
    in_parts : bool
        Show an input without an axis of steps in `n_steps` equal parts, one after the other;
        otherwise all of it is there at every step.

    References
    ----------
    Bellec et al., "A solution to the learning dilemma for recurrent networks of spiking neurons",
    Nature Communications 11 (2020), eqs. 1, 4 and 23.
    """

    feedback: Feedback
    cell: StepCell = field(default_factory=StepCell)
    n_steps: int = 6
    surrogate: str = "sigmoid"
    leak: float = 0.0
    in_parts: bool = False

    def __post_init__(self) -> None:
        if self.cell.reset == "hard":
            raise SpecError("a hard reset needs an eligibility for each synapse; not 'hard'")
        if not 0 <= self.leak < 1:
            raise SpecError(f"leak {self.leak}; needed: 0 to below 1")

    def predict(self, weights: Sequence[Array], inputs: Array) -> Forward:
        """Return the mean output over steps; inputs (n, n_inputs) or (n_steps, n, n_inputs)."""
        every = self._steps(inputs)
        spikes, _ = self._forward(weights, every)
        fired = np.count_nonzero(spikes, axis=(0, 1))
        fan_out = weights[RECURRENT].shape[1] + weights[READOUT].shape[1]
        operations = (
            int(np.count_nonzero(inputs)) * weights[INPUT].shape[1] + int(fired.sum()) * fan_out
        )
        logits = self._outputs(spikes, weights[READOUT]).mean(axis=0)
        return Forward(logits, (fired,), operations)

    def updates(self, weights: Sequence[Array], inputs: Array, labels: Array) -> Iterator[Update]:
        """Yield the updates of read-out, recurrent and input weights, rows step by step."""
        every = self._steps(inputs)
        spikes, potential = self._forward(weights, every)
        outputs = self._outputs(spikes, weights[READOUT])
        n_steps = len(outputs)
        # Its mean over all rows makes the loss of a step its share of the mean over steps.
        wrong = cross_entropy_error(_rows(outputs), np.tile(labels, n_steps))
        signal = _rows(_filtered(wrong.reshape(outputs.shape)[::-1], self.leak)[::-1])
        yield Update(READOUT, Rows(_rows(spikes)), signal, _rows(spikes))
        error = self.feedback.back(signal, weights[READOUT], READOUT)
        distance = _rows(potential) - potential.dtype.type(self.cell.threshold)
        error *= SURROGATES[self.surrogate](distance)
        before = np.concatenate([np.zeros_like(spikes[:1]), spikes[:-1]])
        for layer, came in ((RECURRENT, before), (INPUT, every)):
            eligibility = _rows(_filtered(came, self.cell.decay))
            yield Update(layer, Rows(eligibility), error, eligibility)

    def _steps(self, inputs: Array) -> Array:
        """Return what comes in at each step, shape (n_steps, n_samples, n_inputs)."""
        if inputs.ndim == 3:
            return inputs
        if self.in_parts:
            parts = inputs.reshape(len(inputs), self.n_steps, -1)
            return np.ascontiguousarray(parts.transpose(1, 0, 2))
        return np.broadcast_to(inputs, (self.n_steps, *inputs.shape))

    def _forward(self, weights: Sequence[Array], inputs: Array) -> tuple[Array, Array]:
        """Return spikes and potentials, shape (n_steps, n_samples, n_cells)."""
        n_steps, n_samples = inputs.shape[:2]
        driven = inputs @ weights[INPUT]
        spikes, potential = np.empty_like(driven), np.empty_like(driven)
        state = at_rest(n_samples, driven.shape[2], driven.dtype)
        for step in range(n_steps):
            if step:
                driven[step] += spikes[step - 1] @ weights[RECURRENT]
            now = slice(step, step + 1)
            spikes[now], potential[now] = advance(driven[now], self.cell, state)
        return spikes, potential

    def _outputs(self, spikes: Array, readout: Array) -> Array:
        return _filtered(spikes @ readout, self.leak)


def _filtered(steps: Array, decay: float) -> Array:
    """Return f_t = decay f_(t-1) + x_t along the first axis."""
    found = np.array(steps)
    for step in range(1, len(found)):
        found[step] += found.dtype.type(decay) * found[step - 1]
    return found


def _rows(steps: Array) -> Array:
    return np.ascontiguousarray(steps).reshape(-1, steps.shape[2])
