"""A spiking network behind the interface of all memories: it hears messages, and is asked."""

from __future__ import annotations

import gc
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.memory.emergent_spiking_settings import EmergentSpiking
from networks.build import Built, build, listen, set_phase
from networks.build.outlets import watch
from networks.build.sources import play
from networks.memories.protocol import Operations
from networks.spec import Phase, Spec
from neuro.dimensions import TIME
from neuro.engines.simulation import Outlets, Stretch, simulate
from neuro.expressions import parse_equations
from neuro.units import Quantity

Bits = NDArray[np.bool_]
FLOAT, INDEX = 8, 4  # bytes


class Episode(NamedTuple):
    """Tell what the cells did in one call of store or recall.

    Attributes
    ----------
    name : str
        "learn" or "test".
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


class SpikingStore:
    """Hold one spiking network, which learns while it runs.

    Parameters
    ----------
    spec : Spec
        The description; its experiment is an `EmergentSpiking`.
    rng : numpy.random.Generator
        Source of noise and jitter.

    Attributes
    ----------
    history : list of Episode
        All that its cells did so far.
    """

    def __init__(self, spec: Spec, rng: np.random.Generator) -> None:
        gc.collect()  # a network refers to itself and would stay beside this one
        self.settings: EmergentSpiking = spec.experiment
        self._built: Built = build(spec, counts=False)
        self._monitor = listen(self._built, self.settings.cells)
        self._outlets = Outlets(watched=watch(self._built))
        self._rng, self._now, self._seen = rng, 0, 0
        self._dt = spec.simulation.dt.value
        self._operations = Operations()
        self.history: list[Episode] = []
        self.size = spec.populations[self.settings.cells].size
        self.activity = 0.0
        # Machine code is made before anything is timed; no time passes.
        simulate(self._built.network, [Stretch("compile", 0.0)], self._outlets)

    def store(self, patterns: Bits, /) -> None:
        """Let the cells hear each message `repetitions` times under noise, shape (P, N)."""
        made, cycle = self.settings, self.settings.cycle
        steps, cells = [], []
        start, period = 0, self._steps(cycle.period)
        for pattern in patterns:
            chance = np.where(pattern, 1 - made.noise_erase, made.noise_insert)
            for _ in range(made.repetitions):
                heard = np.flatnonzero(self._rng.random(self.size) < chance)
                jitter = self._rng.integers(0, self._steps(cycle.jitter) + 1, heard.size)
                steps.append(start + jitter)
                cells.append(heard)
                start += period
            start += self._steps(cycle.pause)
        _, ids = self._run("learn", steps, cells, start)
        self.activity = len(ids) / (len(patterns) * made.repetitions)
        self._operations += Operations(writes=2 * (self.size - 1) * len(ids))

    def recall(self, cues: Bits, /) -> Bits:
        """Let all cells of each cue fire at once; return who fired soon after, shape (P, N)."""
        cycle, period = self.settings.cycle, self._steps(self.settings.cycle.trial)
        starts = self._steps(cycle.pause) + period * np.arange(len(cues))
        cells = [np.flatnonzero(cue) for cue in cues]
        steps = [np.full(each.size, start) for each, start in zip(cells, starts, strict=True)]
        times, ids = self._run("test", steps, cells, int(starts[-1]) + period)
        self._operations += Operations(reads=(self.size - 1) * len(ids))
        states = np.zeros(cues.shape, dtype=np.bool_)
        trial = (times - starts[0]) // period
        inside = (times - starts[0]) % period < self._steps(cycle.read)
        states[trial[inside], ids[inside]] = True
        return states

    @property
    def weight(self) -> Bits:
        """Return which synapses are switched on, [source, target], shape (N, N)."""
        found = np.zeros((self.size, self.size), dtype=np.bool_)
        edges = self._built.edges[self.settings.recurrent]
        found[edges.source, edges.target] = self._built.weights(self.settings.recurrent) > 0
        return found

    @property
    def bytes(self) -> int:
        """Return the size of the learning synapses: weight, the rule's variables, two indices."""
        plasticity = self._built.spec.projections[self.settings.recurrent].plasticity
        variables = parse_equations(plasticity.rule.equations) if plasticity else ()
        return self.n_synapses * (FLOAT * (1 + len(variables)) + 2 * INDEX)

    @property
    def n_synapses(self) -> int:
        """Return the number of synapses that learn."""
        return len(self._built.remaining(self.settings.recurrent))

    @property
    def operations(self) -> Operations:
        """Return synaptic events: each spike of a cell is seen by the synapses it touches."""
        return self._operations

    def _run(
        self, name: str, steps: list[NDArray[Any]], cells: list[NDArray[Any]], n_steps: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Play spikes and run; return steps since the begin and cells of the spikes that fell."""
        made = self.settings
        nothing = np.zeros(0, dtype=np.int64)
        played = np.concatenate([nothing, *steps]) + self._now
        source = self._built.spec.populations[made.cue]
        group = self._built.groups[made.cue]
        play(group, source, (played * self._dt, np.concatenate([nothing, *cells])))
        learns = name == "learn"
        duration = Quantity(n_steps * self._dt, TIME)
        phase = Phase(name, duration, plasticity={made.recurrent: learns}, task=name)
        stretch = Stretch(name, duration.value, lambda: set_phase(self._built, phase))
        simulate(self._built.network, [stretch], self._outlets)
        times, ids = np.asarray(self._monitor.t_[:]), np.asarray(self._monitor.i[:])
        fresh = slice(self._seen, None)
        fired = np.rint(times[fresh] / self._dt).astype(np.int64) - self._now
        begin, who = self._now, ids[fresh].astype(np.int64)
        self._seen, self._now = len(times), self._now + n_steps
        self.history.append(
            Episode(name, begin * self._dt, self._now * self._dt, times[fresh].copy(), who)
        )
        return fired, who

    def _steps(self, interval: Quantity) -> int:
        return round(interval.value / self._dt)
