"""Follow a network of integrate-and-fire neurons from spike to spike, with tangent vectors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuro.errors import NumericalError, SpecError
from plasticity.lyapunov import events
from plasticity.lyapunov.lif import LifNetwork

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Spikes:
    """Hold spikes in the order in which they came.

    Attributes
    ----------
    times : array of floats, shape (n_spikes,)
        In seconds.
    neurons : array of ints, shape (n_spikes,)
        Who spiked.
    """

    times: Array
    neurons: Array


class Trajectory:
    """Hold the state of a network and move it from spike to spike.

    Coordinates of the tangent space are the potentials, then the synaptic currents. While a neuron
    is refractory its potential stands still, and its first coordinate is the time it has left: so
    no direction is lost by a refractory period.

    Parameters
    ----------
    network : LifNetwork
        The network.
    potential : array of floats, shape (n,)
        v to begin with, below threshold.
    synaptic : array of floats, shape (n,), optional
        s to begin with; 0 if left out.
    longest : float, optional
        The longest block between two orthonormalisations, in s, where there are few spikes; five
        of the shortest time constants if left out.
    compiled : bool
        Whether kernels are compiled, which takes seconds once; for a few hundred spikes it takes
        longer than they do without.

    Raises
    ------
    SpecError
        If a potential is not below threshold, or a shape does not fit.

    References
    ----------
    Mueller, Chaos, Solitons and Fractals 5 (1995), on saltation; Monteforte and Wolf, Physical
    Review Letters 105 (2010), on spectra of spiking networks.
    """

    def __init__(
        self,
        network: LifNetwork,
        potential: Array,
        synaptic: Array | None = None,
        longest: float | None = None,
        *,
        compiled: bool = True,
    ) -> None:
        n, n_synaptic = network.size, len(network.tau_syn)
        v = np.array(potential, dtype=np.float64)
        s = np.zeros(n_synaptic) if synaptic is None else np.array(synaptic, dtype=np.float64)
        if v.shape != (n,) or s.shape != (n_synaptic,):
            raise SpecError(
                f"states of shapes {v.shape}, {s.shape}; needed: ({n},), ({n_synaptic},)"
            )
        if not np.all(v < network.threshold):
            raise SpecError("a potential to begin with is not below threshold")
        self.network = network
        self.time = 0.0
        shortest = np.min(np.concatenate([network.tau, network.tau_syn]))
        self._longest = 5 * shortest if longest is None else longest
        self._net = events.Net(*(getattr(network, name) for name in events.Net._fields))
        self._state = events.State(
            v=v,
            s=s,
            current=network.current.copy(),
            is_refractory=np.zeros(n, dtype=np.bool_),
            seen=np.zeros(n),
            due=np.empty(n),
            counts=np.zeros(n, dtype=np.int64),
        )
        kernels = events.schedule, events.run, events.bring_all
        self._schedule, self._go, self._bring_all = (
            kernels if compiled else [each.py_func for each in kernels]
        )
        self._schedule(self._net, self._state)

    @property
    def dimension(self) -> int:
        """Return the number of coordinates."""
        return self.network.dimension

    @property
    def potential(self) -> Array:
        """Return the potentials, shape (n,)."""
        return self._state.v

    @property
    def synaptic(self) -> Array:
        """Return the synaptic currents, shape (n,), or (0,) where there are none."""
        return self._state.s

    @property
    def counts(self) -> Array:
        """Return how often each neuron has spiked, shape (n,)."""
        return self._state.counts

    @property
    def velocity(self) -> Array:
        """Return how fast each coordinate changes, shape (dimension,)."""
        first = np.where(self._state.is_refractory, -1.0, self._drift)
        return np.concatenate([first, -self._state.s / self._net.tau_syn])

    @property
    def potential_per_unit(self) -> Array:
        """Return by how much each coordinate moves potential or current, shape (dimension,).

        1, except for the time that a refractory neuron has left: by as much as the neuron would
        move if it were released now, and 1 where it would not.
        """
        speed = np.abs(self._drift)
        first = np.where(self._state.is_refractory & (speed > 0), speed, 1.0)
        return np.concatenate([first, np.ones(len(self._state.s))])

    @property
    def _drift(self) -> Array:
        """Return how fast potentials change that are not held."""
        drive = self._state.current - self._state.v
        drive[: len(self._state.s)] += self._state.s
        return np.asarray(drive / self._net.tau)

    def hold(self, current: Array) -> None:
        """Give the neurons another constant current from now on, shape (n,)."""
        self._state.current[:] = current
        self._schedule(self._net, self._state)

    def run(self, n_spikes: int, until: float = np.inf, basis: Array | None = None) -> Spikes:
        """Go on for a number of spikes or up to a time, whichever comes first.

        Parameters
        ----------
        n_spikes : int
            The most spikes; those that come at once are counted and given together.
        until : float
            Time, in s. The state then is the one at this time, otherwise right after the last
            spike.
        basis : array of float64, shape (dimension, m), optional
            Tangent vectors as columns, moved along in place.

        Returns
        -------
        Spikes

        Raises
        ------
        NumericalError
            If nothing would ever end it, or a neuron is above threshold after its own reset.
        """
        rows = np.zeros((self.dimension, 0)) if basis is None else basis
        if rows.shape[0] != self.dimension or not rows.flags.c_contiguous:
            raise SpecError(f"vectors of shape {rows.shape}; needed: ({self.dimension}, m), by row")
        times = np.empty(n_spikes + self.network.size)
        neurons = np.empty(len(times), dtype=np.int64)
        event = _no_event(self.network.size, rows.shape[1])
        found, time, runaway = self._go(self._net, self._state, event, rows, until, times, neurons)
        if runaway >= 0:
            raise NumericalError(
                f"at {time:.6g} s neuron {runaway} is above threshold after its own reset; "
                "needed: weaker excitation, or a refractory period"
            )
        if not np.isfinite(time):
            raise NumericalError("no neuron will spike any more, and no time was given to stop at")
        self._bring_all(time, self._net, self._state, rows)
        self.time = time
        return Spikes(times[:found].copy(), neurons[:found].copy())

    def advance(self, basis: Array, pace: float) -> float:
        """Go on by a spike a neuron, or by the longest block if that is shorter."""
        before = self.time
        n_spikes = max(1, round(pace * self.network.size))
        self.run(n_spikes, before + pace * self._longest, basis)
        return self.time - before


def _no_event(n: int, width: int) -> events.Event:
    """Make room for an event."""
    return events.Event(
        touched=np.empty(n, dtype=np.int64),
        is_touched=np.zeros(n, dtype=np.bool_),
        has_spiked=np.zeros(n, dtype=np.bool_),
        speed=np.empty(n),
        synaptic=np.empty(n),
        pulse=np.empty(width),
    )
