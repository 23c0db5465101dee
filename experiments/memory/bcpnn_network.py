"""A spiking network of modules behind the interface of all memories: it is shown, and completes."""

from __future__ import annotations

import gc
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from experiments.memory.bcpnn_settings import RULE, BcpnnStudy
from experiments.memory.episodes import Episode, Episodes, Trains
from experiments.memory.spiking_store import FLOAT, INDEX
from networks.build import Built, build
from networks.memories.bcpnn import Bcpnn, one_on
from networks.memories.protocol import Operations
from networks.spec import Spec
from neuro.errors import SpecError
from neuro.expressions import parse_equations
from neuro.units import Quantity
from plasticity import RULES

Bits = NDArray[np.bool_]
Array = NDArray[np.float64]


def parameters(spec: Spec) -> dict[str, float]:
    """Return the parameters of the rule by which the memory learns, in SI.

    Raises
    ------
    SpecError
        If its projection does not learn.
    """
    recurrent = spec.experiment.recurrent
    plasticity = spec.projections[recurrent].plasticity
    if plasticity is None:
        raise SpecError(f"projections.{recurrent}: needs plasticity")
    # One value each, as `BcpnnStudy.objections` saw to.
    return {
        name: value.value
        for name, value in plasticity.parameters.items()
        if isinstance(value, Quantity)
    }


def rate_memory(spec: Spec) -> Bcpnn:
    """Return the memory of units at constant rates that a spiking network is to follow."""
    settings: BcpnnStudy = spec.experiment
    given, timing = parameters(spec), settings.timing
    return Bcpnn(
        settings.modules,
        spec.populations[settings.cells].size // settings.modules,
        shown=timing.shown.value,
        period=timing.period.value,
        rate=1 / (timing.interval.value * given["f_max"]),
        tau_z=given["tau_zi"],
        tau_e=given["tau_e"],
        tau_p=given["tau_p"],
        eps=given["eps"],
    )


