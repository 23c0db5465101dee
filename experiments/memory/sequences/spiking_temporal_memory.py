"""Ask whether spiking cells learn sequences so that each element predicts the next in its context.

Every element has a block of cells. Synapses between cells grow where one block fires after
another; enough of them start a dendritic plateau, which lets a few cells fire first and silence
the rest of their block. Prediction of the last element is followed from episode to episode, in
several independent networks; afterwards the first element alone is shown, and the cells, with a
threshold that a plateau reaches by itself, replay the rest.
"""

from __future__ import annotations

import gc
from collections.abc import Sequence
from functools import partial
from math import log2
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.memory.laboratory.curves import Axis, Panel, Series, write_panels, write_series
from experiments.memory.sequences.score import Train
from experiments.memory.sequences.settings import SpikingTemporalMemory
from experiments.memory.sequences.spiking import Outcome, measure
from experiments.memory.sequences.timetable import plan
from experiments.memory.sequences.transitions import Transitions
from experiments.parts import Parts
from experiments.progress import Progress
from experiments.tables import show_table, tell_ends
from networks.memories.intervals import rate_interval, t_interval
from networks.spec import Spec
from neuro.recording import Checkpoint, Recorder

MS = 1e3
COLUMNS = (
    "network", "error 0 from episode", "active cells", "false +", "false -", "mature synapses",
    "replayed", "ms per element",
)  # fmt: skip
PLACES = ("element", "sequences without error", "95 % interval", "active cells", "95 % interval")


def run(
    configuration: Any,
    recorder: Recorder,
    progress: Progress,
    begun: Checkpoint | None = None,
) -> None:
    """Teach independent networks, record the first one and what all of them learnt.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is a `SpikingTemporalMemory`; the engine is active.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    begun : Checkpoint, optional
        The networks that are complete already; the recorded one learns again.
    """
    spec: Spec = configuration.spec
    settings: SpikingTemporalMemory = spec.experiment
    for population in spec.populations.values():
        recorder.nodes(population.name, population.size, population.model.name)
    table = plan(settings, spec.simulation.dt.value)
    outcomes: list[Outcome] = []
    parts = Parts(recorder, begun)

    def told(_name: str, model: float, _wall: float) -> None:
        progress.advance(model)

    try:
        for network in range(settings.networks):
            progress.stage(f"network {network}", table.learning + table.replaying, "s")
            if network == 0:
                outcomes.append(measure(spec, network, recorder, told))
            else:
                learn = partial(measure, spec, network, None, told)
                outcomes.append(parts(f"{network}", learn, Outcome, Transitions, Train))
            # A network refers to itself and would stay beside the next one.
            gc.collect()
    finally:
        if outcomes:
            write_outcomes(recorder, settings, outcomes)
    _write_events(recorder, spec, outcomes[0])
    show_table(f"sequences {', '.join(settings.sequences)}", COLUMNS, rows(settings, outcomes))
    show_table("the last episode, element by element", PLACES, places(outcomes))


def write_outcomes(
    recorder: Recorder, settings: SpikingTemporalMemory, outcomes: Sequence[Outcome]
) -> None:
    """Record the course of learning and what is left of it, with intervals across networks."""
    episodes = Axis("episode", 1 + np.arange(settings.episodes), "number of the episode", "episode")
    course = {
        name: np.stack([each.transitions.last(name) for each in outcomes])
        for name in ("error", "false_positive", "false_negative", "active")
    }
    block = "mean over sequences, just before the last element"
    drawn = (
        Series("error", course["error"], f"distance of predicted from right blocks, {block}",
               label="error"),
        Series("false_positive", course["false_positive"], f"wrongly predicted blocks, {block}",
               label="false positives"),
        Series("false_negative", course["false_negative"], f"right block not predicted, {block}",
               label="false negatives", trials=len(settings.sequences)),
    )  # fmt: skip
    aim = np.full(settings.episodes, float(settings.assembly))
    active = Series(
        "active", course["active"], "cells of the last element's block that fire",
        theory=aim, theory_definition="rho, cells that are to stand for an element",
        dashed="aim of homeostasis",
        bounds=(0.0, float(outcomes[0].block_size)),
    )  # fmt: skip
    panels = (
        Panel(episodes, "prediction of the last element", drawn),
        Panel(episodes, "active cells of the last element", (active,)),
        *_contexts(settings, episodes, outcomes),
    )
    write_panels(recorder, panels)
    _write_transitions(recorder, outcomes)
    recorder.array("sequences", np.array(settings.sequences), "1", "letters of the sequences")
    recorder.metric("load", np.array([len(settings.sequences)]), "number of sequences stored")
    for series in summary(settings, outcomes):
        write_series(recorder, series)
    words = np.array([each.words for each in outcomes])
    recorder.metric("replayed_words", words, "[network, sequence]: order in which blocks fired")


