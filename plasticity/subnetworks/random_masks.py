"""Random sparse subnetworks, each layer as dense as Erdos-Renyi's rule says."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from neuro.errors import SpecError

Shape = tuple[int, int]


def erk_densities(shapes: Sequence[Shape], density: float) -> list[float]:
    """Return the share of synapses of each layer: eps (n_in + n_out) / (n_in n_out), at most 1.

    Parameters
    ----------
    shapes : sequence of tuple of int
        (n_in, n_out) of every layer.
    density : float
        Share of the synapses of all layers together, above 0, at most 1; eps is solved for it.

    Returns
    -------
    list of float
        Small layers are denser than large ones; those that would exceed 1 are whole.

    Raises
    ------
    SpecError
        If the density is no share.

    References
    ----------
    Mocanu et al., Nature Communications 9 (2018); Evci et al., "Rigging the lottery", ICML 2020.
    """
    if not 0 < density <= 1:
        raise SpecError(f"density {density}; needed: above 0, at most 1")
    n_in, n_out = np.array(shapes, dtype=float).T
    size, share = n_in * n_out, (n_in + n_out) / (n_in * n_out)
    is_whole = np.zeros(len(shapes), dtype=bool)
    while not is_whole.all():
        left = density * size.sum() - size[is_whole].sum()
        eps = left / (share * size)[~is_whole].sum()
        too_much = ~is_whole & (eps * share > 1)
        if not too_much.any():
            return [
                1.0 if whole else float(eps * s) for whole, s in zip(is_whole, share, strict=True)
            ]
        is_whole |= too_much
    return [1.0] * len(shapes)


def draw_masks(
    shapes: Sequence[Shape], density: float, rng: np.random.Generator
) -> list[NDArray[np.bool_]]:
    """Draw the synapses of a subnetwork, all sets of the right size with the same chance.

    Parameters
    ----------
    shapes : sequence of tuple of int
        (n_in, n_out) of every layer.
    density : float
        Share of the synapses of all layers together.
    rng : numpy.random.Generator
        Draws.

    Returns
    -------
    list of array of bool
        True for a synapse of the subnetwork; round(density_l * n_in * n_out) of each layer.
    """
    return [
        draw_mask(shape, round(share * shape[0] * shape[1]), rng)
        for shape, share in zip(shapes, erk_densities(shapes, density), strict=True)
    ]


def draw_mask(shape: Shape, count: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Draw so many synapses of a layer, all sets with the same chance.

    Parameters
    ----------
    shape : tuple of int
        (n_in, n_out).
    count : int
        Synapses, at most n_in * n_out.
    rng : numpy.random.Generator
        Draws.
    """
    mask = np.zeros(shape[0] * shape[1], dtype=bool)
    mask[rng.choice(mask.size, size=count, replace=False)] = True
    return mask.reshape(shape)
