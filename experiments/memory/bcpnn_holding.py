"""Delayed match to sample: how long what was shown stays active, of the learnt and of the new."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from experiments.memory.bcpnn_network import BcpnnNetwork
from experiments.memory.bcpnn_settings import BcpnnStudy, HoldingSettings
from experiments.memory.laboratory.curves import Axis, Panel, Series
from networks.memories.bcpnn import right_modules
from networks.spec import Spec
from networks.streams import generator

Array = NDArray[np.float64]
LEARNT, NEW = "learnt", "new"


def held(spec: Spec, network: int) -> dict[str, Array]:
    """Let a spiking network learn, show it whole patterns, and look at it after each delay.

    Returns
    -------
    dict of str to array, shape (n_delays,)
        By load and kind of sample: share of modules that hold the sample.
    """
    settings: BcpnnStudy = spec.experiment
    asked = settings.holding or HoldingSettings()
    rng = generator(spec.seed, "experiment.holding", network)
    memory = BcpnnNetwork(spec, rng)
    patterns, found, before = memory.rates.draw(asked.loads[-1], rng), dict[str, Array](), 0
    for load in asked.loads:
        memory.store(patterns[before:load])
        before = load
        chosen = rng.choice(load, min(load, asked.samples), replace=False)
        samples = {LEARNT: patterns[chosen], NEW: memory.rates.draw(len(chosen), rng)}
        for kind, shown in samples.items():
            states = memory.hold(shown, asked.delays)
            right = np.array(
                [right_modules(memory.rates, each, shown).mean(axis=1) for each in states]
            )
            found[f"{load}/{kind}"] = right.mean(axis=1)
    return found


def holding_panel(settings: BcpnnStudy, rows: Sequence[dict[str, Array]]) -> Panel:
    """Put what share of a sample's modules still holds it over the delay."""
    asked = settings.holding or HoldingSettings()
    delays = np.array([delay.value for delay in asked.delays])
    axis = Axis("held_delay", delays, "from the end of a sample to the time of counting",
                "delay", unit="s", scale="log")  # fmt: skip

    def one(load: int, kind: str) -> Series:
        return Series(
            f"held_modules_{kind}_{load}", np.array([row[f"{load}/{kind}"] for row in rows]),
            "share of the modules whose most active cell is that of the sample",
            label=f"{kind}, of {load}", bounds=(0.0, 1.0),
        )  # fmt: skip

    series = tuple(one(load, kind) for load in asked.loads for kind in (LEARNT, NEW))
    return Panel(axis, "modules that hold the sample", series, title="after a whole pattern")
