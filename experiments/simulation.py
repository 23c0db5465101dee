"""Simulate the network of a description and record it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from experiments.checkpointing import Keeper, go_on
from experiments.progress import Progress
from networks.build import Built, build, phases_of, set_phase
from networks.build.outlets import make_outlets, mark_pruned, write_graph
from networks.spec import Phase, Spec
from neuro.engines.activation import Activation
from neuro.engines.interruption import Interruption
from neuro.engines.simulation import Stretch, simulate
from neuro.recording import Checkpoint, Recorder

MS = 1e3


def simulate_and_record(
    spec: Spec,
    graphs: Mapping[str, Any] | None,
    recorder: Recorder,
    progress: Progress,
    interruption: Interruption,
    activation: Activation,
    begun: Checkpoint | None = None,
) -> None:
    """Build the network of a description, simulate it phase by phase and record it.

    Parameters
    ----------
    spec : Spec
        The description; its engine is active.
    graphs : mapping of str to networkx.Graph or SciPy sparse matrix, optional
        Connections of a projection, instead of its rule.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    interruption : Interruption
        Whether the user asked to stop.
    activation : Activation
        The engine that is on.
    begun : Checkpoint, optional
        From which the run goes on; the recording is hidden then, until it has what was recorded.
    """
    progress.stage("build")
    built = build(spec, graphs=graphs)
    write_graph(built, recorder)
    if begun is None:
        mark_pruned(built, recorder)
    phases = phases_of(spec)
    stretches = [_stretch(built, recorder, phase) for phase in phases]
    place = None if begun is None else go_on(begun, built.network, recorder, activation)
    outlets = make_outlets(built, recorder, _Stages(progress, phases))
    progress.stage("make code")
    if activation.engine != "brian2_standalone":
        period = spec.output.checkpoint
        seconds = None if period is None else period.value
        keeper = Keeper(built.network, recorder, activation, seconds)
        outlets = replace(outlets, keep=keeper)
    simulate(built.network, stretches, outlets, interruption, place)
    write_rates(built, recorder)


class _Stages:
    """Make a stage of every phase; a phase begins to be shown when its code is made."""

    def __init__(self, progress: Progress, phases: tuple[Phase, ...]) -> None:
        self._progress = progress
        self._durations = {phase.name: phase.duration.value for phase in phases}
        self._name, self._start = "", 0.0

    def __call__(self, name: str, model: float, _wall: float) -> None:
        if name != self._name:
            self._name, self._start = name, model
            self._progress.stage(name, self._durations.get(name, 0.0), "s")
        self._progress.advance(model - self._start)


def _stretch(built: Built, recorder: Recorder, phase: Phase) -> Stretch:
    def prepare() -> None:
        set_phase(built, phase)

    def finish(start: float, stop: float) -> None:
        learns = any(
            phase.plasticity.get(name, True)
            for name, projection in built.spec.projections.items()
            if projection.plasticity is not None
        )
        recorder.phase(phase.name, start * MS, stop * MS, phase.task, learns)

    return Stretch(phase.name, phase.duration.value, prepare, finish)


def write_rates(built: Built, recorder: Recorder) -> None:
    """Record the mean firing rate of every population over the whole run.

    Parameters
    ----------
    built : Built
        The network after its run.
    recorder : Recorder
        The recording.
    """
    duration = sum(phase.duration.value for phase in phases_of(built.spec))
    for name, counter in built.counters.items():
        spikes = int(counter.count[:].sum())
        rate = spikes / (len(built.groups[name]) * duration)
        definition = "number of spikes / (number of neurons * duration of the run)"
        recorder.metric(f"rate/{name}", rate, definition, unit="Hz")
