"""Ask whether spiking neurons with NMDA segments detect patterns as segments that count do.

Bisection finds how many coincident synapses it takes to make a plateau (`calibration`). With that
number as threshold, the closed forms of `networks.memories.dendrite_theory` predict how often a
segment answers random patterns, and how often it misses a pattern that it has learnt and of which
some cells stay silent. Every network has segments and patterns of its own; the event-driven
reduction sees the same spikes through the same synapses.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.dendrites.calibration import effective_threshold
from experiments.dendrites.segments import Trials, draw_segments, synapses_of, with_threshold
from experiments.dendrites.spiking_settings import DendriteSpiking
from experiments.memory.laboratory.curves import Axis, Series, write_axis, write_series
from experiments.parts import Ask, Parts, at_once
from experiments.progress import Progress
from experiments.tables import show_table, tell_ends
from networks.inputs.patterns import fixed_k
from networks.memories.dendrite_theory import Segment, false_negative, false_positive
from networks.spec import Spec
from networks.streams import generator
from neuro.recording import Checkpoint, Recorder

Bits = NDArray[np.bool_]
Floats = NDArray[np.float64]
COLUMNS = ("cells", "theory", "NMDA segments", "95 % interval", "counting segments", "trials")


@dataclass(frozen=True, slots=True)
class Kind:
    """Name a kind of trial, what varies, and the rate that counts as an error."""

    name: str
    varied: str
    rate: str


RANDOM = Kind("random", "active cells", "trials with a plateau")
LEARNT = Kind("learnt", "silent cells", "trials without a plateau")


@dataclass(slots=True)
class Counts:
    """Gather plateaus of one kind of trial, [network, condition], and by number of hit synapses.

    Attributes
    ----------
    cells, counters : array of float64, shape (n_networks, n_conditions)
        Fraction of trials with a plateau.
    agreement : list of float
        Fraction of trials on which both kinds of segment agree, for each network.
    hit, detected : array of int64, shape (s + 1,)
        Trials, and those with a plateau of the NMDA segment, by number of active synapses.
    """

    cells: Floats
    counters: Floats
    hit: NDArray[np.int64]
    detected: NDArray[np.int64]
    agreement: list[float] = field(default_factory=list)


def run(
    configuration: Any,
    recorder: Recorder,
    progress: Progress,
    begun: Checkpoint | None = None,
) -> None:
    """Measure plateaus of random and of learnt patterns, and lay the theory beside them.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is a `DendriteSpiking`; the engine is active.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    begun : Checkpoint, optional
        The networks that are complete already.
    """
    spec: Spec = configuration.spec
    settings: DendriteSpiking = spec.experiment
    synapses = synapses_of(spec)
    parts = Parts(recorder, begun)
    progress.stage("bisection")
    threshold = effective_threshold(spec, synapses, recorder)
    spec = with_threshold(spec, threshold)
    n_inputs = spec.populations[settings.roles.input].size
    foreign = measure(spec, synapses, progress, learnt=False, ask=parts)
    own = measure(spec, synapses, progress, learnt=True, ask=parts)
    own.cells, own.counters = 1 - own.cells, 1 - own.counters
    false_alarms = [
        false_positive(Segment(n_inputs, active, synapses, threshold)) for active in settings.active
    ]
    misses = [false_negative(settings.learnt, synapses, threshold, lost) for lost in settings.lost]
    _write(recorder, spec, RANDOM, settings.active, foreign, np.array(false_alarms))
    _write(recorder, spec, LEARNT, settings.lost, own, np.array(misses))
    hit, detected = foreign.hit + own.hit, foreign.detected + own.detected
    recorder.metric("detection/trials", hit, "[hit synapses]: trials, all networks")
    recorder.metric("detection/plateaus", detected, "[hit synapses]: trials with a plateau")


def measure(
    spec: Spec, synapses: int, progress: Progress, learnt: bool, ask: Ask = at_once
) -> Counts:
    """Show random patterns to all networks, or the learnt one with some of its cells silent.

    Parameters
    ----------
    spec : Spec
        The description; its counters have their threshold.
    synapses : int
        s, synapses of a segment.
    progress : Progress
        Who shows how far it is.
    learnt : bool
        Whether all synapses are on cells of one pattern, and that pattern is shown.
    ask : callable
        Returns what one network did: measured now, or kept from before.

    Returns
    -------
    Counts
        Plateaus.
    """
    settings: DendriteSpiking = spec.experiment
    conditions = settings.lost if learnt else settings.active
    shape = settings.networks, len(conditions)
    levels = np.zeros(synapses + 1, dtype=np.int64)
    counts = Counts(np.zeros(shape), np.zeros(shape), levels, levels.copy())
    name = "learnt" if learnt else "random"
    progress.stage(f"{name} patterns", settings.networks, "networks")
    for network in range(settings.networks):
        found = ask(
            f"{name}/{network}", partial(_one_network, spec, synapses, network, learnt), Counts
        )
        counts.hit += found.hit
        counts.detected += found.detected
        counts.agreement += found.agreement
        counts.cells[network], counts.counters[network] = found.cells, found.counters
        progress.advance(network + 1)
    return counts


def _one_network(spec: Spec, synapses: int, network: int, learnt: bool) -> Counts:
    """Show all patterns to one network; rates have no axis of networks."""
    name = "learnt" if learnt else "random"
    rng = generator(spec.seed, f"experiment.{name}", network)
    synapse, patterns = _draw(spec, synapses, learnt, rng)
    found = Trials(spec, synapse, network).run(patterns, rng)
    hits = patterns.astype(np.int64) @ synapse
    n_conditions = len(patterns) // spec.experiment.patterns
    cells, counters = (
        plateaus.reshape(n_conditions, -1).mean(axis=1)
        for plateaus in (found.cells, found.counters)
    )
    return Counts(
        cells,
        counters,
        hit=np.bincount(hits.ravel(), minlength=synapses + 1),
        detected=np.bincount(hits[found.cells], minlength=synapses + 1),
        agreement=[float((found.cells == found.counters).mean())],
    )


def _draw(spec: Spec, synapses: int, learnt: bool, rng: np.random.Generator) -> tuple[Bits, Bits]:
    """Draw the segments of one network and the patterns that it sees, conditions in order."""
    settings: DendriteSpiking = spec.experiment
    roles = settings.roles
    n_inputs, n_cells = spec.populations[roles.input].size, spec.populations[roles.cells].size
    candidates = np.arange(n_inputs)
    if learnt:
        candidates = np.sort(rng.choice(n_inputs, settings.learnt, replace=False))
    synapse = draw_segments(n_cells, synapses, candidates, n_inputs, rng)
    conditions = [settings.learnt - lost for lost in settings.lost] if learnt else settings.active
    shown = [fixed_k(settings.patterns, len(candidates), active, rng) for active in conditions]
    patterns = np.zeros((settings.patterns * len(conditions), n_inputs), dtype=np.bool_)
    patterns[:, candidates] = np.concatenate(shown)
    return synapse, patterns


def _write(
    recorder: Recorder, spec: Spec, kind: Kind, conditions: tuple[int, ...], counts: Counts,
    theory: Floats,
) -> None:  # fmt: skip
    """Record rates of one kind of trial with theory and intervals, and show them as a table."""
    settings: DendriteSpiking = spec.experiment
    n_trials = settings.patterns * spec.populations[settings.roles.cells].size
    axis = Axis("cells", np.array(conditions), f"{kind.varied} of a pattern", kind.varied)
    series = [
        Series(
            name, rates, f"fraction of {kind.rate}: {label}", theory=theory,
            theory_definition="hypergeometric, at the threshold of the bisection", label=label,
            bounds=(0.0, 1.0), trials=n_trials,
        )
        for name, label, rates in (
            ("nmda", "NMDA segments", counts.cells),
            ("counting", "counting segments", counts.counters),
        )
    ]  # fmt: skip
    write_axis(recorder, axis, f"{kind.name}/")
    for each in series:
        write_series(recorder, each, f"{kind.name}/", axis.name)
    recorder.metric(f"{kind.name}/trials", n_trials, "trials of each condition and network")
    recorder.metric(
        f"{kind.name}/agreement", np.array(counts.agreement), "[network]: both kinds agree"
    )
    nmda, counting = series
    rows = [
        (
            str(cells), f"{theory[place]:.3e}", f"{nmda.mean[place]:.3e}",
            tell_ends(nmda.ends[place, 0], nmda.ends[place, 1], ".2e"),
            f"{counting.mean[place]:.3e}", str(n_trials * settings.networks),
        )
        for place, cells in enumerate(conditions)
    ]  # fmt: skip
    title = f"{kind.name} patterns: fraction of {kind.rate}, by {kind.varied}"
    agreement = 100 * float(np.mean(counts.agreement))
    show_table(f"{title}; both kinds of segment agree on {agreement:.3f} %", COLUMNS, rows)


if __name__ == "__main__":
    from experiments.script import main

    main("dendrite_spiking", "memory/dendrite-spiking.yaml")
