"""How many coincident synapses it takes to make a plateau: the threshold that the theory needs."""

from __future__ import annotations

from bisect import bisect_left

import numpy as np
from numpy.typing import NDArray

from experiments.dendrites.segments import Trials, has_plateau, of_size
from experiments.dendrites.spiking_settings import DendriteSpiking
from networks.spec import Spec
from networks.streams import generator
from neuro.errors import SpecError
from neuro.recording import Recorder


def effective_threshold(spec: Spec, synapses: int, recorder: Recorder) -> int:
    """Find by bisection the smallest number of hit synapses that makes a plateau in most cells.

    Parameters
    ----------
    spec : Spec
        The description; its experiment is a `DendriteSpiking`.
    synapses : int
        s, synapses of a segment: the largest number tried.
    recorder : Recorder
        The recording; the steps of the bisection are written, with a voltage of each.

    Returns
    -------
    int
        theta: with as many, at least half of `calibration` cells have a plateau.

    Raises
    ------
    SpecError
        If not even all synapses make one.
    """
    settings: DendriteSpiking = spec.experiment
    shares: dict[int, float] = {}
    traces: list[NDArray[np.float64]] = []
    trials = apart(spec, synapses)

    def fires(n_hit: int) -> bool:
        hit = np.tile(np.arange(synapses) < n_hit, settings.calibration)
        voltage = trials.voltages(hit, generator(spec.seed, "experiment.bisection", n_hit))
        traces.append(voltage[:, 0])
        above = (voltage > settings.level.value).sum(axis=0)
        shares[n_hit] = float(has_plateau(above, settings).mean())
        return shares[n_hit] >= 0.5

    threshold = 1 + bisect_left(range(1, synapses + 1), True, key=fires)
    if threshold > synapses:
        raise SpecError(f"all {synapses} synapses of a segment together make no plateau")
    _write(recorder, settings, threshold, shares, traces)
    return threshold


def apart(spec: Spec, synapses: int) -> Trials:
    """Make cells with inputs of their own, so that their jitters are independent."""
    n_cells = spec.experiment.calibration
    small = of_size(spec, synapses * n_cells, n_cells)
    return Trials(small, np.repeat(np.eye(n_cells, dtype=np.bool_), synapses, axis=0))


def _write(
    recorder: Recorder,
    settings: DendriteSpiking,
    threshold: int,
    shares: dict[int, float],
    traces: list[NDArray[np.float64]],
) -> None:
    time = np.arange(len(traces[0])) * settings.sample.value
    recorder.metric("bisection/threshold", threshold, "synapses that make a plateau in most cells")
    recorder.metric("bisection/tried", np.array(list(shares)), "numbers of synapses, in order")
    recorder.metric(
        "bisection/share", np.array(list(shares.values())), "[try]: fraction of cells with plateau"
    )
    recorder.array("bisection/time", time * 1e3, "ms", "since the begin of the volley")
    recorder.array(
        "bisection/voltage",
        np.stack(traces) * 1e3,
        "mV",
        "[try, sample]: segment of the first cell",
    )
    recorder.array("bisection/level", settings.level.value * 1e3, "mV", "depolarised above")
