"""HTM temporal memory: cells that learn, by dendritic segments, what comes next in a sequence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.memories.protocol import Operations
from networks.memories.temporal_memory_kernels import (
    activate,
    find_predicted,
    learn,
    predict,
)
from networks.memories.temporal_memory_synapses import (
    CHUNK,
    ENTRIES,
    N_COUNTERS,
    N_FIELDS,
    NONE,
    PERMANENCE,
    PRE,
    READS,
    SEGMENTS,
    SYNAPSES,
    WRITES,
    Rule,
    State,
)
from neuro.errors import SpecError

Bits = NDArray[np.bool_]
QUANTA = 1000  # permanences are kept in thousandths
FIRST_SEGMENTS = 1024
MOST_SYNAPSES = 2**30  # their numbers share 31 bits with a flag
CONTEXT = (
    "is_active", "was_active", "cells", "winners", "previous", "overlap", "touched", "counter",
)  # fmt: skip
PER_SEGMENT = ("synapse", "owner", "overlap", "touched", "link")


@dataclass(frozen=True, slots=True)
class TemporalMemory:
    """Describe a sequence memory of minicolumns whose cells stand for the context.

    In one step the given columns become active. Where a segment predicted the column (at least
    `activation` connected synapses on cells that were active), the cells of such segments fire
    and learn; elsewhere all cells of the column fire, and the best matching segment (at least
    `matching` synapses, connected or not) learns, or a new one on a cell with fewest segments.
    To learn is to gain `increment` on active presynaptic cells, to lose `decrement` on others, and
    to grow up to `new_synapses` synapses on the cells that learnt in the last step. Segments that
    matched in columns that stayed silent lose `punishment`.

    Attributes
    ----------
    columns, cells : int
        Minicolumns, and cells of each; with one cell there is no context (first order).
    activation, matching : int
        Synapses that make a segment active, and that make it match.
    new_synapses : int
        Synapses on active cells that a learning segment is brought up to.
    slots : int
        Most synapses of a segment, a power of two.
    initial, connected : float
        Permanence of a new synapse, and the least one at which it counts for prediction.
    increment, decrement, punishment : float
        Changes of permanence, multiples of 0.001 like all permanences.

    References
    ----------
    Hawkins & Ahmad, "Why neurons have thousands of synapses, a theory of sequence memory in
    neocortex", Frontiers in Neural Circuits 10, 23 (2016). The defaults are those of its
    published simulation.
    """

    columns: int = 2048
    cells: int = 32
    activation: int = 15
    matching: int = 15
    new_synapses: int = 40
    slots: int = 64
    initial: float = 0.21
    connected: float = 0.5
    increment: float = 0.1
    decrement: float = 0.1
    punishment: float = 0.01

    def __post_init__(self) -> None:
        if min(self.columns, self.cells, self.matching, self.new_synapses) < 1:
            raise SpecError("columns, cells, matching and new_synapses must be at least 1")
        if not self.matching <= self.activation <= self.slots <= 1024:
            raise SpecError(
                f"matching {self.matching}, activation {self.activation}, slots {self.slots}; "
                f"needed: ascending, at most 1024"
            )
        if self.slots.bit_count() != 1:
            raise SpecError(f"slots {self.slots}; needed: a power of two")
        for name in ("initial", "connected", "increment", "decrement", "punishment"):
            value = getattr(self, name)
            if not 0 <= value <= 1 or abs(value * QUANTA - round(value * QUANTA)) > 1e-6:
                raise SpecError(f"{name} {value}; needed: 0 to 1 in steps of {1 / QUANTA}")
        if self.initial <= 0 or self.connected <= 0:
            raise SpecError("initial and connected must be above 0")

    @property
    def rule(self) -> Rule:
        """Return the constants as the kernels take them."""
        names = ("initial", "connected", "increment", "decrement", "punishment")
        permanences = (round(getattr(self, name) * QUANTA) for name in names)
        return Rule(
            self.slots.bit_length() - 1,
            self.cells,
            self.activation,
            self.matching,
            self.new_synapses,
            *permanences,
        )

    def empty(self, rng: np.random.Generator) -> TemporalMemoryCells:
        """Make a memory without segments.

        Parameters
        ----------
        rng : numpy.random.Generator
            Chooses cells and presynaptic partners while it learns.

        Returns
        -------
        TemporalMemoryCells
            The memory.
        """
        return TemporalMemoryCells(self, rng)


class TemporalMemoryCells:
    """Hold the cells, segments and context of one temporal memory.

    Attributes
    ----------
    settings : TemporalMemory
        What was asked for.
    """

    def __init__(self, settings: TemporalMemory, rng: np.random.Generator) -> None:
        self.settings = settings
        self._rule, self._rng = settings.rule, rng
        self._state = _blank(settings)

    def copy(self, rng: np.random.Generator) -> TemporalMemoryCells:
        """Return a memory in the same state, with random choices of its own."""
        copied = TemporalMemoryCells.__new__(TemporalMemoryCells)
        copied.settings, copied._rule, copied._rng = self.settings, self._rule, rng
        state = self._state
        copied._state = state._replace(
            **{name: getattr(state, name).copy() for name in state._fields}
        )
        return copied

    def step(self, columns: NDArray[np.integer]) -> None:
        """Show one element and learn from it.

        Parameters
        ----------
        columns : array of int
            Numbers of its active columns.
        """
        chosen = self._checked(columns)
        self._make_room(len(chosen))
        self._forget_activity()
        learn(self._state, self._rule, chosen, self._rng)
        predict(self._state, self._rule)

    def store(self, elements: Bits, /) -> None:
        """Show elements one after the other, shape (T, n_columns), and learn their order."""
        for element in self._elements(elements):
            self.step(element)

    def recall(self, cues: Bits, /) -> Bits:
        """Return which columns are predicted after each element, shape (T, n_columns).

        The elements follow on the present context, without learning; nothing is changed.
        """
        elements, kept = self._elements(cues), self._state
        copies = {name: getattr(kept, name).copy() for name in CONTEXT}
        self._state = kept._replace(**copies)
        found = np.zeros(cues.shape, dtype=np.bool_)
        for row, element in zip(found, elements, strict=True):
            expected = self.predicted_cells
            self._forget_activity()
            activate(self._state, self._rule, element, expected)
            predict(self._state, self._rule)
            row[:] = self.predicted
        kept.counter[READS] = self._state.counter[READS]
        self._state = kept
        return found

    @property
    def predicted_cells(self) -> Bits:
        """Return which cells are predicted now, shape (n_columns * n_cells,)."""
        return self._predicted()[0]

    @property
    def predicted(self) -> Bits:
        """Return which columns are predicted now, shape (n_columns,)."""
        return self._predicted()[1]

    @property
    def active_cells(self) -> Bits:
        """Return which cells fired in the last step, shape (n_columns * n_cells,)."""
        return self._state.is_active.copy()

    def kill(self, fraction: float, rng: np.random.Generator) -> None:
        """Let a fraction of all cells die: they never fire, learn or predict again.

        Parameters
        ----------
        fraction : float
            0 to 1.
        rng : numpy.random.Generator
            Chooses them.
        """
        if not 0 <= fraction <= 1:
            raise SpecError(f"fraction {fraction}; needed: 0 to 1")
        size = len(self._state.is_alive)
        self._state.is_alive[rng.permutation(size)[: round(fraction * size)]] = False

    def segments(self) -> list[tuple[int, dict[int, int]]]:
        """Return cell and synapses {presynaptic cell: thousandths} of every segment."""
        state = self._state
        found = []
        for segment in range(self.n_segments):
            made = state.synapse[segment][state.synapse[segment, :, PERMANENCE] > 0]
            cells, permanences = made[:, PRE], made[:, PERMANENCE]
            synapses = dict(zip(cells.tolist(), permanences.tolist(), strict=True))
            found.append((int(state.owner[segment]), synapses))
        return found

    @property
    def n_segments(self) -> int:
        """Return the number of segments."""
        return int(self._state.counter[SEGMENTS])

    @property
    def n_synapses(self) -> int:
        """Return the number of synapses, connected or not."""
        return int(self._state.counter[SYNAPSES])

    @property
    def bytes(self) -> int:
        """Return the size of all arrays, with the room for segments to come."""
        return int(sum(array.nbytes for array in self._state))

    @property
    def operations(self) -> Operations:
        """Return the synapse accesses since the memory was made."""
        counter = self._state.counter
        return Operations(int(counter[READS]), int(counter[WRITES]))

    def _predicted(self) -> tuple[Bits, Bits]:
        found = (
            np.zeros(len(self._state.first), np.bool_),
            np.zeros(self.settings.columns, np.bool_),
        )
        find_predicted(self._state, self._rule, *found)
        return found

    def _forget_activity(self) -> None:
        """Let what is active have been active in the last step."""
        np.copyto(self._state.was_active, self._state.is_active)
        self._state.is_active.fill(False)

    def _make_room(self, n_columns: int) -> None:
        """Double the arrays of segments where a step might need more."""
        size = len(self._state.owner)
        if self.n_segments + n_columns > size:
            if 2 * size * self.settings.slots > MOST_SYNAPSES:
                raise SpecError(f"{self.n_segments} segments; there is no room for more")
            grown = {name: _widened(getattr(self._state, name), 2 * size) for name in PER_SEGMENT}
            grown["chunk"] = _widened(self._state.chunk, _n_chunks(self.settings, 2 * size))
            self._state = self._state._replace(**grown)

    def _elements(self, elements: Bits) -> list[NDArray[np.intp]]:
        shape: tuple[int, ...] = getattr(elements, "shape", ())
        if len(shape) != 2 or shape[1] != self.settings.columns or elements.dtype != np.bool_:
            raise SpecError(
                f"elements of {elements.dtype} {shape}; needed: bool "
                f"(number, {self.settings.columns})"
            )
        return [np.flatnonzero(element) for element in elements]

    def _checked(self, columns: NDArray[np.integer]) -> NDArray[np.int64]:
        chosen = np.unique(np.asarray(columns, dtype=np.int64))
        if len(chosen) and not 0 <= chosen[0] <= chosen[-1] < self.settings.columns:
            raise SpecError(f"columns are numbered 0 to {self.settings.columns - 1}")
        return chosen


def _blank(settings: TemporalMemory) -> State:
    """Make the arrays of a memory without segments."""
    n_cells = settings.columns * settings.cells
    # A step may make as many segments as there are columns.
    size = max(FIRST_SEGMENTS, settings.columns)
    return State(
        synapse=np.zeros((size, settings.slots, N_FIELDS), dtype=np.int32),
        owner=np.zeros(size, dtype=np.int32),
        chunk=np.zeros((_n_chunks(settings, size), CHUNK), dtype=np.int32),
        first=np.full(n_cells, NONE, dtype=np.int32),
        n_fed=np.zeros(n_cells, dtype=np.int32),
        n_segments=np.zeros(n_cells, dtype=np.int32),
        is_alive=np.ones(n_cells, dtype=np.bool_),
        was_active=np.zeros(n_cells, dtype=np.bool_),
        is_active=np.zeros(n_cells, dtype=np.bool_),
        cells=np.zeros(n_cells, dtype=np.int32),
        winners=np.zeros(n_cells, dtype=np.int32),
        previous=np.zeros(n_cells, dtype=np.int32),
        overlap=np.zeros((size, 2), dtype=np.int16),
        touched=np.zeros(size, dtype=np.int32),
        head=np.full(settings.columns, NONE, dtype=np.int32),
        link=np.zeros(size, dtype=np.int32),
        stamp=np.zeros(n_cells, dtype=np.int64),
        chosen=np.zeros(n_cells, dtype=np.int32),
        counter=np.zeros(N_COUNTERS, dtype=np.int64),
    )


def _n_chunks(settings: TemporalMemory, n_segments: int) -> int:
    """Return the most chunks that lists of all synapses can take: all full but one a cell."""
    return n_segments * settings.slots // ENTRIES + settings.columns * settings.cells


def _widened(array: NDArray[Any], size: int) -> NDArray[Any]:
    """Return an array with more rows; what is new is 0."""
    room = np.zeros((size, *array.shape[1:]), dtype=array.dtype)
    room[: len(array)] = array
    return room
