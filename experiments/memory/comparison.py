"""What a network recalled, beside its clocked oracle with the same patterns and cues."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from experiments.memory.codes import Items
from experiments.memory.decision import Recalled
from experiments.memory.settings import Condition, DigitMemory
from networks.memories.observables import count_units, sparse_overlap, stored_bits
from networks.memories.willshaw import Willshaw

Bits = NDArray[np.bool_]

# Column of a curve -> what it is; every one is [network, load].
MEASURED = {
    "recall": "fraction of probes whose recalled set of cells is the stored pattern",
    "oracle": "the same of the clocked binary memory with the same patterns and cues",
    "agreement": "fraction of probes on which the spiking network and its oracle agree",
    "settled": "fraction of probes whose last two volleys are the same set of cells",
    "oracle_settled": "fraction of probes whose state another step of the clocked memory keeps",
    "steps": "mean number of volleys after the cue's, to hold against the oracle's most steps",
    "overlap": "mean of sum_i (xi_i - f) s_i / (N f (1 - f)) over probes, f = k / N",
    "spurious": "mean number of recalled cells that are not in the pattern",
    "missing": "mean number of cells of the pattern that are not recalled",
    "oracle_overlap": "overlap of what the clocked memory recalls",
    "oracle_spurious": "spurious cells of what the clocked memory recalls",
    "oracle_missing": "missing cells of what the clocked memory recalls",
    "bits_per_synapse": "P N T(f; e01, e10) / number of recurrent synapses",
    "operations_store": "synaptic learning events per item: 2 (N - 1) for each spike of a cell",
    "operations_recall": "synaptic transmission events per probe: N - 1 for each spike of a cell",
    "seconds_store": "wall-clock time per item",
    "seconds_recall": "wall-clock time per probe",
    "carried": "fraction of probes in whose pause, between reset and cue, a cell still fired",
    "wrong_synapses": "recurrent synapses that differ from the oracle's",
}


@dataclass(slots=True)
class Log:
    """Gather what happens while a network runs: learn, test, learn, test, ...

    Attributes
    ----------
    seconds : list of float
        Wall-clock time of each phase.
    spikes : list of int
        Spikes of the cells up to the end of each phase.
    weights : list of array of bool, shape (N, N)
        Which synapses are switched on after each learning phase, [source, target].
    readout : array of float64, shape (N, n_pixels) or None
        Weights from cells to pixels at the drawn load, in presentations.
    carried : list of float
        For each test, the fraction of trials that did not begin in silence.
    began : float
        When the current phase began.
    """

    seconds: list[float] = field(default_factory=list)
    spikes: list[int] = field(default_factory=list)
    weights: list[NDArray[np.bool_]] = field(default_factory=list)
    readout: NDArray[np.float64] | None = None
    carried: list[float] = field(default_factory=list)
    began: float = 0.0


def compare(
    settings: DigitMemory,
    condition: Condition,
    items: Items,
    recalled: tuple[Recalled, ...],
    log: Log,
) -> dict[str, NDArray[np.float64]]:
    """Compare what a network recalled with what its oracle recalls from the same cues.

    Parameters
    ----------
    settings : DigitMemory
        The experiment.
    condition : Condition
        Kind of codes and loads.
    items : Items
        Patterns and cues.
    recalled : tuple of Recalled
        For each load, what the trials ended in.
    log : Log
        What happened meanwhile.

    Returns
    -------
    dict of str to array of float64, shape (n_loads,)
        By the names of `MEASURED`.
    """
    size = items.patterns.shape[1]
    oracle = Willshaw(size, settings.active, settings.iterations).empty()
    rows: dict[str, list[float]] = {name: [] for name in MEASURED}
    before = 0
    for number, load in enumerate(condition.loads):
        oracle.store(items.patterns[before:load])
        wanted = items.patterns[items.probes[number]]
        ended, clocked = recalled[number], oracle.recall(items.cues[number])
        row = _probes(ended.sets, clocked, wanted, load)
        learnt, tested = log.spikes[2 * number : 2 * number + 2]
        n_items, n_probes = load - before, len(wanted)
        shown = learnt - (log.spikes[2 * number - 1] if number else 0)
        row |= {
            "settled": float(ended.is_settled.mean()),
            "oracle_settled": float((oracle.step(clocked) == clocked).all(axis=1).mean()),
            "steps": float(ended.n_steps.mean()),
            "bits_per_synapse": row["bits_per_synapse"] / oracle.n_synapses,
            "operations_store": 2 * (size - 1) * shown / n_items,
            "operations_recall": (size - 1) * (tested - learnt) / n_probes,
            "seconds_store": log.seconds[2 * number] / n_items,
            "seconds_recall": log.seconds[2 * number + 1] / n_probes,
            "carried": log.carried[number],
            "wrong_synapses": float((log.weights[number] != oracle.weight).sum()),
        }
        for name, value in row.items():
            rows[name].append(value)
        before = load
    return {name: np.array(values) for name, values in rows.items()}


def _probes(states: Bits, clocked: Bits, wanted: Bits, load: int) -> dict[str, float]:
    found, expected = count_units(states, wanted), count_units(clocked, wanted)
    level = float(wanted.mean())
    return {
        "recall": float(found.exact.mean()),
        "oracle": float(expected.exact.mean()),
        "agreement": float((found.exact == expected.exact).mean()),
        "overlap": float(sparse_overlap(states, wanted, level).mean()),
        "spurious": float(found.spurious.mean()),
        "missing": float(found.missing.mean()),
        "oracle_overlap": float(sparse_overlap(clocked, wanted, level).mean()),
        "oracle_spurious": float(expected.spurious.mean()),
        "oracle_missing": float(expected.missing.mean()),
        "bits_per_synapse": stored_bits(states, wanted, load),
    }
