"""What the lines alone are worth: the nearest neighbour among the digits that memories learn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from experiments.memory.sparsey_digits import Digits
from experiments.memory.sparsey_recipes import Lines

Bits = NDArray[np.bool_]
Array = NDArray[np.float32]

# Metric -> what it compares.
CONTROLS: Mapping[str, str] = MappingProxyType(
    {
        "containment_skeletons": "containment of skeletons (the literal U)",
        "jaccard_skeletons": "Jaccard index of skeletons",
        "containment_strokes": "containment of upright strokes",
        "hamming_strokes": "Hamming distance of upright strokes (the cured U)",
        "hamming_edges": "Hamming distance of edges",
    }
)
_LINES: Mapping[str, Lines] = MappingProxyType(
    {"skeletons": "skeletons", "strokes": "upright strokes", "edges": "edges"}
)


def controls(
    digits: Digits, n_learnt: int, seen: Callable[[Lines], tuple[Bits, Bits]]
) -> list[float]:
    """Classify digits by their nearest neighbour, in the order of `CONTROLS`.

    Containment is what dividing by the number of active lines of the *input* measures: the
    fraction of them that the stored digit has as well.

    Parameters
    ----------
    digits : Digits
        All judged ones are classified, as by the memories.
    n_learnt : int
        Digits to choose the neighbour from.
    seen : callable
        Takes a kind of lines, returns those of the learnt and of the judged digits.

    Returns
    -------
    list of float
        Accuracies.
    """
    found = []
    for name in CONTROLS:
        measure, _, lines = name.partition("_")
        learnt, judged = seen(_LINES[lines])
        known, asked = learnt[:n_learnt].astype(np.float32), judged.astype(np.float32)
        nearest = similarity(measure, asked, known).argmax(axis=1)
        found.append(float((digits.labels[nearest] == digits.truth).mean()))
    return found


def similarity(measure: str, asked: Array, known: Array) -> Array:
    """Compare patterns of 0 and 1, shapes (n, N) and (m, N).

    Parameters
    ----------
    measure : {"containment", "jaccard", "hamming"}
        Shared units by those of the asked pattern, or by those of either; or minus the units
        that differ.
    asked, known : array of float32
        The patterns.

    Returns
    -------
    array of float32, shape (n, m)
        Larger is nearer.
    """
    shared = asked @ known.T
    n_asked, n_known = asked.sum(axis=1)[:, None], known.sum(axis=1)
    if measure == "containment":
        return np.asarray(shared / np.maximum(n_asked, 1))
    if measure == "jaccard":
        return np.asarray(shared / np.maximum(n_asked + n_known - shared, 1))
    return np.asarray(2 * shared - n_asked - n_known)
