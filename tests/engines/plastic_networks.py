"""Build small plastic networks in which both sides fire when told to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from brian2 import Network, NeuronGroup, Synapses, TimedArray, ms

#: Every array of a rule's synapses and targets is compared.
Values = dict[str, np.ndarray]

CONSTANTS: dict[str, Any] = {
    "taupre": 7 * ms,
    "taupost": 11 * ms,
    "slow": 29 * ms,
    "window": 2 * ms,
    "up": 0.11,
    "down": -0.13,
    "wmax": 1.0,
}
TRACES = """
dApre/dt = -Apre/taupre : 1 (event-driven)
dApost/dt = -Apost/taupost : 1 (event-driven)
"""


@dataclass(frozen=True)
class Rule:
    """Hold the text of a rule in Brian2's language; every synapse has a weight `w`."""

    model: str
    on_pre: Any
    on_post: Any


RULES = {
    "pair clipped": Rule(
        TRACES,
        "x_post += w; Apre += up; w = clip(w + Apost, 0, wmax)",
        "Apost += down; w = clip(w + Apre, 0, wmax)",
    ),
    "pair additive": Rule(
        TRACES, "x_post += w; Apre += up; w += Apost", "Apost += down; w += Apre"
    ),
    "pair multiplicative, change first": Rule(
        TRACES,
        "w = w + down*w*Apost; x_post += w; Apre += up",
        "w = w + (wmax - w)*Apre; Apost += up",
    ),
    "nearest spikes": Rule(
        TRACES,
        "Apre = up; x_post += w; w = clip(w + Apost, 0, wmax)",
        "Apost = down; w = clip(w + Apre, 0, wmax)",
    ),
    "triplet": Rule(
        """
        dr_1/dt = -r_1/taupre : 1 (event-driven)
        dr_2/dt = -r_2/slow : 1 (event-driven)
        do_1/dt = -o_1/taupost : 1 (event-driven)
        do_2/dt = -o_2/slow : 1 (event-driven)
        """,
        "w = clip(w - o_1*(0.02 + 0.03*r_2), 0, wmax); x_post += w; r_1 += 1; r_2 += 1",
        "w = clip(w + r_1*(0.03 + 0.02*o_2), 0, wmax); o_1 += 1; o_2 += 1",
    ),
    "times of last events": Rule(
        "t_source : second\nt_target : second",
        "t_source = t; w += 0.1*int(t - t_target <= window); x_post += w",
        "t_target = t; w += 0.1*int(t - t_source <= window) - 0.01",
    ),
    "last spikes of the cells": Rule(
        "",
        {
            "pre": "x_post += w",
            "learn": "w += (wmax - w)*0.3*int(t - lastspike_post <= window)",
        },
        "w += (wmax - w)*0.2*int(t - lastspike_pre <= window)",
    ),
    "voltage of the target": Rule(
        "dApre/dt = -Apre/taupre : 1 (event-driven)\ngain : 1",
        "x_post += w; Apre += up",
        "w = clip(w + Apre*(x_post - 3*gain), 0, wmax)\ngain += 0.01",
    ),
    "coupled traces": Rule(
        """
        dfast/dt = -fast/taupre : 1 (event-driven)
        dlate/dt = (fast - late)/slow : 1 (event-driven)
        dApost/dt = -Apost/taupost : 1 (event-driven)
        """,
        "fast += 1; x_post += w; w = clip(w + Apost, 0, wmax)",
        "Apost += down; w = clip(w + late, 0, wmax)",
    ),
    "a time constant for each synapse": Rule(
        """
        tau : second (constant)
        dApre/dt = -Apre/tau : 1 (event-driven)
        dApost/dt = -Apost/taupost : 1 (event-driven)
        """,
        "Apre += up; x_post += w; w = clip(w + Apost, 0, wmax)",
        "Apost += down; w = clip(w + Apre, 0, wmax)",
    ),
    "local names": Rule(
        TRACES,
        "step = up*2; Apre += step; change = Apost*w; x_post += w; w += change",
        "step = 2*down; Apost = Apost + step; change = Apre*(wmax - w); w += change",
    ),
}


def cells(trains: np.ndarray, refractory: bool = True) -> NeuronGroup:
    """Make cells that fire at the given steps; `trains` is bool of shape (steps, cells)."""
    return NeuronGroup(
        trains.shape[1],
        "x : 1",
        threshold="fires(t, i) > 0",
        reset="",
        refractory=0 * ms if refractory else False,
        namespace={"fires": TimedArray(trains.astype(float), dt=0.1 * ms)},
    )


def random_trains(seed: int, n_cells: int, n_steps: int = 600, p: float = 0.03) -> np.ndarray:
    """Draw spike trains; the last cell is silent."""
    trains = np.random.default_rng(seed).random((n_steps, n_cells)) < p
    trains[:, -1] = False
    return trains


def plastic(
    rules: Mapping[str, Rule],
    pre: np.ndarray,
    post: np.ndarray,
    delay: float | None = 0.0,
    is_shuffled: bool = False,
) -> tuple[Network, dict[str, Synapses]]:
    """Connect cells by about half of all possible synapses, per rule.

    `delay` is in ms; without one, each synapse has its own.
    """
    source = cells(pre)
    rng = np.random.default_rng(3)
    i, j = np.nonzero(rng.random((pre.shape[1], post.shape[1])) < 0.5)
    order = rng.permutation(len(i)) if is_shuffled else slice(None)
    parts: dict[str, Synapses] = {}
    for number, (name, rule) in enumerate(rules.items()):
        delays = {} if delay is None else {"pre": delay * ms}
        if "learn" in rule.on_pre:
            delays["learn"] = 0 * ms
        synapses = Synapses(
            source,
            cells(post),
            f"w : 1\n{rule.model}",
            on_pre=rule.on_pre,
            on_post=rule.on_post,
            delay=delays,
            namespace=CONSTANTS,
            name=f"plastic_{number}",
        )
        synapses.connect(i=i[order], j=j[order])
        synapses.w = rng.random(len(i))
        if delay is None:
            synapses.pre.delay = rng.random(len(i)) * ms
        if "tau" in synapses.variables:
            synapses.tau = rng.uniform(5, 20, len(i)) * ms
        if "t_source" in synapses.variables:
            synapses.t_source = synapses.t_target = -1e9 * ms
        parts[name] = synapses
    return Network(source, *parts.values(), *(part.target for part in parts.values())), parts


def values(synapses: Synapses) -> Values:
    """Return all arrays of synapses and what they did to their targets."""
    found = {
        name: np.array(variable.get_value())
        for name, variable in synapses.variables.items()
        if synapses.variables.indices[name] == "_idx" and hasattr(variable, "device")
        if np.issubdtype(variable.dtype, np.floating) and name != "delay"
    }
    return found | {"x of the target": np.array(synapses.target.x)}
