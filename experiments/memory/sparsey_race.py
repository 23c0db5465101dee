"""The timetable of a spiking mac: lessons, races, and who came first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from experiments.memory.sparsey_spiking_settings import SparseySpiking
from networks.spec import Phase
from neuro.dimensions import TIME
from neuro.units import Quantity

Bits = NDArray[np.bool_]
Spikes = tuple[NDArray[np.float64], NDArray[np.int64]]
PLASTIC = "up"
NOBODY = -1


class Race:
    """Lay lessons and races one behind the other, in whole time steps.

    A lesson is a volley of the active pixels and, a step later, one that makes the chosen cells
    fire. A race begins with the volley of a cue and the ramp; it ends when the ramp stops, and
    cells rest before the next one.

    Parameters
    ----------
    settings : SparseySpiking
        Intervals.
    dt : float
        Time step in s.

    Attributes
    ----------
    phases : list of Phase
        Lessons and tests in turn.
    mean_excess : float
        How far the mean threshold of the cells is above full support.
    """

    def __init__(self, settings: SparseySpiking, dt: float) -> None:
        self.dt = dt
        self.mean_excess = settings.excess
        self._item = round(settings.item.value / dt)
        # The ramp lasts a little longer than from no support to the highest threshold.
        self._ramp = round(1.1 * settings.ramp.value / dt)
        self._rest = round(settings.rest.value / dt)
        self._now = 0
        self._trains: dict[str, list[tuple[int, NDArray[np.int64]]]] = {}
        self._starts: list[NDArray[np.int64]] = []
        self.phases: list[Phase] = []

    def learn(self, patterns: Bits, codes: Bits) -> None:
        """Show patterns, shape (P, lines), with the cells that are to fire, shape (P, cells)."""
        begin = self._now
        for pattern, code in zip(patterns, codes, strict=True):
            self._fire("pixels", self._now, np.flatnonzero(pattern))
            self._fire("teacher", self._now + 1, np.flatnonzero(code))
            self._now += self._item
        self._end("learn", begin)

    def ask(self, cues: Bits) -> None:
        """Let cells race for each cue, shape (P, lines)."""
        begin = self._now
        starts = []
        for cue in cues:
            starts.append(self._now)
            self._fire("pixels", self._now, np.flatnonzero(cue))
            self._fire("start", self._now, np.zeros(1, dtype=np.int64))
            self._fire("stop", self._now + self._ramp, np.zeros(1, dtype=np.int64))
            self._now += self._ramp + self._rest
        self._starts.append(np.array(starts))
        self._end("test", begin)

    def spikes(self, population: str) -> Spikes:
        """Return the times in s and the cells of one population of generators."""
        train = self._trains.get(population, [])
        nothing = np.zeros(0, dtype=np.int64)
        steps = np.concatenate([nothing, *(np.full(len(ids), step) for step, ids in train)])
        return steps * self.dt, np.concatenate([nothing, *(ids for _, ids in train)])

    def winners(
        self, number: int, spikes: Spikes, n_modules: int, units: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
        """Find the first cell to fire in each module, in every race of one test.

        Parameters
        ----------
        number : int
            Number of the test.
        spikes : tuple of times in s and cells
            Of the whole run.
        n_modules, units : int
            Q and K.

        Returns
        -------
        winners : array of int64, shape (n_races, Q)
            Within the module; of cells that fire in one step the first, -1 if none fires.
        latency : array of float64, shape (n_races, Q)
            In s from the cue; infinite if none fires.
        count : array of int64, shape (n_races, Q)
            Spikes of each module.
        """
        steps = np.rint(spikes[0] / self.dt).astype(np.int64)
        starts = self._starts[number]
        winner = np.full((len(starts), n_modules), NOBODY)
        latency = np.full((len(starts), n_modules), np.inf)
        count = np.zeros((len(starts), n_modules), dtype=np.int64)
        for race, start in enumerate(starts):
            inside = np.flatnonzero((steps >= start) & (steps < start + self._ramp + self._rest))
            order = inside[np.lexsort((spikes[1][inside], steps[inside]))]
            module, first = np.unique(spikes[1][order] // units, return_index=True)
            winner[race, module] = spikes[1][order[first]] % units
            latency[race, module] = (steps[order[first]] - start) * self.dt
            count[race] = np.bincount(spikes[1][order] // units, minlength=n_modules)
        return winner, latency, count

    def _fire(self, population: str, step: int, ids: NDArray[np.int64]) -> None:
        self._trains.setdefault(population, []).append((step, ids))

    def _end(self, task: str, begin: int) -> None:
        duration = Quantity((self._now - begin) * self.dt, TIME)
        name = f"{task}_{len(self.phases)}"
        self.phases.append(
            Phase(name=name, duration=duration, plasticity={PLASTIC: task == "learn"}, task=task)
        )
