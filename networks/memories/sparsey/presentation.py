"""One sequence shown to a hierarchy: which macs choose codes, which keep them, which are silent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from networks.inputs.strokes import on_off
from networks.memories.bits import pack
from networks.memories.sparsey.choice import code_gain
from networks.memories.sparsey.codes import Gains
from networks.memories.sparsey.generation import SILENT
from networks.memories.sparsey.settings import Level

if TYPE_CHECKING:
    from networks.memories.sparsey.hierarchy import HierarchyMemory

Bits = NDArray[np.bool_]
NOTHING = np.zeros(0, dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class LevelCodes:
    """Hold the codes of one level over a sequence.

    Attributes
    ----------
    winners : array of int64, shape (T, n_macs, Q)
        -1 where a mac is silent.
    familiarity : array of float64, shape (T, n_macs)
        G of the frame in which the code was chosen; NaN where a mac is silent.
    zeta : array of int64, shape (T, n_macs)
        Hypotheses that the code stands for; 1 where its level does not count them.
    """

    winners: NDArray[np.int64]
    familiarity: NDArray[np.float64]
    zeta: NDArray[np.int64]


class Presentation:
    """Hold what macs have chosen so far in a sequence.

    In each frame levels act from the lowest to the highest, and the macs of a level all at once:
    horizontal and top-down lines are codes of the frame before.

    Parameters
    ----------
    memory : HierarchyMemory
        The macs.
    length : int
        Frames of the sequence.

    Attributes
    ----------
    codes : tuple of LevelCodes
        By level; filled as frames are shown.
    """

    def __init__(self, memory: HierarchyMemory, length: int) -> None:
        self._memory, self._t = memory, 0
        self._levels = memory.settings.levels
        self.codes = tuple(_silence(level, length) for level in self._levels)
        self._ages = tuple(np.zeros(level.grid**2, np.int64) for level in self._levels)
        # What each mac saw when it chose the code that is on.
        self._seen = tuple([NOTHING] * level.grid**2 for level in self._levels)

    def show(self, frame: Bits, rng: np.random.Generator, learns: bool) -> None:
        """Show the next frame, shape (n_pixels,)."""
        for number, macs in enumerate(self._memory.macs):
            for place in range(len(macs)):
                below, share = self._below(frame, number, place)
                if not self._keeps(below, number, place):
                    self._choose(below, share, number, place, rng, learns)
        self._t += 1

    def _below(self, frame: Bits, number: int, place: int) -> tuple[Bits, float]:
        """Return the bottom-up lines of a mac, and which part of its field is active."""
        seen = self._memory.fields[number][place]
        if number == 0:
            pixels = frame[seen]
            lines = on_off(pixels[None])[0] if self._levels[0].paired else pixels
            return lines, float(pixels.mean())
        winners = self.codes[number - 1].winners[self._t, seen]
        return self._lines(number - 1, winners), float((winners[:, 0] != SILENT).mean())

    def _keeps(self, below: Bits, number: int, place: int) -> bool:
        """Let a code stay on that is young, or whose field has not changed."""
        level, own, t = self._levels[number], self.codes[number], self._t
        age, seen = self._ages[number], self._seen[number]
        is_young = age[place] < level.persistence
        is_same = level.holds and np.array_equal(below, seen[place])
        if t == 0 or own.winners[t - 1, place, 0] == SILENT or not (is_young or is_same):
            age[place], seen[place] = 1, below
            return False
        own.winners[t, place] = own.winners[t - 1, place]
        own.familiarity[t, place] = own.familiarity[t - 1, place]
        own.zeta[t, place] = own.zeta[t - 1, place]
        age[place] += 1
        return True

    def _choose(
        self,
        below: Bits,
        share: float,
        number: int,
        place: int,
        rng: np.random.Generator,
        learns: bool,
    ) -> None:
        """Choose the code of one mac, or leave it silent."""
        level, own = self._levels[number], self.codes[number]
        if not level.least <= share <= level.most or share == 0:
            return
        beside, above = self._context(number, place)
        words = pack(below[None]), pack(beside[None]), pack(above[None])
        chosen = self._memory.macs[number][place].present(
            words, np.ones(1, np.bool_), rng, learns, self._gains(number, place)
        )
        own.winners[self._t, place] = chosen.winners[0]
        own.familiarity[self._t, place] = chosen.familiarity[0]
        own.zeta[self._t, place] = chosen.zeta[0]

    def _context(self, number: int, place: int) -> tuple[Bits, Bits]:
        """Return the lines from beside and above."""
        mac = self._memory.macs[number][place].settings
        before = self._t - 1
        if before < 0:
            return np.zeros(mac.beside, np.bool_), np.zeros(mac.top_down, np.bool_)
        beside = self._lines(
            number, self.codes[number].winners[before, self._places(number, place)]
        )
        owners = self._memory.owners[number][place]
        if not owners:
            return beside, NOTHING
        return beside, self._lines(number + 1, self.codes[number + 1].winners[before, owners])

    def _places(self, number: int, place: int) -> list[int]:
        """List the macs of a level that one of them hears, itself first."""
        more = self._memory.beside[number][place] if self._levels[number].neighbours else []
        return [place, *more]

    def _gains(self, number: int, place: int) -> Gains | None:
        """Return F of the lines from below, beside and above; None where no level counts."""
        if all(level.hypotheses is None for level in self._levels):
            return None
        mac, before = self._memory.macs[number][place].settings, self._t - 1
        below = np.ones(mac.lines)
        if number:
            below = self._heard(number - 1, self._t, self._memory.fields[number][place])
        if before < 0:
            return below[None], np.ones((1, mac.beside)), np.ones((1, mac.top_down))
        beside = self._heard(number, before, self._places(number, place))
        owners = self._memory.owners[number][place]
        above = self._heard(number + 1, before, owners) if owners else np.ones(0)
        return below[None], beside[None], above[None]

    def _heard(self, number: int, t: int, places: Any) -> NDArray[np.float64]:
        """Return F of the lines of some macs of a level at frame t."""
        level = self._levels[number]
        zeta = self.codes[number].zeta[t, places]
        if level.hypotheses is None:
            return np.ones(len(zeta) * level.modules * level.units)
        power, most = float(level.hypotheses.power), level.hypotheses.most
        gain = [code_gain(int(each), power, most) for each in zeta]
        return np.repeat(gain, level.modules * level.units)

    def _lines(self, number: int, winners: NDArray[np.int64]) -> Bits:
        """Write the codes of some macs of a level as lines; silent ones as zeros."""
        active = winners[:, :, None] == np.arange(self._levels[number].units)
        return np.asarray(active.ravel())


def _silence(level: Level, length: int) -> LevelCodes:
    shape = (length, level.grid**2)
    return LevelCodes(
        np.full((*shape, level.modules), SILENT, dtype=np.int64),
        np.full(shape, np.nan),
        np.ones(shape, dtype=np.int64),
    )
