"""Levels of macs over a sequence of frames: codes persist longer the higher they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from networks.memories.protocol import Operations
from networks.memories.sparsey.fields import Indices, squares
from networks.memories.sparsey.mac import Mac, MacMemory
from networks.memories.sparsey.presentation import LevelCodes, Presentation
from networks.memories.sparsey.settings import Level
from neuro.errors import SpecError

Bits = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """Describe levels of macs that see a sequence of frames.

    In each frame levels act from the lowest to the highest. A mac sees the frame, or the codes
    of this frame in its field (U); its own and its neighbours' codes of the frame before (H);
    and the codes of the frame before of the macs above in whose field it is (D).

    Attributes
    ----------
    shape : tuple of int
        Height and width of a frame.
    levels : tuple of Level
        From the lowest to the highest.

    References
    ----------
    Rinkus, "Sparsey: event recognition via deep hierarchical sparse distributed codes",
    Frontiers in Computational Neuroscience 8:160 (2014).
    """

    shape: tuple[int, int]
    levels: tuple[Level, ...]

    def __post_init__(self) -> None:
        if not self.levels:
            raise SpecError("a hierarchy needs at least one level")

    def empty(self, rng: np.random.Generator) -> HierarchyMemory:
        """Make a hierarchy that has learnt nothing."""
        return HierarchyMemory(self, rng)


class HierarchyMemory:
    """Hold the macs of all levels.

    Attributes
    ----------
    settings : Hierarchy
        What was asked for.
    macs : tuple of tuple of MacMemory
        By level, row by row of its grid.
    fields : tuple of tuple of array of int
        What each mac sees: pixels of the flat frame, or macs of the level below.
    beside, owners : tuple of tuple of list of int
        For each mac its neighbours, and the macs above in whose field it is.
    """

    def __init__(self, settings: Hierarchy, rng: np.random.Generator) -> None:
        self.settings = settings
        self.fields = _fields(settings)
        self.owners = _owners(settings, self.fields)
        self.beside = tuple(_neighbours(level) for level in settings.levels)
        self._rng = rng
        self.macs: tuple[tuple[MacMemory, ...], ...] = tuple(
            tuple(self._mac(number, place).empty(rng) for place in range(level.grid**2))
            for number, level in enumerate(settings.levels)
        )
        self._tie_seed = int(rng.integers(2**63))

    def learn(self, frames: Bits) -> tuple[LevelCodes, ...]:
        """Present one sequence once, shape (T, height, width); return the codes of each level."""
        return self._present(frames, self._rng, learns=True)

    def read(self, frames: Bits) -> tuple[LevelCodes, ...]:
        """Present one sequence and change nothing."""
        return self._present(frames, np.random.default_rng(self._tie_seed), learns=False)

    @property
    def bytes(self) -> int:
        """Return the size of all macs."""
        return sum(mac.bytes for level in self.macs for mac in level)

    @property
    def n_synapses(self) -> int:
        """Return the number of places where a synapse may be."""
        return sum(mac.n_synapses for level in self.macs for mac in level)

    @property
    def operations(self) -> Operations:
        """Return the synapse accesses since the memory was made."""
        return sum((mac.operations for level in self.macs for mac in level), Operations())

    def _mac(self, number: int, place: int) -> Mac:
        level = self.settings.levels[number]
        seen = len(self.fields[number][place])
        size = level.modules * level.units
        above = self.settings.levels[number + 1] if self.owners[number][place] else None
        return Mac(
            lines=seen * (_size(self.settings.levels[number - 1]) if number else 1 + level.paired),
            modules=level.modules,
            units=level.units,
            horizontal=True,
            neighbours=size * len(self.beside[number][place]) * level.neighbours,
            top_down=0 if above is None else len(self.owners[number][place]) * _size(above),
            powers=level.powers,
            selection=level.selection,
            period=level.period,
            decay=level.decay,
            hypotheses=level.hypotheses,
        )

    def _present(
        self, frames: Bits, rng: np.random.Generator, learns: bool
    ) -> tuple[LevelCodes, ...]:
        if frames.ndim != 3 or frames.shape[1:] != self.settings.shape or frames.dtype != np.bool_:
            raise SpecError(
                f"frames of {frames.dtype} {frames.shape}; "
                f"needed: bool (T, {self.settings.shape[0]}, {self.settings.shape[1]})"
            )
        presentation = Presentation(self, len(frames))
        for frame in frames.reshape(len(frames), -1):
            presentation.show(frame, rng, learns)
        return presentation.codes


def _size(level: Level) -> int:
    return level.modules * level.units


def _fields(settings: Hierarchy) -> tuple[tuple[Indices, ...], ...]:
    shapes = [settings.shape, *((level.grid, level.grid) for level in settings.levels[:-1])]
    return tuple(
        squares(shape, level.grid, level.side)
        for shape, level in zip(shapes, settings.levels, strict=True)
    )


def _owners(
    settings: Hierarchy, fields: tuple[tuple[Indices, ...], ...]
) -> tuple[tuple[list[int], ...], ...]:
    """List for each mac the macs above in whose field it is."""
    owners = []
    for number, level in enumerate(settings.levels):
        higher = fields[number + 1] if number + 1 < len(fields) else ()
        owners.append(
            tuple(
                [above for above, seen in enumerate(higher) if place in seen]
                for place in range(level.grid**2)
            )
        )
    return tuple(owners)


def _neighbours(level: Level) -> tuple[list[int], ...]:
    """List for each mac those above, below, left and right of it."""
    grid = level.grid
    return tuple(
        [
            r * grid + c
            for r, c in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1))
            if 0 <= r < grid and 0 <= c < grid
        ]
        for row in range(grid)
        for column in range(grid)
    )
