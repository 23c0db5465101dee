"""Segments of spiking neurons: wired to chosen cells, shown patterns, asked who had a plateau."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from experiments.dendrites.spiking_settings import DendriteSpiking, SegmentRoles
from networks.build import build, listen
from networks.build.outlets import watch
from networks.build.sources import play
from networks.build.texts import compartment
from networks.connectivity import FixedIndegree
from networks.spec import Projection, Recording, Spec
from neuro.engines.simulation import Outlets, Stretch, simulate
from neuro.engines.taps import Tap
from neuro.units import parse

Bits = NDArray[np.bool_]
Floats = NDArray[np.float64]
PLATEAU = "dap"
REST = 0.5  # s; NMDA receptors have closed, and segments are at rest


@dataclass(frozen=True, slots=True)
class Plateaus:
    """Hold which segments had a plateau at which pattern.

    Attributes
    ----------
    cells : array of bool, shape (n_patterns, n_cells)
        Neurons with an NMDA segment.
    counters : array of bool, shape (n_patterns, n_counters)
        Their event-driven reduction; no columns if it was left out.
    """

    cells: Bits
    counters: Bits


def synapses_of(spec: Spec) -> int:
    """Return s, synapses of a segment, of a description without objections to it."""
    rule = spec.projections[spec.experiment.roles.segments].connectivity
    return cast(FixedIndegree, rule).indegree


def with_threshold(spec: Spec, threshold: int) -> Spec:
    """Return the description with counters that have this many synapses as threshold."""
    name = spec.experiment.roles.counters
    counters = spec.populations[name]
    parameters = {**counters.parameters, "theta_dAP": parse(str(threshold))}
    populations = {**spec.populations, name: replace(counters, parameters=parameters)}
    return replace(spec, populations=populations)


def of_size(spec: Spec, n_inputs: int, n_cells: int) -> Spec:
    """Return the description with other sizes, which the same machine code runs."""
    roles: SegmentRoles = spec.experiment.roles
    sizes = {roles.input: n_inputs, roles.cells: n_cells, roles.counters: n_cells}
    resized = {name: replace(spec.populations[name], size=size) for name, size in sizes.items()}
    return replace(spec, populations={**spec.populations, **resized})


class Trials:
    """Show patterns to one network, one after the other, in as many runs as are asked for.

    Parameters
    ----------
    spec : Spec
        The description.
    synapse : array of bool, shape (n_inputs, n_cells)
        Which cells of the input each segment has a synapse from.
    network : int
        Number of the independent network.
    """

    def __init__(self, spec: Spec, synapse: Bits, network: int = 0) -> None:
        self.settings: DendriteSpiking = spec.experiment
        self.network, self.synapse = network, synapse
        recording = Recording(
            "segment",
            population=self.settings.roles.cells,
            variable=self._voltage(spec),
            every=self.settings.sample,
        )
        self.spec = replace(spec, recordings={"segment": recording})
        self.dt = spec.simulation.dt.value
        roles = self.settings.roles
        self._built = build(self.spec, network, graphs=self._graphs(), counts=False)
        self._events = listen(self._built, roles.counters, PLATEAU)
        self._now = self._n_events = 0

    def run(self, patterns: Bits, rng: np.random.Generator) -> Plateaus:
        """Show each pattern once, by one spike of each of its cells, and find the plateaus.

        Parameters
        ----------
        patterns : array of bool, shape (n_patterns, n_inputs)
            In this order, `interval` apart.
        rng : numpy.random.Generator
            Source of the jitter.

        Returns
        -------
        Plateaus
            Where they were.
        """
        above = np.zeros((len(patterns), self.synapse.shape[1]), dtype=np.int32)
        interval = self.settings.interval.value

        def look(times: Floats, voltage: Floats) -> None:
            # Half a step, so that a sample at the very begin of a trial is not taken for the last.
            trial = np.floor((times + self.dt / 2) / interval).astype(np.int64)
            np.add.at(above, trial, voltage > self.settings.level.value)

        times, cells = self._simulate(patterns, rng, look)
        counted = np.zeros(above.shape, dtype=np.bool_)
        counted[np.floor((times + self.dt / 2) / interval).astype(np.int64), cells] = True
        return Plateaus(has_plateau(above, self.settings), counted)

    def voltages(self, pattern: Bits, rng: np.random.Generator) -> Floats:
        """Show one pattern to a network at rest.

        Returns
        -------
        array of float64, shape (n_samples, n_cells)
            Voltages of the segments in V.
        """
        if self._now:
            self._simulate(np.zeros((0, len(pattern)), dtype=np.bool_), rng, _ignore, REST)
        rows: list[Floats] = []
        self._simulate(pattern[None], rng, lambda _times, voltage: rows.append(voltage))
        return np.concatenate(rows)

    def _simulate(
        self, patterns: Bits, rng: np.random.Generator, look: Any, rest: float = 0.0
    ) -> tuple[Floats, NDArray[np.int64]]:
        """Go on running the network; return the plateaus of the counters since then."""
        name = self.settings.roles.input
        begin, built = self._now * self.dt, self._built
        play(built.groups[name], self.spec.populations[name], self._spikes(patterns, rng))
        monitor = built.monitors["segment"]
        tap = Tap(
            monitor.monitor, lambda times, rows: look(times - begin, rows),
            variable=monitor.recording.variable,
        )  # fmt: skip
        duration = len(patterns) * self.settings.interval.value + rest
        outlets = Outlets(taps=(tap,), watched=watch(built))
        simulate(built.network, [Stretch("patterns", duration)], outlets)
        self._now += round(duration / self.dt)
        fresh = slice(self._n_events, None)
        times, cells = np.asarray(self._events.t_[:]), np.asarray(self._events.i[:])
        self._n_events = len(times)
        return times[fresh] - begin, cells[fresh].astype(np.int64)

    def _spikes(self, patterns: Bits, rng: np.random.Generator) -> tuple[Floats, NDArray[np.int64]]:
        trial, cell = np.nonzero(patterns)
        jitter = rng.integers(0, round(self.settings.jitter.value / self.dt) + 1, len(cell))
        step = self._now + trial * round(self.settings.interval.value / self.dt) + jitter
        return np.asarray(step * self.dt, dtype=np.float64), cell.astype(np.int64)

    def _graphs(self) -> Mapping[str, Any]:
        from scipy import sparse

        matrix = sparse.csr_matrix(self.synapse)
        return dict.fromkeys(_projections(self.settings.roles), matrix)

    def _voltage(self, spec: Spec) -> str:
        projection: Projection = spec.projections[self.settings.roles.segments]
        return compartment(projection, spec.populations[projection.target].model).voltage


def _ignore(_times: Floats, _rows: Floats) -> None:
    """Look at nothing."""


def has_plateau(samples: NDArray[np.integer], settings: DendriteSpiking) -> Bits:
    """Say which segments were depolarised, for so many samples, longer than `duration`."""
    return samples * settings.sample.value > settings.duration.value


def draw_segments(
    n_cells: int,
    synapses: int,
    candidates: NDArray[np.int64],
    n_inputs: int,
    rng: np.random.Generator,
) -> Bits:
    """Wire each segment to cells drawn from some of the input.

    Parameters
    ----------
    n_cells, synapses : int
        Segments, and synapses of each, on distinct cells.
    candidates : array of int
        The cells of the input that they are drawn from.
    n_inputs : int
        Size of the input.
    rng : numpy.random.Generator
        Source of the draw.

    Returns
    -------
    array of bool, shape (n_inputs, n_cells)
        Who is connected to whom.
    """
    synapse = np.zeros((n_inputs, n_cells), dtype=np.bool_)
    for cell in range(n_cells):
        synapse[rng.choice(candidates, synapses, replace=False), cell] = True
    return synapse


def _projections(roles: SegmentRoles) -> tuple[str, ...]:
    return roles.segments, roles.nmda, roles.arrive, roles.leave
