"""Whether the cells that fire first are the winners of the algorithm."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.memory.sparsey_race import Race
from networks.memories.sparsey.afferents import dense
from networks.memories.sparsey.mac import MacMemory

Bits = NDArray[np.bool_]
# Metric -> definition.
MEASURED = {
    "agreement": "modules in which the first cell to fire is the winner of the algorithm",
    "agreement_unique": "the same, where one cell alone has the largest support",
    "recall": "modules in which the first cell to fire is the one that was learnt",
    "algorithm": "modules in which the winner of the algorithm is the one that was learnt",
    "spikes": "spikes of a module in a race; 1 if inhibition leaves one winner",
    "ties": "modules in which several cells have the largest support",
    "familiarity_error": "mean absolute difference of G by latencies and by the algorithm",
    "wrong_synapses": "synapses of the network that are not the bits of U, by their number",
}


@dataclass(frozen=True, slots=True)
class Test:
    """Hold what one network is asked at one load with some pixels replaced.

    Attributes
    ----------
    load, replaced : int
        Inputs learnt before, and pixels replaced in each cue.
    cues : array of bool, shape (n, lines)
        What is shown.
    wanted : array of int64, shape (n, Q)
        Winners that were learnt.
    support : array of float64, shape (n, Q, K)
        V of the algorithm.
    winners : array of int64, shape (n, Q)
        Its choice.
    """

    load: int
    replaced: int
    cues: Bits
    wanted: NDArray[np.int64]
    support: NDArray[np.float64]
    winners: NDArray[np.int64]


def make_test(
    memory: MacMemory, load: int, replaced: int, cues: Bits, wanted: NDArray[np.int64]
) -> Test:
    """Ask the algorithm first.

    Parameters
    ----------
    memory : MacMemory
        What has learnt `load` inputs.
    load, replaced : int
        Of the test.
    cues : array of bool, shape (n, lines)
        What is shown.
    wanted : array of int64, shape (n, Q)
        Winners that were learnt.

    Returns
    -------
    Test
        With the support and the choice of the algorithm.
    """
    settings = memory.settings
    shared = cues.astype(np.int64) @ dense(memory.up, settings.lines)
    support = shared / cues.sum(axis=1, keepdims=True)
    support = support.reshape(len(cues), settings.modules, settings.units)
    return Test(load, replaced, cues, wanted, support, memory.read(cues).winners)


def compare(
    test: Test,
    race: Race,
    number: int,
    spikes: tuple[NDArray[np.float64], NDArray[np.int64]],
    ramp: float,
) -> dict[str, float]:
    """Compare the first cells to fire with the algorithm's winners.

    Parameters
    ----------
    test : Test
        What was asked.
    race : Race
        When it was asked.
    number : int
        Number of the test.
    spikes : tuple of times in s and cells
        Of the whole run.
    ramp : float
        Time in s in which the ramp climbs from no support to full.

    Returns
    -------
    dict of str to float
        `MEASURED`, but for the synapses.
    """
    n_modules, units = test.support.shape[1:]
    first, latency, count = race.winners(number, spikes, n_modules, units)
    best = test.support.max(axis=2)
    is_tied = (test.support == best[:, :, None]).sum(axis=2) > 1
    same = first == test.winners
    seen = np.clip(1 + race.mean_excess - latency / ramp, 0, 1)
    return {
        "agreement": float(same.mean()),
        "agreement_unique": float(same[~is_tied].mean()) if (~is_tied).any() else 1.0,
        "recall": float((first == test.wanted).mean()),
        "algorithm": float((test.winners == test.wanted).mean()),
        "spikes": float(count.mean()),
        "ties": float(is_tied.mean()),
        "familiarity_error": float(abs(seen.mean(axis=1) - best.mean(axis=1)).mean()),
    }
