"""Measured points with intervals across networks, over the dashed curve of the theory."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from experiments.figures import NothingToDrawError
from experiments.figures.canvas import (
    COLOURS,
    DASHES,
    WIDTH,
    legend_above,
    tell_networks,
    write_numbers,
)
from experiments.memory.laboratory.curves import PANELS, THEORY
from neuro.recording import Recording

MARKERS = ("o", "s", "^", "D", "v", "P")
HEIGHT = 2.7  # inch, of one row of panels
BELOW = 3  # so many times less than the least is the end of a logarithmic axis
ROOM = 0.04  # beside a fraction of 0 or 1, so that marks there are seen whole
# Of more points intervals are a band: bars would cover each other.
MOST_BARS = 30
# A logarithmic axis of fewer decades has numbers in between, which are written out.
FEW_DECADES = 3
FEW_NUMBERS = 6  # at an axis
# What a file calls plain numbers and counts has no unit on an axis.
PLAIN = ("", "1")


class Look(NamedTuple):
    """Hold how one series is drawn: its points, and its theory."""

    colour: str
    marker: str
    dashes: tuple[float, tuple[float, ...]]


def draw(recording: Recording) -> Figure:
    """Draw all panels that a run has noted.

    Parameters
    ----------
    recording : Recording
        Of an experiment that measured something against something in several networks.

    Returns
    -------
    Figure
        Two panels a row; points are means across networks with 95 % intervals, theory is dashed.

    Raises
    ------
    NothingToDrawError
        If nothing was measured so.
    """
    if PANELS not in recording.arrays:
        raise NothingToDrawError(f"{recording.path}: no curves of a memory in it")
    panels = json.loads(str(recording.array(PANELS)[()]))
    n_columns = min(2, len(panels))
    n_rows = -(-len(panels) // n_columns)
    figure = Figure(figsize=(WIDTH, 0.5 + HEIGHT * n_rows), layout="constrained")
    grid = figure.subplots(n_rows, n_columns, squeeze=False)
    looks = looks_of([[each["label"] for each in panel["series"]] for panel in panels])
    units = {name: metric.unit for name, metric in recording.metrics().items()}
    for axis, panel in zip(grid.flat, panels, strict=False):
        _draw_panel(axis, recording, panel, looks, units)
    for axis in grid.flat[len(panels) :]:
        axis.set_visible(False)
    n_networks = len(recording.metric(panels[0]["series"][0]["y"]))
    title = tell_networks(n_networks)
    drawn = [each for panel in panels for each in panel["series"] if each["theory"]]
    has_theory = any(each.get("dashed", THEORY) == THEORY for each in drawn)
    figure.suptitle(f"{title}; theory dashed" if has_theory else title, size=9)
    return figure


def looks_of(panels: Sequence[Sequence[str]]) -> dict[str, Look]:
    """Give each label one look in all panels of a figure.

    Parameters
    ----------
    panels : sequence of sequence of str
        Labels of the series of each panel.

    Returns
    -------
    dict of str to Look
        No two alike as long as there are; colours of one panel differ as long as there are.
    """
    n, chosen = len(COLOURS), dict[str, int]()
    for label in (each for panel in panels for each in panel):
        if label in chosen:
            continue
        mates = {chosen.get(mate) for panel in panels if label in panel for mate in panel}
        near = {number % n for number in mates if number is not None}
        # Whoever comes after all n is told from those of the same colour by marker and dashes.
        free = [number for number in range(n * n) if number not in chosen.values()] or [0]
        chosen[label] = ([number for number in free if number % n not in near] or free)[0]
    return {label: _look(number) for label, number in chosen.items()}


def _look(number: int) -> Look:
    shape = number + number // len(COLOURS)
    return Look(
        COLOURS[number % len(COLOURS)], MARKERS[shape % len(MARKERS)], DASHES[shape % len(DASHES)]
    )


def _draw_panel(
    axis: Axes,
    recording: Recording,
    panel: dict[str, Any],
    looks: dict[str, Look],
    units: dict[str, str],
) -> None:
    place = recording.metric(panel["x"]).astype(np.float64)
    for series in panel["series"]:
        look = looks[series["label"]]
        _draw_series(axis, recording, place, panel.get("x_fine", ""), series, look)
    axis.set_xscale(panel["x_scale"])
    axis.set_yscale(panel["scale"])
    if panel["x_scale"] != "log":
        # There is no half pattern or episode; numbers with many digits are wide.
        whole = bool((place == np.rint(place)).all())
        found = MaxNLocator("auto" if whole else FEW_NUMBERS, steps=(1, 2, 5, 10), integer=whole)
        axis.xaxis.set_major_locator(found)
    if panel["scale"] == "log":
        _end_at_the_least(axis, recording, [series["y"] for series in panel["series"]])
    for line in (axis.xaxis, axis.yaxis):
        if line.get_scale() == "log" and np.ptp(np.log10(line.get_view_interval())) < FEW_DECADES:
            write_numbers(line)
    axis.set_xlabel(_label(panel["x_label"], units[panel["x"]]), size=8)
    axis.set_ylabel(_label(panel["quantity"], units[panel["series"][0]["y"]]), size=8)
    axis.set_title(panel["title"], size=9)
    axis.tick_params(labelsize=7, which="both")
    axis.spines[["top", "right"]].set_visible(False)
    _leave_room(axis, panel["scale"])
    entries: dict[str, Any] = {}
    for handle, label in zip(*axis.get_legend_handles_labels(), strict=True):
        # A theory lies under the points that it is of: one entry says what is dashed.
        entries.setdefault(label, handle)
    if len(entries) > 1:
        legend_above(axis, list(entries.values()), list(entries))


def _draw_series(
    axis: Axes,
    recording: Recording,
    place: NDArray[np.float64],
    fine: str,
    series: dict[str, Any],
    look: Look,
) -> None:
    """Draw points with intervals and, under them, theory; a line joins points without theory."""
    name, label = series["y"], series["label"].replace("_", " ")
    mean = recording.metric(name).mean(axis=0)
    ends = recording.metric(f"{name}_ci")
    # A single network has no interval: its ends are NaN, and nothing is drawn of them.
    error = np.abs(ends - mean[:, None]).T
    line = "" if series["theory"] else "-"
    style: dict[str, Any] = {
        "linestyle": line, "linewidth": 0.8, "markersize": 4, "color": look.colour,
        "marker": look.marker,
    }  # fmt: skip
    if len(place) > MOST_BARS:
        axis.fill_between(
            place, mean - error[0], mean + error[1], color=look.colour, alpha=0.15, linewidth=0
        )
        every = -(-len(place) // MOST_BARS)
        axis.plot(place, mean, label=label, markevery=every, **style | {"linestyle": "-"})
    else:
        axis.errorbar(place, mean, error, label=label, capsize=2, **style)
    if series["theory"]:
        dashed = series.get("dashed", THEORY)
        where, foretold = place, series["theory"]
        if series.get("fine"):
            where, foretold = recording.metric(fine), f"{foretold}_fine"
        axis.plot(
            where, recording.metric(foretold), linestyle=look.dashes, color=look.colour,
            linewidth=1, label=dashed, zorder=1,
        )  # fmt: skip


def _end_at_the_least(axis: Axes, recording: Recording, names: Sequence[str]) -> None:
    """End a logarithmic axis below the least that was told from 0; theory may fall for ever."""
    told = [
        recording.metric(name).mean(axis=0)[recording.metric(f"{name}_ci")[:, 0] > 0]
        for name in names
    ]
    least = min((each.min() for each in told if len(each)), default=0.0)
    if axis.get_ylim()[0] < least / BELOW:
        axis.set_ylim(bottom=least / BELOW)


def _leave_room(axis: Axes, scale: str) -> None:
    """Let fractions be seen from 0 to 1, and other quantities from 0."""
    if scale == "log":
        return
    low, high = axis.get_ylim()
    is_zero = axis.dataLim.y0 == axis.dataLim.y1 == 0
    if is_zero or (low >= -ROOM - 0.1 and 0.8 < high <= 1.2):
        axis.set_ylim(-ROOM, 1 + ROOM)
    elif low > -0.1 * high:
        axis.set_ylim(-ROOM * high, (1 + ROOM) * high)


def _label(quantity: str, unit: str) -> str:
    return quantity if unit in PLAIN else f"{quantity} ({unit})"
