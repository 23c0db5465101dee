"""Information processing capacity: which functions of past inputs the states of now span."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import eval_legendre
from scipy.stats import chi2

from experiments.tasks.readout import standardise
from neuro.errors import SpecError

Array = NDArray[Any]
#: (delay, degree) of each factor, delays ascending: ((1, 2),) is P_2(u(t - 1)).
Product = tuple[tuple[int, int], ...]
N_TOGETHER = 64  # products whose values are in memory at once
#: Products of inputs that the states depend on too are uncorrelated with them, not independent:
#: by chance they scatter more than chi-square says.
SCATTER = 2.0


@dataclass(frozen=True, slots=True)
class ProcessingCapacity:
    """Hold how well each function of the inputs can be read out.

    Attributes
    ----------
    capacity : mapping of product to float
        From above the threshold to 1, the largest first; others count as 0.
    threshold : float
        Above it a capacity is no chance.
    n_products : int
        How many were tried.
    rank : int
        Number of states that are linearly independent: the bound of the sum, but for sampling.
    """

    capacity: Mapping[Product, float]
    threshold: float
    n_products: int
    rank: int

    @property
    def total(self) -> float:
        """Return the sum over all products."""
        return float(sum(self.capacity.values()))

    def of_degree(self, degree: int) -> float:
        """Return the sum over products of a degree; of degree 1 it is the linear memory."""
        return float(
            sum(value for product, value in self.capacity.items() if _degree(product) == degree)
        )


def processing_capacity(
    states: Array,
    inputs: Array,
    reach: Sequence[int],
    washout: int,
    false_alarm: float = 1e-4,
) -> ProcessingCapacity:
    """Measure which products of Legendre polynomials of past inputs can be read out of states.

        C[z] = 1 - min over w of <(z - w x)^2> / <z^2>,   z(t) = prod_i P_(k_i)(u(t - d_i))

    by the data that the read-out w is fitted to. Both states and products are less their means.

    Parameters
    ----------
    states : array of floats, shape (n_steps, n_units)
        x(t), after u(t) came in.
    inputs : array of floats, shape (n_steps,)
        u, independent and uniform from -1 to 1: the polynomials are orthogonal for no other.
    reach : sequence of int
        The largest delay of products of degree 1, 2, ...; delays begin with 0, the input of now.
    washout : int
        Steps at the beginning that are left out; at least the largest delay.
    false_alarm : float
        Chance that a product which the states know nothing of exceeds the threshold: twice what a
        chi-square of as many degrees of freedom as the rank exceeds so seldom, over n_steps.

    Returns
    -------
    ProcessingCapacity

    Raises
    ------
    SpecError
        If shapes do not fit, delays reach beyond the washout, inputs are outside -1 to 1, or there
        are not more steps than units.

    References
    ----------
    Dambre, Verstraeten, Schrauwen and Massar, "Information processing capacity of dynamical
    systems", Scientific Reports 2 (2012).
    """
    _check(states, inputs, reach, washout)
    basis = _orthonormal(states[washout:])
    polynomials = _polynomials(inputs, len(reach), max(reach), washout)
    rank, n_steps = basis.shape[1], len(basis)
    threshold = SCATTER * float(chi2.isf(false_alarm, rank)) / n_steps if rank else 0.0
    todo = (each for degree, far in enumerate(reach, 1) for each in products(degree, far))
    found: dict[Product, float] = {}
    n_products = 0
    while chunk := list(islice(todo, N_TOGETHER)):
        n_products += len(chunk)
        share = _shares(chunk, polynomials, basis)
        found |= {each: float(c) for each, c in zip(chunk, share, strict=True) if c > threshold}
    ordered = dict(sorted(found.items(), key=lambda item: -item[1]))
    return ProcessingCapacity(ordered, threshold, n_products, rank)


def _check(states: Array, inputs: Array, reach: Sequence[int], washout: int) -> None:
    if inputs.shape != states.shape[:1] or not reach or not 0 <= max(reach) <= washout:
        raise SpecError(
            f"{len(states)} states, inputs of shape {inputs.shape}, delays to {list(reach)}, "
            f"washout {washout}; needed: an input for each state, delays from 0 to the washout"
        )
    if np.abs(inputs).max() > 1 or len(states) - washout <= states.shape[1]:
        raise SpecError(
            f"inputs to {np.abs(inputs).max():.3g}, {len(states) - washout} steps of "
            f"{states.shape[1]} units; needed: inputs from -1 to 1, more steps than units"
        )


def _shares(chunk: Sequence[Product], polynomials: Array, basis: Array) -> Array:
    """Return the share of the variance of each product that the states span, shape (n,)."""
    value = np.stack([np.prod([polynomials[k, d] for d, k in each], axis=0) for each in chunk])
    value -= value.mean(axis=1, keepdims=True)
    found: Array = ((value @ basis) ** 2).sum(axis=1) / (value**2).sum(axis=1)
    return found


def products(degree: int, reach: int) -> Iterator[Product]:
    """Yield all products of a degree, of inputs from now to a delay.

    As many as there are ways to put `degree` alike balls into reach + 1 boxes.
    """
    for n_factors in range(1, min(degree, reach + 1) + 1):
        degrees = list(_parts(degree, n_factors))
        for delays in combinations(range(reach + 1), n_factors):
            for each in degrees:
                yield tuple(zip(delays, each, strict=True))


def _parts(total: int, n: int) -> Iterator[tuple[int, ...]]:
    """Yield all ways to write a number as a sum of n numbers from 1, in order."""
    for cuts in combinations(range(1, total), n - 1):
        ends = (0, *cuts, total)
        yield tuple(ends[k + 1] - ends[k] for k in range(n))


def _orthonormal(states: Array) -> Array:
    """Return orthonormal columns that span the states less their means."""
    left, size, _ = np.linalg.svd(standardise(states)[0], full_matrices=False)
    tiny = np.finfo(np.float64).eps * max(states.shape) * size[0]
    found: Array = left[:, size > tiny]
    return found


def _polynomials(inputs: Array, degree: int, reach: int, washout: int) -> Array:
    """Return P_k(u(t - d)), shape (degree + 1, reach + 1, n_steps - washout)."""
    delays, length = range(reach + 1), len(inputs) - washout
    past = np.stack([inputs[washout - d : washout - d + length] for d in delays])
    return np.stack([eval_legendre(k, past) for k in range(degree + 1)])


def _degree(product: Product) -> int:
    return sum(degree for _, degree in product)
