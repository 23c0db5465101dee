"""What rounds once and what twice is said in the code, not chosen by what stands around it."""

from fractions import Fraction
from itertools import pairwise

import numba
import numpy as np
import pytest

from neuro.device.fast.contraction import multiply_add
from neuro.device.jit import fast_kernel

compiled = pytest.mark.skipif(
    numba.config.DISABLE_JIT, reason="asks what the compiler does, and there is none"
)


@fast_kernel
def changed(weight, low, high, trace):
    return weight + low * (high + low * trace)


@numba.njit
def change_all(weight, low, high, trace, out):
    for i in range(len(out)):
        out[i] = changed(weight[i], low[i], high[i], trace[i])


@fast_kernel
def two_shares(a, b, whole):
    return a / whole + b / whole


@numba.njit
def share_all(a, b, whole, out):
    for i in range(len(out)):
        out[i] = two_shares(a[i], b[i], whole)


@numba.njit
def fuse_all(a, b, c, out):
    for i in range(len(out)):
        out[i] = multiply_add(a[i], b[i], c[i])


def numbers(n=1000, kind=np.float64):
    rng = np.random.default_rng(3)
    return [rng.normal(size=n).astype(kind) for _ in range(4)]


@compiled
def test_products_and_sums_of_fast_statements_round_one_by_one():
    weight, low, high, trace = numbers()
    out = np.empty_like(weight)
    change_all(weight, low, high, trace, out)
    np.testing.assert_array_equal(out, weight + low * (high + low * trace))


@compiled
def test_quotients_of_fast_statements_are_quotients():
    a, b, _, _ = numbers()
    out = np.empty_like(a)
    share_all(a, b, 0.3, out)
    np.testing.assert_array_equal(out, a / 0.3 + b / 0.3)


@compiled
@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_a_fused_product_is_the_same_in_any_loop(kind):
    a, b, c, _ = numbers(kind=kind)
    out = np.empty_like(a)
    fuse_all(a, b, c, out)
    once = [float(Fraction(float(x)) * Fraction(float(y)) + Fraction(float(z)))
            for x, y, z in zip(a, b, c, strict=True)]  # fmt: skip
    fused, apart = np.array(once).astype(kind), a * b + c
    assert np.array_equal(out, apart) or np.array_equal(out, fused)
    for n_parts in (2, 3, 7, 13, 400):
        split = np.empty_like(a)
        edges = np.linspace(0, len(a), n_parts + 1).astype(int)
        for first, last in pairwise(edges):
            fuse_all(a[first:last], b[first:last], c[first:last], split[first:last])
        np.testing.assert_array_equal(split, out)
