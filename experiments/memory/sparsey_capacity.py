"""Ask how many inputs a mac recalls after one presentation, and how far similar codes intersect.

Random inputs are learnt once each and asked for again. Similarity-preserving codes (`selection`)
stand beside codes drawn at random (chi = 0), whose recall has a closed form; macs of several Q and
K beside each other. Codes of overlapping inputs are compared in a mac that has stored one (closed
form) and many. What a critical period does to the first inputs, and to the familiarity of novel
ones, is measured on the way.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.memory.laboratory.curves import (
    N_FINE,
    Axis,
    Panel,
    Series,
    along,
    load_axis,
    write_panels,
)
from experiments.memory.laboratory.report import show_outcome, write_outcome
from experiments.memory.laboratory.study import Outcome, Study, begin, measure
from experiments.memory.sparsey_settings import SparseyCapacity
from experiments.memory.sparsey_study import study
from experiments.parts import Ask, Parts
from experiments.progress import Progress
from networks.inputs.patterns import fixed_k
from networks.memories.sparsey.mac import Mac
from networks.memories.sparsey.settings import CriticalPeriod
from networks.memories.sparsey.theory import expected_intersection
from networks.streams import generator
from neuro.recording import Checkpoint, Recorder

Bits = NDArray[np.bool_]
Array = NDArray[np.float64]
NEVER = CriticalPeriod("never")


def run(
    configuration: Any,
    recorder: Recorder,
    progress: Progress,
    begun: Checkpoint | None = None,
) -> None:
    """Measure recall, intersections and retention in every network.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is a `SparseyCapacity`.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    begun : Checkpoint, optional
        The networks that are complete already.
    """
    spec = configuration.spec
    settings: SparseyCapacity = spec.experiment
    kinds = _kinds(settings)
    n_all = len(kinds) * settings.networks * len(settings.loads)
    progress.stage("store and recall", n_all, "loads")
    parts = Parts(recorder, begun)
    outcomes: dict[str, Outcome] = {}
    for number, (name, made) in enumerate(kinds.items()):
        outcomes[name] = begin(settings)
        done = number * settings.networks * len(settings.loads)

        def told(more: int, done: int = done) -> None:
            progress.advance(done + more)

        measure(made, settings, spec.seed, outcomes[name], told, parts, name)
    first = next(iter(kinds))
    write_outcome(recorder, kinds[first], outcomes[first])
    for name in (first, f"{first}, random"):
        show_outcome(kinds[name], outcomes[name], f"Sparsey, {name}")
    write_panels(
        recorder,
        [*_load_panels(settings, kinds, outcomes), *_overlap_panels(settings, spec.seed, parts)],
    )


def _kinds(settings: SparseyCapacity) -> dict[str, Study]:
    """Name every memory that is compared: each size twice, and the first with a period."""
    kinds = {}
    for size in settings.sizes:
        name = f"Q {size.modules}, K {size.units}"
        kinds[name] = study(settings, size, settings.selection, NEVER)
        random = replace(settings.selection, chi=0.0)
        kinds[f"{name}, random"] = study(settings, size, random, NEVER)
    first = next(iter(kinds))
    kinds[f"{first}, period"] = study(
        settings, settings.sizes[0], settings.selection, settings.period
    )
    return kinds


def _load_panels(
    settings: SparseyCapacity, kinds: dict[str, Study], outcomes: dict[str, Outcome]
) -> list[Panel]:
    axis = load_axis(settings.loads)
    first = next(iter(kinds))
    sizes = [f"Q {size.modules}, K {size.units}" for size in settings.sizes]

    def series(metric: str, name: str, label: str) -> Series:
        theory, fine = along(axis, kinds[name].theory if metric == "recall" else None)
        return Series(
            f"{metric}_{name}",
            outcomes[name].table(metric),
            f"{metric} of the mac {name}",
            theory=theory,
            theory_fine=fine,
            theory_definition=kinds[name].theory_definition,
            label=label,
            bounds=(0.0, 1.0) if metric != "operations_store" else (0.0, np.inf),
            trials=outcomes[name].n_probes if metric == "recall" else None,
        )

    both = ((first, "no period"), (f"{first}, period", "critical period"))
    similar = tuple(series("recall", name, name) for name in sizes)
    random = tuple(series("recall", f"{name}, random", name) for name in sizes)
    kept = tuple(series("retention", name, label) for name, label in both)
    novelty = tuple(series("novelty", name, label) for name, label in both)
    accesses = tuple(series("operations_store", name, label) for name, label in both)
    right = "modules right (fraction)"
    return [
        Panel(axis, right, similar, title="codes keep similarity"),
        Panel(axis, right, random, title="codes at random (chi = 0)"),
        Panel(axis, right, kept, title=f"the first {settings.loads[0]} inputs, {first}"),
        Panel(axis, "G of novel inputs", novelty, title=first),
        Panel(axis, "synapse accesses for each input", accesses, title=first),
    ]


def _overlap_panels(settings: SparseyCapacity, seed: int, ask: Ask) -> list[Panel]:
    """Measure intersections of codes against overlaps of inputs, after one and after many."""
    size = settings.sizes[0]
    overlap = np.array(settings.overlaps) / settings.active
    fine = np.linspace(overlap[0], overlap[-1], N_FINE)
    axis = Axis("overlap", overlap, "shared part of the active lines", "overlap of inputs",
                fine=fine)  # fmt: skip

    def measured(network: int) -> tuple[list[float], list[float]]:
        return _intersections(settings, generator(seed, "experiment.overlap", network))

    one, many = np.array(
        [
            ask(f"overlaps/{network}", partial(measured, network))
            for network in range(settings.networks)
        ]
    ).transpose(1, 0, 2)
    expected, between = (
        expected_intersection(settings.selection, size.modules, size.units, each)
        for each in (overlap, fine)
    )
    return [
        Panel(axis, "modules in common", (
            Series("intersection", one, "mean intersection of codes drawn for two inputs, after "
                   "the first was stored in an empty mac", theory=expected, theory_fine=between,
                   theory_definition="Q rho of the stored winner", bounds=(0.0, size.modules)),
        ), title="one input stored"),
        Panel(axis, "modules in common", (
            Series("intersection_familiar", many, "mean intersection of the code that a probe "
                   f"brings back with that of its input, {settings.familiar} inputs stored",
                   bounds=(0.0, size.modules)),
        ), title=f"{settings.familiar} inputs stored"),
    ]  # fmt: skip


def _intersections(
    settings: SparseyCapacity, rng: np.random.Generator
) -> tuple[list[float], list[float]]:
    size = settings.sizes[0]
    mac = Mac(settings.lines, size.modules, size.units, selection=settings.selection)
    stored = fixed_k(settings.familiar, settings.lines, settings.active, rng)
    full = mac.empty(rng)
    codes = full.learn(stored).winners
    one, many = [], []
    for shared in settings.overlaps:
        probes = overlapping(stored, shared, rng)
        many.append(float((full.read(probes).winners == codes).sum(axis=1).mean()))
        pairs = []
        for item, probe in zip(stored, probes, strict=True):
            drawn = mac.empty(rng).learn(np.stack([item, probe])).winners
            pairs.append((drawn[0] == drawn[1]).sum())
        one.append(float(np.mean(pairs)))
    return one, many


def overlapping(patterns: Bits, shared: int, rng: np.random.Generator) -> Bits:
    """Draw for each pattern another one of equal size that shares so many active units."""
    drawn = np.zeros_like(patterns)
    for pattern, other in zip(patterns, drawn, strict=True):
        active = np.flatnonzero(pattern)
        other[rng.choice(active, shared, replace=False)] = True
        silent = np.flatnonzero(~pattern)
        other[rng.choice(silent, len(active) - shared, replace=False)] = True
    return drawn


if __name__ == "__main__":
    from experiments.script import main

    main("sparsey_capacity", "memory/sparsey-capacity.yaml")
