"""Figure of `branch_strength`: strengths, potentials, selectivity of branches, and binding."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures import NothingToDrawError
from experiments.figures.canvas import COLOURS, WIDTH
from neuro.recording import Recording

SELECTIVE = 0.8
# Winner of the first object, of the second one, of none -> marker, colour.
LOOKS = (("o", COLOURS[0]), ("s", COLOURS[1]), ("x", "0.6"))


def draw(recording: Recording) -> Figure:
    """Draw what branches learnt, and what the neuron answers.

    Parameters
    ----------
    recording : Recording
        Of a `branch_strength`.

    Returns
    -------
    Figure
        Four panels.
    """
    if "selectivity" not in recording.metrics():
        raise NothingToDrawError(f"{recording.path}: no branches learnt")
    figure = Figure(figsize=(WIDTH, 5.6), layout="constrained")
    grid = figure.subplots(2, 2)
    _draw_strengths(grid[0, 0], recording)
    _draw_potentials(grid[0, 1], recording)
    _draw_selectivity(grid[1, 0], recording)
    _draw_answers(grid[1, 1], recording)
    for axis in grid.flat:
        axis.spines[["top", "right"]].set_visible(False)
        axis.tick_params(labelsize=7)
        for each in (axis.xaxis, axis.yaxis):
            each.label.set_size(8)
    n_neurons = len(recording.metric("selectivity"))
    counted = "one neuron" if n_neurons == 1 else f"{n_neurons} neurons (strengths: the first one)"
    figure.suptitle(f"{counted}; theory dashed", size=9)
    return figure


def _draw_strengths(axis: Axes, recording: Recording) -> None:
    """Draw the strengths of one neuron's branches against the presentations."""
    names, won = recording.array("objects/names"), recording.metric("winner")[0]
    for number, line in enumerate(recording.metric("strength")[0].T):
        rank = _rank(won[:, number])
        style = ("-", "--", ":")[rank]
        axis.plot(line, style, color=LOOKS[rank][1], linewidth=1)
    for rank, label in enumerate((*(f"wins {name}" for name in names[:2]), "wins none")):
        axis.plot([], [], ("-", "--", ":")[rank], color=LOOKS[rank][1], label=label)
    axis.set(xlabel="presentations", ylabel="branch strength (mV)")
    axis.legend(frameon=False, fontsize=7)


def _draw_potentials(axis: Axes, recording: Recording) -> None:
    """Draw measured mean potentials against what the learnt weights predict."""
    measured = recording.metric("potential")[:, :2].ravel()
    expected = recording.metric("potential_theory")[:, :2].ravel()
    axis.plot(expected, measured, "o", color=COLOURS[0], markersize=2, label="branches")
    end = max(expected.max(), measured.max())
    axis.plot([0, end], [0, end], "--", color=COLOURS[1], linewidth=1, label="theory (Campbell)")
    axis.set(xlabel="rate x weights x time constant (mV)", ylabel="mean branch potential (mV)")
    axis.legend(frameon=False, fontsize=7)


def _draw_selectivity(axis: Axes, recording: Recording) -> None:
    """Draw how selective winning branches and the others are."""
    index = recording.metric("selectivity")
    won = recording.metric("winner").astype(bool).any(axis=1)
    bins = np.linspace(0, 1, 26)
    axis.hist([index[won], index[~won]], bins=list(bins), color=[COLOURS[0], "0.75"],
              label=["winning branches", "other branches"], stacked=True)  # fmt: skip
    axis.axvline(SELECTIVE, color=COLOURS[1], linestyle=":", label=f"criterion {SELECTIVE:g}")
    axis.set(xlabel="selectivity between the two objects", ylabel="branches")
    axis.legend(frameon=False, fontsize=7)


def _draw_answers(axis: Axes, recording: Recording) -> None:
    """Draw the spikes of the soma to each object, of each neuron and on average."""
    names, soma = recording.array("objects/names"), recording.metric("soma")
    n_learnt = int(recording.array("objects/n_learnt"))
    low, high = recording.metric("soma_ci").T
    place, mean = np.arange(len(names)), soma.mean(axis=0)
    colours = [COLOURS[0] if number < n_learnt else "0.75" for number in place]
    axis.bar(place, mean, color=colours, width=0.6)
    axis.errorbar(place, mean, [mean - low, high - mean], fmt="none", color="0.2",
                  capsize=3)  # fmt: skip
    axis.plot(np.tile(place + 0.4, len(soma)), soma.ravel(), "k.", markersize=2)
    axis.set_xticks(place, [str(name).replace("+", "\n") for name in names])
    axis.set(ylabel="spikes of the soma in a presentation")
    axis.set_title("learnt (dark) and lures (light)", size=8)


def _rank(won: np.ndarray) -> int:
    """Return the first object that a branch wins, or 2."""
    return int(np.argmax([*won, True]))
