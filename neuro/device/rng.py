"""Draw from numpy's global random stream inside compiled code, number for number as Brian2 does.

Brian2's cython target fills buffers of 20,000 numbers with `numpy.random.rand` and
`numpy.random.randn` and takes from them one at a time. The buffers belong to the runtime device,
as arrays or, before Brian2 2.11, as C memory, and the kernels work in that same memory, so a run
may change hands between cython and this device at any point of the stream.

References
----------
M. Matsumoto, T. Nishimura, "Mersenne Twister", ACM TOMACS 8 (1998), doi:10.1145/272991.272995.
"""

from __future__ import annotations

import ctypes
import math
from typing import Any

import numpy as np
from brian2.devices.device import runtime_device
from numpy.typing import NDArray

from neuro.device.jit import kernel

#: Numbers that Brian2's cython target draws at once.
BUFFER_SIZE = 20_000
#: The names in generated code of the numbers that are drawn and, in part, not used yet.
DRAWN = ("_rand_values", "_randn_values")
_N = 624
_M = 397
_POSITION = 624
_HAS_GAUSS = 625


@kernel
def _twist(state: Any) -> None:
    for k in range(_N):
        y = (state[k] & np.uint32(0x80000000)) | (state[(k + 1) % _N] & np.uint32(0x7FFFFFFF))
        value = state[(k + _M) % _N] ^ (y >> np.uint32(1))
        if y & np.uint32(1):
            value ^= np.uint32(0x9908B0DF)
        state[k] = value
    state[_POSITION] = np.uint32(0)


@kernel
def _word(state: Any) -> Any:
    if state[_POSITION] >= np.uint32(_N):
        _twist(state)
    y = state[np.int64(state[_POSITION])]
    state[_POSITION] += np.uint32(1)
    y ^= y >> np.uint32(11)
    y ^= (y << np.uint32(7)) & np.uint32(0x9D2C5680)
    y ^= (y << np.uint32(15)) & np.uint32(0xEFC60000)
    y ^= y >> np.uint32(18)
    return y


@kernel
def uniform(state: Any) -> Any:
    """Draw one double in [0, 1) with 53 random bits from the Mersenne Twister `state`."""
    a = _word(state) >> np.uint32(5)
    b = _word(state) >> np.uint32(6)
    return (np.float64(a) * 67108864.0 + np.float64(b)) / 9007199254740992.0


@kernel
def gauss(state: Any, spare: Any) -> Any:
    """Draw one standard normal by the polar method, in the order of `numpy.random.randn`."""
    if state[_HAS_GAUSS]:
        state[_HAS_GAUSS] = np.uint32(0)
        value = spare[0]
        spare[0] = 0.0
        return value
    while True:
        x1 = 2.0 * uniform(state) - 1.0
        x2 = 2.0 * uniform(state) - 1.0
        r2 = x1 * x1 + x2 * x2
        if r2 < 1.0 and r2 != 0.0:
            break
    f = math.sqrt(-2.0 * math.log(r2) / r2)
    spare[0] = f * x1
    state[_HAS_GAUSS] = np.uint32(1)
    return f * x2


@kernel
def _refill_uniform(values: Any, state: Any) -> None:
    for k in range(values.shape[0]):
        values[k] = uniform(state)


@kernel
def _refill_gauss(values: Any, state: Any, spare: Any) -> None:
    for k in range(values.shape[0]):
        values[k] = gauss(state, spare)


@kernel
def rand(values: Any, index: Any, state: Any) -> Any:
    """Take the next uniform number of Brian2's buffer, refilling it from `state` when empty."""
    k = index[0]
    if k == 0:
        _refill_uniform(values, state)
    value = values[k]
    index[0] = 0 if k + 1 == values.shape[0] else k + 1
    return value


@kernel
def randn(values: Any, index: Any, state: Any, spare: Any) -> Any:
    """Take the next normal number of Brian2's buffer, refilling it from `state` when empty."""
    k = index[0]
    if k == 0:
        _refill_gauss(values, state, spare)
    value = values[k]
    index[0] = 0 if k + 1 == values.shape[0] else k + 1
    return value


def _buffer(place: NDArray[Any]) -> NDArray[np.float64]:
    """Return Brian2's buffer: `place`, or the C memory to which it points, allocated if need be."""
    if place.dtype == np.float64:
        return place
    if place[0] == 0:
        # Brian2's cython code releases the buffer with free(), so calloc() has to supply it.
        libc = ctypes.CDLL(None)
        libc.calloc.restype = ctypes.c_void_p
        libc.calloc.argtypes = [ctypes.c_size_t, ctypes.c_size_t]
        place[0] = libc.calloc(BUFFER_SIZE, 8)
    address = int(place[0])
    return np.ctypeslib.as_array((ctypes.c_double * BUFFER_SIZE).from_address(address))


class Stream:
    """Hold the arrays through which kernels share numpy's and Brian2's random state.

    `load` copies numpy's generator into `state` before compiled code runs and `store` puts it
    back, so that Python code in between sees the stream where the kernels left it.
    """

    def __init__(self) -> None:
        self.state = np.zeros(_N + 2, dtype=np.uint32)
        self.spare = np.zeros(1)

    def load(self) -> None:
        """Copy the state of numpy's global generator into the arrays."""
        _, key, position, has_gauss, spare = np.random.get_state()  # noqa: NPY002
        self.state[:_N] = key
        self.state[_POSITION] = position
        self.state[_HAS_GAUSS] = has_gauss
        self.spare[0] = spare

    def store(self) -> None:
        """Copy the arrays back into numpy's global generator."""
        np.random.set_state(  # noqa: NPY002
            (
                "MT19937",
                self.state[:_N].copy(),
                int(self.state[_POSITION]),
                int(self.state[_HAS_GAUSS]),
                float(self.spare[0]),
            )
        )

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the arrays by the names that generated code uses."""
        return {
            "_rand_values": _buffer(runtime_device.rand_buffer),
            "_rand_index": runtime_device.rand_buffer_index,
            "_randn_values": _buffer(runtime_device.randn_buffer),
            "_randn_index": runtime_device.randn_buffer_index,
            "_mt": self.state,
            "_mt_spare": self.spare,
        }
