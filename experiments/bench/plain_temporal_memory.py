"""The HTM temporal memory as its pseudo-code reads: dictionaries and sets, nothing fast.

It is what the compiled memory is timed against and checked with, segment for segment.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from networks.memories.temporal_memory import TemporalMemory


@dataclass(slots=True)
class Segment:
    """Hold the cell of a segment, and its synapses {presynaptic cell: thousandths}."""

    cell: int
    synapses: dict[int, int] = field(default_factory=dict)


class PlainTemporalMemory:
    """Hold a memory that draws the same random numbers as `TemporalMemoryCells`, in its order.

    References
    ----------
    Hawkins & Ahmad, "Why neurons have thousands of synapses, a theory of sequence memory in
    neocortex", Frontiers in Neural Circuits 10, 23 (2016).
    """

    def __init__(self, settings: TemporalMemory, rng: np.random.Generator) -> None:
        self.rule, self.rng = settings.rule, rng
        self.segments: list[Segment] = []
        self.of_cell: list[list[int]] = [[] for _ in range(settings.columns * settings.cells)]
        self.fed: list[dict[int, int]] = [{} for _ in self.of_cell]  # segment -> permanence
        self.dead: set[int] = set()
        self.active: set[int] = set()
        self.winners: list[int] = []
        self.potential: dict[int, int] = {}
        self.connected: dict[int, int] = {}

    @property
    def predicted(self) -> set[int]:
        """Return the predicted columns."""
        rule = self.rule
        owners = (self.segments[s].cell for s, n in self.connected.items() if n >= rule.activation)
        return {cell // rule.cells for cell in owners if cell not in self.dead}

    def step(self, columns: NDArray[np.integer]) -> None:
        """Show one element, the numbers of its active columns, and learn from it."""
        rule = self.rule
        was_active, previous = self.active, self.winners
        self.active, self.winners = set(), []
        matching: dict[int, list[int]] = {}
        for number, count in sorted(self.potential.items()):
            cell = self.segments[number].cell
            if count >= rule.matching and cell not in self.dead:
                matching.setdefault(cell // rule.cells, []).append(number)
        for column in sorted(set(columns.tolist())):
            own = matching.pop(column, [])
            active = [s for s in own if self.connected.get(s, 0) >= rule.activation]
            if active:
                for number in active:
                    cell = self.segments[number].cell
                    if cell not in self.active:
                        self.active.add(cell)
                        self.winners.append(cell)
                    self._reinforce(number, was_active, previous)
            else:
                self._burst(column, own, was_active, previous)
        for others in matching.values():
            for number in others:
                for cell, permanence in list(self.segments[number].synapses.items()):
                    if cell in was_active:
                        self._write(number, cell, permanence - rule.punishment)
        self._predict()

    def _burst(
        self, column: int, own: list[int], was_active: set[int], previous: list[int]
    ) -> None:
        rule = self.rule
        cells = range(column * rule.cells, (column + 1) * rule.cells)
        alive = [cell for cell in cells if cell not in self.dead]
        self.active.update(alive)
        if not alive:
            return
        if own:
            best = max(own, key=lambda number: self.potential[number])
            self.winners.append(self.segments[best].cell)
            self._reinforce(best, was_active, previous)
            return
        fewest = min(len(self.of_cell[cell]) for cell in alive)
        tied = [cell for cell in alive if len(self.of_cell[cell]) == fewest]
        winner = tied[int(self.rng.random() * len(tied))]
        self.winners.append(winner)
        if previous:
            self.of_cell[winner].append(len(self.segments))
            self.segments.append(Segment(winner))
            self._grow(len(self.segments) - 1, rule.new_synapses, previous)

    def _reinforce(self, number: int, was_active: set[int], previous: list[int]) -> None:
        rule = self.rule
        for cell, permanence in list(self.segments[number].synapses.items()):
            change = rule.increment if cell in was_active else -rule.decrement
            self._write(number, cell, min(permanence + change, 1000))
        self._grow(number, rule.new_synapses - self.potential[number], previous)

    def _grow(self, number: int, wanted: int, previous: list[int]) -> None:
        synapses = self.segments[number].synapses
        left = [cell for cell in previous if cell not in synapses]
        n_free = 2**self.rule.shift - len(synapses)
        for _ in range(min(wanted, len(left), n_free)):
            drawn = int(self.rng.random() * len(left))
            cell, left[drawn] = left[drawn], left[-1]
            left.pop()
            self._write(number, cell, self.rule.initial)

    def _write(self, number: int, cell: int, permanence: int) -> None:
        if permanence > 0:
            self.segments[number].synapses[cell] = self.fed[cell][number] = permanence
        else:
            del self.segments[number].synapses[cell], self.fed[cell][number]

    def _predict(self) -> None:
        self.potential, self.connected = {}, {}
        for cell in self.active:
            for number, permanence in self.fed[cell].items():
                self.potential[number] = self.potential.get(number, 0) + 1
                if permanence >= self.rule.connected:
                    self.connected[number] = self.connected.get(number, 0) + 1
