"""What is measured of a network that has learnt: its timescales, and what it withstands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.tasks.bits import BIT_TASKS
from experiments.timescales.autocorrelation import Timescale, autocorrelation, fit_timescale
from experiments.timescales.curriculum import FIRST
from experiments.timescales.robustness import ablate, relearnt, shake_tau, shake_weights, slowest
from experiments.timescales.settings import Probes, TimescaleStudy
from experiments.timescales.training import accuracy, as_inputs
from neuro.errors import SpecError
from plasticity.gradient.rates import RateNetwork, draw_start
from plasticity.gradient.spikes import Dynamics

Array = NDArray[Any]
QUANTILES = (5, 25, 50, 75, 95)  # per cent


def network_timescale(
    network: RateNetwork, dynamics: Dynamics, probes: Probes, rng: np.random.Generator
) -> Timescale:
    """Measure how long activity resembles itself while fair bits come in.

    Parameters
    ----------
    network : RateNetwork
        Frozen.
    dynamics : Dynamics
        What its units do.
    probes : Probes
        Trials, steps, lags.
    rng : numpy.random.Generator
        Draws bits and states to begin with.

    Returns
    -------
    Timescale
        Of the autocorrelation, mean over units that vary; NaN if none does or nothing can be
        fitted.
    """
    n_units, lost = len(network.tau), Timescale(np.nan, np.nan, np.nan)
    bits = rng.integers(0, 2, (probes.steps, probes.trials), dtype=np.int8)
    states = dynamics.run(network, as_inputs(bits), draw_start(probes.trials, n_units, rng)).state
    late = states[1 + probes.burn_in :].reshape(probes.steps - probes.burn_in, -1)
    found = autocorrelation(late.astype(np.float64), probes.lags)
    varies = np.isfinite(found).all(axis=0)
    if not varies.any():
        return lost
    try:
        return fit_timescale(found[:, varies].mean(axis=1))
    except (RuntimeError, SpecError):  # the fit does not settle
        return lost


def heads_of(study: TimescaleStudy) -> tuple[list[int], list[int]]:
    """Return every N of a study, and the head that answers it."""
    tasks = list(range(FIRST, study.last + 1))
    return tasks, list(map(study.course.head, tasks))


def milestone(
    study: TimescaleStudy, network: RateNetwork, rng: np.random.Generator
) -> dict[str, Array]:
    """Measure time constants, timescale, and accuracy on every N once an N is mastered."""
    tau = np.maximum(network.tau, 1)
    found = network_timescale(network, study.dynamics, study.probes, rng)
    tasks, heads = heads_of(study)
    return {
        "tau": np.array([tau.mean(), tau.std()]),
        "tau_quantiles": np.percentile(tau, QUANTILES),
        "timescale": np.array([found.weighted, found.slow]),
        "accuracy": accuracy(
            network, BIT_TASKS[study.task], tasks, heads, rng, study.probes.batches,
            study.training.n_sequences, study.dynamics,
        ),
    }  # fmt: skip


def endurance(
    study: TimescaleStudy, network: RateNetwork, newest: int, rng: np.random.Generator
) -> dict[str, Array]:
    """Measure accuracy on the newest N under damage and noise, and what is left of each N.

    Parameters
    ----------
    study : TimescaleStudy
        Says how much damage.
    network : RateNetwork
        Frozen.
    newest : int
        The largest N that was mastered.
    rng : numpy.random.Generator
        Draws damage and sequences.

    Returns
    -------
    dict
        `ablated`, `ablated_anywhere`, by share; `weights_shaken`, `tau_shaken`, by size;
        `relearnt`, by N.
    """
    probes, task, n_units = study.probes, BIT_TASKS[study.task], len(network.tau)
    head = study.course.head(newest)

    def after(damage: Callable[[], RateNetwork]) -> float:
        """Return the mean accuracy over draws of damage."""
        return float(np.mean([
            accuracy(damage(), task, [newest], [head], rng, probes.batches,
                     study.training.n_sequences, study.dynamics)[0]
            for _ in range(probes.draws)
        ]))  # fmt: skip

    def over(values: tuple[float, ...], damage: Callable[[float], RateNetwork]) -> Array:
        return np.array([after(lambda value=value: damage(value)) for value in values])  # type: ignore[misc]

    def anywhere(share: float) -> Array:
        return rng.permutation(n_units)[: round(share * n_units)]

    return {
        "ablated": over(
            probes.ablated, lambda x: ablate(network, slowest(network, round(x * n_units)))
        ),
        "ablated_anywhere": over(probes.ablated, lambda x: ablate(network, anywhere(x))),
        "weights_shaken": over(probes.shaken, lambda x: shake_weights(network, x, rng)),
        "tau_shaken": over(probes.shaken, lambda x: shake_tau(network, x, rng)),
        "relearnt": np.array([
            relearnt(network, task, n, rng, probes.relearn, probes.relearn // 2, study.dynamics)
            for n in heads_of(study)[0]
        ]),
    }  # fmt: skip
