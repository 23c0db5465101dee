"""Figure of `dendrite_spiking`: the plateau, its threshold, and detection beside the theory."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures import NothingToDrawError
from experiments.figures.canvas import COLOURS, WIDTH, tell_networks
from networks.memories.intervals import wilson_interval
from neuro.recording import Recording

LINES = ("-", "--", "-.", ":")
KINDS = (("nmda", "NMDA segments", "o", COLOURS[0]), ("counting", "counting segments", "x", "0.5"))


def draw(recording: Recording) -> Figure:
    """Draw voltages, the detection curve, and errors of both kinds with their theory.

    Parameters
    ----------
    recording : Recording
        Of a `dendrite_spiking`.

    Returns
    -------
    Figure
        Four panels.
    """
    if "bisection/threshold" not in recording.metrics():
        raise NothingToDrawError(f"{recording.path}: no plateaus of segments were measured")
    figure = Figure(figsize=(WIDTH, 5.6), layout="constrained")
    grid = figure.subplots(2, 2)
    _draw_voltages(grid[0, 0], recording)
    _draw_detection(grid[0, 1], recording)
    _draw_errors(grid[1, 0], recording, "random")
    grid[1, 0].set(yscale="log", xlabel="active cells of a random pattern",
                   ylabel="false detections (fraction)")  # fmt: skip
    _draw_errors(grid[1, 1], recording, "learnt")
    grid[1, 1].set(xlabel="silent cells of the learnt pattern", ylabel="misses (fraction)")
    for axis in grid.flat:
        axis.spines[["top", "right"]].set_visible(False)
        axis.legend(frameon=False, fontsize=7)
    n_networks = len(recording.metric("random/nmda"))
    figure.suptitle(
        f"{tell_networks(n_networks)} (detection curve: Wilson, all trials)",
        size=9,
    )
    return figure


def _draw_voltages(axis: Axes, recording: Recording) -> None:
    """Draw the segment's voltage at each number of synapses that the bisection tried."""
    time, voltage = recording.array("bisection/time"), recording.array("bisection/voltage")
    tried = recording.metric("bisection/tried")
    order = np.argsort(tried)
    shades = np.linspace(0.75, 0.0, len(order))
    for rank, (shade, number) in enumerate(zip(shades, order, strict=True)):
        axis.plot(time, voltage[number], LINES[rank % len(LINES)], color=str(shade),
                  linewidth=1.2, label=f"{tried[number]} synapses")  # fmt: skip
    axis.axhline(float(recording.array("bisection/level")), color="0.8", linewidth=0.8, zorder=0)
    axis.set(xlabel="time since the volley (ms)", ylabel="voltage of the segment (mV)",
             xlim=(0, 200))  # fmt: skip


def _draw_detection(axis: Axes, recording: Recording) -> None:
    """Draw the chance of a plateau against the number of active synapses."""
    trials, plateaus = (
        recording.metric("detection/trials"), recording.metric("detection/plateaus")
    )  # fmt: skip
    threshold = int(recording.metric("bisection/threshold"))
    seen = np.flatnonzero(trials)
    rates = [wilson_interval(int(plateaus[hit]), int(trials[hit])) for hit in seen]
    mean = np.array([rate.mean for rate in rates])
    ends = np.array([[rate.mean - rate.low, rate.high - rate.mean] for rate in rates]).T
    axis.errorbar(seen, mean, ends, fmt="o", color=COLOURS[0], markersize=4, capsize=2,
                  label="NMDA segments")  # fmt: skip
    steps = np.arange(len(trials))
    axis.step(steps, steps >= threshold, "--", where="mid", color=COLOURS[1],
              label=f"theory, threshold {threshold}")  # fmt: skip
    axis.set(xlabel="active synapses of the segment", ylabel="plateaus (fraction of trials)")


def _draw_errors(axis: Axes, recording: Recording, kind: str) -> None:
    """Draw rates of one kind of error against the condition, with theory."""
    cells = recording.metric(f"{kind}/cells")
    for name, label, marker, colour in KINDS:
        mean = recording.metric(f"{kind}/{name}").mean(axis=0)
        low, high = recording.metric(f"{kind}/{name}_ci").T
        # A bar that reaches 0 is open to a logarithmic axis.
        axis.errorbar(cells, mean, [mean - low, high - mean], fmt=marker, color=colour,
                      markersize=4, capsize=2, label=label)  # fmt: skip
    axis.plot(cells, recording.metric(f"{kind}/nmda_theory"), "--", color=COLOURS[1],
              label="theory (hypergeometric)")  # fmt: skip
