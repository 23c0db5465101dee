"""Cells of clocked layers: leaky integrators in steps of unit length."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from neuro.errors import SpecError

Reset = Literal["subtract", "hard", "none"]


@dataclass(frozen=True, slots=True)
class StepCell:
    """Declare u_t = decay * (u_(t-1) - reset_(t-1)) + I_t, which spikes where u_t >= threshold.

    Attributes
    ----------
    decay : float
        What a step leaves of the potential, from 0 to 1.
    threshold : float
        Above 0.
    reset : {"subtract", "hard", "none"}
        A spike takes away the threshold, all of the potential, or nothing.

    References
    ----------
    Xiao et al., "Online training through time for spiking neural networks", NeurIPS 2022, eq. 2.
    """

    decay: float = 0.5
    threshold: float = 1.0
    reset: Reset = "subtract"

    def __post_init__(self) -> None:
        if not 0 <= self.decay <= 1 or self.threshold <= 0:
            raise SpecError(
                f"decay {self.decay}, threshold {self.threshold}; needed: 0 to 1, above 0"
            )


@dataclass(frozen=True, slots=True)
class RateCell:
    """Declare the cell whose weighted spike rate is a clipped linear function of its input.

    m <- beta m + (1 - beta) I with beta = exp(-dt / tau); it spikes where m reaches
    `firing` * `threshold`, loses `threshold` then, and sends threshold / dt.

    Attributes
    ----------
    tau, dt : float
        Membrane constant and step, of one unit of time.
    threshold : float
        What a spike takes away.
    firing : float
        Share of the threshold at which the cell fires; below 1 it rounds, with 1 it truncates.

    References
    ----------
    Meng et al., "Training high-performance low-latency spiking neural networks by differentiation
    on spike representation", CVPR 2022.
    """

    tau: float = 1.0
    dt: float = 0.05
    threshold: float = 0.3
    firing: float = 0.3

    def __post_init__(self) -> None:
        if min(self.tau, self.dt, self.threshold, self.firing) <= 0:
            raise SpecError("tau, dt, threshold and firing must be above 0")

    @property
    def beta(self) -> float:
        """Return what a step leaves of the potential."""
        return float(np.exp(-self.dt / self.tau))

    @property
    def amplitude(self) -> float:
        """Return what one spike sends."""
        return self.threshold / self.dt

    @property
    def ceiling(self) -> float:
        """Return the mean input from which on the cell fires at every step."""
        return self.threshold * self.tau / self.dt

    def step_weights(self, n_steps: int) -> NDArray[np.float64]:
        """Return the weight of every step in the weighted mean of a train; their sum is 1."""
        weight = np.exp(-(n_steps - np.arange(1, n_steps + 1)) * self.dt / self.tau)
        normalised: NDArray[np.float64] = weight / weight.sum()
        return normalised

    def transfer(self, mean_input: NDArray[np.floating]) -> NDArray[np.floating]:
        """Return the weighted rate for a weighted mean input: clip(I / tau, 0, threshold / dt)."""
        return np.clip(mean_input / self.tau, 0.0, self.amplitude)
