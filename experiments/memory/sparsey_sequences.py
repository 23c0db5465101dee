"""Ask how long sequences may be that a mac learns in one presentation, and goes on with alone.

Sequences of random frames are learnt once (U and H); then they are shown again, and the code of
every frame is compared with the one that it was given (recognition); and only their first frames
are shown, after which the mac goes on by its horizontal synapses (replay). Frames are noise, or
move a few pixels at a time, which makes codes alike. With a critical period what was learnt stays.
"""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from experiments.memory.laboratory.curves import Axis, Panel, Series, write_panels, write_series
from experiments.memory.sparsey_settings import SparseySequences
from experiments.parts import Parts
from experiments.progress import Progress
from experiments.tables import show_table
from networks.inputs.frames import moving_frames, noise_frames
from networks.memories.sparsey.afferents import fill
from networks.memories.sparsey.generation import reconstruct
from networks.memories.sparsey.mac import Mac, MacMemory
from networks.memories.sparsey.settings import CriticalPeriod
from networks.streams import generator
from neuro.recording import Checkpoint, Recorder

Bits = NDArray[np.bool_]
Array = NDArray[np.float64]
# Metric -> definition and unit.
MEASURED = {
    "recall": ("winners that are those of learning, all frames shown again", "1"),
    "frames": ("frames whose code is that of learning in every module", "1"),
    "replay": ("winners that are those of learning, only first frames shown", "1"),
    "pixels": ("replayed frames whose pixels are read out of the code without an error", "1"),
    "first": ("recognition of the sequences of the smallest load", "1"),
    "fill_up": ("fraction of the bottom-up synapses that are set", "1"),
    "fill_beside": ("fraction of the horizontal synapses that are set", "1"),
    "bits_per_synapse": ("information of frames whose code is right, by plastic synapses", "bit"),
    "operations_store": ("synapses read and written to learn one frame, counted", "1"),
    "operations_recall": ("synapses read to recognise one frame, counted", "1"),
    "seconds_store": ("wall-clock time to learn one frame", "s"),
    "seconds_recall": ("wall-clock time to recognise one frame", "s"),
    "bytes": ("size of everything that the memory keeps", "byte"),
}  # fmt: skip
FRACTIONS = ("recall", "frames", "replay", "pixels", "first", "fill_up", "fill_beside")
# Fractions that are of sequences: frames and modules of one are no trials of their own.
COUNTED = ("recall", "frames", "replay", "pixels", "first")
COLUMNS = ("frames", "recognised", "whole frames", "replayed", "pixels right", "fill U", "fill H")


def run(
    configuration: Any,
    recorder: Recorder,
    progress: Progress,
    begun: Checkpoint | None = None,
) -> None:
    """Learn and recall sequences of every kind, at every load, in every network.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is a `SparseySequences`.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    begun : Checkpoint, optional
        The networks that are complete already.
    """
    spec = configuration.spec
    settings: SparseySequences = spec.experiment
    kinds = _kinds(settings)
    progress.stage("learn and recall", len(kinds) * settings.networks, "networks")
    parts = Parts(recorder, begun)
    tables: dict[str, dict[str, Array]] = {}
    for number, (name, (moved, period)) in enumerate(kinds.items()):
        rows = []
        for network in range(settings.networks):
            rng = generator(spec.seed, f"experiment.sequences.{moved}", network)
            learn = partial(one_network, settings, moved, period, rng)
            rows.append(parts(f"{name}/{network}", learn))
            progress.advance(number * settings.networks + network + 1)
        tables[name] = {
            metric: np.array([[at[metric] for at in row] for row in rows]) for metric in MEASURED
        }
        show_table(f"{name}; {settings.networks} networks", COLUMNS, _rows(settings, tables[name]))
    axis = _axis(settings)
    for metric in MEASURED:
        write_series(recorder, _series(settings, metric, tables["noise"], metric, "noise"))
    write_panels(recorder, _panels(settings, axis, tables))


def _kinds(settings: SparseySequences) -> dict[str, tuple[int | None, CriticalPeriod]]:
    """Name every kind of sequence: how many pixels move (all, if None), and the period."""
    kinds: dict[str, tuple[int | None, CriticalPeriod]] = {"noise": (None, CriticalPeriod())}
    for moved in settings.moved:
        kinds[f"{moved} moved"] = (moved, CriticalPeriod())
    kinds["noise, critical period"] = (None, settings.period)
    return kinds


def one_network(
    settings: SparseySequences,
    moved: int | None,
    period: CriticalPeriod,
    rng: np.random.Generator,
) -> list[dict[str, float]]:
    """Let a fresh mac learn more and more sequences, and ask for all of them at each load.

    Parameters
    ----------
    settings : SparseySequences
        The mac and the sequences.
    moved : int or None
        Pixels that move from frame to frame; None draws frames independently.
    period : CriticalPeriod
        When the mac stops to learn.
    rng : numpy.random.Generator
        Source of the frames and of the mac.

    Returns
    -------
    list of dict
        `MEASURED` at each load.
    """
    length, n_all = settings.length, settings.loads[-1]
    frames = np.concatenate([draw_sequence(settings, moved, rng) for _ in range(n_all)])
    begins = np.arange(len(frames)) % length == 0
    memory = Mac(
        settings.lines, settings.modules, settings.units, horizontal=True,
        selection=settings.selection, period=period,
    ).empty(rng)  # fmt: skip
    winners = np.empty((len(frames), settings.modules), dtype=np.int64)
    found, before = [], 0
    for load in settings.loads:
        now = slice(before * length, load * length)
        used, began = memory.operations, time.perf_counter()
        winners[now] = memory.learn(frames[now], begins=begins[now]).winners
        seconds, n_new = time.perf_counter() - began, (load - before) * length
        stored = memory.operations - used
        row = recalled(memory, frames[: load * length], begins[: load * length], winners)
        row["first"] = _recognised(memory, frames, begins, winners, settings.loads[0] * length)
        row["operations_store"] = (stored.reads + stored.writes) / n_new
        row["seconds_store"] = seconds / n_new
        found.append(row)
        before = load
    return found


