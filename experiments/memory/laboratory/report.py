"""What a study leaves: metrics, capacity, a table; and the function that runs a study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from experiments.memory.laboratory.capacity import HalfLoad, half_load, write_half_load
from experiments.memory.laboratory.curves import (
    SIMULATION,
    THEORY,
    Panel,
    Series,
    along,
    join,
    load_axis,
    write_panels,
    write_series,
)
from experiments.memory.laboratory.study import Measure, Outcome, Study, Trials, begin, measure
from experiments.parts import Ask, Parts, at_once
from experiments.progress import Progress
from experiments.tables import show_table, tell_ends
from neuro.recording import Checkpoint, Recorder

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
    study: Study,
    trials: Trials,
    seed: int,
    recorder: Recorder,
    progress: Progress,
    title: str,
    begun: Checkpoint | None = None,
    ask: Ask | None = None,
) -> None:
    """Measure a memory, record what was found, print its table.

    Whatever ends the measurement, the networks that are complete are recorded, and lie in a
    checkpoint beside the file.

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
    begun : Checkpoint, optional
        The networks that are complete already.
    ask : callable, optional
        Instead of `begun`: returns what a network did, measured now or kept from before.
    """
    run_variants({"": study}, trials, seed, recorder, progress, title, begun, ask)


def run_variants(
    studies: Mapping[str, Study],
    trials: Trials,
    seed: int,
    recorder: Recorder,
    progress: Progress,
    title: str,
    begun: Checkpoint | None = None,
    ask: Ask | None = None,
) -> None:
    """Measure variants of a memory, such as ablations, with the same patterns and cues.

    Parameters
    ----------
    studies : mapping of str to Study
        By label. The first one's metrics bear their own names, those of the others begin with
        ``conditions/{label}/``; a panel of the figure shows all that measure its quantity.
    trials, seed, recorder, progress, title, begun, ask
        As of `run_study`.
    """
    outcomes = {label: begin(trials) for label in studies}
    try:
        measure_variants(studies, trials, seed, outcomes, progress, ask or Parts(recorder, begun))
    finally:
        found = {label: each for label, each in outcomes.items() if each.n_networks}
        if found:
            write_outcomes(recorder, studies, found)
        for label, outcome in found.items():
            show_outcome(studies[label], outcome, f"{title}, {label}" if label else title)


def measure_variants(
    studies: Mapping[str, Study],
    trials: Trials,
    seed: int,
    outcomes: Mapping[str, Outcome],
    progress: Progress,
    ask: Ask = at_once,
) -> None:
    """Ask one variant after the other, as one stage.

    Parameters
    ----------
    studies, trials, seed, progress
        As of `run_variants`.
    outcomes : mapping of str to Outcome
        Where networks are added, by label.
    ask : callable
        Returns what a network did: measured now, or kept from before.
    """
    n_loads = trials.networks * len(trials.loads)
    progress.stage("store and recall", len(studies) * n_loads, "loads")
    for number, (label, study) in enumerate(studies.items()):

        def told(done: int, before: int = number * n_loads) -> None:
            progress.advance(before + done)

        measure(study, trials, seed, outcomes[label], told, ask, label)


def write_outcome(recorder: Recorder, study: Study, outcome: Outcome) -> None:
    """Record the metrics and panels of one study, of at least one network."""
    write_outcomes(recorder, {"": study}, {"": outcome})


def write_outcomes(
    recorder: Recorder,
    studies: Mapping[str, Study],
    outcomes: Mapping[str, Outcome],
    more: Sequence[Panel] = (),
) -> None:
    """Record the metrics of variants of a memory, and the panels of the figure `curves`.

    Parameters
    ----------
    recorder : Recorder
        The recording.
    studies : mapping of str to Study
        What was asked, by label.
    outcomes : mapping of str to Outcome
        What was found, of at least one network each.
    more : sequence of Panel
        What else the experiment measured, for the same figure.
    """
    panels: dict[str, list[Panel]] = {}
    for number, (label, outcome) in enumerate(outcomes.items()):
        study, prefix = studies[label], f"conditions/{label}/" if number else ""
        for panel in _panels(study, outcome, label, prefix):
            panels.setdefault(panel.quantity, []).append(panel)
        for name, (definition, unit) in COSTS.items():
            costs = Series(prefix + name, outcome.table(name), definition, unit, size=study.size)
            write_series(recorder, costs)
        if (half := _half_load(study, outcome)) is not None:
            write_half_load(recorder, half, prefix)
    write_panels(recorder, [*(join(each) for each in panels.values()), *more])


def _panels(study: Study, outcome: Outcome, label: str, prefix: str) -> list[Panel]:
    axis = load_axis(outcome.loads)
    bits = Series(
        f"{prefix}bits_per_synapse",
        outcome.table("bits_per_synapse"),
        f"{study.bits_definition}, in bits, by the number of plastic synapses",
        "bit",
        label=label or SIMULATION,
        size=study.size,
    )
    return [
        Panel(axis, "recalled (fraction)", (recall_series(study, outcome, label, prefix),)),
        *(_extra(each, study, outcome, label, prefix) for each in study.measures),
        Panel(axis, "stored bits per synapse", (bits,)),
    ]


def recall_series(study: Study, outcome: Outcome, label: str = "", prefix: str = "") -> Series:
    """Return the fraction recalled in each network at each load, with its theory."""
    theory, fine = along(load_axis(outcome.loads), study.theory)
    return Series(
        f"{prefix}recall",
        outcome.table("recall"),
        f"fraction of probes for which {study.recalled_definition}",
        theory=theory,
        theory_fine=fine,
        theory_definition=_with_caution(study.theory_definition, study),
        dashed=_dashed(study),
        label=label or SIMULATION,
        bounds=(0.0, 1.0),
        trials=outcome.n_probes,
        size=study.size,
    )


def _with_caution(definition: str, study: Study) -> str:
    return f"{definition}; outside its range: {study.caution}" if study.caution else definition


def _dashed(study: Study) -> str:
    return f"{THEORY} outside its range" if study.caution else THEORY


def _extra(what: Measure, study: Study, outcome: Outcome, label: str, prefix: str) -> Panel:
    axis = load_axis(outcome.loads)
    theory, fine = along(axis, what.theory)
    series = Series(
        prefix + what.name, outcome.table(what.name), what.definition, what.unit, theory,
        _with_caution(what.theory_definition, study), label or SIMULATION, what.bounds,
        _dashed(study), fine, outcome.n_probes if what.is_counted else None, study.size,
    )  # fmt: skip
    return Panel(axis, what.label, (series,), what.scale)


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
                tell_ends(low, high, ".4f"),
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
    if study.caution:
        told += f"\ntheory is outside its range: {study.caution}"
    count = f"{outcome.n_networks} network{'s' if outcome.n_networks > 1 else ''}"
    show_table(f"{title}: {count}{told}", COLUMNS, rows)
