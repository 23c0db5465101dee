"""Capacity curves across networks: means, intervals, theory and chance, and their table."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb

import numpy as np
from numpy.typing import NDArray

from experiments.memory.comparison import MEASURED
from experiments.memory.settings import Condition, DigitMemory
from experiments.memory.spiking import Outcome
from networks.memories.intervals import t_interval
from networks.memories.willshaw_settling import exact_recall
from networks.memories.willshaw_theory import Load
from neuro.recording import Recorder

Array = NDArray[np.float64]
COLUMNS = (
    "load", "exact recalls", "95 % interval", "mean overlap", "oracle", "theory", "chance",
)  # fmt: skip


def theory(settings: DigitMemory, size: int, loads: Sequence[int]) -> Array:
    """Compute the exact recall of random patterns at each load, shape (n_loads,)."""
    return np.array(
        [
            exact_recall(
                Load(size, settings.active, load),
                settings.erase,
                settings.insert,
                settings.iterations,
            )
            for load in loads
        ]
    )


# Column of a curve -> what its interval cannot exceed.
BOUNDED = {
    "recall": 1.0, "oracle": 1.0, "overlap": 1.0, "spurious": np.inf, "missing": np.inf,
    "bits_per_synapse": np.inf, "oracle_overlap": 1.0, "oracle_spurious": np.inf,
    "oracle_missing": np.inf,
}  # fmt: skip


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
    recorder.metric(f"{prefix}load", np.array(loads), "number of stored patterns")
    for name, definition in MEASURED.items():
        table = np.stack([outcome.curve[name] for outcome in outcomes])
        unit = "s" if name.startswith("seconds") else "1"
        recorder.metric(f"{prefix}{name}", table, f"[network, load]: {definition}", unit)
    for name, most in BOUNDED.items():
        ends = _intervals([outcome.curve[name] for outcome in outcomes], most)
        definition = "[load, low and high]: 95 % interval of the mean across networks (Student)"
        recorder.metric(f"{prefix}{name}_ci", ends, f"{definition} of {name}")
    closed = theory(settings, size, loads)
    recorder.metric(
        f"{prefix}theory",
        closed,
        "[load]: exact recall of as many random patterns, mean-field theory of settling",
    )
    for name in ("recall", "oracle"):
        mean = np.mean([outcome.curve[name] for outcome in outcomes], axis=0)
        recorder.metric(f"{prefix}{name}_deviation", mean - closed, f"[load]: {name} - theory")
    recorder.metric(
        f"{prefix}chance",
        np.full(len(loads), chance(settings, size)),
        "[load]: exact recall of k cells drawn at random, 1 / C(N, k)",
    )
    wrong = settings.active * (1 - settings.active / size)
    for name, value in (("overlap", 0.0), ("spurious", wrong), ("missing", wrong)):
        definition = f"[load]: expected {name} of k cells drawn at random"
        recorder.metric(f"{prefix}chance_{name}", np.full(len(loads), value), definition)


def _intervals(curves: Sequence[Array], most: float = 1.0) -> Array:
    """Return low and high ends, within 0 to `most`, shape (n_loads, 2)."""
    columns = np.stack(curves).T
    ends = [t_interval(column)[1:] for column in columns]
    return np.clip(np.array(ends), 0.0, most)


def table_rows(
    settings: DigitMemory, condition: Condition, size: int, outcomes: Sequence[Outcome]
) -> list[tuple[str, ...]]:
    """Write the curve of one condition as rows of text, by `COLUMNS`."""

    def mean(name: str) -> Array:
        return np.asarray(np.mean([outcome.curve[name] for outcome in outcomes], axis=0))

    ends = _intervals([outcome.curve["recall"] for outcome in outcomes])
    numbers = zip(
        condition.loads, mean("recall"), ends, mean("overlap"), mean("oracle"),
        theory(settings, size, condition.loads), strict=True,
    )  # fmt: skip
    random = f"{chance(settings, size):.0e}"
    return [
        (
            str(load), f"{exact:.3f}",
            "one network" if np.isnan(low) else f"{low:.3f} - {high:.3f}", f"{overlap:.3f}",
            f"{clocked:.3f}", f"{closed:.3f}", random,
        )
        for load, exact, (low, high), overlap, clocked, closed in numbers
    ]  # fmt: skip
