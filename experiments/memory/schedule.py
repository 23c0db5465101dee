"""When what is shown: every spike from outside and every phase of a run, fixed beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from experiments.memory.settings import Roles, Timing
from networks.spec import Phase
from neuro.dimensions import TIME
from neuro.errors import SpecError
from neuro.units import Quantity

Spikes = tuple[NDArray[np.float64], NDArray[np.int64]]
Bits = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Schedule:
    """Hold a run from begin to end.

    Attributes
    ----------
    phases : tuple of Phase
        learn_20, test_20, learn_100, ...
    spikes : mapping of str to (times, ids)
        By population; times in s.
    trials : tuple of array of float64
        For each test phase, when its trials begin, in s.
    settle : float
        Length of a trial before its reset, in s.
    """

    phases: tuple[Phase, ...]
    spikes: Mapping[str, Spikes]
    trials: tuple[NDArray[np.float64], ...]
    settle: float


@dataclass(slots=True)
class _Train:
    """Gather spikes of one population, in steps."""

    steps: list[NDArray[np.int64]] = field(default_factory=list)
    ids: list[NDArray[np.int64]] = field(default_factory=list)

    def add(self, step: int | NDArray[np.int64], ids: NDArray[np.int64]) -> None:
        """Let cells fire at a step, or each at its own."""
        self.steps.append(np.broadcast_to(np.asarray(step, dtype=np.int64), ids.shape))
        self.ids.append(ids)

    def spikes(self, dt: float) -> Spikes:
        """Return times in s and cells."""
        nothing = np.zeros(0, dtype=np.int64)
        return np.concatenate([nothing, *self.steps]) * dt, np.concatenate([nothing, *self.ids])


class Scheduler:
    """Lay phases one behind the other, in whole time steps.

    Parameters
    ----------
    timing : Timing
        Intervals.
    roles : Roles
        Names of populations and projections.
    dt : float
        Time step in s.
    """

    def __init__(self, timing: Timing, roles: Roles, dt: float) -> None:
        self.roles, self.dt = roles, dt
        self.item = self._steps(timing.item, "item")
        self.axons = self._steps(timing.axons, "axons")
        self.settle = self._steps(timing.settle, "settle")
        self.pulse = self._steps(timing.pulse, "pulse")
        self.jitter = round(timing.jitter.value / dt)
        self.pulses = timing.pulses
        self.pause = self._steps(timing.pause, "pause")
        self.now = 0
        self.phases: list[Phase] = []
        self.trials: list[NDArray[np.float64]] = []
        self.trains = {roles.cue: _Train(), roles.reset: _Train()}

    def learn(self, patterns: Bits, images: NDArray[np.uint8], rng: np.random.Generator) -> None:
        """Show each pattern once, and its image (of shape (0, ...) for none) with it.

        Parameters
        ----------
        patterns : array of bool, shape (P, N)
            In this order.
        images : array of uint8, shape (P or 0, height, width)
            A pixel above half of the largest intensity fires once.
        rng : numpy.random.Generator
            Source of the jitter.
        """
        begin = self.now
        for number, pattern in enumerate(patterns):
            cells = np.flatnonzero(pattern)
            jitter = rng.integers(0, self.jitter + 1, cells.size)
            self.trains[self.roles.cue].add(self.now + jitter, cells)
            if len(images):
                ink = np.flatnonzero(images[number] > INK)
                self.trains.setdefault(self.roles.image, _Train()).add(self.now, ink)
            self.now += self.item
        self.now += self.axons
        # What arrives while items are shown would fire cells that do not belong to them.
        silent = (self.roles.recurrent, self.roles.inhibition)
        self._phase("learn", begin, learns=True, silent=silent)

    def test(self, cues: Bits) -> None:
        """Show each cue by one volley, let the network settle, silence it."""
        begin = self.now
        starts = []
        for cue in cues:
            starts.append(self.now * self.dt)
            self.trains[self.roles.cue].add(self.now, np.flatnonzero(cue))
            end = self.now + self.settle
            pulses = end + self.pulse * np.arange(self.pulses)
            self.trains[self.roles.reset].add(pulses, np.zeros(pulses.size, dtype=np.int64))
            self.now = end + self.pulse * max(0, self.pulses - 1) + self.pause
        self.trials.append(np.array(starts))
        self._phase("test", begin, learns=False, silent=())

    def schedule(self) -> Schedule:
        """Return the whole run."""
        spikes = {name: train.spikes(self.dt) for name, train in self.trains.items()}
        return Schedule(tuple(self.phases), spikes, tuple(self.trials), self.settle * self.dt)

    def _phase(self, kind: str, begin: int, learns: bool, silent: Sequence[str]) -> None:
        learning = [self.roles.recurrent]
        if self.roles.image in self.trains:
            learning.append(self.roles.readout)
            silent = (*silent, self.roles.readout)
        self.phases.append(
            Phase(
                name=f"{kind}_{len(self.phases) // 2}",
                duration=Quantity((self.now - begin) * self.dt, TIME),
                plasticity=dict.fromkeys(learning, learns),
                transmission=dict.fromkeys(silent, False),
                task=kind,
            )
        )

    def _steps(self, interval: Quantity, name: str) -> int:
        steps = round(interval.value / self.dt)
        if steps < 1:
            raise SpecError(f"experiment.timing.{name}: shorter than simulation.dt")
        return steps


INK = 127
