"""What memories of digits did: metrics, curves and the table."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from experiments.memory.laboratory.curves import (
    RATE,
    STUDENT,
    Axis,
    Panel,
    Series,
    write_panels,
)
from experiments.memory.sparsey_controls import CONTROLS
from experiments.memory.sparsey_digits import N_CLASSES
from experiments.memory.sparsey_recipes import SparseyMnist
from experiments.tables import show_table, tell_ends
from networks.memories.intervals import rate_interval, t_interval
from neuro.recording import Recorder

Bits = NDArray[np.bool_]
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
                is_counted = metric == "accuracy"
                ends = (
                    rate_interval(values, settings.tested)[1:]
                    if is_counted
                    else np.clip(t_interval(values)[1:], 0, 1 if metric in FRACTIONS else np.inf)
                )
                recorder.metric(
                    f"{prefix}{metric}_ci",
                    ends,
                    f"[low and high]: 95 % interval of the mean of {metric} across networks, each "
                    f"with training digits of its own ({RATE if is_counted else STUDENT})",
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
                    trials=settings.tested if name == "accuracy" else None,
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
            trials=grown,
        )
        for number, recipe in enumerate(settings.recipes)
        if recipe.curve or number == 0
    )
    return Panel(axis, "told right (fraction)", series)


def show_found(
    settings: SparseyMnist, found: list[list[Found]], control: NDArray[np.float64]
) -> None:
    """Print a row for each memory, and one for each way to find nearest neighbours."""
    rows: list[tuple[str, ...]] = []
    for number, recipe in enumerate(settings.recipes):
        mean = {name: float(np.mean([row[number].row[name] for row in found])) for name in MEASURED}
        accuracy = np.array([row[number].row["accuracy"] for row in found])
        _, low, high = rate_interval(accuracy, settings.tested)
        rows.append((
            recipe.name, f"{mean['accuracy']:.4f}", tell_ends(low, high, ".4f", is_fraction=True),
            f"{mean['seconds_learn']:.2f}", f"{1e6 * mean['seconds_recall']:.0f}",
            f"{mean['familiarity']:.3f}", f"{mean['bytes'] / 1e6:.2f}",
            f"{mean['operations_store']:.3g}",
        ))  # fmt: skip
    for name, values in zip(CONTROLS, control.T, strict=True):
        mean_control, low, high = rate_interval(values, settings.tested)
        text = f"nearest neighbour, {CONTROLS[name]}"
        ends = tell_ends(low, high, ".4f", is_fraction=True)
        rows.append((text, f"{mean_control:.4f}", ends, *["-"] * 5))
    judged = f"{settings.tested} digits of the {settings.judged_on} set"
    title = f"{settings.samples} digits of each class learnt once, judged on {judged}"
    show_table(f"{title}; {settings.networks} networks", COLUMNS, rows)
