"""Ask how long synapses that learn on and on keep a memory, and what of it a network recalls.

Every memory asks each synapse for a random change (`networks.memories.online`). How well one can
be told from those that were never stored falls with its age: over ages, over numbers of synapses,
in a network that recalls, and when it was shown more than once, the closed forms beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

from experiments.memory.laboratory.curves import N_FINE, Axis, Panel, Series, along, write_panels
from experiments.memory.online_settings import OnlineStudy
from experiments.memory.polar import retrieved
from experiments.parts import Parts
from experiments.progress import Progress
from experiments.tables import show_table
from networks.inputs.patterns import flip_signs, rademacher
from networks.memories.observables import mattis_overlap
from networks.memories.online import OnlineSynapses
from networks.memories.online_theory import lifetime
from networks.memories.palimpsest import Fading, Palimpsest, overlap_after_step
from networks.streams import generator
from neuro.recording import Checkpoint, Recorder

Array = NDArray[np.float64]
N_TIMES, UNSEEN = 40, 5  # when noise is measured, and by how many memories for each tracked


class Trace(NamedTuple):
    """Hold what became of memories.

    Attributes
    ----------
    signal : array of float64, shape (n_tracked, n_ages)
        w e / n of each memory, at every age.
    noise : array of float64, shape (N_TIMES,)
        sqrt(n) times the deviation of the same of memories that were never stored.
    """

    signal: Array
    noise: Array


def run(
    configuration: Any,
    recorder: Recorder,
    progress: Progress,
    begun: Checkpoint | None = None,
) -> None:
    """Follow memories in every kind of synapses.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is an `OnlineStudy`.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    begun : Checkpoint, optional
        The networks that are complete already.
    """
    spec = configuration.spec
    settings: OnlineStudy = spec.experiment
    parts, found = Parts(recorder, begun), dict[str, dict[str, Any]]()
    progress.stage("learn on", settings.networks * len(settings.kinds), "populations")
    for number, (network, kind) in enumerate(_each(settings)):
        name = f"{kind}/{network}"
        fading = Fading(kind, settings.rules)
        found[name] = parts(name, partial(measured, settings, fading, spec.seed, network))
        progress.advance(number + 1)
    panels = [
        panel(settings, [_table(settings, found, kind, part) for kind in kinds], kinds)
        for part, kinds, panel in _panels(settings)
    ]
    write_panels(recorder, panels)
    _show(settings, panels[0])


def _each(settings: OnlineStudy) -> Iterator[tuple[int, Any]]:
    for network in range(settings.networks):
        for kind in settings.kinds:
            yield network, kind


def _panels(settings: OnlineStudy) -> Iterator[tuple[str, tuple[Any, ...], Any]]:
    """Yield what is drawn: a part, of what kinds, and how it is made."""
    fading = tuple(kind for kind in settings.kinds if kind != "additive")
    if fading:
        yield "ages", fading, age_panel
        yield "lifetimes", fading, lifetime_panel
    yield "step", settings.kinds, step_panel
    yield "recalled", settings.kinds, recall_panel
    if fading:
        yield "spacing", fading, spacing_panel


def _table(settings: OnlineStudy, found: Any, kind: str, part: str) -> Array:
    rows = [found[f"{kind}/{network}"][part] for network in range(settings.networks)]
    return np.array(rows, dtype=np.float64)


def measured(settings: OnlineStudy, fading: Fading, seed: int, network: int) -> dict[str, Any]:
    """Measure everything of one kind of synapses in one network.

    Returns
    -------
    dict of str to list of float
        By part: a number for each place of its axis.
    """

    def stream(what: str) -> np.random.Generator:
        return generator(seed, f"experiment.{fading.kind}.{what}", network)

    step, recall = recalled(settings, fading, stream("recalled"))
    found = {"step": step, "recalled": recall}
    if fading.kind != "additive":
        found |= {
            "ages": ratios(settings, fading, stream("ages")),
            "lifetimes": [
                lived(settings, fading, n, stream(f"lifetimes.{n}"))
                for n in settings.lifetimes.synapses
            ],
            "spacing": [
                repeated(settings, fading, gap, stream(f"spacing.{gap}"))
                for gap in settings.spacing.gaps
            ],
        }
    return found


def follow(
    synapses: OnlineSynapses, number: int, tracked: int, oldest: int, rng: np.random.Generator
) -> Trace:
    """Let synapses learn random memories, and follow the first of them.

    Parameters
    ----------
    synapses : OnlineSynapses
        As many as `number`.
    number, tracked, oldest : int
        n, memories that are followed, and the greatest age.
    rng : numpy.random.Generator
        Of the memories.
    """
    events = rademacher(tracked + oldest, number, rng)
    weight = np.empty((tracked + oldest, number), dtype=np.float32)
    for place in range(len(events)):
        synapses.learn(events[place : place + 1])
        weight[place] = synapses.weight
    product = events[:tracked].astype(np.float32) @ weight.T / number
    age = np.arange(oldest + 1)
    signal = np.take_along_axis(product, np.arange(tracked)[:, None] + age, axis=1)
    unseen = rademacher(UNSEEN * tracked, number, rng).astype(np.float32)
    places = np.linspace(0, len(weight) - 1, N_TIMES).astype(np.int64)
    noise = (unseen @ weight[places].T).std(axis=0) / np.sqrt(number)
    return Trace(signal.astype(np.float64), noise.astype(np.float64))


def ratios(settings: OnlineStudy, fading: Fading, rng: np.random.Generator) -> list[float]:
    """Measure the signal-to-noise ratio at the ages of the settings."""
    synapses = fading.make(settings.synapses, rng)
    trace = follow(synapses, settings.synapses, settings.tracked, settings.ages[-1], rng)
    ratio = np.sqrt(settings.synapses) * trace.signal.mean(axis=0) / trace.noise.mean()
    return [float(ratio[age]) for age in settings.ages]


def lived(settings: OnlineStudy, fading: Fading, number: int, rng: np.random.Generator) -> float:
    """Measure the age at which the ratio comes down to 1, after a fit that never rises."""
    oldest = settings.lifetimes.oldest
    trace = follow(fading.make(number, rng), number, settings.tracked, oldest, rng)
    ratio = np.sqrt(number) * trace.signal.mean(axis=0) / trace.noise.mean()
    falling = isotonic_regression(ratio, increasing=False).x
    return min(lifetime(lambda age: float(falling[age]), oldest), float(oldest))


def recalled(
    settings: OnlineStudy, fading: Fading, rng: np.random.Generator
) -> tuple[list[float], list[float]]:
    """Ask a network for every pattern, the newest first.

    Returns
    -------
    step, recall : list of float
        Overlap after one step, and whether the pattern is recalled when it has settled.
    """
    asked = settings.recalled
    memory = Palimpsest(asked.size, fading).empty(rng)
    patterns = rademacher(asked.patterns, asked.size, rng)
    memory.store(patterns)
    newest = patterns[::-1]
    cues = flip_signs(newest, round(asked.flipped * asked.size), rng)
    step = mattis_overlap(memory.step(cues), newest)
    return step.tolist(), retrieved(memory.recall(cues), newest).astype(float).tolist()


def repeated(settings: OnlineStudy, fading: Fading, gap: int, rng: np.random.Generator) -> float:
    """Measure the signal of a memory that was stored several times, in deviations of a synapse."""
    asked = settings.spacing
    synapses = fading.make(asked.synapses, rng)
    shown = rademacher(1, asked.synapses, rng)
    for time in range(asked.times):
        if time:
            synapses.learn(rademacher(gap, asked.synapses, rng))
        synapses.learn(shown)
    synapses.learn(rademacher(asked.retention, asked.synapses, rng))
    weight = synapses.weight
    return float(shown[0] @ weight / asked.synapses / weight.std())


def age_panel(settings: OnlineStudy, found: Sequence[Array], kinds: Sequence[Any]) -> Panel:
    """Put the signal-to-noise ratio over ages; age 0 is left out of the logarithmic axis."""
    shown = np.array([age >= 1 for age in settings.ages])
    ages = np.array(settings.ages)[shown]
    fine = np.unique(np.rint(np.geomspace(ages[0], ages[-1], 2 * N_FINE))).astype(np.int64)
    axis = Axis("age", ages, "memories stored since", "age (memories stored since)", scale="log",
                fine=fine)  # fmt: skip
    series = []
    for kind, values in zip(kinds, found, strict=True):
        fading = Fading(kind, settings.rules)

        def closed(age: int, fading: Fading = fading) -> float:
            return _ratio(fading, settings.synapses, age)

        theory, theory_fine = along(axis, closed)
        series.append(
            Series(
                f"ratio_{kind}", values[:, shown],
                "sqrt(n) E[w e] over sqrt(n) deviations of w e of memories never stored",
                theory=theory, theory_fine=theory_fine,
                theory_definition="sqrt(n) S / sqrt(E w^2) of the states' transitions; of the "
                "chain without rounding and bounds",
                label=_told(kind), bounds=(-np.inf, np.inf), size=settings.synapses,
            )
        )  # fmt: skip
    title = f"{settings.synapses} synapses"
    return Panel(axis, "signal-to-noise ratio", tuple(series), scale="log", title=title)


def _ratio(fading: Fading, number: int, age: int) -> float:
    return float(np.sqrt(number) * fading.signal(np.array([age]))[0] / fading.noise(0))


def lifetime_panel(settings: OnlineStudy, found: Sequence[Array], kinds: Sequence[Any]) -> Panel:
    """Put lifetimes over the number of synapses."""
    asked = settings.lifetimes
    n = np.array(asked.synapses)
    fine = np.unique(np.rint(np.geomspace(n[0], n[-1], N_FINE))).astype(np.int64)
    axis = Axis("synapses", n, "number of synapses n", "synapses n", scale="log", fine=fine)
    series = []
    for kind, values in zip(kinds, found, strict=True):
        fading = Fading(kind, settings.rules)

        def closed(number: int, fading: Fading = fading) -> float:
            known = lifetime(lambda age: _ratio(fading, number, age), asked.oldest)
            return min(known, asked.oldest)

        theory, theory_fine = along(axis, closed)
        series.append(
            Series(
                f"lifetime_{kind}", values,
                "age at which the signal-to-noise ratio, fitted by one that never rises, comes "
                f"down to 1; at most {asked.oldest}",
                theory=theory, theory_fine=theory_fine,
                theory_definition="where sqrt(n) S / sqrt(E w^2) = 1", label=_told(kind),
            )
        )  # fmt: skip
    return Panel(axis, "lifetime (memories)", tuple(series), scale="log")


def step_panel(settings: OnlineStudy, found: Sequence[Array], kinds: Sequence[Any]) -> Panel:
    """Put the overlap after one step of a network over the age of what is asked for."""
    asked = settings.recalled
    places = _bins(asked.patterns)
    axis = _recall_axis(places)
    cued = 1 - 2 * round(asked.flipped * asked.size) / asked.size
    series = []
    for kind, values in zip(kinds, found, strict=True):
        fading = Fading(kind, settings.rules)
        curve = np.array(
            [
                overlap_after_step(fading, asked.size, cued, age, asked.patterns)
                for age in range(asked.patterns)
            ]
        )
        series.append(
            Series(
                f"overlap_{kind}", _binned(values, places),
                "overlap after one step of all units from a cue, mean of the places up to the next",
                theory=_binned(curve[None], places)[0],
                theory_definition="erf(sqrt((N - 1) / 2) m_0 S / sqrt(E w^2 - S^2)), mean of the "
                "same ages",
                label=_told(kind), bounds=(-1.0, 1.0), size=asked.size,
            )
        )  # fmt: skip
    title = f"network of {asked.size} units, {asked.patterns} patterns, one step"
    return Panel(axis, "overlap", tuple(series), title=title)


def recall_panel(settings: OnlineStudy, found: Sequence[Array], kinds: Sequence[Any]) -> Panel:
    """Put the share of patterns recalled over their age."""
    asked = settings.recalled
    places = _bins(asked.patterns)
    widths = np.diff(np.append(places, asked.patterns))
    series = tuple(
        Series(
            f"recall_{kind}", _binned(values, places),
            "share of patterns that a settled network recalls, of the places up to the next",
            label=_told(kind), bounds=(0.0, 1.0), trials=widths, size=asked.size,
        )
        for kind, values in zip(kinds, found, strict=True)
    )  # fmt: skip
    return Panel(_recall_axis(places), "recalled", series, title="the same, settled")


def spacing_panel(settings: OnlineStudy, found: Sequence[Array], kinds: Sequence[Any]) -> Panel:
    """Put the signal of a memory that was stored several times over the gaps between."""
    asked = settings.spacing
    gaps = np.array(asked.gaps)
    axis = Axis("gap", gaps, "other memories between one presentation and the next",
                "gap (other memories)", fine=np.arange(gaps[0], gaps[-1] + 1))  # fmt: skip
    series = []
    for kind, values in zip(kinds, found, strict=True):
        fading = Fading(kind, settings.rules)

        def closed(gap: int, fading: Fading = fading) -> float:
            held = fading.signal(np.array([asked.retention]), (gap,) * (asked.times - 1))
            return float(held[0] / fading.noise(0))

        theory, theory_fine = along(axis, closed)
        series.append(
            Series(
                f"kept_{kind}", values,
                f"w e / n of a memory stored {asked.times} times, {asked.retention} others after "
                "the last, over the deviation of w",
                theory=theory, theory_fine=theory_fine,
                theory_definition="S / sqrt(E w^2) after repeated events", label=_told(kind),
                bounds=(-np.inf, np.inf), size=asked.synapses,
            )
        )  # fmt: skip
    title = f"stored {asked.times} times, asked for {asked.retention} memories after the last"
    return Panel(axis, "signal / deviation", tuple(series), title=title)


def _bins(number: int) -> NDArray[np.int64]:
    """Return ages at which bins begin, each a third wider than those before."""
    begins, age = [], 0
    while age < number:
        begins.append(age)
        age += max(1, age // 3)
    return np.array(begins)


def _binned(values: Array, begins: NDArray[np.int64]) -> Array:
    widths = np.diff(np.append(begins, values.shape[1]))
    return np.asarray(np.add.reduceat(values, begins, axis=1) / widths)


def _recall_axis(places: NDArray[np.int64]) -> Axis:
    # From 1 on, the newest: a logarithmic axis has no 0.
    return Axis("recalled_place", places + 1, "how many patterns back, where a bin begins",
                "stored so many patterns back", scale="log")  # fmt: skip


def _told(kind: str) -> str:
    return kind.replace("_", " ")


def _show(settings: OnlineStudy, panel: Panel) -> None:
    """Print the first panel."""
    rows = [
        (f"{place:g}", *(f"{each.mean[k]:.3f}" + (
            "" if each.theory is None else f" ({each.theory[k]:.3f})") for each in panel.series))
        for k, place in enumerate(panel.axis.values.tolist())
    ]  # fmt: skip
    columns = ("age", *(f"{each.label} (theory)" for each in panel.series))
    show_table(f"{panel.quantity}, {settings.networks} networks", columns, rows)


if __name__ == "__main__":
    from experiments.script import main

    main("online_memory", "memory/online.yaml")
