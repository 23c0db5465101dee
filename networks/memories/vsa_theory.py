"""Closed forms of vector symbolic sets: errors of membership, of intersections, of retrieval.

m is the dimension, M the number of items in a set, k the active bits of a sparse item. Sums of
products of independent random signs are exactly binomial, and so are the errors here where they
are called so.

References
----------
Clarkson, Ubaru & Yang, "Capacity Analysis of Vector Symbolic Architectures", arXiv:2301.10352
(2023): which errors, and how they scale. The forms are derived here.
Frady, Kleyko & Sommer, "A theory of sequence indexing and working memory in recurrent neural
networks", Neural Computation 30 (2018): retrieval among D.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft
from scipy.special import comb, ndtr, roots_hermitenorm
from scipy.stats import binom

Array = NDArray[np.float64]
N_NODES = 200
N_SHARED = 129
LEAST_UNSET = 10


class Errors(NamedTuple):
    """Hold the chance that a member is denied, and that another item is taken for one."""

    miss: float
    false_alarm: float

    @property
    def mean(self) -> float:
        """Return the error where half of the items asked for are members."""
        return (self.miss + self.false_alarm) / 2


def alignment(items: int) -> float:
    """Compute c_M, the mean product of a number of a vector and the sign of a sum that has it.

    Parameters
    ----------
    items : int
        M; a set of even size is joined by one more random vector.

    Returns
    -------
    float
        C(M - 1, (M - 1) / 2) / 2**(M - 1), about sqrt(2 / (pi M)).
    """
    others = items - 1 + (items % 2 == 0)
    return float(math.comb(others, others // 2) / 2**others)


def sum_errors(size: int, items: int) -> Errors:
    """Compute the errors of MAP-I with the threshold m / 2, exactly.

    A member's likeness is m and m (M - 1) random signs, that of others m M random signs.
    """
    miss = binom.cdf(_least_up(size / 2 - size, size * (items - 1)), size * (items - 1), 0.5)
    alarm = binom.sf(_least_up(size / 2, size * items), size * items, 0.5)
    return Errors(float(miss), float(alarm))


def _least_up(limit: float, signs: int) -> int:
    """Return the most signs of +1 of so many whose sum is at most a limit."""
    return math.floor((limit + signs) / 2)


def normal_sum_error(size: int, items: int) -> float:
    """Compute Q(sqrt(m / (4 M))), the errors of MAP-I for large sets."""
    return float(ndtr(-np.sqrt(size / (4 * items))))


def sign_errors(size: int, items: int) -> Errors:
    """Compute the errors of MAP-B with the threshold c_M m / 2, exactly."""
    chance = alignment(items)
    most = _least_up(chance * size / 2, size)
    miss = binom.cdf(most, size, (1 + chance) / 2)
    return Errors(float(miss), float(binom.sf(most, size, 0.5)))


def hashed_false_alarm(size: int, active: int, items: int) -> float:
    """Compute (1 - (1 - 1/m)**(k M))**k, of items that are k independent places each."""
    return float((1 - (1 - 1 / size) ** (active * items)) ** active)


def bloom_errors(size: int, active: int, items: int) -> Errors:
    """Compute the errors of a Bloom filter of items of exactly k bits, exactly.

    All k bits of another item are set with chance sum_j (-1)**j C(k, j) u_j**M, u_j the chance
    that an item leaves j given bits unset.
    """
    j = np.arange(active + 1)
    unset = comb(size - j, active) / comb(size, active)
    alarm = float(np.sum((-1.0) ** j * comb(active, j) * unset**items))
    return Errors(0.0, max(alarm, 0.0))


def matrix_errors(size: int, items: int) -> Errors:
    """Compute the errors of Hopfield+- with the threshold m**2 / 2, exactly.

    Products with other vectors are independent: their law is that of one, to the power M. Sums for
    which it has been taken for normal are too rarely large.
    """
    step = 1 if size % 2 else 4
    product = _signed_square(size, step)
    limit = size**2 / 2 / step
    miss = _chance_above(product[::-1], items - 1, math.ceil(limit) - 1)
    return Errors(miss, _chance_above(product, items, math.floor(limit)))


def _signed_square(size: int, step: int) -> Array:
    """Return the chances of r s**2 / step, of -(m**2 / step) to m**2 / step.

    s is the sum of m random signs, r the product of the first half of them.
    """
    half = (size + 1) // 2
    one, other = np.arange(half + 1), np.arange(size - half + 1)
    total = (half - 2 * one)[:, None] + (size - half - 2 * other)
    value = np.where(one % 2, -1, 1)[:, None] * total**2 // step
    chance = np.outer(binom.pmf(one, half, 0.5), binom.pmf(other, size - half, 0.5))
    most = size**2 // step
    law = np.bincount((value + most).ravel(), chance.ravel(), 2 * most + 1)
    return np.asarray(law, dtype=np.float64)


def _chance_above(law: Array, number: int, limit: int) -> float:
    """Compute the chance that a sum of so many is above a limit."""
    most = number * (len(law) // 2)
    whole = next_fast_len(2 * most + 1, real=True)
    summed = irfft(rfft(law, whole) ** number, whole)[: 2 * most + 1]
    return max(float(summed[most + limit + 1 :].sum()), 0.0)


def normal_matrix_error(size: int, items: int) -> float:
    """Compute Q(m / (2 sqrt(3 M))), the errors of Hopfield+- for large sets."""
    return float(ndtr(-size / (2 * np.sqrt(3 * items))))


def product_error(size: int, items: int, shared: int) -> float:
    """Compute the deviation of the estimate of an intersection by products; exact for MAP-I.

    A pair of different items adds variance 1 / m; what both sets have comes as two equal pairs.

    Parameters
    ----------
    size, items, shared : int
        m; items of each of the two sets; items that both have.
    """
    return math.sqrt((items**2 + shared**2 - 2 * shared) / size)


def counting_error(size: int, items: int, shared: int) -> float:
    """Compute the same of counting Bloom filters, exactly: of m - 1 in place of m, for any k."""
    return product_error(size - 1, items, shared)


def matrix_product_error(size: int, items: int, shared: int) -> float:
    """Compute the same of Hopfield+-, exactly: a pair adds (3 - 2 / m) / m**2."""
    return product_error(size, items, shared) * math.sqrt((3 - 2 / size) / size)


@lru_cache(maxsize=64)
def agreement(items: int, others: int) -> tuple[Array, Array]:
    """Compute the mean product of signs of two MAP-B bundles, exactly, by what they share.

    Parameters
    ----------
    items, others : int
        Their sizes; a random vector of its own joins one of even size.

    Returns
    -------
    shared, product : array of float64
        Numbers of shared items from 0 to the smaller size, and the means there; at most 129
        places. For large sets (2 / pi) arcsin(I / M).
    """
    shared = np.unique(np.linspace(0, min(items, others), N_SHARED).astype(np.int64))
    return shared.astype(np.float64), np.array([_agreement(items, others, n) for n in shared])


def _agreement(items: int, others: int, shared: int) -> float:
    value = 2 * np.arange(shared + 1) - shared
    first, second = (
        1 - 2 * binom.cdf((own - value) // 2, own, 0.5)
        for own in (items + (items % 2 == 0) - shared, others + (others % 2 == 0) - shared)
    )
    return float(np.sum(binom.pmf(np.arange(shared + 1), shared, 0.5) * first * second))


def sign_product_error(size: int, items: int, shared: int) -> float:
    """Compute the same of MAP-B, to the first order of the noise of m signs."""
    place, product = agreement(items, items)
    mean, slope = (
        np.interp(shared, place, each) for each in (product, np.gradient(product, place))
    )
    return float(np.sqrt((1 - mean**2) / size) / slope)


def union_error(size: int, active: int, items: int, shared: int) -> float:
    """Compute the same of Bloom filters, to the first order of the noise of unset bits.

    NaN where less than `LEAST_UNSET` bits of the union are unset on average.
    """
    union = 2 * items - shared
    one = (1 - active / size) ** union
    two = float(comb(size - 2, active) / comb(size, active)) ** union
    if one * size < LEAST_UNSET:
        return float("nan")
    variance = one * (1 - one) / size + (1 - 1 / size) * (two - one**2)
    return math.sqrt(max(variance, 0.0)) / (one * -math.log1p(-active / size))


def best_of(size: int, items: int, candidates: int) -> float:
    """Compute the chance that a member is more like a MAP-I bundle than D - 1 others are.

    Parameters
    ----------
    size, items, candidates : int
        m, M and D.

    Returns
    -------
    float
        int phi(h; m, m (M - 1)) Phi(h / sqrt(m M))**(D - 1) dh.
    """
    node, weight = roots_hermitenorm(N_NODES)
    height = size + math.sqrt(size * (items - 1)) * node
    alone = ndtr(height / math.sqrt(size * items)) ** (candidates - 1)
    return float(weight @ alone / weight.sum())


def first_guess(size: int, factors: int, candidates: int) -> float:
    """Compute the chance that the first update of a resonator of signs finds its factor.

    Every other factor begins as the sign of the sum of its D vectors, which is like the right one
    by c_D; a product of F - 1 of them leaves m c_D**(F - 1) of the likeness, others have none.

    Parameters
    ----------
    size, factors, candidates : int
        m, F and D.

    Returns
    -------
    float
        Likenesses taken for normal, the largest by its absolute value.
    """
    node, weight = roots_hermitenorm(N_NODES)
    like = alignment(candidates) ** (factors - 1)
    height = np.abs(size * like + math.sqrt(size * (1 - like**2)) * node) / math.sqrt(size)
    alone = (2 * ndtr(height) - 1) ** (candidates - 1)
    return float(weight @ alone / weight.sum())
