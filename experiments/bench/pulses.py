"""Exponents of integrate-and-fire networks in plain NumPy: the peer of `plasticity.lyapunov`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from plasticity.lyapunov import LifNetwork

Array = NDArray[Any]


class NumpyPulses:
    """Move a network of inhibitory pulses from spike to spike, all neurons at every spike.

    The algorithm is that of `plasticity.lyapunov.Trajectory`: exact times, a saltation of rank one
    at each spike, a block of a spike a neuron between two orthonormalisations. Pulses move
    potentials and never lift one to threshold; nobody is refractory.

    Parameters
    ----------
    network : LifNetwork
        Every I above threshold, every weight below 0, no `tau_syn`.
    potential : array of floats, shape (n,)
        v to begin with, below threshold.
    """

    def __init__(self, network: LifNetwork, potential: Array) -> None:
        self.network = network
        self.v = np.array(potential, dtype=np.float64)
        self.time, self.n_spikes = 0.0, 0

    @property
    def dimension(self) -> int:
        """Return the number of neurons."""
        return len(self.v)

    def advance(self, basis: Array, pace: float) -> float:
        """Go on by a spike a neuron."""
        before = self.time
        for _ in range(max(1, round(pace * self.dimension))):
            self._spike(basis)
        return self.time - before

    def _spike(self, basis: Array) -> None:
        """Go on to the next spike and behind it."""
        net = self.network
        drive = net.current - net.threshold
        wait = net.tau * np.log((net.current - self.v) / drive)
        j = int(wait.argmin())
        keep = np.exp(-wait[j] / net.tau)
        self.v = net.current + (self.v - net.current) * keep
        basis *= keep[:, None]
        # By how much earlier the spike comes, in each direction.
        pulse = basis[j] * (net.tau[j] / drive[j])
        span = slice(net.indptr[j], net.indptr[j + 1])
        hit, weight = net.targets[span], net.weights[span]
        self.v[hit] += weight
        basis[hit] -= (weight / net.tau[hit])[:, None] * pulse
        self.v[j] = net.reset[j]
        basis[j] = (net.current[j] - net.reset[j]) / net.tau[j] * pulse
        self.time += float(wait[j])
        self.n_spikes += 1
