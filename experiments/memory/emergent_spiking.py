"""Ask of spiking cells whether noise, inhibition and consolidation make a binary sparse memory.

Messages arrive as noisy volleys. Cells that fire in one cycle tag their synapses, repeated tags
are consolidated (`plasticity.hebbian.consolidated`), and an inhibitory cell that counts spikes
ends a cycle that costs too much. At recall half of a message fires, and the cells that answer are
compared with Willshaw's theory of one step; the synapses with those of the clean messages.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from experiments.memory.emergent import edges
from experiments.memory.emergent_spiking_settings import EmergentSpiking
from experiments.memory.episodes import Episode
from experiments.memory.laboratory.report import run_study
from experiments.memory.laboratory.study import Measure, Study
from experiments.memory.spiking_store import SpikingStore
from experiments.parts import Parts
from experiments.progress import Progress
from networks.inputs.patterns import corrupt, fixed_k
from networks.memories.observables import count_units
from networks.memories.willshaw_theory import Load, fill, one_step
from networks.spec import Spec
from neuro.recording import Checkpoint, Recorder

MS = 1e3


def run(
    configuration: Any,
    recorder: Recorder,
    progress: Progress,
    begun: Checkpoint | None = None,
) -> None:
    """Let every network learn, and measure it at every load.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is an `EmergentSpiking`; the engine is active.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    begun : Checkpoint, optional
        The networks that are complete already.
    """
    spec: Spec = configuration.spec
    settings: EmergentSpiking = spec.experiment
    title = f"emergent spiking memory, k = {settings.active}"
    histories: list[list[Episode]] = []
    recorded: list[Episode] = []
    parts = Parts(recorder, begun)

    def ask(name: str, measure: Callable[[], Any], *_forms: type) -> Any:
        is_first = not recorded

        def alone() -> tuple[Any, list[Episode]]:
            histories.clear()
            row = measure()
            return row, histories[0] if is_first else []

        row, history = parts(name, alone, Episode)
        recorded.extend(history)
        return row

    try:
        made = study(spec, histories)
        run_study(made, settings, spec.seed, recorder, progress, title, ask=ask)
    finally:
        _record(recorder, spec, recorded or (histories[0] if histories else []))


def _record(recorder: Recorder, spec: Spec, history: list[Episode]) -> None:
    """Record all spikes of one network, and what it did when."""
    if not history:
        return
    cells = spec.populations[spec.experiment.cells]
    recorder.nodes(cells.name, cells.size, cells.model.name)
    for number, each in enumerate(history):
        name = f"{each.name}_{number}"
        learns = each.name == "learn"
        recorder.phase(name, MS * each.begin, MS * each.end, each.name, learns)
        recorder.spikes(cells.name, MS * each.times, each.cells)


def study(spec: Spec, histories: list[list[Episode]] | None = None) -> Study:
    """Return the network, its messages and cues, and Willshaw's theory of one step.

    Parameters
    ----------
    spec : Spec
        The description; its experiment is an `EmergentSpiking`.
    histories : list, optional
        Gets what the cells of each network do, in the order in which networks are made.

    Returns
    -------
    Study
        For `experiments.memory.laboratory`.
    """
    settings: EmergentSpiking = spec.experiment
    size, left = spec.populations[settings.cells].size, settings.active - settings.erase

    def predicted(n_patterns: int) -> Any:
        return one_step(_load(n_patterns), left, 0, left, autapses=True)

    def _load(n_patterns: int) -> Load:
        return Load(size, settings.active, n_patterns)

    def make(rng: np.random.Generator) -> SpikingStore:
        store = SpikingStore(spec, rng)
        if histories is not None:
            histories.append(store.history)
        return store

    return Study(
        size=size,
        make=make,
        is_compiled=True,
        draw=lambda number, rng: fixed_k(number, size, settings.active, rng),
        damage=lambda patterns, rng: corrupt(patterns, settings.erase, 0, rng),
        theory=lambda load: float(predicted(load).exact),
        theory_definition="exact recall of a Willshaw memory in one step from half of a message",
        measures=(
            *edges(size, settings.active),
            Measure(
                "spurious",
                "mean number of cells that answer and are not in the message",
                lambda probing: count_units(probing.states, probing.wanted).spurious.mean(),
                "spurious cells of a recall",
                theory=lambda load: float(predicted(load).spurious),
                theory_definition="mean number of spurious units of one step, without energy limit",
            ),
            Measure(
                "density",
                "fraction of the pairs of different cells that are connected",
                lambda probing: probing.memory.weight.sum() / probing.memory.n_synapses,
                "density of synapses",
                theory=lambda load: fill(_load(load)),
                theory_definition="1 - (1 - k (k - 1) / (N (N - 1))) ** P, of a Willshaw memory",
                bounds=(0.0, 1.0),
            ),
            Measure(
                "activity",
                "mean number of spikes in a presentation, since the load before",
                lambda probing: probing.memory.activity,
                "spikes in a presentation",
            ),
        ),
    )


if __name__ == "__main__":
    from experiments.script import main

    main("emergent_spiking", "memory/emergent-spiking-memory.yaml")
