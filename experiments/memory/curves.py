"""Capacity curves across networks: means, intervals, theory and chance, and their table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from math import comb

import numpy as np
from numpy.typing import NDArray

from experiments.memory.comparison import MEASURED
from experiments.memory.laboratory.capacity import half_load, write_half_load
from experiments.memory.laboratory.curves import Series, load_axis, write_axis, write_series
from experiments.memory.settings import Condition, DigitMemory
from experiments.memory.spiking import Outcome
from experiments.tables import tell_ends
from networks.memories.willshaw_settling import exact_recall
from networks.memories.willshaw_theory import Load
from neuro.recording import Recorder

Array = NDArray[np.float64]
COLUMNS = (
    "load", "exact recalls", "95 % interval", "settled", "mean overlap", "oracle", "theory",
    "chance",
)  # fmt: skip


def theory(settings: DigitMemory, size: int, loads: Sequence[int]) -> Array:
    """Compute the exact recall of random patterns at each load, shape (n_loads,).

    Pessimistic where recall falls: see `networks.memories.willshaw_settling`.
    """
    damage = settings.erase, settings.insert
    return np.array(
        [_exact(Load(size, settings.active, load), *damage, settings.iterations) for load in loads]
    )


# Curve, table and the search for the load of half recall ask for the same loads; each takes up
# to a second.
_exact = cache(exact_recall)


# Columns of a curve that are fractions; nothing bounds an interval of the others from above.
FRACTIONS = (
    "recall", "oracle", "agreement", "settled", "oracle_settled", "overlap", "oracle_overlap",
    "carried",
)  # fmt: skip
# Those that are counted in probes.
COUNTED = ("recall", "oracle", "agreement", "settled", "oracle_settled", "carried")


def series_of(
    name: str, outcomes: Sequence[Outcome], n_probes: NDArray[np.int64], closed: Array | None = None
) -> Series:
    """Return one column of a curve in all networks, by the names of `comparison.MEASURED`."""
    return Series(
        name,
        np.stack([outcome.curve[name] for outcome in outcomes]),
        MEASURED[name],
        "s" if name.startswith("seconds") else "1",
        theory=closed if name == "recall" else None,
        theory_definition="exact recall of as many random patterns, mean-field theory of settling; "
        "pessimistic where recall falls (N 2000, k 50, 15 replaced: half recall 3.4 % too low)",
        bounds=(0.0, 1.0 if name in FRACTIONS else np.inf),
        trials=n_probes if name in COUNTED else None,
    )


def chance(settings: DigitMemory, size: int) -> float:
    """Compute how often k cells drawn at random are the pattern: 1 / C(N, k)."""
    return 1 / comb(size, settings.active)


def write_curve(
    recorder: Recorder,
    prefix: str,
    settings: DigitMemory,
    condition: Condition,
    size: int,
    outcomes: Sequence[Outcome],
) -> None:
    """Record the curves of one condition.

    Parameters
    ----------
    recorder : Recorder
        The recording.
    prefix : str
        Put before the name of each metric.
    settings : DigitMemory
        The experiment.
    condition : Condition
        Kind of codes and loads.
    size : int
        N.
    outcomes : sequence of Outcome
        One for each network.
    """
    loads = condition.loads
    closed = theory(settings, size, loads)
    visited = set(loads)

    def falling(load: int) -> float:
        visited.add(load)
        return float(theory(settings, size, [load])[0])

    n_probes = np.minimum(loads, settings.probes)
    found = {name: series_of(name, outcomes, n_probes, closed) for name in MEASURED}
    recall = found["recall"].values
    half = half_load(loads, recall, n_probes, size, falling)
    # The theory takes a second at each load: it is drawn through those at which it is known.
    fine = np.array(sorted(visited))
    write_axis(recorder, replace(load_axis(loads), fine=fine), prefix)
    found["recall"] = replace(found["recall"], theory_fine=theory(settings, size, fine.tolist()))
    for series in found.values():
        write_series(recorder, replace(series, size=size), prefix)
    if half is not None:
        write_half_load(recorder, half, prefix)
    for name in ("recall", "oracle"):
        deviation = found[name].mean - closed
        recorder.metric(f"{prefix}{name}_deviation", deviation, f"[load]: {name} - theory")
    recorder.metric(
        f"{prefix}chance",
        np.full(len(loads), chance(settings, size)),
        "[load]: exact recall of k cells drawn at random, 1 / C(N, k)",
    )
    wrong = settings.active * (1 - settings.active / size)
    for name, value in (("overlap", 0.0), ("spurious", wrong), ("missing", wrong)):
        definition = f"[load]: expected {name} of k cells drawn at random"
        recorder.metric(f"{prefix}chance_{name}", np.full(len(loads), value), definition)


def table_rows(
    settings: DigitMemory, condition: Condition, size: int, outcomes: Sequence[Outcome]
) -> list[tuple[str, ...]]:
    """Write the curve of one condition as rows of text, by `COLUMNS`."""
    n_probes = np.minimum(condition.loads, settings.probes)
    recall, settled, overlap, oracle = (
        series_of(name, outcomes, n_probes) for name in ("recall", "settled", "overlap", "oracle")
    )
    numbers = zip(
        condition.loads, recall.mean, recall.ends, settled.mean, overlap.mean, oracle.mean,
        theory(settings, size, condition.loads), strict=True,
    )  # fmt: skip
    random = f"{chance(settings, size):.0e}"
    return [
        (
            str(load), f"{exact:.3f}",
            tell_ends(low, high, ".3f"), f"{settled:.3f}", f"{overlap:.3f}", f"{clocked:.3f}",
            f"{closed:.3f}", random,
        )
        for load, exact, (low, high), settled, overlap, clocked, closed in numbers
    ]  # fmt: skip