def _write_transitions(recorder: Recorder, outcomes: Sequence[Outcome]) -> None:
    axes = "[network, episode, sequence, element]"
    for name, definition in (
        ("predicted", "cells of the element's block with a plateau just before it is shown"),
        ("false_positive", "other blocks that are predicted"),
        ("active", "cells of the element's block that fire"),
    ):
        values = np.stack([getattr(each.transitions, name) for each in outcomes])
        recorder.array(f"transitions/{name}", values, "1", f"{axes}: {definition}")


def _contexts(
    settings: SpikingTemporalMemory, episodes: Axis, outcomes: Sequence[Outcome]
) -> list[Panel]:
    """Return how far prediction has come along the sequences, and how contexts come apart."""
    right = np.stack([each.transitions.right for each in outcomes])
    places = tuple(
        Series(
            f"right_{place}", right[:, :, place - 2],
            f"share of sequences whose element {place} is predicted without error",
            label=f"element {place}", bounds=(0.0, 1.0), trials=len(settings.sequences),
        )
        for place in range(2, right.shape[2] + 2)
    )  # fmt: skip
    panels = [Panel(episodes, "share of sequences predicted", places)]
    overlap = np.stack([each.transitions.overlap for each in outcomes])
    if not np.isnan(overlap).any():
        size = outcomes[0].block_size
        shared = Series(
            "overlap", overlap,
            "common cells of one element in two sequences, over the smaller set",
            theory=np.full(overlap.shape[1], settings.assembly / size),
            theory_definition="rho by cells of a block: of two sets drawn independently",
            dashed="independent sets",
            bounds=(0.0, 1.0),
        )  # fmt: skip
        panels.append(Panel(episodes, "overlap of contexts", (shared,)))
    return panels


def summary(settings: SpikingTemporalMemory, outcomes: Sequence[Outcome]) -> list[Series]:
    """Return one number for each network: what is learnt at the end, replayed, and its costs."""
    n_sequences = len(settings.sequences)
    n_pairs = n_sequences * (len(settings.sequences[0]) - 1)
    letters = len(set("".join(settings.sequences)))
    courses = [each.transitions for each in outcomes]
    errors = [each.last("error") for each in courses]
    settled = np.array([each[-settings.settled :].max() == 0 for each in errors])
    replayed = np.array([_share(each.words, settings.sequences) for each in outcomes])
    # A network learns all sequences or not; each sequence is replayed or not.
    trials = {"recall": 1, "replay": n_sequences}
    known = [
        ("recall", settled, f"whether the error is 0 in the last {settings.settled} episodes", "1"),
        ("first_episode", [first_episode(each) for each in errors],
         "episode from which on the error is 0; one more than there are if never", "1"),
        ("active_at_end", [each.last("active")[-1] for each in courses],
         "active cells of the last element in the last episode, mean over sequences", "1"),
        ("replay", replayed, "share of the sequences that are replayed from their first element",
         "1"),
        ("replay_pace", [np.nanmean(each.pace) * MS if replayed[n] else np.nan
                         for n, each in enumerate(outcomes)],
         "mean time from one replayed element to the next", "ms"),
        ("context_overlap", [each.overlap[-1] for each in courses],
         "common cells of one element in two sequences, over the smaller set", "1"),
        ("mature", [each.mature for each in outcomes],
         "share of the plastic synapses that transmit after learning", "1"),
        ("bits_per_synapse", [n_pairs * log2(letters) * done / each.n_synapses
                              for done, each in zip(settled, outcomes, strict=True)],
         "successors stored, in bits of one letter each, by plastic synapses; 0 if not learnt",
         "bit"),
        ("operations_store", [each.visits[0] / settings.episodes for each in outcomes],
         "visits to plastic synapses in an episode, counted", "1"),
        ("operations_recall", [each.visits[1] / n_sequences for each in outcomes],
         "visits to plastic synapses in the replay of a sequence, counted", "1"),
        ("seconds_store", [each.seconds[0] / settings.episodes for each in outcomes],
         "wall-clock time of an episode", "s"),
        ("seconds_recall", [each.seconds[1] / n_sequences for each in outcomes],
         "wall-clock time of the replay of a sequence", "s"),
        ("bytes", [each.bytes for each in outcomes], "size of the plastic synapses", "byte"),
    ]  # fmt: skip
    return [
        Series(name, np.asarray(values, dtype=np.float64).reshape(-1, 1), definition, unit,
               trials=trials.get(name))
        for name, values, definition, unit in known
    ]  # fmt: skip


