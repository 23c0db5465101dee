"""A quadratic penalty on leaving the weights of old tasks, synapse by synapse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def penalty(
    weights: Sequence[Array], anchor: Sequence[Array], importance: Sequence[Array], strength: float
) -> float:
    """Return strength / 2 * sum of importance * (weight - anchor)^2.

    Parameters
    ----------
    weights, anchor, importance : sequence of array
        Of equal shapes: what the weights are, what they were, and how much that matters.
    strength : float
        Of the penalty beside the loss of the new task.

    Returns
    -------
    float
        0 where no weight that matters was changed.

    References
    ----------
    Kirkpatrick et al., "Overcoming catastrophic forgetting in neural networks", PNAS 114 (2017),
    eq. 3.
    """
    triples = zip(weights, anchor, importance, strict=True)
    return 0.5 * strength * sum(float(np.sum(each * (w - a) ** 2)) for w, a, each in triples)


def add_penalty(
    gradient: Sequence[Array],
    weights: Sequence[Array],
    anchor: Sequence[Array],
    importance: Sequence[Array],
    strength: float,
    rate: float,
) -> None:
    """Turn the gradient g of a loss, in place, into that of a step which minds the penalty too.

    (g + strength * importance * (w - anchor)) / (1 + rate * strength * importance): the step
    -rate * (this) solves w' = w - rate * (g + penalty's gradient at w') exactly, so that it is
    stable for any strength; where rate * strength * importance is small, it is the plain gradient.

    Parameters
    ----------
    gradient, weights, anchor, importance : sequence of array
        Of equal shapes.
    strength : float
        Of the penalty.
    rate : float
        Learning rate of the step.
    """
    for g, w, a, each in zip(gradient, weights, anchor, importance, strict=True):
        stiffness = g.dtype.type(strength) * each
        g += stiffness * (w - a)
        stiffness *= g.dtype.type(rate)
        stiffness += 1
        g /= stiffness
