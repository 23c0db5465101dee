"""Ask how many handwritten digits spiking cells remember after seeing each of them once.

Digits become sparse codes (`codes`); Hebbian synapses learn them in one presentation each while
the network runs (`schedule`, `spiking`); damaged cues are completed by the network's own dynamics,
and the set of cells into which it settles (`decision`) is compared with the stored pattern, with a
clocked binary memory of the same patterns and cues, with the theory of random patterns and with
chance (`curves`). The first network of the first condition also learns a read-out to pixels
(`readout`) and is recorded; the others run in processes of their own (`crew`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from experiments.memory.codes import Items, draw_items
from experiments.memory.crew import Job, crew
from experiments.memory.curves import COLUMNS, table_rows, write_curve
from experiments.memory.damage import DAMAGES
from experiments.memory.quick import shrink
from experiments.memory.readout import decode
from experiments.memory.settings import DigitMemory
from experiments.memory.spiking import MS, Outcome, measure, plan
from experiments.parts import Parts
from experiments.progress import Progress
from experiments.tables import show_table
from networks.memories.willshaw import Willshaw
from networks.spec import Distribution, Spec
from networks.streams import generator
from neuro.engines.activation import current_target
from neuro.recording import Checkpoint, Recorder
from neuro.units import Quantity

N_DRAWN = 8
N_DAMAGED = 50


def run(
    configuration: Any,
    recorder: Recorder,
    progress: Progress,
    begun: Checkpoint | None = None,
) -> None:
    """Measure recall against load for every condition, and record one network.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is a `DigitMemory`; the engine is active.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    begun : Checkpoint, optional
        The networks that are complete already; the recorded one learns again.
    """
    spec: Spec = configuration.spec
    if spec.quick:
        spec = shrink(spec)
    settings: DigitMemory = spec.experiment
    size = spec.populations[settings.roles.cells].size
    _write_code(recorder, settings, size)
    parts = Parts(recorder, begun)

    def kept(job: Job, outcome: Outcome | None = None) -> Outcome:
        return parts("/".join(map(str, job)), lambda: _is_measured(outcome), Outcome)

    first, *others = _jobs(settings)
    known = [job for job in others if "/".join(map(str, job)) in parts]
    outcomes: dict[Job, Outcome] = {job: kept(job) for job in known}
    others = [job for job in others if job not in outcomes]
    with crew(spec, others, current_target()) as workers:
        try:
            items = draw_items(settings, settings.conditions[0], size, spec.seed, 0)
            outcomes[first] = _recorded(spec, items, recorder, progress)
            _write_learnt(recorder, spec, outcomes[first])
            _write_pictures(recorder, spec, items, outcomes[first])
            _write_damage(recorder, spec, items)
            progress.stage("networks", len(others), "networks")
            workers.wait(progress.advance, kept)
        finally:
            # Whatever ends the run, the file keeps what is complete.
            _write_curves(recorder, spec, outcomes | workers.complete())


def _is_measured(outcome: Outcome | None) -> Outcome:
    if outcome is None:
        raise RuntimeError("a network was neither kept nor measured")
    return outcome


def _write_code(recorder: Recorder, settings: DigitMemory, size: int) -> None:
    """Record what was asked of the networks, for figures to tell it."""
    for name, value, definition in (
        ("size", size, "N, cells"),
        ("active", settings.active, "k, active cells of a pattern"),
        ("erase", settings.erase, "active cells that a cue lacks"),
        ("insert", settings.insert, "other cells that a cue has instead"),
        ("iterations", settings.iterations, "most steps of the clocked oracle and of the theory"),
    ):
        recorder.array(f"code/{name}", value, "1", definition)


def _write_curves(recorder: Recorder, spec: Spec, outcomes: Mapping[Job, Outcome]) -> None:
    """Record and print the curves of every condition, of the networks that are complete."""
    settings: DigitMemory = spec.experiment
    size = spec.populations[settings.roles.cells].size
    for number, condition in enumerate(settings.conditions):
        networks = [n for n in range(settings.networks) if (number, n) in outcomes]
        if not networks:
            continue
        found = [outcomes[number, network] for network in networks]
        prefixes = (f"conditions/{condition.codes}/", "") if number == 0 else (
            f"conditions/{condition.codes}/",)  # fmt: skip
        for prefix in prefixes:
            recorder.metric(f"{prefix}network", np.array(networks), "[network]: its number")
            write_curve(recorder, prefix, settings, condition, size, found)
        title = f"{condition.codes}: {len(found)} networks, {settings.probes} probes each"
        show_table(title, COLUMNS, table_rows(settings, condition, size, found))


def _jobs(settings: DigitMemory) -> list[Job]:
    """List all networks: the recorded one, then the rest, conditions of large loads first."""
    pairs = [(c, n) for c in range(len(settings.conditions)) for n in range(settings.networks)]
    return [(0, 0), *sorted(pairs[1:], key=lambda job: -settings.conditions[job[0]].loads[-1])]


def _recorded(spec: Spec, items: Items, recorder: Recorder, progress: Progress) -> Outcome:
    """Run the first network with its image layer, and record its spikes and phases."""
    for population in spec.populations.values():
        recorder.nodes(population.name, population.size, population.model.name)
    condition = spec.experiment.conditions[0]
    phases = plan(spec, condition, items, 0, with_images=True).phases
    progress.stage("first network", sum(phase.duration.value for phase in phases), "s")

    def show(_name: str, model: float, _wall: float) -> None:
        progress.advance(model)

    return measure(spec, condition, items, 0, recorder, show)


def _write_learnt(recorder: Recorder, spec: Spec, outcome: Outcome) -> None:
    """Record the synapses that the first network has switched on at the drawn load."""
    projection = spec.projections[spec.experiment.roles.recurrent]
    delay = projection.synapse.delay
    if outcome.learnt is None or projection.plasticity is None or isinstance(delay, Distribution):
        return
    strength = projection.plasticity.parameters.get("w_max")
    if isinstance(strength, Quantity):
        source, target = np.nonzero(outcome.learnt)
        recorder.edges(
            projection.name,
            projection.source,
            projection.target,
            source,
            target,
            strength.value,
            "A",
            delay.value * MS,
        )


def _write_pictures(recorder: Recorder, spec: Spec, items: Items, outcome: Outcome) -> None:
    """Record cue, recalled and stored digits of the drawn load as images."""
    settings: DigitMemory = spec.experiment
    if outcome.readout is None or not len(items.images):
        return
    number = settings.conditions[0].loads.index(settings.drawn_load)
    probes = items.probes[number][:N_DRAWN]
    shape = items.images.shape[1:]
    cues, recalled = items.cues[number][:N_DRAWN], outcome.recalled[number][:N_DRAWN]
    wanted = items.patterns[probes]
    recorder.array("pictures/load", settings.drawn_load, "1", "digits stored")
    start = plan(spec, settings.conditions[0], items, 0, with_images=True).trials[number][0] * MS
    window = np.array([start, start + settings.timing.settle.value * MS])
    recorder.array("recall/window_ms", window, "ms", "begin and end of the first digit's recall")
    roles = settings.roles
    populations = np.array([roles.cells, spec.projections[roles.inhibition].source])
    recorder.array("recall/populations", populations, "1", "cells, and who inhibits them")
    recorder.array("pictures/stored", items.images[probes], "1", "images as they were shown")
    for name, states in (("cue", cues), ("recalled", recalled), ("pattern", wanted)):
        recorder.array(
            f"pictures/{name}",
            decode(outcome.readout, states, (shape[0], shape[1])),
            "presentations",
            f"drive of the pixel cells by the {name} cells through the learnt read-out",
        )
        recorder.array(f"pictures/{name}_cells", states, "1", f"active cells of the {name}")


def _write_damage(recorder: Recorder, spec: Spec, items: Items) -> None:
    """Record what damage of the image, not of the code, leaves of the code and of recall."""
    settings: DigitMemory = spec.experiment
    if items.coder is None:
        return
    load = settings.drawn_load
    n_tried = min(load, N_DAMAGED)
    memory = Willshaw(items.patterns.shape[1], settings.active, settings.iterations).empty()
    memory.store(items.patterns[:load])
    rng = generator(spec.seed, "experiment.damage", 0)
    overlap, recall, drawn = [], [], []
    for damage in DAMAGES.values():
        images = damage(items.images[:n_tried], rng)
        codes = items.coder.encode(images)
        wanted = items.patterns[:n_tried]
        overlap.append((codes & wanted).sum(axis=1).mean() / settings.active)
        recall.append((memory.recall(codes) == wanted).all(axis=1).mean())
        drawn.append(images[:N_DRAWN])
    names = "; ".join(DAMAGES)
    recorder.metric(
        "damage/overlap", np.array(overlap), f"share of code cells left after damage: {names}"
    )
    recorder.metric(
        "damage/recall", np.array(recall), f"exact recall of the oracle from such codes: {names}"
    )
    recorder.array("damage/names", np.array(list(DAMAGES)), "1", "kinds of damage")
    recorder.array("damage/images", np.stack(drawn), "1", "[kind, image]: damaged images")


if __name__ == "__main__":
    from experiments.script import main

    main("digit_memory", "digit-memory.yaml")
