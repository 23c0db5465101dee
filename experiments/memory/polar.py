"""What memories of +1 and -1 are asked: random patterns, flipped cues, an overlap that counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.memory.laboratory.study import Measure, Study
from networks.inputs.patterns import flip_signs, rademacher
from networks.memories.observables import mattis_overlap, stored_bits
from networks.memories.polar import Polar
from networks.memories.protocol import Memory

# An overlap above this counts as recall: the retrieval state of Hebb's rule has .967 at its end.
RETRIEVED = 0.9


class Tries(NamedTuple):
    """Say how much is tried of a memory that has no settings of its own.

    Attributes
    ----------
    loads : tuple of int
        Numbers of stored patterns, ascending.
    networks, probes : int
        Independent networks, and cues at each load.
    """

    loads: tuple[int, ...]
    networks: int
    probes: int


def polar_study(
    size: int,
    make: Callable[[], Memory],
    flipped: int,
    measures: Sequence[Measure],
    *,
    bits_definition: str = "P N T(f; e01, e10)",
    is_incremental: bool = True,
    stream: str = "experiment",
) -> Study:
    """Return a memory of random patterns, whose cues have some units flipped.

    Parameters
    ----------
    size : int
        N.
    make : callable
        Returns a memory that stores nothing.
    flipped : int
        Units of a cue that have the wrong sign.
    measures : sequence of Measure
        What else is measured.
    bits_definition, is_incremental, stream
        As of `Study`.
    """
    return Study(
        size=size,
        make=lambda _rng: make(),
        draw=lambda number, rng: rademacher(number, size, rng),
        damage=lambda patterns, rng: flip_signs(patterns, flipped, rng),
        recalled=retrieved,
        recalled_definition=f"the overlap with the stored pattern is above {RETRIEVED}",
        bits=lambda states, wanted, load: stored_bits(states > 0, wanted > 0, load),
        bits_definition=bits_definition,
        measures=tuple(measures),
        is_incremental=is_incremental,
        stream=stream,
    )


def retrieved(states: Polar, wanted: Polar) -> NDArray[np.bool_]:
    """Return whether the overlap of each state with its pattern counts as recall."""
    return mattis_overlap(states, wanted) > RETRIEVED
