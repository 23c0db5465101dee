# ruff: noqa: NPY002  numpy's global generator is what is tested
"""Kernels draw numpy's own random numbers."""

from __future__ import annotations

from typing import Any

import brian2
import numpy as np
import pytest
from brian2 import Network, NeuronGroup, ms
from brian2.devices.device import runtime_device

import neuro.device
from neuro.device import rng
from neuro.device.jit import uncached_kernel
from neuro.device.poisson import poisson
from neuro.device.rng import BUFFER_SIZE, Stream, rand, randn

N_DRAWS = BUFFER_SIZE + 500
#: Samples, and the tolerance of a mean: five standard errors.
N_SAMPLES = 4000


@uncached_kernel
def fill(out: Any, values: Any, index: Any, state: Any) -> None:
    for k in range(out.shape[0]):
        out[k] = rand(values, index, state)


@uncached_kernel
def fill_normal(out: Any, values: Any, index: Any, state: Any, spare: Any) -> None:
    for k in range(out.shape[0]):
        out[k] = randn(values, index, state, spare)


@uncached_kernel
def fill_poisson(out: Any, rate: Any, values: Any, index: Any, state: Any) -> None:
    for k in range(out.shape[0]):
        out[k] = poisson(rate, values, index, state)


@pytest.fixture
def stream() -> Stream:
    np.random.seed(7)
    np.random.randn(3)  # leaves half a pair of normal numbers behind
    stream = Stream()
    stream.load()
    return stream


def test_uniform_numbers_are_those_of_numpy(stream: Stream) -> None:
    out = np.empty(N_DRAWS)
    fill(out, np.empty(BUFFER_SIZE), np.zeros(1, dtype=np.int32), stream.state)
    expected = np.random.rand(2 * BUFFER_SIZE)
    np.testing.assert_array_equal(out, expected[:N_DRAWS])


def test_normal_numbers_are_those_of_numpy(stream: Stream) -> None:
    out = np.empty(N_DRAWS)
    index = np.zeros(1, dtype=np.int32)
    fill_normal(out, np.empty(BUFFER_SIZE), index, stream.state, stream.spare)
    expected = np.random.randn(2 * BUFFER_SIZE)
    np.testing.assert_array_equal(out, expected[:N_DRAWS])


def test_numpy_goes_on_where_kernels_stopped(stream: Stream) -> None:
    out = np.empty(1)
    fill(out, np.empty(BUFFER_SIZE), np.zeros(1, dtype=np.int32), stream.state)
    np.random.rand(BUFFER_SIZE)
    expected = np.random.rand(5)
    stream.store()
    np.testing.assert_array_equal(np.random.rand(5), expected)


@pytest.mark.parametrize("rate", [0.3, 4.0, 25.0])
def test_poisson_numbers_have_the_right_moments(stream: Stream, rate: float) -> None:
    out = np.empty(N_SAMPLES)
    fill_poisson(out, rate, np.empty(BUFFER_SIZE), np.zeros(1, dtype=np.int32), stream.state)
    assert abs(out.mean() - rate) < 5 * np.sqrt(rate / N_SAMPLES)
    # The variance of a Poisson sample variance is about (2 rate^2 + rate) / n.
    assert abs(out.var() - rate) < 5 * np.sqrt((2 * rate**2 + rate) / N_SAMPLES)


def noise(network: Network) -> np.ndarray:
    """Start ten cells at zero and return what noise makes of them in more than half a buffer."""
    network["cells"].v = 0
    network.run((0.6 * BUFFER_SIZE / 10) * 0.1 * ms)
    return np.array(network["cells"].v_[:])


def test_random_state_holds_the_numbers_drawn_and_not_used_yet(numba_device: None) -> None:
    device = neuro.device.numba_device
    brian2.seed(3)
    cells = NeuronGroup(10, "dv/dt = -v/(10*ms) + ms**-0.5*xi : 1", method="euler", name="cells")
    network = Network(cells)
    noise(network)
    assert runtime_device.randn_buffer_index[0] > 0.5 * BUFFER_SIZE
    state = device.get_random_state()
    # As it would be in another process, where Brian2's buffers are elsewhere.
    elsewhere = {name: np.full_like(state[name], 8) for name in ("rand_buffer", "randn_buffer")}
    expected = noise(network)
    device.set_random_state({**state, **elsewhere})
    np.testing.assert_array_equal(noise(network), expected)
    assert not np.array_equal(noise(network), expected)


@pytest.mark.parametrize("mode", ["strict", "fast"])
def test_looking_at_the_random_state_draws_nothing(mode: str, numba_device: None) -> None:
    brian2.set_device("numba", mode=mode)
    device = neuro.device.numba_device
    brian2.seed()  # As a script that sets numpy's seed only, or none.
    network = Network(
        NeuronGroup(10, "dv/dt = -v/(10*ms) + ms**-0.5*xi : 1", method="euler", name="cells")
    )
    before = np.random.get_state()
    state = device.get_random_state()
    after = np.random.get_state()
    assert before[2] == after[2]
    np.testing.assert_array_equal(before[1], after[1])
    expected = noise(network)
    device.set_random_state(state)
    np.testing.assert_array_equal(noise(network), expected)


def test_brian2s_arrays_are_the_buffers_of_kernels() -> None:
    # Since 2.11 a buffer of Brian2 is an array of numbers; before, it is an address.
    stream = Stream()
    for name, kind in (("_rand_values", "rand_buffer"), ("_randn_values", "randn_buffer")):
        place = getattr(runtime_device, kind)
        numbers = stream.arrays()[name]
        address = place.ctypes.data if place.dtype == np.float64 else int(place[0])
        assert numbers.ctypes.data == address
        assert len(numbers) == BUFFER_SIZE
    numbers = np.zeros(BUFFER_SIZE)
    assert rng._buffer(numbers) is numbers
