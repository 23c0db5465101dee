"""What every memory can do, whatever it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Operations:
    """Count accesses to synapses.

    Attributes
    ----------
    reads, writes : int
        Synapses read and synapses written, each access counted where it happens; a write that
        leaves the value as it was counts too.
    """

    reads: int = 0
    writes: int = 0

    def __add__(self, other: Operations) -> Operations:
        """Add reads to reads and writes to writes."""
        return Operations(self.reads + other.reads, self.writes + other.writes)

    def __sub__(self, other: Operations) -> Operations:
        """Subtract what was counted before from what is counted now."""
        return Operations(self.reads - other.reads, self.writes - other.writes)


@runtime_checkable
class Memory(Protocol):
    """Store patterns and recall them from cues.

    Patterns, cues and states have shape (number, N); their type is the memory's (bool for
    binary, int8 of +1 and -1 for polar ones). `store` may be called again to add patterns.
    """

    def store(self, patterns: NDArray[Any], /) -> None:
        """Add patterns to what is stored, one presentation each, in order."""
        ...

    def recall(self, cues: NDArray[Any], /) -> NDArray[Any]:
        """Return the state into which the memory settles from each cue; changes nothing."""
        ...

    @property
    def bytes(self) -> int:
        """Return the size of everything that the memory keeps, in bytes."""
        ...

    @property
    def n_synapses(self) -> int:
        """Return the number of plastic synapses."""
        ...

    @property
    def operations(self) -> Operations:
        """Return the synapse accesses since the memory was made."""
        ...
