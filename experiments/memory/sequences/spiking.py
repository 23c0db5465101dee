"""One network of spiking cells: built, taught sequences by its own synapses, left to replay."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from experiments.memory.sequences.score import (
    Blocks,
    Train,
    ordered,
    replayed_word,
)
from experiments.memory.sequences.settings import SpikingTemporalMemory
from experiments.memory.sequences.timetable import BEFORE, Timetable, plan
from experiments.memory.sequences.transitions import Transitions, follow
from networks.build import Built, build, listen, set_phase
from networks.build.budget import bytes_per_synapse
from networks.build.outlets import make_outlets, watch
from networks.spec import Phase, Spec
from neuro.dimensions import TIME
from neuro.engines.simulation import Outlets, Stretch, simulate
from neuro.recording import Recorder
from neuro.units import Quantity

Array = NDArray[np.float64]
MS = 1e3


@dataclass(slots=True)
class Outcome:
    """Hold what one network did.

    Attributes
    ----------
    transitions : Transitions
        Predictions and active cells of every element in every episode.
    words : list of str
        What was replayed, for each sequence.
    pace : array of float64, shape (n_sequences,)
        Mean time between replayed elements in s.
    mature : float
        Share of the plastic synapses that transmit, after learning.
    spikes, plateaus : Train
        All that happened.
    seconds : list of float
        Wall-clock time of learning, and of replay.
    visits : list of float
        Visits to plastic synapses in both phases: as spikes are sent, and at target spikes.
    n_synapses, bytes, block_size : int
        Plastic synapses, what they take, and cells of a block.
    """

    transitions: Transitions
    words: list[str]
    pace: Array
    mature: float
    spikes: Train
    plateaus: Train
    seconds: list[float]
    visits: list[float]
    n_synapses: int
    bytes: int
    block_size: int


def measure(
    spec: Spec,
    network: int,
    recorder: Recorder | None = None,
    progress: Callable[[str, float, float], None] = lambda _name, _model, _wall: None,
) -> Outcome:
    """Teach one network and let it replay.

    Parameters
    ----------
    spec : Spec
        The description; its experiment is a `SpikingTemporalMemory`.
    network : int
        Number of the network.
    recorder : Recorder, optional
        Who records spikes and phases.
    progress : callable
        Told how far the run is.

    Returns
    -------
    Outcome
        What it did.
    """
    settings: SpikingTemporalMemory = spec.experiment
    blocks, duration = layout(spec)
    table = plan(settings, spec.simulation.dt.value)
    roles = settings.roles
    described = spec if recorder is not None else replace(spec, recordings={})
    cues = {roles.cue: (table.times, table.elements)}
    built = build(described, network, spikes=cues, counts=False)
    monitors = listen(built, roles.cells), listen(built, roles.cells, roles.plateau)
    outlets = Outlets(watched=watch(built), progress=progress)
    if recorder is not None:
        outlets = make_outlets(built, recorder, progress)
    log = _Log()
    simulate(built.network, _stretches(built, table, log, recorder), outlets)
    spikes, onsets = (
        ordered(np.array(each.t_[:]), np.array(each.i[:], dtype=np.int64)) for each in monitors
    )
    return _outcome(built, blocks, duration, table, log, spikes, onsets)


def layout(spec: Spec) -> tuple[Blocks, float]:
    """Tell how cells make blocks, and for how long a plateau lasts.

    Parameters
    ----------
    spec : Spec
        The description, to which its experiment has no objection.

    Returns
    -------
    blocks : Blocks
        How cells make blocks.
    duration : float
        Of a plateau, in s.
    """
    settings: SpikingTemporalMemory = spec.experiment
    roles = settings.roles
    cells, n_blocks = spec.populations[roles.cells], spec.populations[roles.cue].size
    blocks = Blocks(n_blocks, cells.size // n_blocks, settings.assembly / 2)
    duration = cells.parameters["tau_dAP"]
    return blocks, duration.value if isinstance(duration, Quantity) else float("nan")


@dataclass(slots=True)
class _Log:
    """Gather what is known only while a network runs."""

    began: float = 0.0
    seconds: list[float] = field(default_factory=list)
    mature: float = float("nan")


def _stretches(
    built: Built, table: Timetable, log: _Log, recorder: Recorder | None
) -> list[Stretch]:
    settings: SpikingTemporalMemory = built.spec.experiment
    roles = settings.roles
    lowered = {roles.cells: {"V_th": settings.replay_threshold}}
    phases = (
        Phase("learn", Quantity(table.learning, TIME)),
        Phase(
            "replay", Quantity(table.replaying, TIME), plasticity={roles.recurrent: False},
            parameters=lowered,
        ),
    )  # fmt: skip

    def stretch(phase: Phase) -> Stretch:
        def begin() -> None:
            set_phase(built, phase)
            log.began = time.perf_counter()

        def end(start: float, stop: float) -> None:
            log.seconds.append(time.perf_counter() - log.began)
            if phase.name == "learn":
                log.mature = float((built.weights(roles.recurrent) > 0).mean())
            if recorder is not None:
                recorder.phase(phase.name, start * MS, stop * MS, plasticity=phase.name == "learn")

        return Stretch(phase.name, phase.duration.value, begin, end)

    return [stretch(phase) for phase in phases]


def _outcome(
    built: Built,
    blocks: Blocks,
    duration: float,
    table: Timetable,
    log: _Log,
    spikes: Train,
    onsets: Train,
) -> Outcome:
    settings: SpikingTemporalMemory = built.spec.experiment
    words, pace = _replayed(settings, blocks, table, spikes)
    projection = built.spec.projections[settings.roles.recurrent]
    n_synapses = len(built.remaining(projection.name))
    return Outcome(
        follow(settings, blocks, duration, table, spikes, onsets),
        words=words,
        pace=pace,
        mature=log.mature,
        spikes=spikes,
        plateaus=onsets,
        seconds=log.seconds,
        visits=_visits(built, table, spikes),
        n_synapses=n_synapses,
        bytes=n_synapses * bytes_per_synapse(projection),
        block_size=blocks.size,
    )


def _replayed(
    settings: SpikingTemporalMemory, blocks: Blocks, table: Timetable, spikes: Train
) -> tuple[list[str], Array]:
    apart = settings.replay_interval.value
    starts = table.replayed - BEFORE
    heard = [replayed_word(spikes.between(each, each + apart), blocks) for each in starts]
    return [word for word, _ in heard], np.array([pace for _, pace in heard])


def _visits(built: Built, table: Timetable, spikes: Train) -> list[float]:
    """Count visits to plastic synapses while learning, and while replaying."""
    edges = built.remaining(built.spec.experiment.roles.recurrent)
    size = len(built.groups[built.spec.experiment.roles.cells])
    sent = np.bincount(edges.source, minlength=size)
    met = np.bincount(edges.target, minlength=size)
    learning = spikes.between(-np.inf, table.learning - BEFORE).cells
    replaying = spikes.between(table.learning - BEFORE, np.inf).cells
    # As a spike is sent it is learnt from and transmitted: two visits.
    return [float((2 * sent + met)[learning].sum()), float(sent[replaying].sum())]
