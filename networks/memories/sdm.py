"""The sparse distributed memory of Kanerva: hard locations at random addresses, bits as counters.

A location hears an address that differs from its own in at most `radius` of the bits. What is
written at an address is added to the counters of all locations that hear it; what is read there is
the sign of their sum. Here a pattern is written at itself, so that reading again where one has read
before settles in it.

References
----------
Kanerva, "Sparse Distributed Memory", MIT Press (1988). Counters saturate, as Kanerva's do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.kernels import inner, kernel
from networks.memories.bits import WORD, pack, popcount
from networks.memories.polar import signs
from networks.memories.protocol import Operations
from neuro.errors import SpecError

COUNTER = np.int16
LEAST, MOST = int(np.iinfo(COUNTER).min), int(np.iinfo(COUNTER).max)


@dataclass(frozen=True, slots=True)
class Sdm:
    """Store binary patterns in the counters of hard locations.

    Attributes
    ----------
    size : int
        n, bits of a pattern and of an address.
    locations : int
        r, hard locations.
    radius : int
        d, most bits in which an address may differ from that of a location that hears it.
    iterations : int
        Most reads of one recall; a read that changes nothing ends it early. A bit whose sum is 0
        stays as it is.
    """

    size: int
    locations: int
    radius: int
    iterations: int = 1

    def __post_init__(self) -> None:
        if min(self.size, self.locations) < 1:
            raise SpecError(f"{self.locations} locations of {self.size} bits; needed: 1 or more")
        if not 0 <= self.radius <= self.size:
            raise SpecError(
                f"radius {self.radius}; needed: 0 to the {self.size} bits of an address"
            )
        if self.iterations < 1:
            raise SpecError(f"iterations {self.iterations}; needed: at least 1")

    def empty(self, rng: np.random.Generator) -> SdmMemory:
        """Make a memory that stores nothing, with random addresses.

        Parameters
        ----------
        rng : numpy.random.Generator
            Of the addresses.

        Returns
        -------
        SdmMemory
            The memory.
        """
        return SdmMemory(self, rng)


class SdmMemory:
    """Hold the addresses and counters of one memory.

    Attributes
    ----------
    settings : Sdm
        What was asked for.
    """

    def __init__(self, settings: Sdm, rng: np.random.Generator) -> None:
        shape = settings.locations, settings.size
        self.settings = settings
        self._address = pack(rng.integers(0, 2, shape, dtype=np.uint8).view(np.bool_))
        self._counter = np.zeros(shape, dtype=COUNTER)
        self._operations = Operations()

    def store(self, patterns: NDArray[np.bool_], /) -> None:
        """Write every pattern, shape (P, n), at itself."""
        check_patterns(patterns, self.settings.size)
        n_active = write(
            self._address, self._counter, pack(patterns), signs(patterns), self.settings.radius
        )
        self._count(len(patterns), writes=int(n_active))

    def step(self, states: NDArray[np.bool_], /) -> NDArray[np.bool_]:
        """Read once at every state, shape (P, n)."""
        return self._read(states, 1)

    def recall(self, cues: NDArray[np.bool_], /) -> NDArray[np.bool_]:
        """Read at every cue, and again where was read, at most `iterations` times."""
        return self._read(cues, self.settings.iterations)

    @property
    def address(self) -> NDArray[np.uint64]:
        """Return the addresses, packed, shape (r, ceil(n / 64)); a copy."""
        return self._address.copy()

    @property
    def counter(self) -> NDArray[np.int16]:
        """Return the counters, shape (r, n); a copy."""
        return self._counter.copy()

    @property
    def saturated(self) -> float:
        """Return the fraction of the counters that cannot grow any more."""
        return float(((self._counter == LEAST) | (self._counter == MOST)).mean())

    @property
    def bytes(self) -> int:
        """Return the size of addresses and counters."""
        return self._address.nbytes + self._counter.nbytes

    @property
    def n_synapses(self) -> int:
        """Return the number of counters; addresses do not learn."""
        return self._counter.size

    @property
    def operations(self) -> Operations:
        """Return the accesses to counters, and to the bits of addresses, since it was made."""
        return self._operations

    def _read(self, states: NDArray[np.bool_], iterations: int) -> NDArray[np.bool_]:
        check_patterns(states, self.settings.size)
        settled = states.copy()
        n_reads, n_active = read(
            self._address, self._counter, settled, self.settings.radius, iterations
        )
        self._count(int(n_reads), reads=int(n_active))
        return settled

    def _count(self, n_addresses: int, reads: int = 0, writes: int = 0) -> None:
        size, locations = self.settings.size, self.settings.locations
        heard = n_addresses * locations * size
        self._operations += Operations(reads=heard + reads * size, writes=writes * size)


def check_patterns(patterns: NDArray[Any], size: int) -> None:
    """Refuse what is not patterns of as many bits.

    Raises
    ------
    SpecError
        If type or shape are others.
    """
    if patterns.ndim != 2 or patterns.shape[1] != size or patterns.dtype != np.bool_:
        raise SpecError(
            f"patterns of {patterns.dtype} {patterns.shape}; needed: bool (number, {size})"
        )


@inner()
def distance(one: Any, other: Any) -> Any:
    """Count the bits in which two rows of words differ."""
    total: Any = 0
    for word in range(len(one)):
        total += np.int64(popcount(one[word] ^ other[word]))
    return total


@kernel()
def write(address: Any, counter: Any, packed: Any, sign: Any, radius: int) -> Any:
    """Add every pattern to the counters that hear it; return how many locations did, in all."""
    n_active: Any = 0
    for pattern in range(len(packed)):
        for location in range(len(address)):
            if distance(address[location], packed[pattern]) > radius:
                continue
            n_active += 1
            for bit in range(counter.shape[1]):
                grown = np.int32(counter[location, bit]) + np.int32(sign[pattern, bit])
                counter[location, bit] = min(max(grown, LEAST), MOST)
    return n_active


@kernel()
def read(address: Any, counter: Any, states: Any, radius: int, iterations: int) -> Any:
    """Let all states settle in place; return reads done and locations that were summed."""
    n_bits = counter.shape[1]
    total = np.empty(n_bits, np.int32)
    query = np.empty(address.shape[1], np.uint64)
    n_reads: Any = 0
    n_active: Any = 0
    for state in states:
        for _ in range(iterations):
            pack_row(state, query)
            total[:] = 0
            for location in range(len(address)):
                if distance(address[location], query) <= radius:
                    n_active += 1
                    for bit in range(n_bits):
                        total[bit] += counter[location, bit]
            n_reads += 1
            if not take_signs(total, state):
                break
    return n_reads, n_active


@inner()
def pack_row(state: Any, words: Any) -> None:
    """Pack one state as `networks.memories.bits.pack` does."""
    words[:] = 0
    for bit in range(len(state)):
        if state[bit]:
            words[bit // WORD] |= np.uint64(1) << np.uint64(bit % WORD)


@inner()
def take_signs(total: Any, state: Any) -> Any:
    """Let each bit be the sign of its sum, or stay where that is 0; return whether one changed."""
    changed = False
    for bit in range(len(state)):
        if total[bit] != 0:
            changed |= state[bit] != (total[bit] > 0)
            state[bit] = total[bit] > 0
    return changed
