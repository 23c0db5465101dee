"""What a network is to remember: patterns, the images behind them, and damaged cues."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from experiments.memory.settings import Condition, DigitMemory
from networks.inputs.digits import load_mnist, separate
from networks.inputs.encoders import FittedCoder, SparseCoder
from networks.inputs.patterns import corrupt, fixed_k
from networks.streams import generator

Bits = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Items:
    """Hold what one network stores and is asked for.

    Attributes
    ----------
    patterns : array of bool, shape (P, N)
        In the order of presentation, as many as the largest load.
    images : array of uint8, shape (P, 28, 28)
        Empty for random patterns.
    probes : tuple of array of int
        For each load, which patterns are asked for.
    cues : tuple of array of bool, shape (n_probes, N)
        For each load, the damaged cues.
    coder : FittedCoder or None
        The map from images to patterns.
    """

    patterns: Bits
    images: NDArray[np.uint8]
    probes: tuple[NDArray[np.int64], ...]
    cues: tuple[Bits, ...]
    coder: FittedCoder | None


def draw_items(
    settings: DigitMemory, condition: Condition, size: int, seed: int, network: int
) -> Items:
    """Draw the patterns and cues of one network.

    Parameters
    ----------
    settings : DigitMemory
        The experiment.
    condition : Condition
        Kind of codes and loads.
    size : int
        N, number of cells.
    seed, network : int
        Root seed and number of the network; every network has its own map, digits and cues.

    Returns
    -------
    Items
        The same whatever else is drawn, in whatever process.
    """

    def stream(what: str) -> np.random.Generator:
        return generator(seed, f"experiment.{condition.codes}.{what}", network)

    n_patterns = condition.loads[-1]
    coder = None
    if condition.codes == "random":
        images = np.zeros((0, 28, 28), dtype=np.uint8)
        patterns = fixed_k(n_patterns, size, settings.active, stream("patterns"))
    else:
        digits = _digits()
        chosen = separate(len(digits), settings.fitted, n_patterns, stream("images"))
        maker = SparseCoder(size, settings.active, condition.codes, settings.components)
        coder = maker.fit(digits[chosen.fit], stream("expansion"))
        images = digits[chosen.stored]
        patterns = coder.encode(images)
    rng = stream("cues")
    probes = tuple(
        rng.choice(load, min(load, settings.probes), replace=False) for load in condition.loads
    )
    cues = tuple(corrupt(patterns[probe], settings.erase, settings.insert, rng) for probe in probes)
    return Items(patterns, images, probes, cues, coder)


@cache
def _digits() -> NDArray[np.uint8]:
    """Read the training digits once for all networks of a process."""
    return load_mnist("train")[0]
