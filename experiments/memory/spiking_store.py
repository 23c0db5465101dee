"""A spiking network behind the interface of all memories: it hears messages, and is asked."""

from __future__ import annotations

import gc
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.memory.emergent_spiking_settings import EmergentSpiking
from experiments.memory.episodes import Episode, Episodes, Trains
from networks.build import Built, build
from networks.memories.protocol import Operations
from networks.spec import Spec
from neuro.expressions import parse_equations
from neuro.units import Quantity

Bits = NDArray[np.bool_]
FLOAT, INDEX = 8, 4  # bytes


class SpikingStore:
    """Hold one spiking network, which learns while it runs.

    Parameters
    ----------
    spec : Spec
        The description; its experiment is an `EmergentSpiking`.
    rng : numpy.random.Generator
        Source of noise and jitter.
    """

    def __init__(self, spec: Spec, rng: np.random.Generator) -> None:
        gc.collect()  # a network refers to itself and would stay beside this one
        self.settings: EmergentSpiking = spec.experiment
        self._built: Built = build(spec, counts=False)
        self._episodes = Episodes(self._built, self.settings.cells)
        self._rng = rng
        self._operations = Operations()
        self.size = spec.populations[self.settings.cells].size
        self.activity = 0.0

    @property
    def history(self) -> list[Episode]:
        """Return all that its cells did so far."""
        return self._episodes.history

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
    ) -> Trains:
        """Play spikes and run; return steps since the begin and cells of the spikes that fell."""
        made, nothing = self.settings, np.zeros(0, dtype=np.int64)
        played = np.concatenate([nothing, *steps]), np.concatenate([nothing, *cells])
        learns = {made.recurrent: name == "learn"}
        return self._episodes.run(name, {made.cue: played}, n_steps, learns)

    def _steps(self, interval: Quantity) -> int:
        return self._episodes.steps(interval)
