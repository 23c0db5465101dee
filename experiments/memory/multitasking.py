"""Ask how many diluted patterns one state recalls at once, and what examples teach.

From the first pattern, its blanks filled by chance or by the next patterns, recall ends in a
hierarchy of overlaps or, at high dilution, in parallel ones (`networks.memories.multitasking`).
Overlaps over dilution and temperature are laid over self-consistency, those learnt from noisy
examples, with labels and without, over their leading order.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.memory.laboratory.curves import N_FINE, Axis, Panel, Series, write_panels
from experiments.memory.multitasking_settings import MultitaskingStudy
from experiments.parts import Ask, Parts, at_once
from experiments.progress import Progress
from experiments.tables import show_table
from networks.inputs.patterns import diluted, noisy_examples
from networks.memories.multitasking import Multitasking, fill_blanks
from networks.memories.multitasking_theory import end_of_hierarchy, hierarchy, learnt, overlaps
from networks.streams import generator
from neuro.recording import Checkpoint, Recorder

Array = NDArray[np.float64]
Draw = Callable[[float, np.random.Generator], Array]
OVERLAP = "overlap (1/N) sum_i xi_i s_i of the end of recall with pattern"


def run(
    configuration: Any,
    recorder: Recorder,
    progress: Progress,
    begun: Checkpoint | None = None,
) -> None:
    """Measure overlaps over dilution, temperature and number of examples.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is a `MultitaskingStudy`.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    begun : Checkpoint, optional
        The parts that are complete already.
    """
    spec = configuration.spec
    settings: MultitaskingStudy = spec.experiment
    panels, parts = [], Parts(recorder, begun)
    asked = filled_panel, free_panel, warm_panel, examples_panel
    progress.stage("dilution, temperature, examples", len(asked), "panels")
    for number, made in enumerate(asked):
        panels.append(made(settings, spec.seed, parts))
        progress.advance(number + 1)
    if settings.patterns > 2:
        recorder.metric(
            "end_of_hierarchy", end_of_hierarchy(settings.patterns),
            "dilution above which the hierarchy is no state that recall keeps, T = 0, N large",
        )  # fmt: skip
    write_panels(recorder, panels)
    _show(panels[0])


def filled_panel(settings: MultitaskingStudy, seed: int, ask: Ask = at_once) -> Panel:
    """Begin in the hierarchical state, and see whether recall stays."""

    def draw(dilution: float, rng: np.random.Generator) -> Array:
        patterns = diluted(settings.patterns, settings.size, dilution, rng)
        memory = Multitasking(settings.size).empty(rng)
        memory.store(patterns)
        (end,) = memory.recall(fill_blanks(patterns, rng)[None])
        return np.asarray(patterns @ end.astype(np.float64) / settings.size)

    axis = _axis("dilution", settings.dilutions, "dilution d")
    title = "from the hierarchy"
    return _ranked(settings, seed, ask, axis, draw, "filled", title, lambda d: hierarchy(
        d, settings.patterns), "(1 - d) d^(k-1), of the hierarchy")  # fmt: skip


def free_panel(settings: MultitaskingStudy, seed: int, ask: Ask = at_once) -> Panel:
    """Begin in the first pattern, its blanks filled by chance; overlaps in order of size."""

    def draw(dilution: float, rng: np.random.Generator) -> Array:
        patterns = diluted(settings.patterns, settings.size, dilution, rng)
        memory = Multitasking(settings.size).empty(rng)
        memory.store(patterns)
        (end,) = memory.recall(fill_blanks(patterns[:1], rng)[None])
        found = np.abs(patterns @ end.astype(np.float64)) / settings.size
        return np.asarray(np.sort(found)[::-1])

    def closed(dilution: float) -> Array:
        start = hierarchy(min(dilution, 0.999), settings.patterns)
        return np.asarray(np.sort(np.abs(overlaps(dilution, 0.0, start)))[::-1])

    axis = _axis("free_dilution", settings.dilutions, "dilution d")
    return _ranked(settings, seed, ask, axis, draw, "free", "from the first pattern, by size",
                   closed, "self-consistency at T = 0 from the hierarchy, N large")  # fmt: skip


def warm_panel(settings: MultitaskingStudy, seed: int, ask: Ask = at_once) -> Panel:
    """Begin in the hierarchical state at a temperature."""

    def draw(temperature: float, rng: np.random.Generator) -> Array:
        patterns = diluted(settings.patterns, settings.size, settings.warm_dilution, rng)
        memory = Multitasking(settings.size, temperature, settings.sweeps).empty(rng)
        memory.store(patterns)
        (end,) = memory.recall(fill_blanks(patterns, rng)[None])
        return np.asarray(np.abs(patterns @ end.astype(np.float64)) / settings.size)

    start = hierarchy(settings.warm_dilution, settings.patterns)
    axis = _axis("temperature", settings.temperatures, "temperature T")
    return _ranked(
        settings, seed, ask, axis, draw, "warm", f"d = {settings.warm_dilution:g}",
        lambda t: np.abs(overlaps(settings.warm_dilution, t, start)),
        "self-consistency from the hierarchy, N large",
    )  # fmt: skip


def examples_panel(settings: MultitaskingStudy, seed: int, ask: Ask = at_once) -> Panel:
    """Learn one pattern from examples, with labels and without."""
    axis = Axis("learnt_examples", np.array(settings.examples), "examples M of the pattern",
                "examples M", scale="log",
                fine=np.geomspace(settings.examples[0], settings.examples[-1], N_FINE))  # fmt: skip
    found = np.empty((2, settings.networks, len(settings.examples)))
    for network in range(settings.networks):
        for number, n_examples in enumerate(settings.examples):
            rng = generator(seed, f"experiment.examples.{n_examples}", network)
            overlap = partial(_example_overlaps, settings, n_examples, rng)
            found[:, network, number] = ask(f"examples/{n_examples}/{network}", overlap)
    most = 1 - settings.learnt_dilution
    theory, fine = (
        np.array([most * learnt(settings.quality, each) for each in places.tolist()])
        for places in (axis.values, axis.fine)
        if places is not None
    )
    series = tuple(
        Series(
            f"{kind}_overlap", found[k], f"{OVERLAP} 1, K = 1, r = {settings.quality:g}",
            theory=theory if k == 0 else None, theory_fine=fine if k == 0 else None,
            theory_definition="(1 - d) erf(1 / sqrt(2 rho)), rho = (1 - r^2) / (M r^2)",
            label=kind, bounds=(-1.0, 1.0), size=settings.size,
        )
        for k, kind in enumerate(("supervised", "unsupervised"))
    )  # fmt: skip
    title = f"r = {settings.quality:g}, d = {settings.learnt_dilution:g}"
    return Panel(axis, "overlap with the pattern", series, title=title)


def _example_overlaps(
    settings: MultitaskingStudy, n_examples: int, rng: np.random.Generator
) -> list[float]:
    """Return the overlap with a pattern learnt with labels, and without."""
    patterns = diluted(1, settings.size, settings.learnt_dilution, rng)
    examples = noisy_examples(patterns, n_examples, settings.quality, rng)
    cue, found = fill_blanks(patterns, rng)[None], []
    for held in (examples.mean(axis=1), examples[0]):
        memory = Multitasking(settings.size).empty(rng)
        memory.store(held)
        (end,) = memory.recall(cue)
        found.append(float(patterns[0] @ end.astype(np.float64) / settings.size))
    return found


def _axis(name: str, values: tuple[float, ...], label: str) -> Axis:
    return Axis(name, np.array(values), label, label, fine=np.linspace(values[0], values[-1], 65))


def _ranked(
    settings: MultitaskingStudy, seed: int, ask: Ask, axis: Axis, draw: Draw, name: str, title: str,
    closed: Callable[[float], Array], definition: str,
) -> Panel:  # fmt: skip
    """Return a series for each pattern."""
    assert axis.fine is not None  # as `_axis` makes it

    def drawn(network: int, number: int, place: float) -> Array:
        rng = generator(seed, f"experiment.{name}.{number}", network)
        return ask(f"{name}/{number}/{network}", partial(draw, place, rng))

    found = np.array(
        [
            [drawn(network, number, place) for number, place in enumerate(axis.values.tolist())]
            for network in range(settings.networks)
        ]
    )
    theory, fine = (np.array([closed(each) for each in places.tolist()])
                    for places in (axis.values, axis.fine))  # fmt: skip
    series = tuple(
        Series(
            f"{name}_overlap_{k + 1}", found[:, :, k], f"{OVERLAP} {k + 1}", theory=theory[:, k],
            theory_fine=fine[:, k], theory_definition=definition, label=f"pattern {k + 1}",
            bounds=(-1.0, 1.0), size=settings.size,
        )
        for k in range(settings.patterns)
    )  # fmt: skip
    return Panel(axis, "overlap", series, title=title)


def _show(panel: Panel) -> None:
    """Print what is left of the hierarchy at every dilution."""
    rows = [
        (f"{place:g}", *(f"{each.mean[k]:.3f} ({each.theory[k]:.3f})"
                         for each in panel.series if each.theory is not None))
        for k, place in enumerate(panel.axis.values.tolist())
    ]  # fmt: skip
    columns = ("d", *(f"m {k + 1} (theory)" for k in range(len(panel.series))))
    show_table("multitasking memory, from the hierarchical state", columns, rows)


if __name__ == "__main__":
    from experiments.script import main

    main("multitasking", "memory/multitasking.yaml")
