"""Rivals: accuracy against what it costs, all that is kept between tasks or synaptic operations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.continual.key_value_results import readouts_of
from experiments.continual.settings import Method
from experiments.figures import NothingToDrawError
from experiments.figures.canvas import COLOURS, WIDTH, write_numbers
from experiments.sweep.collection import Collection
from networks.memories.intervals import Interval
from neuro.recording import Recording

METHOD = "experiment.method"
# Told apart in grey: each shape filled, then empty.
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
OTHERS = ("*", "p", "<", ">", "h", "d", "8")  # of read-outs of fixed codes, which are no methods
BESIDE = 1.04  # by how much marks of equal cost stand apart
MARGIN = 5.0  # per cent above and below the means, at most
LEAST_RUNS = 3  # of two the interval is wider than any panel


@dataclass(frozen=True, slots=True)
class Price:
    """Say what accuracy is drawn against.

    Attributes
    ----------
    name : str
        Of the picture.
    accuracy, cost : str
        Metrics that a sweep has.
    unit : float
        Of the cost, on the axis.
    label, best, told : str
        Of the axis, of the line of the best, of the accuracy.
    """

    name: str
    accuracy: str
    cost: str
    unit: float
    label: str
    best: str
    told: str


KEPT = "bytes_kept_last"
PRICES = (
    Price(
        "memory", "acc", KEPT, 1e6,
        "kept from task to task, after the last one (MB); equal ones side by side",
        "best for its memory", "accuracy after the last task,\nmean over tasks (%)",
    ),
    Price(
        "operations", "accuracy", "synaptic_operations", 1e3,
        "synaptic operations of one image (thousands)", "best for its operations",
        "test images told right (%)",
    ),
)  # fmt: skip


def is_shown(found: Collection) -> bool:
    """Return whether a sweep compares methods by accuracy and a cost."""
    return METHOD in found.axes and any(_has(found, price) for price in PRICES)


def price_of(found: Collection) -> Price:
    """Return what a sweep that is shown is drawn against."""
    return next(price for price in PRICES if _has(found, price))


def picture_name(found: Collection) -> str:
    """Return the name of the picture of a sweep that is shown, without suffix."""
    return price_of(found).name


def _has(found: Collection, price: Price) -> bool:
    return {price.accuracy, price.cost} <= set(found.scalars)


def draw(found: Collection, beside: Sequence[Recording] = ()) -> Figure:
    """Draw the accuracy of each method, from three runs on with its 95 % interval, against a cost.

    Parameters
    ----------
    found : Collection
        A sweep over methods; other axes that vary have markers of their own.
    beside : sequence of Recording
        Runs of kind `key_value`, whose read-outs join the methods where the cost is what is kept.

    Returns
    -------
    Figure
        One panel; the legend has the most accurate method first.

    Raises
    ------
    NothingToDrawError
        If no methods were compared.
    """
    if not is_shown(found):
        raise NothingToDrawError(f"{found.folder}: compares no methods by accuracy and a cost")
    price = price_of(found)
    entries = [
        (
            found.interval(price.cost, combination).mean / price.unit,
            found.interval(price.accuracy, combination),
            ", ".join(str(value) for value in combination.values()),
            {"has_ends": len(found.at(combination)) >= LEAST_RUNS, **look(number)},
        )
        for number, combination in zip(numbers(found), found.combinations(), strict=True)
    ]
    if price.cost == KEPT:
        entries += _readouts(beside, price)
    entries.sort(key=lambda entry: -entry[1].mean)
    figure = Figure(figsize=(WIDTH, max(3.8, 0.19 * len(entries) + 0.8)), layout="constrained")
    axis = figure.subplots()
    for place, (cost, accuracy, name, style) in enumerate(entries):
        n_equal = sum(np.isclose(cost, other[0]) for other in entries[:place])
        _mark(axis, cost * BESIDE**n_equal, accuracy, name, **style)
    _draw_best(axis, [(cost, estimate.mean) for cost, estimate, _, _ in entries], price.best)
    # Three runs have wide intervals: means fill the panel, intervals may leave it.
    means = [100 * estimate.mean for _, estimate, _, _ in entries]
    margin = min(MARGIN, max(1.0, 2 * float(np.ptp(means))))
    axis.set_ylim(min(means) - margin, min(101, max(means) + margin))
    axis.set_xscale("log")
    write_numbers(axis.xaxis)
    axis.set_xlabel(price.label)
    axis.set_ylabel(price.told)
    axis.spines[["top", "right"]].set_visible(False)
    axis.set_title(told_runs(found), size=9)
    axis.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def _readouts(
    recordings: Sequence[Recording], price: Price
) -> Iterator[tuple[float, Interval, str, dict[str, Any]]]:
    """Yield cost, accuracy, name and look of the read-outs of recordings."""
    found = (each for recording in recordings for each in readouts_of(recording))
    for number, (name, kept, accuracy) in enumerate(found):
        has_ends = bool(np.isfinite(accuracy.high))
        style = look(number) | {"marker": OTHERS[number % len(OTHERS)], "has_ends": has_ends}
        yield kept / price.unit, accuracy, name, style


def numbers(found: Collection) -> list[int]:
    """Return the number of the look of each combination, the same in every figure.

    A method has one of its own, whichever it is compared with; where something else varies too,
    combinations are counted.
    """
    known = get_args(Method)
    names = [combination[METHOD] for combination in found.combinations()]
    if len(set(names)) < len(names) or not set(names) <= set(known):
        return list(range(len(names)))
    return [known.index(name) for name in names]


def told_runs(found: Collection, has_ends: bool = True) -> str:
    """Tell of how many runs the means are, and whether their intervals are drawn."""
    counts = [len(found.at(combination)) for combination in found.combinations()]
    if max(counts) == 1:
        return "one run each"
    counted = f"{min(counts)} to {max(counts)}" if min(counts) < max(counts) else f"{counts[0]}"
    has_ends = has_ends and max(counts) >= LEAST_RUNS
    return f"mean {'and 95 % interval ' if has_ends else ''}of {counted} runs"


def look(number: int) -> dict[str, Any]:
    """Return colour and marker of a method, by its number; fourteen shapes differ in grey too."""
    colour = COLOURS[number % len(COLOURS)]
    is_filled = number // len(MARKERS) % 2 == 0
    return {
        "color": colour,
        "marker": MARKERS[number % len(MARKERS)],
        "markerfacecolor": colour if is_filled else "white",
    }


def _mark(
    axis: Axes, cost: float, accuracy: Interval, name: str, has_ends: bool, **style: Any
) -> None:
    """Put a marker, and an interval if it `has_ends`, in a shape of its own."""
    ends = 100 * np.array([[accuracy.mean - accuracy.low], [accuracy.high - accuracy.mean]])
    axis.errorbar(
        [cost], [100 * accuracy.mean], ends if has_ends else None, label=name, capsize=2,
        markersize=6, linestyle="", elinewidth=0.8, **style,
    )  # fmt: skip


def _draw_best(axis: Axes, points: list[tuple[float, float]], label: str) -> None:
    """Draw the best accuracy that is had for no more than some cost."""
    places, heights, best = [], [], -np.inf
    for cost, accuracy in sorted(points, key=lambda point: (point[0], -point[1])):
        if accuracy > best:
            best = accuracy
            places.append(cost)
            heights.append(100 * accuracy)
    places.append(max(cost for cost, _ in points))
    heights.append(100 * best)
    axis.step(
        places, heights, ":", where="post", color=COLOURS[5], linewidth=1, zorder=0,
        label=label,
    )  # fmt: skip
