"""A recurrent network of adaptive spiking cells, time constants trained too, and its gradients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from neuro.errors import SpecError
from neuro.layers.surrogate import SURROGATES, smooth_spike
from plasticity.gradient.rates import RateNetwork, head_gradient

Array = NDArray[Any]
FASTEST = 1.0  # steps; time constants below are held there


class States(Protocol):
    """Be what a batch of sequences did to a network."""

    @property
    def state(self) -> Array:
        """Return what heads could read at each step, shape (n_steps + 1, n_sequences, n_units)."""
        ...

    @property
    def last(self) -> Array:
        """Return what heads read, shape (n_sequences, n_units)."""
        ...


class Dynamics(Protocol):
    """Run a network of given parameters, and say how its loss changes with them.

    The module `plasticity.gradient.rates` is one, of leaky rates; `Spiking` is another.
    """

    def run(
        self, network: RateNetwork, inputs: Array, start: Array, length: Array | None = None
    ) -> States:
        """Run a batch; arguments as of `plasticity.gradient.rates.run`."""
        ...

    def gradient(
        self,
        network: RateNetwork,
        inputs: Array,
        start: Array,
        labels: Sequence[Array],
        heads: Sequence[int],
        length: Array | None = None,
    ) -> tuple[float, RateNetwork]:
        """Return loss and gradient; arguments as of `plasticity.gradient.rates.gradient`."""
        ...


@dataclass(frozen=True, slots=True)
class Spiking:
    """Hold what cells with the parameters of a `RateNetwork` do.

        u_t = a (u_(t-1) - s_(t-1)) + s_(t-1) W + x_t U + b,   a = exp(-1/tau),   tau = max(tau, 1)
        s_t = 1{u_t >= 1 + beta A_t},   A_t = rho A_(t-1) + s_(t-1)
        r_t = kappa r_(t-1) + (1 - kappa) s_t,   logits of head k = r_T F_k + c_k

    Gradients go back in time through each cell's potential and adaptation, not through its reset.
    With `is_local` they do not go through recurrent synapses: the sum over time of eligibility x
    learning signal that e-prop accumulates forwards, where the loss is at the last step.

    Attributes
    ----------
    adaptation : float
        beta; 0 for cells that do not adapt.
    adapting : float
        Share of the cells that adapt, the first ones.
    memory : float
        Time constant of rho = exp(-1 / memory), steps.
    leak : float
        kappa, from 0 to below 1.
    is_local : bool
        Whether this is e-prop; otherwise back-propagation through time.
    surrogate : str
        One of `neuro.layers.surrogate.SURROGATES`.
    is_smooth : bool
        Send 1 / (1 + exp(-4 d)) in place of spikes, and take nothing away: for checks of gradients.

    References
    ----------
    Bellec et al., "A solution to the learning dilemma for recurrent networks of spiking neurons",
    Nature Communications 11 (2020), eqs. 1, 4, 11 and 25.
    """

    adaptation: float = 0.2
    adapting: float = 0.5
    memory: float = 20.0
    leak: float = 0.5
    is_local: bool = True
    surrogate: str = "triangle"
    is_smooth: bool = False

    def __post_init__(self) -> None:
        if self.adaptation < 0 or not 0 <= self.adapting <= 1 or self.memory <= 0:
            raise SpecError(
                f"adaptation {self.adaptation}, adapting {self.adapting}, memory {self.memory}; "
                "needed: 0 or more, 0 to 1, above 0"
            )
        if not 0 <= self.leak < 1 or self.surrogate not in SURROGATES:
            raise SpecError(
                f"leak {self.leak}, surrogate '{self.surrogate}'; needed: 0 to below 1, one of "
                f"{', '.join(SURROGATES)}"
            )

    def run(
        self, network: RateNetwork, inputs: Array, start: Array, length: Array | None = None
    ) -> SpikeCourse:
        """Run a batch of sequences of one length; the start is that of potentials."""
        if length is not None:
            raise SpecError("spiking networks take sequences of one length; not `length`")
        driven = inputs @ network.drive + network.bias
        kind, shape = driven.dtype.type, start.shape
        decay = np.exp(-1 / np.maximum(network.tau, FASTEST)).astype(kind)
        spikes, above, before = (np.empty((len(inputs), *shape), kind) for _ in range(3))
        state = np.zeros((len(inputs) + 1, *shape), kind)
        potential, adapted = start.astype(kind), np.zeros(shape, kind)
        spike = np.zeros(shape, kind)
        beta, rho, kappa = self._betas(shape[1], kind), kind(self._rho), kind(self.leak)
        for t, drive in enumerate(driven):
            before[t] = potential if self.is_smooth else potential - spike
            potential = decay * before[t] + spike @ network.weight + drive
            adapted = rho * adapted + spike
            above[t] = potential - 1 - beta * adapted
            spikes[t] = smooth_spike(above[t]) if self.is_smooth else above[t] >= 0
            spike = spikes[t]
            state[t + 1] = kappa * state[t] + (1 - kappa) * spike
        return SpikeCourse(state, spikes, above, before)

    @property
    def _rho(self) -> float:
        return float(np.exp(-1 / self.memory))

    def _betas(self, n_units: int, kind: Any) -> Array:
        return np.where(np.arange(n_units) < self.adapting * n_units, self.adaptation, 0).astype(
            kind
        )

    def gradient(
        self,
        network: RateNetwork,
        inputs: Array,
        start: Array,
        labels: Sequence[Array],
        heads: Sequence[int],
        length: Array | None = None,
    ) -> tuple[float, RateNetwork]:
        """Return loss and gradient by eligibility or through time, as `is_local` says."""
        course = self.run(network, inputs, start, length)
        loss, at_heads, back = head_gradient(network, course.last, labels, heads)
        error = self._errors(network, course, back)
        rows = error.reshape(-1, error.shape[2])
        arrived = np.concatenate([np.zeros_like(course.spikes[:1]), course.spikes[:-1]])
        tau = np.maximum(network.tau, FASTEST)
        slope = np.exp(-1 / tau) / tau**2 * (error * course.before).sum(axis=(0, 1))
        return loss, replace(
            at_heads,
            weight=arrived.reshape(rows.shape).T @ rows,
            drive=inputs.reshape(len(rows), -1).T @ rows,
            bias=rows.sum(axis=0),
            tau=np.where(network.tau > FASTEST, slope, 0).astype(rows.dtype),
        )

    def _errors(self, network: RateNetwork, course: SpikeCourse, back: Array) -> Array:
        """Return the derivative of the loss by each current, shape of spikes.

        Parameters
        ----------
        back : array, shape (n_sequences, n_units)
            Derivative by what heads read.
        """
        kind = course.spikes.dtype.type
        decay = np.exp(-1 / np.maximum(network.tau, FASTEST)).astype(kind)
        beta, rho = self._betas(back.shape[1], kind), kind(self._rho)
        kappa = kind(self.leak)
        turned = network.weight.T.copy()
        error = SURROGATES[self.surrogate](course.above)
        later = adapted = np.zeros_like(back)
        signal = (1 - kappa) * back
        for t in range(len(error) - 1, -1, -1):
            at_spike = signal + adapted
            if not self.is_local:
                at_spike = at_spike + later @ turned
            at_spike = at_spike * error[t]
            later = error[t] = at_spike + decay * later
            adapted = rho * adapted - beta * at_spike
            signal = kappa * signal
        return error


@dataclass(frozen=True, slots=True)
class SpikeCourse:
    """Hold what a batch did.

    Attributes
    ----------
    state : array, shape (n_steps + 1, n_sequences, n_units)
        r, from 0 on.
    spikes : array, shape (n_steps, n_sequences, n_units)
        Zeros and ones.
    above : array, of the same shape
        Potential less threshold.
    before : array, of the same shape
        What was left of the potential, to decay.
    """

    state: Array
    spikes: Array
    above: Array
    before: Array

    @property
    def last(self) -> Array:
        """Return r at the end."""
        found: Array = self.state[-1]
        return found
