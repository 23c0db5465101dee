"""Neurons are freed in the step in which counting the steps would free them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from neuro.device.intrinsics import timestep
from neuro.device.jit import uncached_kernel
from neuro.device.mask import WORD, lowest_bit, make_mask, mask_word, without_lowest_bit
from neuro.device.refractory import compare_times, latest

COUNTED = "not_refractory = np.bool_((timestep(np.float64(t - lastspike), np.float64(dt))) >= n)"
COMPARED = "not_refractory = lastspike <= _latest_n"


@uncached_kernel
def boundary(t: Any, dt: Any, count: Any) -> Any:
    return latest(t, dt, count)


@uncached_kernel
def counted(t: Any, past: Any, dt: Any) -> Any:
    return timestep(t - past, dt)


@pytest.mark.parametrize("dt", [1e-4, 1e-5, 3e-4, 2.0**-13])
@pytest.mark.parametrize("count", [0, 1, 50, 12345])
def test_boundary_is_exact(dt: float, count: int) -> None:
    for step in [0, 1, 49, 50, 51, 777, 10**6, 10**9]:
        t = step * dt
        last = boundary(t, dt, count)
        assert counted(t, last, dt) >= count
        assert counted(t, math.nextafter(last, math.inf), dt) < count


def test_only_what_is_known_is_compared() -> None:
    scalar = ["dt = _dt[0]", "t = _t[0]", "n = np.int64(50)"]
    before, changed = compare_times(scalar, [COUNTED])
    assert before == [*scalar, "_latest_n = latest(t, dt, n)"]
    assert changed == [COMPARED]
    # The number of steps is that of each neuron.
    assert compare_times(scalar[:2], [COUNTED]) == (scalar[:2], [COUNTED])


@uncached_kernel
def positions(mask: Any, out: Any) -> Any:
    n = 0
    for start in range(0, mask.shape[0], WORD):
        bits = mask_word(mask, start)
        while bits != 0:
            out[n] = start + lowest_bit(bits)
            bits = without_lowest_bit(bits)
            n += 1
    return n


def test_mask_lists_what_holds_in_order() -> None:
    rng = np.random.default_rng(2)
    for size, p in [(1, 1.0), (63, 0.5), (64, 1.0), (65, 1.0), (1000, 0.02), (1000, 0.0)]:
        mask = make_mask(size)
        mask[:size] = rng.random(size) < p
        out = np.zeros(size + 1, dtype=np.int64)
        n = positions(mask, out)
        np.testing.assert_array_equal(out[:n], np.flatnonzero(mask))
