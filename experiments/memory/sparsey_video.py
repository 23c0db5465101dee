"""Ask how many clips of actions a hierarchy keeps, each shown once, and whether it tells actions.

Levels of macs (`networks.memories.sparsey.hierarchy`) see clips of a stick figure, or those of a
folder of frames. After each load all clips are shown again: are the codes those of learning, and
which clip is it? Clips that were not learnt say how novel they look (G), and which action the label
field reads from the codes, beside the nearest neighbour of mean frames.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.memory.laboratory.curves import Axis, Panel, Series, write_panels, write_series
from experiments.memory.sparsey_clips import Clips, draw_clips
from experiments.memory.sparsey_settings import SparseyVideo
from experiments.parts import Parts
from experiments.progress import Progress
from experiments.tables import show_table
from networks.inputs.clips import ACTIONS, HEIGHT, WIDTH
from networks.memories.sparsey.hierarchy import Hierarchy, HierarchyMemory
from networks.memories.sparsey.presentation import LevelCodes
from networks.streams import generator
from neuro.recording import Checkpoint, Recorder

Bits = NDArray[np.bool_]
N_SHOWN = 6  # clips that the file keeps, for the figure
COSTS = {
    "operations_store": ("synapses read and written to learn one clip, counted", "1"),
    "seconds_store": ("CPU time to learn one clip on one thread", "s"),
    "bytes": ("size of everything that the memory keeps", "byte"),
}
# Metric of every level -> definition.
MEASURED = {
    "recall": "winners that are those of learning, the learnt clips shown again",
    "identity": "learnt clips whose codes are nearest to their own of learning",
    "accuracy": "new clips whose action the label field reads from the codes",
    "familiarity": "mean G of new clips",
}


def run(
    configuration: Any,
    recorder: Recorder,
    progress: Progress,
    begun: Checkpoint | None = None,
) -> None:
    """Show more and more clips to hierarchies, and ask for all of them.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is a `SparseyVideo`.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    begun : Checkpoint, optional
        The networks that are complete already.
    """
    spec = configuration.spec
    settings: SparseyVideo = spec.experiment
    progress.stage("learn and recognise", settings.networks * len(settings.loads), "loads")
    parts, rows = Parts(recorder, begun), []
    for network in range(settings.networks):
        rng = generator(spec.seed, "experiment.clips", network)
        learnt, new = draw_clips(settings, rng)
        if network == 0:
            shown = learnt.frames[:N_SHOWN].astype(np.uint8)
            recorder.array("clips/frames", shown, "1", "[clip, frame]: the first clips")
        memory = Hierarchy((HEIGHT, WIDTH), settings.levels).empty(rng)
        rows.append(parts(f"{network}", partial(one_network, settings, memory, learnt, new)))
        progress.advance((network + 1) * len(settings.loads))
    table = {name: np.array([[at[name] for at in row] for row in rows]) for name in rows[0][0]}
    axis = Axis("load", np.array(settings.loads), "number of clips learnt", "clips learnt")
    for name, (definition, unit) in COSTS.items():
        write_series(recorder, Series(name, table[name], definition, unit))
    top = len(settings.levels)
    for name in ("recall", "accuracy"):
        definition = f"{MEASURED[name]}; the highest level"
        values, trials = table[f"{name}_{top}"], _asked(settings, name)
        write_series(recorder, Series(name, values, definition, bounds=(0.0, 1.0), trials=trials))
    write_panels(recorder, _panels(settings, axis, table))
    _show(settings, table)


def one_network(
    settings: SparseyVideo, memory: HierarchyMemory, learnt: Clips, new: Clips
) -> list[dict[str, float]]:
    """Show clips once each to one hierarchy, and ask for them after each load.

    Parameters
    ----------
    settings : SparseyVideo
        Loads.
    memory : HierarchyMemory
        Empty before, full afterwards.
    learnt, new : Clips
        What it learns, and what it does not.

    Returns
    -------
    list of dict
        `COSTS`, `MEASURED` for each level (``recall_1``), and the control ``mean_frame``.
    """
    memory.read(learnt.frames[0, :2])  # kernels compile before anything is timed
    given: list[tuple[LevelCodes, ...]] = []
    found, before = [], 0
    for load in settings.loads:
        used, began = memory.operations, time.process_time()
        given += [memory.learn(clip) for clip in learnt.frames[before:load]]
        seconds, stored = time.process_time() - began, memory.operations - used
        again = [memory.read(clip) for clip in learnt.frames[:load]]
        unknown = [memory.read(clip) for clip in new.frames]
        row = {
            "operations_store": (stored.reads + stored.writes) / (load - before),
            "seconds_store": seconds / (load - before),
            "bytes": float(memory.bytes),
            "mean_frame": mean_frame_accuracy(learnt, new, load),
        }
        for number, level in enumerate(settings.levels):
            codes = [[shown[number] for shown in shows] for shows in (given, again, unknown)]
            measured = measure_level(codes[0], codes[1], codes[2], learnt, new, level.units)
            row |= {f"{name}_{number + 1}": value for name, value in measured.items()}
        found.append(row)
        before = load
    return found


def measure_level(
    given: Sequence[LevelCodes],
    again: Sequence[LevelCodes],
    unknown: Sequence[LevelCodes],
    learnt: Clips,
    new: Clips,
    units: int,
) -> dict[str, float]:
    """Compare the codes of one level with those of learning, and read actions from them.

    The label field joins each unit that was active in a learnt clip with its action, by one
    synapse; a new clip is of the action with most synapses from its active units.

    Parameters
    ----------
    given, again, unknown : sequence of LevelCodes
        Of the learnt clips while learning, of the same shown again, and of the new ones.
    learnt, new : Clips
        Labels.
    units : int
        K.

    Returns
    -------
    dict of str to float
        `MEASURED`.
    """
    right = np.stack([codes.winners for codes in given])
    found = np.stack([codes.winners for codes in again])
    is_on = right >= 0
    active, seen, asked = (_active(codes, units) for codes in (given, again, unknown))
    overlap = seen @ active.T
    labels = learnt.labels[: len(given)]
    links = np.stack([active[labels == c].max(axis=0, initial=0) > 0 for c in np.unique(labels)])
    votes = asked @ links.T.astype(np.float32)
    told = np.unique(labels)[votes.argmax(axis=1)]
    return {
        "recall": float((right == found)[is_on].mean()),
        "identity": float((overlap.argmax(axis=1) == np.arange(len(given))).mean()),
        "accuracy": float((told == new.labels).mean()),
        "familiarity": float(np.nanmean([codes.familiarity for codes in unknown])),
    }


def _active(codes: Sequence[LevelCodes], units: int) -> NDArray[np.float32]:
    """Write clips as the units active in each frame, shape (n, T * n_macs * Q * K)."""
    stacked = np.stack([each.winners for each in codes])
    active = stacked[..., None] == np.arange(units)
    return np.asarray(active.reshape(len(codes), -1), dtype=np.float32)


def mean_frame_accuracy(learnt: Clips, new: Clips, load: int) -> float:
    """Return how often the learnt clip of the nearest mean frame is of the right action."""
    known = learnt.frames[:load].mean(axis=1).reshape(load, -1)
    asked = new.frames.mean(axis=1).reshape(len(new.frames), -1)
    distance = ((asked[:, None] - known) ** 2).sum(axis=2)
    return float((learnt.labels[distance.argmin(axis=1)] == new.labels).mean())


def _asked(settings: SparseyVideo, metric: str) -> int | NDArray[np.int64] | None:
    """Return of how many clips a fraction is; frames and macs of one are no trials of their own."""
    if metric == "accuracy":
        return settings.new
    return None if metric == "familiarity" else np.array(settings.loads)


def _panels(
    settings: SparseyVideo, axis: Axis, table: dict[str, NDArray[np.float64]]
) -> list[Panel]:
    levels = range(1, len(settings.levels) + 1)

    def panel(metric: str, quantity: str, *more: Series) -> Panel:
        series = tuple(
            Series(f"{metric}_{n}", table[f"{metric}_{n}"], f"{MEASURED[metric]}; level {n}",
                   label=f"level {n}", bounds=(0.0, 1.0), trials=_asked(settings, metric))
            for n in levels
        )  # fmt: skip
        return Panel(axis, quantity, (*series, *more))

    control = Series("mean_frame", table["mean_frame"], "new clips whose nearest mean frame among "
                     "the learnt ones is of the same action", label="nearest mean frame",
                     bounds=(0.0, 1.0), trials=settings.new)  # fmt: skip
    return [
        panel("recall", "winners right (fraction)"),
        panel("identity", "clips told apart (fraction)"),
        panel("accuracy", "actions right (fraction)", control),
        panel("familiarity", "G of new clips"),
    ]


def _show(settings: SparseyVideo, table: dict[str, NDArray[np.float64]]) -> None:
    levels = range(1, len(settings.levels) + 1)
    names = [f"{name}_{n}" for name in MEASURED for n in levels]
    columns = ("clips", *names, "mean_frame", "s/clip")
    rows = [
        (
            str(load),
            *(f"{table[name][:, place].mean():.3f}" for name in (*names, "mean_frame")),
            f"{table['seconds_store'][:, place].mean():.3f}",
        )
        for place, load in enumerate(settings.loads)
    ]
    what = settings.folder or f"stick figures, {len(ACTIONS)} actions"
    show_table(f"{what}; {settings.networks} networks", columns, rows)


if __name__ == "__main__":
    from experiments.script import main

    main("sparsey_video", "memory/sparsey-video.yaml")
