"""Figures of `digit_memory`: digits side by side, damaged images, capacity, one recall."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, FigureBase
from matplotlib.ticker import FixedLocator, NullLocator, StrMethodFormatter
from numpy.typing import NDArray

from experiments.figures import NothingToDrawError
from experiments.figures.canvas import COLOURS, DASHES, WIDTH, tell_networks
from neuro.recording import Recording

CONDITIONS, LOAD = "conditions/", "/load"
FLOOR = 0.04  # room below recall 0 and above recall 1, so that marks there are seen whole


def digits(recording: Recording) -> Figure:
    """Draw cue, recalled and stored digits below each other, one digit a column.

    Parameters
    ----------
    recording : Recording
        Of a digit memory.

    Returns
    -------
    Figure
        Cue and recalled cells as the learnt read-out sees them; the digit as it was shown.
    """
    figure = Figure(figsize=(WIDTH, 3.6), layout="constrained")
    draw_digits(figure, recording)
    return figure


def draw_digits(figure: FigureBase, recording: Recording) -> None:
    """Draw what `digits` shows into a figure, or into a part of one."""
    stored = _needed(recording, "pictures/stored")
    pattern = recording.array("pictures/pattern_cells").astype(bool)
    rows = [("cue", "cue"), ("recalled", "recalled")]
    darkest = recording.array("pictures/pattern").max(axis=(1, 2))
    n_digits = len(stored)
    grid = figure.subplots(3, n_digits, squeeze=False)
    for axes, (name, label) in zip(grid, rows, strict=False):
        drive = recording.array(f"pictures/{name}")
        cells = recording.array(f"pictures/{name}_cells").astype(bool)
        right, wrong = (cells & pattern).sum(axis=1), (cells & ~pattern).sum(axis=1)
        for column, axis in enumerate(axes):
            shown = axis.imshow(drive[column] / darkest[column], cmap="gray_r", vmin=0, vmax=1)
            axis.set_title(f"{right[column]} right\n{wrong[column]} wrong", size=7)
        _name_row(axes[0], f"{label},\nread out")
    for column, axis in enumerate(grid[2]):
        axis.imshow(stored[column], cmap="gray_r", vmin=0, vmax=255)
    _name_row(grid[2, 0], "stored,\nas shown")
    for axis in grid.flat:
        axis.set(xticks=[], yticks=[])
    load = int(recording.array("pictures/load"))
    bar = figure.colorbar(shown, ax=grid, shrink=0.6, pad=0.01)
    bar.set_label("read-out, 1 = darkest pixel\nof the whole stored code", size=7)
    bar.ax.tick_params(labelsize=7)
    k = int(pattern[0].sum())
    figure.suptitle(
        f"{load} digits stored by one presentation each; cells of the cue and of the recalled set, "
        f"of {k} stored",
        size=9,
    )


def damage(recording: Recording) -> Figure:
    """Draw images damaged before they were coded, with what is left of their codes.

    Parameters
    ----------
    recording : Recording
        Of a digit memory.

    Returns
    -------
    Figure
        One row for each kind of damage.
    """
    images = _needed(recording, "damage/images")
    names = recording.array("damage/names")
    overlap, recall = recording.metric("damage/overlap"), recording.metric("damage/recall")
    figure = Figure(figsize=(WIDTH, 0.5 + 0.9 * len(images)), layout="constrained")
    grid = figure.subplots(len(images), images.shape[1], squeeze=False)
    for axes, row, name, share, exact in zip(grid, images, names, overlap, recall, strict=True):
        for axis, image in zip(axes, row, strict=True):
            axis.imshow(image, cmap="gray_r", vmin=0, vmax=255)
            axis.set(xticks=[], yticks=[])
        text = f"{name}\ncode left {100 * share:.0f} %\nrecalled {100 * exact:.0f} %"
        _name_row(axes[0], text)
    figure.suptitle("cues damaged as images, not as codes (recalled by the clocked oracle)", size=9)
    return figure


def capacity(recording: Recording) -> Figure:
    """Draw exact recall against load, spiking and clocked, and how many trials had settled.

    Parameters
    ----------
    recording : Recording
        Of a digit memory.

    Returns
    -------
    Figure
        One panel for each condition.
    """
    # Variants of other memories are conditions too, with the loads of the run.
    names = sorted(
        name.removeprefix(CONDITIONS).removesuffix(LOAD)
        for name in recording.metrics()
        if name.startswith(CONDITIONS) and name.endswith(LOAD)
    )
    if not names:
        raise NothingToDrawError(f"{recording.path}: no capacity curve was measured")
    n_rows = -(-len(names) // 2)
    figure = Figure(figsize=(WIDTH, 0.6 + 2.4 * n_rows), layout="constrained")
    grid = figure.subplots(n_rows, min(2, len(names)), squeeze=False, sharey=True)
    for axis, name in zip(grid.flat, names, strict=False):
        _draw_curve(axis, recording, f"{CONDITIONS}{name}/")
        axis.set_title(name, size=9)
    for axis in grid.flat[len(names) :]:
        axis.set_visible(False)
    for axis in grid[:, 0]:
        axis.set_ylabel("exactly recalled (fraction)")
    for axis in grid[-1]:
        axis.set_xlabel("stored patterns P")
    counts = {len(recording.metric(f"{CONDITIONS}{name}/recall")) for name in names}
    handles, labels = grid[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False, fontsize=8)
    told = tell_networks(min(counts), max(counts))
    figure.suptitle("\n".join([*_asked(recording), told]), size=9)
    return figure


def _asked(recording: Recording) -> list[str]:
    """Tell what was stored and how cues were damaged, if the file says so."""
    if "code/size" not in recording.arrays:
        return []
    size, k, erased, inserted = (
        int(recording.array(f"code/{name}")) for name in ("size", "active", "erase", "insert")
    )
    return [
        f"N = {size} cells, k = {k} active in a pattern; cues lack {erased} of these and have "
        f"{inserted} wrong ones"
    ]


def _draw_curve(axis: Axes, recording: Recording, prefix: str) -> None:
    load = recording.metric(f"{prefix}load")
    styles: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("recall", "spiking network", {"marker": "o", "linestyle": "-", "color": COLOURS[0]}),
        (
            "oracle",
            "clocked oracle",
            {"marker": "s", "linestyle": ":", "color": COLOURS[1], "markerfacecolor": "none"},
        ),
    )
    for shift, (name, label, style) in zip((0.97, 1.03), styles, strict=True):
        mean = recording.metric(f"{prefix}{name}").mean(axis=0)
        ends = recording.metric(f"{prefix}{name}_ci")
        error = np.abs(ends - mean[:, None]).T
        axis.errorbar(load * shift, mean, error, label=label, capsize=2, markersize=4, **style)
    if f"{prefix}settled" in recording.metrics():
        settled = recording.metric(f"{prefix}settled").mean(axis=0)
        axis.plot(load, settled, "+", color=COLOURS[2], label="spiking network had settled")
    fine = "_fine" if f"{prefix}theory_fine" in recording.metrics() else ""
    where, foretold = (recording.metric(f"{prefix}{name}{fine}") for name in ("load", "theory"))
    axis.plot(where, foretold, linestyle=DASHES[0], color="0.35", label="theory, random codes")
    axis.plot(load, recording.metric(f"{prefix}chance"), "-.", color="0.6", label="chance")
    axis.set_xscale("log")
    axis.xaxis.set_major_locator(FixedLocator(list(load)))
    axis.xaxis.set_minor_locator(NullLocator())
    axis.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axis.tick_params(labelsize=7)
    axis.set_ylim(-FLOOR, 1 + FLOOR)
    axis.spines[["top", "right"]].set_visible(False)


def recall(recording: Recording) -> Figure:
    """Draw the spikes of one recall, cells in order of what they are to the pattern.

    Parameters
    ----------
    recording : Recording
        Of a digit memory.

    Returns
    -------
    Figure
        Cells of the pattern below, cells that the cue inserts above them, all others on top.
    """
    start, stop = _needed(recording, "recall/window_ms")
    population, counter = recording.array("recall/populations")
    pattern, cue = (recording.array(f"pictures/{name}_cells")[0] > 0 for name in ("pattern", "cue"))
    times, ids = recording.spikes(str(population))
    inside = (times >= start) & (times < stop)
    times, ids = times[inside] - start, ids[inside].astype(int)
    kinds = (
        ("in pattern and cue", pattern & cue, "o"),
        ("in pattern, erased from the cue", pattern & ~cue, "^"),
        ("wrongly in the cue", cue & ~pattern, "x"),
        ("neither", ~cue & ~pattern, "+"),
    )
    figure = Figure(figsize=(WIDTH, 3.6), layout="constrained")
    axis = figure.subplots()
    height = 0
    for index, (label, member, marker) in enumerate(kinds):
        cells = np.flatnonzero(member & np.isin(np.arange(member.size), ids))
        row = np.full(member.size, -1)
        row[cells] = height + np.arange(cells.size)
        shown = row[ids] >= 0
        axis.plot(
            times[shown], row[ids[shown]], marker, markersize=3, color=COLOURS[index],
            markerfacecolor="none" if index == 1 else COLOURS[index], label=label, linestyle="",
        )  # fmt: skip
        height += cells.size
    _draw_counter(axis, recording, str(counter), (float(start), float(stop)), height)
    axis.set_xlim(-3, stop - start)
    axis.set_xlabel("time from the cue (ms)")
    axis.set_ylabel("cells that fire, in order of their role")
    axis.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside lower center", ncols=3, frameon=False, fontsize=8)
    return figure


def _draw_counter(
    axis: Axes, recording: Recording, counter: str, window: tuple[float, float], height: int
) -> None:
    """Mark volleys of the inhibitory population above the cells."""
    if counter not in recording.spiking:
        return
    times, _ = recording.spikes(counter)
    times = np.unique(times[(times >= window[0]) & (times < window[1])]) - window[0]
    axis.plot(
        times, np.full(times.size, height + 3), "|", color="0.3", markersize=8, label="inhibition"
    )


def _name_row(axis: Axes, text: str) -> None:
    axis.set_ylabel(text, rotation=0, ha="right", va="center", size=8)


def _needed(recording: Recording, name: str) -> NDArray[Any]:
    if name not in recording.arrays:
        raise NothingToDrawError(f"{recording.path}: no {name.partition('/')[0]} of digits in it")
    return recording.array(name)
