"""What memories of noisily observed pairs detect: four units at a time, beside two."""

from __future__ import annotations

from functools import partial

import numpy as np

from experiments.memory.dense_settings import Detection
from experiments.memory.laboratory.curves import Axis, Panel, Series, along
from experiments.parts import Ask, at_once
from networks.inputs.patterns import rademacher
from networks.memories.observables import mattis_overlap
from networks.memories.pair_noise import Order, observe, overlap, step
from networks.streams import generator

ORDERS: tuple[Order, ...] = (4, 2)


def detection_panel(settings: Detection, seed: int, ask: Ask = at_once) -> Panel:
    """Measure one step from a pattern where the noise of a pair grows as sqrt(N), its sign not.

    Parameters
    ----------
    settings : Detection
        Sizes, linear load and noise.
    seed : int
        Root seed.
    ask : callable
        Returns what a network detects: measured now, or kept from before.

    Returns
    -------
    Panel
        Overlaps over N, of interactions of four units and of two, with their closed forms.
    """
    sizes = np.array(settings.sizes)
    fine = np.arange(sizes[0], sizes[-1] + 1)
    axis = Axis("detection_size", sizes, "number of units N", "units N", fine=fine)
    found = np.empty((settings.networks, len(ORDERS), len(sizes)))
    for network in range(settings.networks):
        for number, size in enumerate(sizes.tolist()):
            rng = generator(seed, f"experiment.detection.{size}", network)
            detected = partial(_detected, settings, size, rng)
            found[network, :, number] = ask(f"detection/{size}/{network}", detected)
    series = []
    for k, order in enumerate(ORDERS):

        def closed(size: int, order: Order = order) -> float:
            omega = settings.noise * np.sqrt(size)
            return overlap(_load(settings, size), size, omega, order)

        theory, theory_fine = along(axis, closed)
        series.append(
            Series(
                f"detected_{order}", found[:, k], "mean overlap after one step from a pattern "
                f"whose pairs were observed with noise {settings.noise:g} sqrt(N), "
                f"{settings.load:g} N patterns", theory=theory, theory_fine=theory_fine,
                theory_definition="signal to noise of observed pairs", label=f"P = {order}",
                bounds=(-1.0, 1.0),
            )
        )  # fmt: skip
    return Panel(axis, "overlap after one step", tuple(series), title="pairs seen through noise")


def _load(settings: Detection, size: int) -> int:
    return max(1, round(settings.load * size))


def _detected(settings: Detection, size: int, rng: np.random.Generator) -> list[float]:
    """Return the mean overlap after one step by every order."""
    patterns = rademacher(_load(settings, size), size, rng)
    observed = observe(patterns, settings.noise * np.sqrt(size), rng)
    ends = (np.stack([step(observed, each, order) for each in patterns]) for order in ORDERS)
    return [float(mattis_overlap(each, patterns).mean()) for each in ends]
