"""What a study leaves: metrics, capacity, a table; and the function that runs a study."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from experiments.memory.laboratory.capacity import HalfLoad, half_load, write_half_load
from experiments.memory.laboratory.curves import (
    Axis,
    Panel,
    Series,
    load_axis,
    write_panels,
    write_series,
)
from experiments.memory.laboratory.study import Outcome, Study, Trials, begin, measure
from experiments.progress import Progress
from experiments.tables import show_table
from neuro.recording import Recorder

COLUMNS = (
    "load", "recalled", "95 % interval", "theory", "bits/synapse", "accesses/store",
    "accesses/recall", "us/store", "us/recall", "kB",
)  # fmt: skip
# Metric -> definition and unit, of what every memory reports beside recall.
COSTS = {
    "operations_store": ("synapses read and written to store one pattern, counted", "1"),
    "operations_recall": ("synapses read and written to recall one cue, counted", "1"),
    "seconds_store": ("wall-clock time to store one pattern", "s"),
    "seconds_recall": ("wall-clock time to recall one cue", "s"),
    "bytes": ("size of everything that the memory keeps", "byte"),
}


def run_study(
    study: Study, trials: Trials, seed: int, recorder: Recorder, progress: Progress, title: str
) -> None:
    """Measure a memory, record what was found, print its table.

    Whatever ends the measurement, the networks that are complete are recorded.

    Parameters
    ----------
    study : Study
        The memory and what is asked of it.
    trials : Trials
        Loads, networks, probes.
    seed : int
        Root seed.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    title : str
        Above the table.
    """
    outcome = begin(trials)
    progress.stage("store and recall", trials.networks * len(trials.loads), "loads")
    try:
        measure(study, trials, seed, outcome, progress.advance)
    finally:
        if outcome.n_networks:
            write_outcome(recorder, study, outcome)
            show_outcome(study, outcome, title)


def write_outcome(recorder: Recorder, study: Study, outcome: Outcome) -> None:
    """Record the metrics of a study.

    Parameters
    ----------
    recorder : Recorder
        The recording.
    study : Study
        What was asked.
    outcome : Outcome
        What was found, of at least one network.
    """
    axis = load_axis(outcome.loads)
    first = Panel(axis, "recalled (fraction)", (recall_series(study, outcome),))
    bits = Series(
        "bits_per_synapse",
        outcome.table("bits_per_synapse"),
        f"{study.bits_definition}, in bits, by the number of plastic synapses",
        "bit",
    )
    more = [_extra(study, outcome, axis, number) for number in range(len(study.measures))]
    write_panels(recorder, [first, *more, Panel(axis, "stored bits per synapse", (bits,))])
    for name, (definition, unit) in COSTS.items():
        write_series(recorder, Series(name, outcome.table(name), definition, unit))
    if (half := _half_load(study, outcome)) is not None:
        write_half_load(recorder, half)


def recall_series(study: Study, outcome: Outcome) -> Series:
    """Return the fraction recalled in each network at each load, with its theory."""
    return Series(
        "recall",
        outcome.table("recall"),
        f"fraction of probes for which {study.recalled_definition}",
        theory=_theory(study.theory, outcome.loads),
        theory_definition=study.theory_definition,
        bounds=(0.0, 1.0),
    )


def _extra(study: Study, outcome: Outcome, axis: Axis, number: int) -> Panel:
    what = study.measures[number]
    series = Series(
        what.name, outcome.table(what.name), what.definition, what.unit,
        _theory(what.theory, outcome.loads), what.theory_definition, bounds=what.bounds,
    )  # fmt: skip
    return Panel(axis, what.label, (series,), what.scale)


def _theory(
    closed: Callable[[int], float] | None, loads: tuple[int, ...]
) -> NDArray[np.float64] | None:
    return None if closed is None else np.array([closed(load) for load in loads], dtype=np.float64)


def _half_load(study: Study, outcome: Outcome) -> HalfLoad | None:
    return half_load(
        outcome.loads, outcome.table("recall"), outcome.n_probes, study.size, study.theory
    )


def show_outcome(study: Study, outcome: Outcome, title: str) -> None:
    """Print a row for each load, and the capacity."""
    series = recall_series(study, outcome)
    cost = {name: outcome.table(name).mean(axis=0) for name in (*COSTS, "bits_per_synapse")}
    rows = []
    for number, load in enumerate(outcome.loads):
        low, high = series.ends[number]
        rows.append(
            (
                str(load),
                f"{series.mean[number]:.4f}",
                "one network" if np.isnan(low) else f"{low:.4f} - {high:.4f}",
                "-" if series.theory is None else f"{series.theory[number]:.4f}",
                f"{cost['bits_per_synapse'][number]:.4f}",
                f"{cost['operations_store'][number]:.4g}",
                f"{cost['operations_recall'][number]:.4g}",
                f"{1e6 * cost['seconds_store'][number]:.3g}",
                f"{1e6 * cost['seconds_recall'][number]:.3g}",
                f"{cost['bytes'][number] / 1000:.4g}",
            )
        )
    half = _half_load(study, outcome)
    told = f"\n{half.text()}" if half is not None else ""
    show_table(f"{title}: {outcome.n_networks} networks{told}", COLUMNS, rows)
