"""Recalled cells back to pixels, by the synapses that learnt beside the memory."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def decode(
    readout: NDArray[np.float64], states: NDArray[np.bool_], shape: tuple[int, int]
) -> NDArray[np.float64]:
    """Compute the drive that a volley of cells gives to each pixel cell, above the usual one.

    The weight from cell i to pixel p counts the presentations in which both fired, so a volley S
    drives the pixel by sum_(i in S) w_ip. A volley of any |S| cells drives it by |S| times the
    mean weight onto it, which a threshold of the pixel cell's own takes away:

        d_p = sum_(i in S) w_ip - |S| / N sum_i w_ip

    What is left is the recalled image, |S| times, and the cross-talk of the others. Nothing is
    fitted and no image is looked up.

    Parameters
    ----------
    readout : array of float64, shape (N, n_pixels)
        w.
    states : array of bool, shape (n, N)
        Recalled sets.
    shape : tuple of int
        Height and width of an image.

    Returns
    -------
    array of float64, shape (n, height, width)
        d / |S|; 0 where nothing was recalled.
    """
    count = states.sum(axis=1, keepdims=True)
    drive = states @ readout - count * readout.mean(axis=0)
    return np.asarray((drive / np.maximum(count, 1)).reshape(len(states), *shape))