class BcpnnNetwork:
    """Hold one spiking network, which learns while patterns are shown and is asked in between.

    A synapse knows its weight at its last spike, so before cues come all cells fire once. What is
    asked leaves nothing else: after a recall the traces of all synapses are set back, and the time
    that it took has not passed for them.

    Parameters
    ----------
    spec : Spec
        The description; its experiment is a `BcpnnStudy`.
    rng : numpy.random.Generator
        Source of the phases of spikes.
    """

    def __init__(self, spec: Spec, rng: np.random.Generator) -> None:
        gc.collect()  # a network refers to itself and would stay beside this one
        self.settings: BcpnnStudy = spec.experiment
        self.rates = rate_memory(spec)
        self._built: Built = build(spec, counts=False)
        self._synapses = self._built.synapses[self.settings.recurrent]
        self._gain = parameters(spec)["w_gain"]
        self._traces = [each.name for each in parse_equations(RULES[RULE].equations)]
        self._episodes = Episodes(self._built, self.settings.cells)
        self._rng = rng
        self._dt = spec.simulation.dt.value
        self._operations = Operations()

    @property
    def history(self) -> list[Episode]:
        """Return all that its cells did so far."""
        return self._episodes.history

    def store(self, patterns: Bits, /, source: str | None = None) -> None:
        """Show patterns in turn, shape (P, N), by `cue` or another source."""
        period = self._steps(self.settings.timing.period)
        starts = period * np.arange(len(patterns))
        shown = self._shown(patterns, starts)
        _, ids = self._run("learn", {source or self.settings.cue: shown}, period * len(patterns))
        self._operations += Operations(writes=2 * (self.rates.size - 1) * len(ids))

    def recall(self, cues: Bits, /) -> Bits:
        """Show each cue; return the most active cell of every module afterwards, shape (P, N)."""
        timing = self.settings.timing
        states = self._asked(cues, [self._steps(timing.settle)], self._steps(timing.trial))
        return np.asarray(states[0])

    def hold(self, cues: Bits, delays: Sequence[Quantity]) -> Bits:
        """Show each cue; return the same after each delay, shape (n_delays, P, N), leave nothing.

        Parameters
        ----------
        cues : array of bool, shape (P, N)
            What is shown.
        delays : sequence of Quantity
            From the end of a cue to the time in which spikes are counted, ascending.
        """
        timing = self.settings.timing
        after = [self._steps(delay) for delay in delays]
        rest = self._steps(timing.trial) - self._steps(timing.settle)
        return self._asked(cues, after, rest + after[-1])

    def _asked(self, cues: Bits, after: Sequence[int], trial: int) -> Bits:
        timing, made = self.settings.timing, self.rates
        begin, shown = self._steps(timing.period), self._steps(timing.shown)
        ends = shown + np.array(after) + self._steps(timing.read)
        starts = trial * np.arange(len(cues))
        stops = (starts + int(ends[-1]), np.zeros(len(cues), dtype=np.int64))
        before = {name: np.array(getattr(self._synapses, f"{name}_")[:]) for name in self._traces}
        began = self._episodes.now
        volley = (np.full(made.size, begin), np.arange(made.size))
        self._run("refresh", {self.settings.cue: volley}, 2 * begin)
        spikes = {self.settings.cue: self._shown(cues, starts), self.settings.stop: stops}
        times, ids = self._run("test", spikes, trial * len(cues))
        before["t_event"] = before["t_event"] + (self._episodes.now - began) * self._dt
        for name, values in before.items():
            setattr(self._synapses, f"{name}_", values)
        self._operations += Operations(reads=(made.size - 1) * len(ids))
        return np.array([self._winners(times, ids, len(cues), trial, int(end)) for end in ends])

    def _winners(
        self, times: NDArray[np.int64], ids: NDArray[np.int64], n_cues: int, trial: int, end: int
    ) -> Bits:
        """Return the cell of each module that fired most in the time that ends so late."""
        made = self.rates
        number, place = np.divmod(times, trial)
        inside = (place >= end - self._steps(self.settings.timing.read)) & (place < end)
        counts = np.zeros((n_cues, made.size), dtype=np.int64)
        np.add.at(counts, (number[inside], ids[inside]), 1)
        best = counts.reshape(n_cues, made.modules, made.units).argmax(axis=2)
        return one_on(best, made.units) & (counts > 0)

    @property
    def weight(self) -> Array:
        """Return ln P_ij / (P_i P_j) as synapses hold it, [source, target], shape (N, N)."""
        found = np.zeros((self.rates.size, self.rates.size))
        edges = self._built.edges[self.settings.recurrent]
        found[edges.source, edges.target] = (
            self._built.weights(self.settings.recurrent) / self._gain
        )
        return found

    @property
    def bytes(self) -> int:
        """Return the size of the learning synapses: weight, the rule's variables, two indices."""
        return self.n_synapses * (FLOAT * (1 + len(self._traces)) + 2 * INDEX)

    @property
    def n_synapses(self) -> int:
        """Return the number of synapses that learn."""
        return len(self._built.remaining(self.settings.recurrent))

    @property
    def operations(self) -> Operations:
        """Return synaptic events: each spike of a cell is seen by the synapses it touches."""
        return self._operations

    def _shown(self, patterns: Bits, starts: NDArray[np.int64]) -> Trains:
        """Return a spike in each interval, for every cell of every pattern."""
        timing = self.settings.timing
        number, ids = np.nonzero(patterns)
        interval = self._steps(timing.interval)
        phase = self._rng.integers(0, interval, len(ids))
        places = interval * np.arange(timing.n_intervals)
        steps = (starts[number] + phase)[:, None] + places
        return steps.ravel(), np.repeat(ids, timing.n_intervals)

    def _run(self, name: str, spikes: dict[str, Trains], n_steps: int) -> Trains:
        """Play spikes and run; return steps since the begin and cells of the spikes that fell."""
        made, nothing = self.settings, np.zeros(0, dtype=np.int64)
        silent = dict.fromkeys((made.cue, made.tired, made.stop), (nothing, nothing))
        learns = {made.recurrent: name != "test"}
        transmits = {made.recurrent: name == "test"}
        return self._episodes.run(name, silent | spikes, n_steps, learns, transmits)

    def _steps(self, interval: Quantity) -> int:
        return self._episodes.steps(interval)
