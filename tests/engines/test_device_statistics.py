"""Fast mode is statistically equal to strict mode.

Each statistic of a network is computed for 20 seeds in either mode, and the samples are compared
by a rank test (Mann and Whitney). If the modes have one law, a comparison fails for
one in 100,000 choices of seeds; there are eight comparisons, and the seeds are fixed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import brian2
import numpy as np
import pytest
from brian2 import (
    Hz,
    Network,
    NeuronGroup,
    PoissonGroup,
    PoissonInput,
    SpikeMonitor,
    Synapses,
    ms,
    mV,
)
from scipy import stats

FALSE_ALARMS = 1e-5
N_SEEDS = 20
DURATION = 150 * ms


def brunel() -> dict[str, Any]:
    cells = NeuronGroup(
        100, "dv/dt = -v/(20*ms) : volt (unless refractory)", threshold="v > 20*mV",
        reset="v = 10*mV", refractory=2 * ms, method="exact", name="cells",
    )  # fmt: skip
    synapses = Synapses(cells, cells, "w : volt", on_pre="v_post += w", delay=1.5 * ms, name="rec")
    rng = np.random.default_rng(5)
    i, j = np.nonzero(rng.random((100, 100)) < 0.1)
    synapses.connect(i=i, j=j)
    synapses.w_ = np.where(i < 80, 0.0002, -0.001)
    source = PoissonInput(cells, "v", N=400, rate=30 * Hz, weight=0.1 * mV)
    return {"cells": cells, "rec": synapses, "source": source, "spikes": SpikeMonitor(cells)}


def plastic() -> dict[str, Any]:
    inputs = PoissonGroup(60, rates=40 * Hz, name="inputs")
    cells = NeuronGroup(
        20, "dv/dt = -v/(10*ms) + 0.2*(10*ms)**-0.5*xi : 1", threshold="v > 1", reset="v = 0",
        method="euler", name="cells",
    )  # fmt: skip
    rec = Synapses(
        inputs, cells,
        """w : 1
        da/dt = -a/(20*ms) : 1 (event-driven)
        db/dt = -b/(20*ms) : 1 (event-driven)""",
        on_pre="v += w; a += 0.01; w = clip(w + b, 0, 0.3)",
        on_post="b -= 0.011; w = clip(w + a, 0, 0.3)", name="rec",
    )  # fmt: skip
    rec.connect()
    rec.w = 0.15
    return {"inputs": inputs, "cells": cells, "rec": rec, "spikes": SpikeMonitor(cells)}


def statistics(parts: dict[str, Any]) -> dict[str, float]:
    """Return the rate, the irregularity, the correlation and the spread of the weights."""
    trains = list(parts["spikes"].spike_trains().values())
    intervals = np.concatenate([np.diff(np.asarray(train)) for train in trains])
    times = np.concatenate([np.asarray(train) for train in trains])
    counts = np.histogram(times, bins=30, range=(0, float(DURATION)))[0]
    weights = np.asarray(parts["rec"].w_[:])
    return {
        "rate": len(times) / len(trains),
        "cv": float(intervals.std() / intervals.mean()),
        "synchrony": float(counts.var() / counts.mean()),
        "weight": float(weights.mean()),
        "spread": float(weights.std()),
    }


def sample(build: Callable[[], dict[str, Any]], mode: str, first: int) -> dict[str, np.ndarray]:
    brian2.set_device("numba", mode=mode)
    brian2.start_scope()
    parts = build()
    network = Network(*parts.values())
    network.store()
    found = []
    for seed in range(first, first + N_SEEDS):
        network.restore()
        brian2.seed(seed)
        network.run(DURATION)
        found.append(statistics(parts))
    return {name: np.array([row[name] for row in found]) for name in found[0]}


@pytest.mark.slow  # four networks are compiled and 80 runs made
@pytest.mark.parametrize(
    ("build", "names"),
    [
        (brunel, ("rate", "cv", "synchrony")),
        (plastic, ("rate", "cv", "synchrony", "weight", "spread")),
    ],
)
def test_modes_agree(
    numba_device: None, build: Callable[[], dict[str, Any]], names: tuple[str, ...]
) -> None:
    strict, fast = sample(build, "strict", 0), sample(build, "fast", 1000)
    assert strict["rate"].mean() > 1
    assert np.unique(fast["rate"]).size > 3
    chances = {name: stats.mannwhitneyu(strict[name], fast[name]).pvalue for name in names}
    assert {name: p for name, p in chances.items() if p < FALSE_ALARMS} == {}
    # The same comparison sees a rate that is three deviations off.
    shifted = fast["rate"] + 3 * strict["rate"].std()
    assert stats.mannwhitneyu(strict["rate"], shifted).pvalue < FALSE_ALARMS
