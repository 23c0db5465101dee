"""The counter-based random numbers of the fast mode: known answers, distributions, streams.

Seeds are fixed, so a test that passes goes on passing. Each statistical test would fail for one
in a million of the seeds if the numbers are as they should be; there are 15 of them.
"""

from __future__ import annotations

import math
from typing import Any

import brian2
import numpy as np
import pytest
from brian2 import Network, NeuronGroup, PoissonGroup, SpikeMonitor, ms
from scipy import stats

from neuro.device.fast import draws
from neuro.device.fast.counter import Counter
from neuro.device.fast.logarithm import fast_log
from neuro.device.fast.philox import philox
from neuro.device.fast.table import binomial_table
from neuro.device.jit import uncached_kernel

FALSE_ALARMS = 1e-6
N = 64 * draws.BLOCK
KEY = np.array([20, 26, 7], dtype=np.uint64)
#: Units in the last place; the polynomial and the sum round about five times.
MAX_ULP = 2.0
#: Counter, key and result of the algorithm's published test vectors (philox4x32, 10 rounds).
KNOWN = [
    ([0] * 4, [0] * 2, [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
    ([0xFFFFFFFF] * 4, [0xFFFFFFFF] * 2, [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]),
    (
        [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344],
        [0xA4093822, 0x299F31D0],
        [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1],
    ),
]


@uncached_kernel
def four_words(c: Any, k: Any, out: Any) -> None:
    out[0], out[1], out[2], out[3] = philox(c[0], c[1], c[2], c[3], k[0], k[1])


@uncached_kernel
def uniforms(out: Any, single: Any, counter: Any) -> None:
    draws.fill_uniform(out, counter, 5, 0, draws.BLOCK)
    draws.fill_uniform(out, counter, 5, draws.BLOCK, out.shape[0])
    for k in range(single.shape[0]):
        single[k] = draws.draw_uniform(counter, 5, k)


@uncached_kernel
def normals(out: Any, single: Any, counter: Any) -> None:
    draws.fill_normal(out, counter, 5, 0, draws.BLOCK)
    draws.fill_normal(out, counter, 5, draws.BLOCK, out.shape[0])
    for k in range(single.shape[0]):
        single[k] = draws.draw_normal(counter, 5, k)


@uncached_kernel
def counts(out: Any, single: Any, counter: Any, table: Any, bits: Any) -> None:
    draws.fill_count(out, counter, 5, table, bits, 0, draws.BLOCK)
    draws.fill_count(out, counter, 5, table, bits, draws.BLOCK, out.shape[0])
    for k in range(single.shape[0]):
        single[k] = draws.draw_count(counter, 5, k, table)


@uncached_kernel
def poissons(out: Any, counter: Any, mean: Any) -> None:
    for k in range(out.shape[0]):
        out[k] = draws.draw_poisson(counter, 5, k, mean)


@uncached_kernel
def logarithms(x: Any, out: Any) -> None:
    for k in range(x.shape[0]):
        out[k] = fast_log(x[k])


@pytest.mark.parametrize(("counter", "key", "expected"), KNOWN)
def test_words_are_those_published(counter: list, key: list, expected: list) -> None:
    out = np.zeros(4, dtype=np.uint64)
    four_words(np.array(counter, dtype=np.uint64), np.array(key, dtype=np.uint64), out)
    np.testing.assert_array_equal(out, expected)


def test_uniform_numbers() -> None:
    out, single = np.empty(N), np.empty(N)
    uniforms(out, single, KEY)
    np.testing.assert_array_equal(out, single)
    assert stats.kstest(out, "uniform").pvalue > FALSE_ALARMS
    neighbours = np.corrcoef(out[:-1], out[1:])[0, 1]
    assert abs(neighbours) * math.sqrt(N) < stats.norm.isf(FALSE_ALARMS / 2)


def test_normal_numbers() -> None:
    out, single = np.empty(N), np.empty(N)
    normals(out, single, KEY)
    np.testing.assert_array_equal(out, single)
    assert stats.kstest(out, "norm").pvalue > FALSE_ALARMS
    # The two numbers of a pair share their radius.
    pairs = out.reshape(-1, 2, draws.BLOCK // 2)
    for power in (1, 2):
        first, second = (pairs[:, part].ravel() ** power for part in (0, 1))
        assert stats.pearsonr(first, second).pvalue > FALSE_ALARMS


@pytest.mark.parametrize(("n", "p"), [(1000, 0.002), (7, 0.3), (1, 0.5), (40, 0.0)])
def test_binomial_numbers(n: int, p: float) -> None:
    out, single = np.empty(N, dtype=np.int32), np.empty(N, dtype=np.int32)
    counts(out, single, KEY, binomial_table(n, p), np.zeros(draws.BLOCK, dtype=np.uint32))
    np.testing.assert_array_equal(out, single)
    assert agree(out, stats.binom(n, p))


@pytest.mark.parametrize("mean", [0.0, 0.02, 2.5, 9.99, 10.0, 57.0, 2000.0])
def test_poisson_numbers(mean: float) -> None:
    out = np.empty(N, dtype=np.int64)
    poissons(out, KEY, mean)
    assert agree(out, stats.poisson(mean))


def agree(out: np.ndarray, law: Any) -> bool:
    """Compare counts with a law by chi-square over values expected at least ten times."""
    values = np.arange(int(law.ppf(10 / N)), int(law.isf(10 / N)) + 1)
    if len(values) == 1:
        return bool((out == values[0]).mean() >= law.pmf(values[0]) - 10 / N)
    expected = np.concatenate([[law.cdf(values[0])], law.pmf(values[1:-1]), [law.sf(values[-2])]])
    observed = np.bincount(np.clip(out, values[0], values[-1]) - values[0], minlength=len(values))
    return bool(stats.chisquare(observed, expected * N).pvalue > FALSE_ALARMS)


def test_the_comparison_sees_a_wrong_law() -> None:
    out = np.empty(N, dtype=np.int64)
    poissons(out, KEY, 2.5)
    assert not agree(out, stats.poisson(2.6))


def test_every_coordinate_changes_the_number() -> None:
    first = np.empty(N)
    uniforms(first, np.empty(0), KEY)
    for position in range(3):
        other, changed = np.empty(N), KEY.copy()
        changed[position] += np.uint64(1)
        uniforms(other, np.empty(0), changed)
        assert stats.pearsonr(first, other).pvalue > FALSE_ALARMS


def test_logarithm() -> None:
    rng = np.random.default_rng(1)
    x = np.concatenate([np.exp(rng.uniform(-740, 709, 50_000)), rng.uniform(0.5, 2, 50_000)])
    out = np.empty_like(x)
    logarithms(x, out)
    expected = np.log(x)
    assert np.max(np.abs(out - expected) / np.spacing(np.abs(expected))) <= MAX_ULP
    x = np.array([0.0, -1.0, math.inf, math.nan, 1.0])
    out = np.empty_like(x)
    logarithms(x, out)
    np.testing.assert_array_equal(out, [-math.inf, math.nan, math.inf, math.nan, 0.0])


def test_unseeded_streams_follow_numpy() -> None:
    np.random.seed(3)  # noqa: NPY002
    first = Counter().get().copy()
    np.random.seed(3)  # noqa: NPY002
    assert np.array_equal(Counter().get(), first)
    assert not np.array_equal(Counter().get(), first)


@pytest.fixture
def noisy(numba_device: None) -> Network:
    brian2.set_device("numba", mode="fast")
    brian2.seed(12)
    cells = NeuronGroup(
        300, "dv/dt = -v/(10*ms) + 0.5*(10*ms)**-0.5*xi : 1", threshold="v > 0.5",
        reset="v = 0.1*randn()", method="euler", name="noisy_cells",
    )  # fmt: skip
    inputs = PoissonGroup(100, rates=50 * brian2.Hz, name="noisy_inputs")
    return Network(cells, inputs, SpikeMonitor(inputs, name="noisy_spikes"))


def test_streams_repeat_and_go_on(noisy: Network) -> None:
    cells = noisy["noisy_cells"]

    def state_after(*pieces: float) -> np.ndarray:
        for piece in pieces:
            noisy.run(piece * ms)
        return np.concatenate([cells.v[:], noisy["noisy_spikes"].t_[:]])

    noisy.store()
    whole = state_after(6)
    noisy.restore()
    assert not np.array_equal(state_after(6)[:300], whole[:300])
    noisy.restore(restore_random_state=True)
    np.testing.assert_array_equal(state_after(2, 1, 3), whole)
    noisy.restore()
    brian2.seed(12)
    np.testing.assert_array_equal(state_after(6), whole)
    assert len(whole) > 300


@pytest.mark.parametrize(("mode", "random"), [("strict", "mt19937"), ("fast", "philox4x32-10")])
def test_device_tells_its_options(numba_device: None, mode: str, random: str) -> None:
    brian2.set_device("numba", mode=mode)
    options = brian2.get_device().options()
    assert (options["mode"], options["threads"], options["random"]) == (mode, 1, random)
    assert options["float"] == "float64"