def draw_sequence(settings: SparseySequences, moved: int | None, rng: np.random.Generator) -> Bits:
    """Draw one sequence, shape (length, lines)."""
    bounds = settings.lines, settings.least, settings.most
    if moved is None:
        return noise_frames(settings.length, *bounds, rng)
    return moving_frames(settings.length, *bounds, moved, rng)


def recalled(
    memory: MacMemory, frames: Bits, begins: Bits, winners: NDArray[np.int64]
) -> dict[str, float]:
    """Compare what a mac recognises and replays with the codes that it gave while learning.

    Parameters
    ----------
    memory : MacMemory
        The mac.
    frames, begins : array of bool, shapes (T, lines) and (T,)
        All that it has learnt.
    winners : array of int64, shape (T or more, Q)
        Codes given while learning.

    Returns
    -------
    dict of str to float
        Part of `MEASURED`.
    """
    given = winners[: len(frames)]
    used, began = memory.operations, time.perf_counter()
    is_right = memory.read(frames, begins=begins).winners == given
    seconds, reads = time.perf_counter() - began, (memory.operations - used).reads
    shown = frames & begins[:, None]
    alone = memory.read(shown, begins=begins).winners
    seen = reconstruct(memory, alone[~begins]) == 1
    n_lines, n_active = frames.shape[1], frames.sum(axis=1)
    bits = float(np.sum(log2_choices(n_lines, n_active)[is_right.all(axis=1)]))
    return {
        "recall": float(is_right.mean()),
        "frames": float(is_right.all(axis=1).mean()),
        "replay": float((alone == given)[~begins].mean()),
        "pixels": float((seen == frames[~begins]).all(axis=1).mean()),
        "fill_up": fill(memory.up),
        "fill_beside": fill(memory.beside),
        "bits_per_synapse": bits / memory.n_synapses,
        "operations_recall": reads / len(frames),
        "seconds_recall": seconds / len(frames),
        "bytes": float(memory.bytes),
    }


def log2_choices(n: int, k: NDArray[Any]) -> Array:
    """Return log2 C(n, k), the information of a frame with k active pixels, in bits."""
    nats = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return np.asarray(nats / np.log(2))


def _recognised(
    memory: MacMemory, frames: Bits, begins: Bits, winners: NDArray[np.int64], n: int
) -> float:
    return float((memory.read(frames[:n], begins=begins[:n]).winners == winners[:n]).mean())


def _axis(settings: SparseySequences) -> Axis:
    label = f"stored frames, in sequences of {settings.length}"
    return Axis("load", np.array(settings.loads) * settings.length, f"number of {label}", label)


def _series(
    settings: SparseySequences, metric: str, table: dict[str, Array], name: str, label: str
) -> Series:
    definition, unit = MEASURED[metric]
    most = 1.0 if metric in FRACTIONS else np.inf
    asked = np.array(settings.loads)
    trials = asked[:1].repeat(len(asked)) if metric == "first" else asked
    return Series(
        name, table[metric], definition, unit, label=label, bounds=(0.0, most),
        trials=trials if metric in COUNTED else None,
    )  # fmt: skip


def _panels(
    settings: SparseySequences, axis: Axis, tables: dict[str, dict[str, Array]]
) -> list[Panel]:
    def panel(metric: str, quantity: str, names: list[str], title: str = "") -> Panel:
        series = tuple(
            _series(settings, metric, tables[name], f"{metric}_{name}", name) for name in names
        )
        return Panel(axis, quantity, series, title=title)

    plain = [name for name in tables if "period" not in name]
    both = ["noise", "noise, critical period"]
    fills = tuple(
        _series(settings, metric, tables["noise"], f"{metric}_noise", label)
        for metric, label in (("fill_up", "U"), ("fill_beside", "H"))
    )
    return [
        panel("recall", "winners right (fraction)", plain, "recognition: all frames shown again"),
        panel("replay", "winners right (fraction)", plain, "replay from the first frame"),
        panel("pixels", "frames right (fraction)", plain, "pixels of replayed frames"),
        panel("first", "winners right (fraction)", both,
              f"recognition of the first {settings.loads[0] * settings.length} frames"),
        Panel(axis, "synapses set (fraction)", fills, title="noise"),
        panel("operations_store", "synapse accesses for each frame", both),
    ]  # fmt: skip


def _rows(settings: SparseySequences, table: dict[str, Array]) -> list[tuple[str, ...]]:
    columns = ("recall", "frames", "replay", "pixels", "fill_up", "fill_beside")
    means = [table[name].mean(axis=0) for name in columns]
    return [
        (str(load * settings.length), *(f"{mean[number]:.3f}" for mean in means))
        for number, load in enumerate(settings.loads)
    ]


if __name__ == "__main__":
    from experiments.script import main

    main("sparsey_sequences", "memory/sparsey-sequences.yaml")
