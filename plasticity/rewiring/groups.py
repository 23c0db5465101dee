"""Groups of cells whose synapses are dense within a group and sparse between groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from neuro.errors import SpecError
from plasticity.rewiring.protocol import Mask

Array = NDArray[Any]
Grouping = Literal["index", "random", "mixer"]


def group_density(n_groups: int, between: float, within: float = 1.0) -> float:
    """Return the mean density of a layer of groups: within / G + (1 - 1 / G) between.

    Parameters
    ----------
    n_groups : int
        G.
    between, within : float
        Chance of a synapse between cells of different groups and of the same group.

    Raises
    ------
    SpecError
        If there is no group, or a chance is none.
    """
    if n_groups < 1 or not 0 <= min(between, within) <= max(between, within) <= 1:
        raise SpecError(
            f"{n_groups} groups, chances {between} between and {within} within them; needed: at "
            "least one, 0 to 1"
        )
    return within / n_groups + (1 - 1 / n_groups) * between


def draw_groups(
    shape: tuple[int, int], grouping: Grouping, n_groups: int, layer: int, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Return the group of each cell before and after a layer of synapses.

    Parameters
    ----------
    shape : tuple of int
        (n_before, n_after), both multiples of the number of groups.
    grouping : {"index", "random", "mixer"}
        Blocks of neighbours; groups drawn for this layer of synapses; or blocks in the first,
        third, ... layer and every G-th cell in the others, so that what a block learns is spread
        over all groups of the next layer.
    n_groups : int
        G, of equal sizes.
    layer : int
        Which layer of synapses, from 0.
    rng : numpy.random.Generator
        Draws.

    Raises
    ------
    SpecError
        If the groups do not divide the cells.
    """
    if n_groups < 1 or any(n % n_groups for n in shape):
        raise SpecError(
            f"{n_groups} groups of {shape[0]} cells before and {shape[1]} after; needed: numbers "
            "of cells that they divide"
        )
    blocks = [np.arange(n) // (n // n_groups) for n in shape]
    if grouping == "random":
        blocks = [rng.permutation(each) for each in blocks]
    elif grouping == "mixer" and layer % 2:
        blocks = [np.arange(n) % n_groups for n in shape]
    return blocks[0], blocks[1]


def group_masks(
    shapes: Sequence[tuple[int, int]],
    grouping: Grouping,
    n_groups: int,
    between: float,
    rng: np.random.Generator,
    within: float = 1.0,
) -> list[Mask]:
    """Draw the synapses of consecutive layers, cell by cell; group g sends to group g mostly.

    Parameters
    ----------
    shapes : sequence of tuple of int
        (n_before, n_after) of each layer of synapses.
    grouping, n_groups
        As of `draw_groups`.
    between, within : float
        Chance of a synapse between cells of different groups and of the same group.
    rng : numpy.random.Generator
        Draws.

    Returns
    -------
    list of array of bools
        True for a synapse.

    Raises
    ------
    SpecError
        If the groups do not divide the cells, or a chance is none.

    References
    ----------
    Konstantaropoulos et al., arXiv 2508.14140 (2025), with p_intra = 1 and p' = `between`.
    """
    group_density(n_groups, between, within)
    masks = []
    for layer, shape in enumerate(shapes):
        before, after = draw_groups(shape, grouping, n_groups, layer, rng)
        chance = np.where(before[:, None] == after, within, between)
        masks.append(rng.random(shape) < chance)
    return masks
