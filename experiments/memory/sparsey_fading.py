"""Ask what a mac knows whose synapses fade with age, and what follows an item of many sequences.

Random items are learnt once each; how many modules bring back an item's units is measured over its
age, for synapses of several lives that drop at once or fade, and for items that were shown more
than once and became permanent. In sequences that share an item, how familiar is what follows when
the shared item has come alone, with and without F(zeta)?
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.memory.laboratory.curves import Axis, Panel, Series, write_panels
from experiments.memory.sparsey_fading_settings import SparseyFading
from experiments.parts import Parts
from experiments.progress import Progress
from experiments.tables import show_table
from networks.inputs.patterns import fixed_k
from networks.memories.sparsey.fading import MAX_STEPS, Decay
from networks.memories.sparsey.hypotheses import Hypotheses
from networks.memories.sparsey.mac import Mac
from networks.memories.sparsey.settings import Selection
from networks.memories.sparsey.theory import fading_recall, random_code_recall, shared_familiarity
from networks.streams import generator
from neuro.recording import Checkpoint, Recorder

Array = NDArray[np.float64]
RANDOM = Selection(chi=0.0)
# Codes of novel items are drawn at random, what is known keeps its own.
KNOWN = Selection(g_min=0.9, gamma=1.0, chi=1e6, s2=1000.0, s3=0.97)
N_BINS = 16  # of ages
RIGHT = "modules right of items"
# Synapses that outlive all have the bits of those that stay, and need no kernel of their own.
FOREVER = Decay(MAX_STEPS, 0.0)


def run(
    configuration: Any,
    recorder: Recorder,
    progress: Progress,
    begun: Checkpoint | None = None,
) -> None:
    """Measure all panels.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is a `SparseyFading`.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    begun : Checkpoint, optional
        The panels that are complete already.
    """
    spec = configuration.spec
    settings: SparseyFading = spec.experiment
    asked = lives_panel, convexity_panel, repeats_panel, shared_panel
    progress.stage("fading and hypotheses", len(asked), "panels")
    parts, panels = Parts(recorder, begun), list[Panel]()
    for number, made in enumerate(asked):
        draw = partial(made, settings, spec.seed)
        panels.append(parts(made.__name__, draw, Panel, Axis, Series))
        progress.advance(number + 1)
    write_panels(recorder, panels)
    _show(panels)


def lives_panel(settings: SparseyFading, seed: int) -> Panel:
    """Follow items in macs of several lives whose synapses drop at once."""
    begins = _bins(settings)
    series = []
    for life in (*settings.lives, 0):
        decay = Decay(life, 0.0) if life else FOREVER
        foretold = np.array([_recall(settings, life, age) for age in range(settings.stored)])
        series.append(
            Series(
                f"right_life_{life}" if life else "right_stays",
                _followed(settings, seed, "lives", decay, begins),
                f"{RIGHT}, mean of the ages up to the next",
                theory=_binned(foretold, begins), theory_fine=foretold,
                theory_definition="random codes of as many items as live, exact; else 1 / K",
                label=f"S = {life}" if life else "synapses stay", bounds=(0.0, 1.0),
                size=settings.size.modules * settings.size.units,
            )
        )  # fmt: skip
    # Of each age, so that what drops from one to the next is drawn as a step.
    axis = replace(_age_axis(begins), fine=np.arange(settings.stored))
    return Panel(axis, "modules right", tuple(series), title="synapses drop at age S")


def convexity_panel(settings: SparseyFading, seed: int) -> Panel:
    """Follow items in macs whose synapses fade in other ways."""
    life, begins = settings.lives[len(settings.lives) // 2], _bins(settings)
    series = tuple(
        Series(
            f"right_convexity_{c:g}",
            _followed(settings, seed, "convexity", Decay(life, c), begins),
            f"{RIGHT}, mean of the ages up to the next", label=f"c = {c:g}", bounds=(0.0, 1.0),
        )
        for c in settings.convexities
    )  # fmt: skip
    return Panel(_age_axis(begins), "modules right", series, title=f"how they fade, S = {life}")


def repeats_panel(settings: SparseyFading, seed: int) -> Panel:
    """Follow items that were shown several times among others that were shown once."""
    asked = settings.repeats
    longest = asked.steps * 2 ** (asked.classes - 1)
    ages = np.unique(np.rint(np.linspace(0, longest + asked.steps, 12))).astype(np.int64)
    decay = Decay(asked.steps, 0.0, asked.classes, 2.0)
    found = []
    for times in asked.times:
        streams = _streams(settings, seed, f"repeats.{times}")
        found.append(np.array([_shown_again(settings, decay, times, ages, rng) for rng in streams]))
    axis = Axis("repeated_age", ages, "items learnt since the last presentation",
                "age (items since the last time)")  # fmt: skip
    series = tuple(
        Series(f"right_shown_{times}", values, f"{RIGHT} shown {times} times",
               label=f"shown {times} x", bounds=(0.0, 1.0))
        for times, values in zip(asked.times, found, strict=True)
    )  # fmt: skip
    title = f"permanence: S = {asked.steps}, twice as long from class to class"
    return Panel(axis, "modules right", series, title=title)


def shared_panel(settings: SparseyFading, seed: int) -> Panel:
    """Ask for G of what follows an item that n sequences share."""
    asked = settings.shared
    n = np.array(asked.sequences)
    axis = Axis("sequences", n, "sequences that share an item", "sequences that share an item n")
    series = []
    for name, hypotheses in (("plain", None), ("corrected", asked.hypotheses)):
        columns = [
            [
                _after_shared(settings, each, hypotheses, rng)
                for rng in _streams(settings, seed, f"shared.{each}")
            ]
            for each in n.tolist()
        ]
        series.append(
            Series(
                f"familiarity_{name}", np.array(columns).T,
                "mean G of the items that follow, each after the shared one came alone",
                theory=_shared_theory(settings, hypotheses),
                theory_definition="E[min(1, F X / (Q - 1))], X lines of its sequence's code",
                label="F = 1" if hypotheses is None else "F = zeta", bounds=(0.0, 1.0),
            )
        )  # fmt: skip
    return Panel(axis, "G of what follows", tuple(series), title="several hypotheses")


def _shared_theory(settings: SparseyFading, hypotheses: Hypotheses | None) -> Array | None:
    """Return the closed form, which is of F = 1 and of F = zeta up to B."""
    asked = settings.shared
    if hypotheses is not None and (hypotheses.power != 1 or hypotheses.most < asked.sequences[-1]):
        return None
    size = asked.size
    return np.array(
        [
            shared_familiarity(size.modules, size.units, each, is_corrected=hypotheses is not None)
            for each in asked.sequences
        ]
    )


def _recall(settings: SparseyFading, life: int, age: int) -> float:
    given = settings.lines, settings.active, settings.size.units
    if life:
        return fading_recall(*given, life, age)
    return random_code_recall(*given, settings.stored)


def _mac(settings: SparseyFading, decay: Decay) -> Mac:
    size = settings.size
    return Mac(settings.lines, size.modules, size.units, selection=RANDOM, decay=decay)


def _streams(settings: SparseyFading, seed: int, what: str) -> list[np.random.Generator]:
    """Return the generator of each network."""
    return [generator(seed, f"experiment.{what}", k) for k in range(settings.networks)]


def _followed(
    settings: SparseyFading, seed: int, stream: str, decay: Decay, begins: NDArray[np.int64]
) -> Array:
    """Return the share of modules that bring back an item's units, by age, in each network."""
    found = []
    for rng in _streams(settings, seed, stream):
        items = fixed_k(settings.stored, settings.lines, settings.active, rng)
        memory = _mac(settings, decay).empty(rng)
        given = memory.learn(items).winners
        right = (memory.read(items).winners == given).mean(axis=1)
        found.append(_binned(right[::-1], begins))
    return np.array(found)


