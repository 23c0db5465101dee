"""How an error travels back through a layer: along its weights, fixed random ones, or signs."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Route = Literal["bp", "fa", "sign"]


class Feedback:
    """Carry errors from a layer's cells to those before it.

    Parameters
    ----------
    route : {"bp", "fa", "sign"}
        Back-propagation (the transposed weights), feedback alignment (fixed random weights) or
        sign-symmetric (the signs of the weights / sqrt(n_before)).
    weights : sequence of array, shape (n_before, n_after)
        The network at its start: shapes and type of the random weights.
    rng : numpy.random.Generator
        Draws the random weights, uniform in +-sqrt(6 / n_after), as Kaiming.

    Attributes
    ----------
    random : list of array, shape (n_after, n_before)
        The fixed random weights; empty for other routes.

    References
    ----------
    Lillicrap et al., Nature Communications 7 (2016); Liao, Leibo & Poggio, AAAI 2016.
    """

    def __init__(self, route: Route, weights: Sequence[Array], rng: np.random.Generator) -> None:
        self.route = route
        self.random: list[Array] = []
        if route == "fa":
            for weight in weights:
                bound = np.sqrt(6 / weight.shape[1])
                drawn = rng.uniform(-bound, bound, weight.shape[::-1])
                self.random.append(drawn.astype(weight.dtype))

    def of_outputs(self, outputs: Sequence[int]) -> Feedback:
        """Return the feedback of a network that has only some of the outputs."""
        narrow = copy(self)
        if self.random:
            narrow.random = [*self.random[:-1], self.random[-1][list(outputs)]]
        return narrow

    def back(self, error: Array, weight: Array, layer: int) -> Array:
        """Return the error of the cells before a layer, shape (n_rows, n_before)."""
        if self.route == "bp":
            found: Array = error @ weight.T
        elif self.route == "fa":
            found = error @ self.random[layer]
        else:
            scale = weight.dtype.type(len(weight) ** -0.5)
            found = error @ (np.sign(weight).T * scale)
        return found
