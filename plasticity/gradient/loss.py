"""Cross-entropy of class scores."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def cross_entropy(logits: Array, labels: Array) -> float:
    """Return the mean of -log softmax(logits)[label]; shapes (n, n_classes) and (n,)."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    chosen = shifted[np.arange(len(labels)), labels]
    return float(np.mean(np.log(np.exp(shifted).sum(axis=1)) - chosen))


def cross_entropy_error(logits: Array, labels: Array) -> Array:
    """Return the gradient of the mean cross-entropy: (softmax - one-hot) / n."""
    error: Array = np.exp(logits - logits.max(axis=1, keepdims=True))
    error /= error.sum(axis=1, keepdims=True)
    error[np.arange(len(labels)), labels] -= 1
    error /= len(labels)
    return error