def _shown_again(
    settings: SparseyFading,
    decay: Decay,
    times: int,
    ages: NDArray[np.int64],
    rng: np.random.Generator,
) -> Array:
    """Return the share of modules right at ages of one item after its last presentation."""

    def others(number: int) -> NDArray[np.bool_]:
        return fixed_k(number, settings.lines, settings.active, rng)

    memory, item = replace(_mac(settings, decay), selection=KNOWN).empty(rng), others(1)
    memory.learn(others(settings.stored))
    code = memory.learn(item).winners[0]
    for _ in range(times - 1):
        memory.learn(others(settings.repeats.gap))
        memory.learn(item)
    right, before = [], 0
    for age in ages.tolist():
        memory.learn(others(age - before))
        before = age
        right.append(float((memory.read(item).winners[0] == code).mean()))
    return np.array(right)


def _after_shared(
    settings: SparseyFading, n: int, hypotheses: Hypotheses | None, rng: np.random.Generator
) -> float:
    """Learn n sequences a, b, c that share b; return mean G of each c after b alone."""
    asked = settings.shared
    mac = Mac(
        asked.lines, asked.size.modules, asked.size.units, horizontal=True, selection=RANDOM,
        decay=FOREVER, hypotheses=hypotheses,
    )  # fmt: skip
    memory = mac.empty(rng)
    shared, *others = fixed_k(2 * n + 1, asked.lines, asked.active, rng)
    first = np.array([True, False, False])
    for before, after in zip(others[::2], others[1::2], strict=True):
        memory.learn(np.stack([before, shared, after]), begins=first)
    asked_for = [np.stack([shared, after]) for after in others[1::2]]
    return float(
        np.mean([memory.read(each, begins=first[:2]).familiarity[1] for each in asked_for])
    )


def _bins(settings: SparseyFading) -> NDArray[np.int64]:
    """Return ages at which bins begin: of equal width, and at every life."""
    even = np.linspace(0, settings.stored, N_BINS, endpoint=False)
    return np.unique(np.concatenate([np.rint(even), settings.lives])).astype(np.int64)


def _binned(values: Array, begins: NDArray[np.int64]) -> Array:
    return np.asarray(np.add.reduceat(values, begins) / np.diff(np.append(begins, len(values))))


def _age_axis(begins: NDArray[np.int64]) -> Axis:
    return Axis("age", begins, "items learnt since, where a bin begins", "age (items learnt since)")


def _show(panels: Sequence[Panel]) -> None:
    """Print the first panel and the last."""
    for panel in (panels[0], panels[-1]):
        rows = [
            (f"{place:g}", *(_told(each, k) for each in panel.series))
            for k, place in enumerate(panel.axis.values.tolist())
        ]
        columns = (panel.axis.name, *(f"{each.label} (theory)" for each in panel.series))
        show_table(f"{panel.quantity}, {panel.title}", columns, rows)


def _told(series: Series, place: int) -> str:
    mean = f"{series.mean[place]:.3f}"
    return mean if series.theory is None else f"{mean} ({series.theory[place]:.3f})"


if __name__ == "__main__":
    from experiments.script import main

    main("sparsey_fading", "memory/sparsey-fading.yaml")