def first_episode(error: NDArray[np.float64]) -> int:
    """Return the number of the first episode, from 1, from which on the error stays 0."""
    wrong = np.flatnonzero(error > 0)
    return int(wrong[-1]) + 2 if wrong.size else 1


def rows(settings: SpikingTemporalMemory, outcomes: Sequence[Outcome]) -> list[tuple[str, ...]]:
    """Write a row of text for each network, and their mean, by `COLUMNS`."""
    found: list[tuple[str, ...]] = []
    for number, each in enumerate(outcomes):
        course = each.transitions
        begins = first_episode(course.last("error"))
        found.append(
            (
                str(number),
                str(begins) if begins <= settings.episodes else "never",
                *(
                    f"{course.last(name)[-1]:.{digits}f}"
                    for name, digits in (
                        ("active", 1),
                        ("false_positive", 2),
                        ("false_negative", 2),
                    )
                ),
                f"{100 * each.mature:.2f} %",
                ", ".join(each.words),
                f"{np.mean(each.pace) * MS:.1f}",
            )
        )
    mean, low, high = t_interval(
        np.array([each.transitions.last("active")[-1] for each in outcomes])
    )
    blank = [""] * (len(COLUMNS) - 3)
    found.append(("mean", "95 % interval", f"{mean:.1f} ({tell_ends(low, high, '.1f')})", *blank))
    return found


def places(outcomes: Sequence[Outcome]) -> list[tuple[str, ...]]:
    """Write a row of text for each place in the sequences but the first, by `PLACES`."""
    right = np.stack([each.transitions.right[-1] for each in outcomes])
    active = np.stack([each.transitions.active[-1].mean(axis=0)[1:] for each in outcomes])
    found: list[tuple[str, ...]] = []
    for place, columns in enumerate(zip(right.T, active.T, strict=True), start=2):
        share, *apart = rate_interval(columns[0], right.shape[1])
        number, *around = t_interval(columns[1])
        found.append(
            (
                str(place), f"{share:.2f}", tell_ends(apart[0], apart[1], ".2f", is_fraction=True),
                f"{number:.1f}", tell_ends(around[0], around[1], ".1f"),
            )
        )  # fmt: skip
    return found


def _share(words: Sequence[str], sequences: Sequence[str]) -> float:
    return float(np.mean([word == right for word, right in zip(words, sequences, strict=True)]))


def _write_events(recorder: Recorder, spec: Spec, outcome: Outcome) -> None:
    """Record plateaus of the first network in the last episode and in the replay."""
    settings: SpikingTemporalMemory = spec.experiment
    table = plan(settings, spec.simulation.dt.value)
    shown = table.shown[-1] * MS
    ends = np.append(shown[1:, 0], table.learning * MS)
    windows = np.stack([shown[:, 0], ends], axis=1)
    recorder.array("drawn/shown_ms", shown, "ms", "[sequence, element]: when it is shown")
    recorder.array("drawn/last_ms", windows, "ms", "begin and end of each sequence, last episode")
    apart = settings.replay_interval.value * MS
    begins = table.replayed * MS
    windows = np.stack([begins, begins + apart], axis=1)
    recorder.array("drawn/replay_ms", windows, "ms", "begin and end of the replay of each sequence")
    late = outcome.plateaus.between(table.shown[-1, 0, 0], np.inf)
    recorder.array("drawn/plateau_ms", late.times * MS, "ms", "beginnings of plateaus")
    recorder.array("drawn/plateau_cells", late.cells, "1", "cells that have them")
    roles = settings.roles
    parts = np.array([roles.cells, str(spec.populations[roles.cue].size)])
    recorder.array("drawn/cells", parts, "1", "population of the cells, and number of its blocks")


if __name__ == "__main__":
    from experiments.script import main

    main("spiking_temporal_memory", "memory/spiking-temporal-memory.yaml")
