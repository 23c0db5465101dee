"""Lyapunov spectra, and how the largest exponents settled beside what is known."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from experiments.figures import NothingToDrawError
from experiments.figures.canvas import COLOURS, WIDTH
from neuro.recording import Recording


def draw(recording: Recording) -> Figure:
    """Draw the spectra of the spiking network and of rates, and estimates against time.

    Parameters
    ----------
    recording : Recording
        Of a run of the study of Lyapunov spectra.

    Returns
    -------
    Figure
        Four panels; dashed: known from elsewhere.

    Raises
    ------
    NothingToDrawError
        If it is of something else.
    """
    if "pulses/exponents" not in recording.metrics():
        raise NothingToDrawError(f"{recording.path}: no Lyapunov spectra in it")
    figure = Figure(figsize=(WIDTH, 5.0), layout="constrained")
    (spiking, rates), (settled, known) = figure.subplots(2, 2)
    exponents = np.asarray(recording.metric("pulses/exponents"))
    places = np.arange(1, len(exponents) + 1)
    spiking.plot(places, exponents, ".", color=COLOURS[0], markersize=3)
    spiking.set(title="spiking network", ylabel="exponent (1/s)")
    for number, gain in enumerate(np.asarray(recording.metric("gains"))):
        values = np.asarray(recording.metric(f"rates_{number}/exponents"))
        label = f"g = {gain:g}"
        rates.plot(
            np.arange(1, len(values) + 1), values, "os^Dv"[number % 5], label=label, markersize=3,
            color=COLOURS[number % len(COLOURS)],
        )  # fmt: skip
    rates.set(title="networks of rates", ylabel="exponent (1/time constant)")
    rates.legend(frameon=False, fontsize=7)
    for axis in (spiking, rates):
        axis.axhline(0, color="0.6", linewidth=0.8)
        axis.set_xlabel("number")
    looks = (("pulses", settled, COLOURS[0]), ("lorenz", known, COLOURS[1]),
             ("logistic", known, COLOURS[3]))  # fmt: skip
    for name, axis, colour in looks:
        times = np.asarray(recording.metric(f"{name}/times"))
        record = np.asarray(recording.metric(f"{name}/record"))
        axis.plot(times / times[-1], record.max(axis=1), color=colour, label=name)
        axis.axhline(float(recording.metric(f"{name}/known")), color=colour, linestyle="--")
        axis.set_xlabel("share of the time averaged over")
        axis.legend(frameon=False, fontsize=7)
    settled.set(title="largest estimate so far; dashed: known", ylabel="exponent (1/s)")
    known.set_ylabel("exponent (1/time, 1/iteration)")
    for axis in (spiking, rates, settled, known):
        axis.spines[["top", "right"]].set_visible(False)
        axis.tick_params(labelsize=7)
        axis.title.set_size(8)
    return figure
