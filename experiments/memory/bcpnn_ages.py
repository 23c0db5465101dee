"""What becomes of patterns as others follow: recall and weights by age, spiking and at rates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.memory.bcpnn_network import BcpnnNetwork, rate_memory
from experiments.memory.bcpnn_settings import BcpnnStudy
from experiments.memory.laboratory.curves import Axis, Panel, Series
from networks.memories.bcpnn import Bcpnn
from networks.spec import Spec
from networks.streams import generator

Array = NDArray[np.float64]
Bits = NDArray[np.bool_]
BINS = 10


def pair_weights(weight: Array, patterns: Bits) -> Array:
    """Return the mean weight between the units of each pattern, shape (P,)."""
    shown = patterns.astype(np.float64)
    n_on = shown.sum(axis=1)
    return np.asarray(((shown @ weight) * shown).sum(axis=1) / (n_on * (n_on - 1)))


def ask(memory: Any, made: Bcpnn, patterns: Bits, silenced: int, rng: np.random.Generator) -> Any:
    """Return whether each pattern is recalled, and the mean weight of its pairs."""
    states = memory.recall(made.silence(patterns, silenced, rng))
    exact = (states == patterns).all(axis=1).astype(np.float64)
    return {"recall": exact, "weight": pair_weights(memory.weight, patterns)}


def aged(spec: Spec, network: int) -> dict[str, Array]:
    """Let a spiking network see patterns once each, and ask for all of them, newest first."""
    settings: BcpnnStudy = spec.experiment
    rng = generator(spec.seed, "experiment.aged", network)
    memory = BcpnnNetwork(spec, rng)
    patterns = memory.rates.draw(settings.aged, rng)
    memory.store(patterns)
    found: dict[str, Array] = ask(memory, memory.rates, patterns[::-1], settings.silenced, rng)
    return found


def aged_rates(spec: Spec) -> dict[str, Array]:
    """Do the same with units at constant rates; return means across networks."""
    settings: BcpnnStudy = spec.experiment
    made, rows = rate_memory(spec), []
    for network in range(settings.theory):
        rng = generator(spec.seed, "experiment.aged.theory", network)
        memory, patterns = made.empty(), made.draw(settings.aged, rng)
        memory.store(patterns)
        rows.append(ask(memory, made, patterns[::-1], settings.silenced, rng))
    return {name: np.mean([row[name] for row in rows], axis=0) for name in rows[0]}


def age_panels(
    settings: BcpnnStudy, rows: Sequence[dict[str, Array]], rates: dict[str, Array]
) -> list[Panel]:
    """Put recall, and the weight of a pattern's pairs, over how many patterns came after it."""
    begins = np.unique(np.linspace(0, settings.aged, BINS + 1).astype(np.int64))[:-1]
    widths = np.diff(np.append(begins, settings.aged))

    def binned(values: Array) -> Array:
        return np.asarray(np.add.reduceat(values, begins, axis=-1) / widths)

    axis = Axis("age", begins + (widths - 1) / 2, "patterns stored since, middle of a bin",
                "age (patterns stored since)")  # fmt: skip
    told = f"after {settings.aged} patterns"
    table = {name: binned(np.array([row[name] for row in rows])) for name in rates}
    source = "the same of units at constant rates, mean of networks"
    recall = Series(
        "recall_by_age", table["recall"], "share of the patterns of a bin that are recalled",
        theory=binned(rates["recall"]), theory_definition=source, bounds=(0.0, 1.0), trials=widths,
    )  # fmt: skip
    weight = Series(
        "weight_by_age", table["weight"],
        "ln P_ij / (P_i P_j) that synapses hold, mean of the pairs of a pattern's cells",
        theory=binned(rates["weight"]), theory_definition=source, bounds=(-np.inf, np.inf),
    )  # fmt: skip
    return [
        Panel(axis, "recalled (fraction)", (recall,), title=told),
        Panel(axis, "weight within a pattern", (weight,), title=told),
    ]
