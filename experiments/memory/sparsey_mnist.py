"""Ask how well Sparsey tells digits apart that it saw once, as it is written and as it is cured.

Macs learn digits with their labels in one presentation each (`sparsey_digits`), and classify
others. The literal algorithm fails for two reasons: dividing by the number of active lines measures
containment rather than similarity, and units that collect unions of many digits win everything.
Lines in pairs, on and off, cure the first; a critical period for each unit the second. Ablations
say what each part is worth, nearest neighbours among the same digits (`sparsey_controls`) what the
lines are worth, and codes that digits of a class share give back what is typical of it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.memory.laboratory.curves import (
    Axis,
    Panel,
    Series,
    write_panels,
)
from experiments.memory.sparsey_controls import CONTROLS, controls
from experiments.memory.sparsey_digits import (
    N_CLASSES,
    Digits,
    build_stack,
    draw_digits,
    lines_of,
)
from experiments.memory.sparsey_settings import Lines, Recipe, SparseyMnist
from experiments.memory.sparsey_typical import Typical, typical_digits, write_typical
from experiments.progress import Progress
from experiments.tables import show_table
from networks.memories.intervals import t_interval
from networks.memories.sparsey.voters import Stack
from networks.streams import generator
from neuro.recording import Recorder

Bits = NDArray[np.bool_]
N_NOVEL = 200  # digits whose familiarity is averaged
COLUMNS = (
    "memory", "accuracy", "95 % interval", "s to learn", "us/digit", "G novel", "MB",
    "accesses/store",
)  # fmt: skip
# Metric of every recipe -> definition and unit.
MEASURED = {
    "accuracy": ("fraction of the judged digits that are told right", "1"),
    "seconds_learn": ("CPU time to learn all digits on one thread, without their lines", "s"),
    "seconds_store": ("CPU time to learn one digit on one thread, without its lines", "s"),
    "seconds_recall": ("CPU time to tell one digit on one thread, without its lines", "s"),
    "operations_store": ("synapses read and written to learn one digit, counted", "1"),
    "operations_recall": ("synapses read to tell one digit, counted", "1"),
    "bytes": ("size of everything that the memory keeps", "byte"),
    "familiarity": ("mean G of 200 judged digits after learning; 1 means: nothing is novel", "1"),
}
FRACTIONS = ("accuracy", "familiarity")


@dataclass(slots=True)
class Found:
    """Gather what one recipe did in one network.

    Attributes
    ----------
    row : dict of str to float
        By the names of `MEASURED`.
    is_right : array of bool, shape (n_judged,)
        Which digits were told right.
    accuracy, familiarity : list of float
        At each number of samples of the curve.
    """

    row: dict[str, float]
    is_right: Bits
    accuracy: list[float] = field(default_factory=list)
    familiarity: list[float] = field(default_factory=list)


def run(configuration: Any, recorder: Recorder, progress: Progress) -> None:
    """Let every recipe learn and tell digits, in every network.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is a `SparseyMnist`.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    """
    spec = configuration.spec
    settings: SparseyMnist = spec.experiment.quick() if spec.quick else spec.experiment
    progress.stage("learn and tell", settings.networks * len(settings.recipes), "memories")
    found: list[list[Found]] = []
    control: list[list[float]] = []
    typical: Typical | None = None
    for network in range(settings.networks):
        digits = draw_digits(settings, generator(spec.seed, "experiment.digits", network))
        seen: dict[Lines, tuple[Bits, Bits]] = {}
        row = []
        for number, recipe in enumerate(settings.recipes):
            if recipe.lines not in seen:
                seen[recipe.lines] = (
                    lines_of(digits.learnt, recipe.lines),
                    lines_of(digits.judged, recipe.lines),
                )
            rng = generator(spec.seed, f"experiment.{recipe.name}", network)
            stack = build_stack(recipe, rng)
            row.append(measure(settings, recipe, stack, digits, *seen[recipe.lines], rng))
            if network == number == 0:
                typical = typical_digits(recipe, stack, digits, seen[recipe.lines][1])
            progress.advance(network * len(settings.recipes) + number + 1)
        found.append(row)
        control.append(controls(digits, settings.samples * N_CLASSES))
    write_found(recorder, settings, found)
    for name, values in zip(CONTROLS, np.array(control).T, strict=True):
        definition = f"[network]: accuracy of the nearest neighbour by {CONTROLS[name]}"
        recorder.metric(f"controls/{name}", values, definition)
    if typical is not None:
        write_typical(recorder, typical)
    _show(settings, found, np.array(control))


def measure(
    settings: SparseyMnist,
    recipe: Recipe,
    stack: Stack,
    digits: Digits,
    learnt: Bits,
    judged: Bits,
    rng: np.random.Generator,
) -> Found:
    """Let one memory learn, and judge it; on the way too where the recipe asks for a curve.

    Parameters
    ----------
    settings : SparseyMnist
        How much.
    recipe : Recipe
        What the memory is.
    stack : Stack
        The memory, empty; it has learnt `settings.samples` digits of each class afterwards.
    digits : Digits
        Labels and truth.
    learnt, judged : array of bool, shapes (n, N)
        Lines of the digits.
    rng : numpy.random.Generator
        Source of the draws of the memories of the curve.

    Returns
    -------
    Found
        What came out.
    """
    n_learnt = settings.samples * N_CLASSES
    compile_kernels(recipe, learnt, digits.labels)
    began = time.process_time()
    stack.learn(learnt[:n_learnt], digits.labels[:n_learnt])
    seconds_learn, store = time.process_time() - began, stack.operations
    began = time.process_time()
    is_right = stack.classify(judged) == digits.truth
    seconds_recall, recall = time.process_time() - began, stack.operations - store
    found = Found(
        {
            "accuracy": float(is_right.mean()),
            "seconds_learn": seconds_learn,
            "seconds_store": seconds_learn / n_learnt,
            "seconds_recall": seconds_recall / len(judged),
            "operations_store": (store.reads + store.writes) / n_learnt,
            "operations_recall": recall.reads / len(judged),
            "bytes": float(stack.bytes),
            "familiarity": novelty(stack, judged),
        },
        is_right,
    )
    for samples in settings.curve if recipe.curve else ():
        n = samples * N_CLASSES
        fresh = build_stack(recipe, rng)
        fresh.learn(learnt[:n], digits.labels[:n])
        found.accuracy.append(float((fresh.classify(judged) == digits.truth).mean()))
        found.familiarity.append(novelty(fresh, judged))
    return found


def compile_kernels(recipe: Recipe, learnt: Bits, labels: NDArray[Any]) -> None:
    """Let kernels compile before anything is timed."""
    small = build_stack(recipe, np.random.default_rng(0))
    small.learn(learnt[:2], labels[:2])
    small.classify(learnt[:2])


def novelty(stack: Stack, judged: Bits) -> float:
    """Return the mean familiarity of digits that were not learnt, over all macs on top."""
    return float(np.mean([codes.familiarity for codes in stack.read(judged[:N_NOVEL])]))


def write_found(recorder: Recorder, settings: SparseyMnist, found: list[list[Found]]) -> None:
    """Record all recipes, the first one without a prefix too, and the curves.

    Parameters
    ----------
    recorder : Recorder
        The recording.
    settings : SparseyMnist
        What was asked.
    found : list of list of Found
        [network][recipe].
    """
    names = [recipe.name for recipe in settings.recipes]
    recorder.array("recipes/names", np.array(names), "1", "memories in the order of the table")
    for number, name in enumerate(names):
        for prefix in (f"recipes/{name}/", "") if number == 0 else (f"recipes/{name}/",):
            for metric, (definition, unit) in MEASURED.items():
                values = np.array([row[number].row[metric] for row in found])
                recorder.metric(f"{prefix}{metric}", values, f"[network]: {definition}", unit)
                ends = np.clip(t_interval(values)[1:], 0, 1 if metric in FRACTIONS else np.inf)
                recorder.metric(
                    f"{prefix}{metric}_ci",
                    ends,
                    f"[low and high]: 95 % interval (Student) of the mean of {metric} across "
                    "networks, each with training digits of its own",
                    unit,
                )
    load = settings.samples * N_CLASSES
    recorder.metric("load", load, "number of digits learnt by one presentation each")
    write_panels(recorder, _panels(settings, found))


def _panels(settings: SparseyMnist, found: list[list[Found]]) -> list[Panel]:
    panels = []
    curved = [number for number, recipe in enumerate(settings.recipes) if recipe.curve]
    if settings.curve and curved:
        samples = Axis(
            "samples", np.array(settings.curve), "training digits of each class",
            "training digits of each class", scale="log",
        )  # fmt: skip
        for name, quantity, definition in (
            ("accuracy", "told right (fraction)", "fraction of the judged digits told right"),
            ("familiarity", "G of novel digits", "mean G of 200 judged digits"),
        ):
            series = tuple(
                Series(
                    f"curve_{name}_{settings.recipes[number].name}",
                    np.array([getattr(row[number], name) for row in found]),
                    definition,
                    label=settings.recipes[number].name,
                    bounds=(0.0, 1.0),
                )
                for number in curved
            )
            panels.append(Panel(samples, quantity, series))
    return [*panels, _tested(settings, found)]


def _tested(settings: SparseyMnist, found: list[list[Found]]) -> Panel:
    """Return accuracy over the first n judged digits, against n."""
    grown = np.unique(np.geomspace(min(50, settings.tested), settings.tested, 9).astype(int))
    axis = Axis("tested", grown, "number of judged digits", "judged digits", scale="log")
    series = tuple(
        Series(
            f"tested_accuracy_{recipe.name}",
            np.array([[row[number].is_right[:n].mean() for n in grown] for row in found]),
            "fraction of the first n judged digits told right",
            label=recipe.name,
            bounds=(0.0, 1.0),
        )
        for number, recipe in enumerate(settings.recipes)
        if recipe.curve or number == 0
    )
    return Panel(axis, "told right (fraction)", series)


def _show(settings: SparseyMnist, found: list[list[Found]], control: NDArray[np.float64]) -> None:
    rows: list[tuple[str, ...]] = []
    for number, recipe in enumerate(settings.recipes):
        mean = {name: float(np.mean([row[number].row[name] for row in found])) for name in MEASURED}
        _, low, high = t_interval(np.array([row[number].row["accuracy"] for row in found]))
        rows.append((
            recipe.name, f"{mean['accuracy']:.4f}", f"{low:.4f} - {high:.4f}",
            f"{mean['seconds_learn']:.2f}", f"{1e6 * mean['seconds_recall']:.0f}",
            f"{mean['familiarity']:.3f}", f"{mean['bytes'] / 1e6:.2f}",
            f"{mean['operations_store']:.3g}",
        ))  # fmt: skip
    for name, values in zip(CONTROLS, control.T, strict=True):
        mean_control, low, high = t_interval(values)
        text = f"nearest neighbour, {CONTROLS[name]}"
        rows.append((text, f"{mean_control:.4f}", f"{low:.4f} - {high:.4f}", *["-"] * 5))
    judged = f"{settings.tested} digits of the {settings.judged_on} set"
    title = f"{settings.samples} digits of each class learnt once, judged on {judged}"
    show_table(f"{title}; {settings.networks} networks", COLUMNS, rows)


if __name__ == "__main__":
    from experiments.script import main

    main("sparsey_mnist", "memory/sparsey-mnist.yaml")
