"""Ask whether segments that count detect patterns as often as the closed forms say.

Patterns are drawn as sets of cells and compared with the synapses of a segment one by one
(`networks.memories.dendrite_detection`); the theory (`dendrite_theory`) is laid over the counts:
false detections at every threshold, misses of damaged patterns, unions of several patterns on one
segment, inputs whose cells are active in clusters, and the threshold that keeps errors small.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.dendrites.theory_settings import Correlated, DendriteTheory
from experiments.parts import Ask, Parts
from experiments.progress import Progress
from experiments.tables import show_table
from networks.memories.dendrite_detection import (
    Detections,
    Overlaps,
    count_correlated,
    count_learnt,
    count_random,
    count_union,
)
from networks.memories.dendrite_theory import (
    Segment,
    clustered_false_positive,
    false_negative,
    false_positive,
    median_false_positive,
    saturated_false_positive,
)
from networks.memories.dendrite_unions import (
    mean_union_false_positive,
    union_false_positive,
)
from networks.memories.intervals import rate_interval
from networks.streams import generator
from neuro.recording import Checkpoint, Recorder

Floats = NDArray[np.float64]
COLUMNS = (
    "counted", "theory inside, seen", "and never seen", "smallest rate seen", "its theory",
    "patterns",
)  # fmt: skip
POISSON = "exact 99.9 % interval of a Poisson count"
CONFIDENCE = 0.95
STUDENT = (
    "95 % interval across segments (Student; Wilson over all patterns where all segments have one "
    "rate); exact, of a Poisson count, where all segments together counted fewer than there are "
    "segments"
)
# Chunks in which a stage reports how far it is.
N_CHUNKS = 20


def run(
    configuration: Any,
    recorder: Recorder,
    progress: Progress,
    begun: Checkpoint | None = None,
) -> None:
    """Count all errors of segments and lay the theory beside them.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is a `DendriteTheory`.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    begun : Checkpoint, optional
        The counts that are complete already.
    """
    spec = configuration.spec
    settings: DendriteTheory = spec.experiment
    parts = Parts(recorder, begun)
    rows = [
        _random(settings, spec.seed, recorder, progress, parts),
        _learnt(settings, spec.seed, recorder, progress, parts),
        _unions(settings, spec.seed, recorder, progress, parts),
        _correlated(settings.correlated, "fixed_count", spec.seed, recorder, progress, parts),
        _correlated(settings.correlated, "fixed_sparsity", spec.seed, recorder, progress, parts),
    ]
    show_table("counted errors and their theory", COLUMNS, rows)
    _prediction(settings, recorder)


def _random(
    settings: DendriteTheory, seed: int, recorder: Recorder, progress: Progress, ask: Ask
) -> tuple[str, ...]:
    """Count active synapses of one segment over many random patterns, for each population."""
    asked = settings.random
    thresholds = np.arange(1, asked.synapses + 1)
    found: list[list[Detections]] = []
    progress.stage("random patterns", sum(asked.patterns), "patterns")
    done = 0

    def count(cells: int, n_patterns: int, rng: np.random.Generator) -> NDArray[np.int64]:
        counts, shown = np.zeros(asked.synapses + 1, dtype=np.int64), done
        # Each chunk is a new segment: rates of independent cells do not depend on the segment.
        for size in _chunks(n_patterns):
            counts += count_random(cells, asked.active, asked.synapses, size, rng).n_patterns
            shown += size
            progress.advance(shown)
        return counts

    for number, (cells, n_patterns) in enumerate(zip(asked.cells, asked.patterns, strict=True)):
        rng = generator(seed, "experiment.random", number)
        counts = ask(f"random/{number}", partial(count, cells, n_patterns, rng))
        done += n_patterns
        found.append([Detections(int(counts[t:].sum()), n_patterns) for t in thresholds])
    theory = [
        [false_positive(Segment(n, asked.active, asked.synapses, int(t))) for t in thresholds]
        for n in asked.cells
    ]
    recorder.metric("random/cells", np.array(asked.cells), "n, cells of each population")
    recorder.metric("random/threshold", thresholds, "theta")
    definition = "[population, threshold]: share of random patterns that fire the segment"
    return _write_counts(recorder, "random", definition, found, np.array(theory))


def _learnt(
    settings: DendriteTheory, seed: int, recorder: Recorder, progress: Progress, ask: Ask
) -> tuple[str, ...]:
    """Count active synapses of one segment whose pattern is damaged."""
    asked = settings.learnt
    found: list[list[Detections]] = []
    progress.stage("learnt patterns", len(asked.lost), "damages")
    for number, lost in enumerate(asked.lost):
        rng = generator(seed, "experiment.learnt", number)
        count = partial(count_learnt, asked.active, asked.synapses, lost, asked.patterns, rng)
        overlaps = ask(f"learnt/{number}", count, Overlaps)
        found.append([overlaps.misses(threshold) for threshold in asked.thresholds])
        progress.advance(number + 1)
    theory = [
        [false_negative(asked.active, asked.synapses, t, lost) for t in asked.thresholds]
        for lost in asked.lost
    ]
    recorder.metric("learnt/lost", np.array(asked.lost), "v, silent cells of the pattern")
    recorder.metric("learnt/threshold", np.array(asked.thresholds), "theta")
    definition = "[lost, threshold]: share of damaged patterns that do not fire the segment"
    return _write_counts(recorder, "learnt", definition, found, np.array(theory))


def _unions(
    settings: DendriteTheory, seed: int, recorder: Recorder, progress: Progress, ask: Ask
) -> tuple[str, ...]:
    """Count detections of other patterns by segments that store several."""
    asked = settings.unions

    def rate(cells: int, stored: int, rng: np.random.Generator) -> float:
        overlaps = count_union(cells, asked.active, asked.synapses, stored, asked.patterns, rng)
        return overlaps.detections(asked.threshold).rate

    def segment(cells: int) -> Segment:
        return Segment(cells, asked.active, asked.synapses, asked.threshold)

    rates = _over_segments("unions", asked.cells, asked.stored, asked.segments, seed, progress,
                           ask, rate)  # fmt: skip
    theory = [[mean_union_false_positive(segment(n), m) for m in asked.stored] for n in asked.cells]
    simple = [[union_false_positive(segment(n), m) for m in asked.stored] for n in asked.cells]
    recorder.metric("unions/cells", np.array(asked.cells), "n, cells of each population")
    recorder.metric("unions/stored", np.array(asked.stored), "M, patterns on one segment")
    recorder.metric(
        "unions/expected", np.array(simple),
        "[population, stored]: the chance at the expected number of different synapses",
    )  # fmt: skip
    definition = "[segment, population, stored]: share of other patterns that fire the segment"
    return _write_rates(recorder, "unions", definition, rates, np.array(theory), asked.patterns)


def _correlated(
    asked: Correlated, name: str, seed: int, recorder: Recorder, progress: Progress, ask: Ask
) -> tuple[str, ...]:
    """Count false detections in clusters, at a fixed number or a fixed share of active cells."""
    is_count = name == "fixed_count"

    def active(cells: int) -> int:
        return asked.active if is_count else asked.sparse(cells)

    def rate(cells: int, cluster: int, rng: np.random.Generator) -> float:
        overlaps = count_correlated(
            cells, active(cells), asked.synapses, cluster, asked.patterns, rng
        )
        return overlaps.detections(asked.threshold).rate

    rates = _over_segments(name, asked.cells, asked.clusters, asked.segments, seed, progress, ask,
                           rate)  # fmt: skip
    theory = [
        [
            clustered_false_positive(Segment(n, active(n), asked.synapses, asked.threshold), c)
            for c in asked.clusters
        ]
        for n in asked.cells
    ]
    recorder.metric(f"{name}/cells", np.array(asked.cells), "n, cells of each population")
    recorder.metric(f"{name}/cluster", np.array(asked.clusters), "cells that are active together")
    recorder.metric(f"{name}/active", np.array([active(n) for n in asked.cells]), "a, of each n")
    if not is_count:
        limit = saturated_false_positive(asked.density, asked.synapses, asked.threshold)
        recorder.metric(f"{name}/limit", limit, "chance in an endless population (binomial)")
    definition = "[segment, population, cluster]: share of other patterns that fire the segment"
    return _write_rates(recorder, name, definition, rates, np.array(theory), asked.patterns)


def _prediction(settings: DendriteTheory, recorder: Recorder) -> None:
    """Record the median chance over plausible segments, and the threshold that it predicts."""
    asked = settings.prediction
    medians = [median_false_positive(threshold) for threshold in asked.thresholds]
    misses = [
        false_negative(asked.active, asked.synapses, threshold, asked.lost)
        for threshold in asked.thresholds
    ]
    enough = [t for t, chance in zip(asked.thresholds, medians, strict=True) if chance < asked.goal]
    recorder.metric("prediction/threshold", np.array(asked.thresholds), "theta")
    recorder.metric("prediction/median", np.array(medians), "[threshold]: median over the grid")
    recorder.metric("prediction/misses", np.array(misses), "[threshold]: chance of a miss")
    recorder.metric("prediction/goal", asked.goal, "a median chance that is low enough")
    recorder.metric("prediction/lowest", min(enough, default=0), "first threshold below the goal")
    show_table(
        f"median chance of a false detection; the first threshold below {asked.goal:.0e} is "
        f"{min(enough, default=0)}",
        ("threshold", "median", f"misses with {asked.lost} of {asked.active} cells silent"),
        [
            (str(t), f"{chance:.2e}", f"{miss:.2e}")
            for t, chance, miss in zip(asked.thresholds, medians, misses, strict=True)
        ],
    )


def _chunks(total: int) -> list[int]:
    sizes = [total // N_CHUNKS] * N_CHUNKS
    sizes[0] += total % N_CHUNKS
    return [size for size in sizes if size]


def _over_segments(
    name: str,
    rows: tuple[int, ...],
    columns: tuple[int, ...],
    n_segments: int,
    seed: int,
    progress: Progress,
    ask: Ask,
    rate: Callable[[int, int, np.random.Generator], float],
) -> Floats:
    """Return the rate of each independent segment, shape (n_segments, n_rows, n_columns)."""
    rates = np.zeros((n_segments, len(rows), len(columns)))
    progress.stage(name.replace("_", " "), n_segments, "segments")

    def measure(number: int) -> list[list[float]]:
        rng = generator(seed, f"experiment.{name}", number)
        return [[rate(row, column, rng) for column in columns] for row in rows]

    for number in range(n_segments):
        rates[number] = ask(f"{name}/{number}", partial(measure, number))
        progress.advance(number + 1)
    return rates


def _write_counts(
    recorder: Recorder,
    name: str,
    definition: str,
    found: list[list[Detections]],
    theory: Floats,
) -> tuple[str, ...]:
    """Record counts with exact intervals, and return a row of the table."""
    counts = np.array([[each.n_detected for each in row] for row in found])
    rates = np.array([[each.rate for each in row] for row in found])
    ends = np.array([[each.interval()[1:] for each in row] for row in found])
    recorder.metric(f"{name}/rate", rates, definition)
    recorder.metric(f"{name}/count", counts, f"{definition}: how many")
    recorder.metric(f"{name}/interval", ends, f"[..., low and high]: {POISSON}")
    n_patterns = [row[0].n_patterns for row in found]
    return _finish(recorder, name, rates, ends, theory, n_patterns)


def _write_rates(
    recorder: Recorder, name: str, definition: str, rates: Floats, theory: Floats, n_patterns: int
) -> tuple[str, ...]:
    """Record rates of independent segments with intervals, and return a row of the table."""
    columns = rates.reshape(len(rates), -1).T
    total = n_patterns * len(rates)
    ends = np.array([ends_of(column, n_patterns) for column in columns]).reshape(*theory.shape, 2)
    recorder.metric(f"{name}/rate", rates, definition)
    recorder.metric(f"{name}/interval", ends, f"[..., low and high]: {STUDENT}")
    return _finish(recorder, name, rates.mean(axis=0), ends, theory, [total])


def ends_of(rates: Floats, n_patterns: int) -> tuple[float, float]:
    """Return the 95 % interval of the mean rate of independent segments.

    Parameters
    ----------
    rates : array of float64, shape (n_segments,)
        Fraction of the patterns that each segment detected.
    n_patterns : int
        Patterns shown to each.

    Returns
    -------
    low, high : float
        Student's, within 0 to 1; Wilson's where all segments have one rate; of a Poisson count
        where most segments saw nothing, whose rates are not normal: a single count would reach
        below 0 and far less high than it may be.
    """
    count = round(float(rates.sum()) * n_patterns)
    if count < len(rates):
        _, low, high = Detections(count, n_patterns * len(rates)).interval(CONFIDENCE)
    else:
        _, low, high = rate_interval(rates, n_patterns, CONFIDENCE)
    return max(low, 0.0), min(high, 1.0)


def _finish(
    recorder: Recorder,
    name: str,
    rates: Floats,
    ends: Floats,
    theory: Floats,
    n_patterns: list[int],
) -> tuple[str, ...]:
    recorder.metric(f"{name}/theory", theory, "closed form, of the shape of the mean rates")
    recorder.metric(f"{name}/deviation", rates - theory, "rate - theory")
    recorder.metric(f"{name}/patterns", np.array(n_patterns), "[row]: patterns for each point")
    seen = rates > 0
    # Segments that all count the same have an interval of no width: rates are known to one count.
    count = np.where(ends[..., 0] == ends[..., 1], 1 / np.array(n_patterns)[:, None], 0.0)
    inside = (ends[..., 0] - count <= theory) & (theory <= ends[..., 1] + count)
    least = np.unravel_index(np.where(seen, rates, np.inf).argmin(), rates.shape)
    return (
        name.replace("_", " "),
        f"{inside[seen].sum()} of {seen.sum()}",
        f"{inside[~seen].sum()} of {(~seen).sum()}",
        f"{rates[least]:.2e}",
        f"{theory[least]:.2e}",
        f"{max(n_patterns):.0e}",
    )


if __name__ == "__main__":
    from experiments.script import main

    main("dendrite_theory", "memory/dendrite-theory.yaml")
