"""Ask whether noise, limited energy and consolidation make a binary sparse memory by themselves.

A recurrent network hears each message some times, with units erased and inserted
(`networks.memories.emergent`). Its synapses are compared with those that a Willshaw memory of the
clean messages has, its recall with that of such a memory, asked with the same cues, and with its
theory. Without the energy limit recurrent excitation runs away; without consolidation one
coincidence of noise is kept for good.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.memory.binary_settings import EmergentStudy, Variant
from experiments.memory.laboratory.report import run_variants
from experiments.memory.laboratory.study import Measure, Probing, Study
from experiments.progress import Progress
from networks.inputs.patterns import corrupt, fixed_k
from networks.memories.emergent import Emergent
from networks.memories.willshaw import Willshaw
from networks.memories.willshaw_settling import exact_recall
from networks.memories.willshaw_theory import Load, fill
from neuro.recording import Checkpoint, Recorder

WITHOUT: dict[Variant, dict[str, Any]] = {
    "complete": {},
    "no_energy_limit": {"energy": None},
    "no_consolidation": {"theta": 1},
}


def run(
    configuration: Any,
    recorder: Recorder,
    progress: Progress,
    begun: Checkpoint | None = None,
) -> None:
    """Let every variant learn, and measure it at every load in every network.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is an `EmergentStudy`.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    begun : Checkpoint, optional
        The networks that are complete already.
    """
    spec = configuration.spec
    settings: EmergentStudy = spec.experiment
    title = f"emergent memory, n = {settings.size}, k = {settings.active}"
    studies: dict[str, Study] = {variant: study(settings, variant) for variant in settings.variants}
    run_variants(studies, settings, spec.seed, recorder, progress, title, begun)


def emergent(settings: EmergentStudy) -> Emergent:
    """Return the network of some settings."""
    return Emergent(
        settings.size, settings.active, settings.repetitions, settings.noise_erase,
        settings.noise_insert, settings.theta, settings.energy, settings.recruit, settings.leak,
        settings.iterations,
    )  # fmt: skip


def study(settings: EmergentStudy, variant: Variant = "complete") -> Study:
    """Return the memory of a variant, its messages and cues, and the Willshaw memory's theory."""
    has_theory = variant == "complete"
    return Study(
        size=settings.size,
        make=_maker(settings, variant),
        draw=lambda number, rng: fixed_k(number, settings.size, settings.active, rng),
        damage=lambda patterns, rng: corrupt(patterns, settings.erase, settings.insert, rng),
        theory=cache(_willshaw_recall(settings)) if has_theory else None,
        theory_definition="exact recall of a Willshaw memory, mean-field theory of settling",
        measures=(
            *edges(settings.size, settings.active),
            _density(settings, has_theory),
            *(() if variant == "clean_willshaw" else (_ACTIVITY,)),
        ),
    )


def _maker(settings: EmergentStudy, variant: Variant) -> Callable[[np.random.Generator], Any]:
    if variant == "clean_willshaw":
        clean = Willshaw(settings.size, settings.active, settings.iterations)
        return lambda _rng: clean.empty()
    return replace(emergent(settings), **WITHOUT[variant]).empty


def _load(settings: EmergentStudy, n_patterns: int) -> Load:
    return Load(settings.size, settings.active, n_patterns)


def _willshaw_recall(settings: EmergentStudy) -> Callable[[int], float]:
    damage = settings.erase, settings.insert
    return lambda load: exact_recall(_load(settings, load), *damage, settings.iterations)


def _density(settings: EmergentStudy, has_theory: bool) -> Measure:
    return Measure(
        "density",
        "fraction of the pairs of different units that are connected",
        lambda probing: probing.memory.weight.sum() / probing.memory.n_synapses,
        "density of synapses",
        theory=(lambda n_patterns: fill(_load(settings, n_patterns))) if has_theory else None,
        theory_definition="1 - (1 - k (k - 1) / (n (n - 1))) ** P, of a Willshaw memory",
        bounds=(0.0, 1.0),
    )


_ACTIVITY = Measure(
    "activity",
    "mean number of active units in the presentations since the load before",
    lambda probing: probing.memory.activity,
    "active units while learning",
    scale="log",
)


def edges(size: int, active: int) -> tuple[Measure, Measure]:
    """Return how far the synapses are those of a Willshaw memory of the clean messages."""

    def shared(probing: Probing) -> tuple[int, int, int]:
        ideal = _ideal(size, active, probing.stored)
        weight = probing.memory.weight
        return int((weight & ideal).sum()), int(weight.sum()), int(ideal.sum())

    def precision(probing: Probing) -> float:
        both, found, _ = shared(probing)
        return both / found if found else float("nan")

    def recall(probing: Probing) -> float:
        both, _, wanted = shared(probing)
        return both / wanted

    ideal = "those that the clean messages switch on in a Willshaw memory"
    return (
        Measure("edge_precision", f"fraction of the consolidated synapses that are {ideal}",
                precision, "precision of synapses", bounds=(0.0, 1.0)),
        Measure("edge_recall", f"fraction of {ideal} that are consolidated",
                recall, "recall of synapses", bounds=(0.0, 1.0)),
    )  # fmt: skip


def _ideal(size: int, active: int, patterns: NDArray[np.bool_]) -> NDArray[np.bool_]:
    memory = Willshaw(size, active).empty()
    memory.store(patterns)
    return memory.weight


if __name__ == "__main__":
    from experiments.script import main

    main("emergent_memory", "memory/emergent-binary-memory.yaml")
