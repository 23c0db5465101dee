"""Memories that need a word more: a mac that gives its input back, a table that is full."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.memories.protocol import Memory, Operations
from networks.memories.sparsey.generation import reconstruct
from networks.memories.sparsey.mac import Mac
from networks.winners import k_winners

Bits = NDArray[np.bool_]


class Associator:
    """Let a mac of Sparsey give patterns back: its code's synapses, read downwards.

    Parameters
    ----------
    mac : Mac
        The mac.
    active : int
        k, lines of a pattern; those that most winners of the code have a synapse from are recalled.
    rng : numpy.random.Generator
        Of the mac.
    """

    def __init__(self, mac: Mac, active: int, rng: np.random.Generator) -> None:
        self._mac, self._active = mac.empty(rng), active
        self._read_down = 0

    def store(self, patterns: Bits, /) -> None:
        """Show each pattern once, shape (P, lines)."""
        self._mac.store(patterns)

    def recall(self, cues: Bits, /) -> Bits:
        """Let every cue choose a code, and the code its lines, shape (P, lines)."""
        settings = self._mac.settings
        drive = reconstruct(self._mac, self._mac.read(cues).winners)
        self._read_down += len(cues) * settings.modules * settings.lines
        return k_winners(drive, self._active)

    @property
    def bytes(self) -> int:
        """Return the size of the mac."""
        return self._mac.bytes

    @property
    def n_synapses(self) -> int:
        """Return the number of synapses of the mac."""
        return self._mac.n_synapses

    @property
    def operations(self) -> Operations:
        """Return the accesses to synapses, upwards and downwards."""
        return self._mac.operations + Operations(reads=self._read_down)


class Roomy:
    """Let a memory that keeps patterns one by one turn away those that it has no room for.

    Parameters
    ----------
    memory : Memory
        The memory, empty.
    room : int
        Patterns that are kept: the first ones.
    """

    def __init__(self, memory: Memory, room: int) -> None:
        self._memory, self._room = memory, room

    def store(self, patterns: NDArray[Any], /) -> None:
        """Keep patterns while there is room, shape (P, N)."""
        kept = patterns[: self._room]
        self._room -= len(kept)
        if len(kept):
            self._memory.store(kept)

    def recall(self, cues: NDArray[Any], /) -> NDArray[Any]:
        """Recall as the memory does, shape (P, N)."""
        return np.asarray(self._memory.recall(cues))

    @property
    def bytes(self) -> int:
        """Return the size of what is kept so far."""
        return self._memory.bytes

    @property
    def n_synapses(self) -> int:
        """Return the number of synapses of the memory."""
        return self._memory.n_synapses

    @property
    def operations(self) -> Operations:
        """Return the accesses of the memory."""
        return self._memory.operations
