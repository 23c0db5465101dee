"""A network that is played to, stretch by stretch, and whose cells are heard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from networks.build import Built, listen, set_phase
from networks.build.outlets import watch
from networks.build.sources import play
from networks.spec import Phase
from neuro.dimensions import TIME
from neuro.engines.simulation import Outlets, Stretch, simulate
from neuro.units import Quantity

Trains = tuple[NDArray[np.int64], NDArray[np.int64]]  # steps and cells


class Episode(NamedTuple):
    """Tell what the cells did in one stretch.

    Attributes
    ----------
    name : str
        Such as "learn" or "test".
    begin, end : float
        In s.
    times : array of float64, shape (n_spikes,)
        Of the spikes, in s.
    cells : array of int64, shape (n_spikes,)
        Who fired.
    """

    name: str
    begin: float
    end: float
    times: NDArray[np.float64]
    cells: NDArray[np.int64]


class Episodes:
    """Run a network from one stretch to the next, and keep what its cells did.

    Parameters
    ----------
    built : Built
        The network.
    cells : str
        The population that is heard.

    Attributes
    ----------
    now : int
        Steps that have passed.
    history : list of Episode
        All that the cells did so far.
    """

    def __init__(self, built: Built, cells: str) -> None:
        self._built, self._monitor = built, listen(built, cells)
        self._outlets = Outlets(watched=watch(built))
        self._dt = built.spec.simulation.dt.value
        self._seen, self.now = 0, 0
        self.history: list[Episode] = []
        # Machine code is made before anything is timed; no time passes.
        simulate(built.network, [Stretch("compile", 0.0)], self._outlets)

    def run(
        self,
        name: str,
        spikes: Mapping[str, Trains],
        n_steps: int,
        plasticity: Mapping[str, bool],
        transmission: Mapping[str, bool] | None = None,
    ) -> Trains:
        """Play spikes and run.

        Parameters
        ----------
        name : str
            Of the stretch.
        spikes : mapping of str to (steps, cells)
            By source, in steps from now on.
        n_steps : int
            Length.
        plasticity, transmission : mapping of str to bool
            Which projections learn and transmit.

        Returns
        -------
        steps, cells : array of int64, shape (n_spikes,)
            Of the spikes that fell, in steps since the begin.
        """
        for source, (steps, ids) in spikes.items():
            given = (np.asarray((steps + self.now) * self._dt, dtype=np.float64), ids)
            play(self._built.groups[source], self._built.spec.populations[source], given)
        duration = Quantity(n_steps * self._dt, TIME)
        phase = Phase(
            name, duration, plasticity=plasticity, transmission=transmission or {}, task=name
        )
        stretch = Stretch(name, duration.value, lambda: set_phase(self._built, phase))
        simulate(self._built.network, [stretch], self._outlets)
        times, ids = np.asarray(self._monitor.t_[:]), np.asarray(self._monitor.i[:])
        fresh, begin = slice(self._seen, None), self.now
        self._seen, self.now = len(times), begin + n_steps
        who = ids[fresh].astype(np.int64)
        ends = begin * self._dt, self.now * self._dt
        self.history.append(Episode(name, *ends, times[fresh].copy(), who))
        return np.rint(times[fresh] / self._dt).astype(np.int64) - begin, who

    def steps(self, interval: Quantity) -> int:
        """Return how many steps an interval is."""
        return round(interval.value / self._dt)
