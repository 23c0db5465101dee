"""A network of segments that raise overlaps to a power, behind the interface of all memories."""

from __future__ import annotations

import gc
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array

from experiments.dendrites.powers_settings import DendritePowers
from experiments.memory.episodes import Episodes
from networks.build import Built, build
from networks.memories.power import Power
from networks.memories.protocol import Operations
from networks.spec import Spec
from neuro.dimensions import NONE
from neuro.errors import SpecError
from neuro.units import Quantity

Bits = NDArray[np.bool_]
INDEX, WEIGHT = 4, 8  # bytes
# Steps after the volley of a cue: segments are read, answers have come, the next cue.
READ, CLOSE, PERIOD = 1, 8, 120


class PowerNetwork:
    """Hold one network: a segment for each pattern, wired to the cells of the pattern.

    Patterns are stored once, all together: storing makes segments and synapses.

    Parameters
    ----------
    spec : Spec
        The description; its experiment is a `DendritePowers`.
    power : Power
        What segments tell.
    """

    def __init__(self, spec: Spec, power: Power) -> None:
        gc.collect()  # a network refers to itself and would stay beside this one
        self.settings: DendritePowers = spec.experiment
        self._spec, self._power = spec, power
        self._built: Built | None = None
        self._operations = Operations()

    def store(self, patterns: Bits, /) -> None:
        """Make a segment of each pattern, shape (P, N)."""
        if self._built is not None:
            raise SpecError("patterns are stored already; needed: all at once")
        made = self.settings
        number, cell = np.nonzero(patterns)
        ones, shape = np.ones(len(cell), dtype=np.bool_), patterns.shape
        graphs = {
            "dendrites": coo_array((ones, (cell, number)), shape=shape[::-1]),
            "told": coo_array((ones, (number, cell)), shape=shape),
        }
        self._built = build(self._described(len(patterns)), graphs=graphs, counts=False)
        self._episodes = Episodes(self._built, made.cells)
        self._operations += Operations(writes=2 * len(cell))

    def recall(self, cues: Bits, /) -> Bits:
        """Send the volley of each cue; return which cells answer, shape (P, N)."""
        if self._built is None:
            raise SpecError("no patterns are stored; needed: patterns before cues")
        made, starts = self.settings, PERIOD * np.arange(len(cues))
        number, ids = np.nonzero(cues)
        one = np.zeros(len(cues), dtype=np.int64)
        spikes = {
            made.cue: (starts[number], ids),
            made.begin: (starts, one),
            made.read: (starts + READ, one),
            made.end: (starts + CLOSE, one),
        }
        steps, fired = self._episodes.run("recall", spikes, PERIOD * len(cues), {})
        states = np.zeros(cues.shape, dtype=np.bool_)
        states[steps // PERIOD, fired] = True
        # Every spike of a cue is heard by the segments of its cell, every segment tells its cells.
        heard = int(self._usage[ids].sum()) + len(cues) * int(self._usage.sum())
        self._operations += Operations(reads=heard)
        return states

    @property
    def bytes(self) -> int:
        """Return the size of the synapses: two indices each, those of segments a weight."""
        return self.n_synapses * (2 * INDEX + WEIGHT // 2)

    @property
    def n_synapses(self) -> int:
        """Return the number of synapses on segments and from them."""
        return 2 * int(self._usage.sum())

    @property
    def operations(self) -> Operations:
        """Return synaptic events, and synapses that were made."""
        return self._operations

    @property
    def _usage(self) -> NDArray[np.int64]:
        """Return in how many patterns each cell is."""
        size = self._spec.populations[self.settings.cells].size
        if self._built is None:
            return np.zeros(size, dtype=np.int64)
        return np.bincount(self._built.edges["told"].target, minlength=size)

    def _described(self, n_patterns: int) -> Spec:
        """Return the description with as many segments, and what they tell."""
        made, power = self.settings, self._power
        known = dict(self._spec.populations)
        segments, cells = known[made.segments], known[made.cells]
        told = {"degree": power.degree, "is_step": int(power.step > 0), "q_step": power.step}
        known[made.segments] = replace(
            segments, size=n_patterns, initial={**segments.initial, **_plain(told)}
        )
        needed = {"theta": int(power(made.cued))}
        known[made.cells] = replace(cells, parameters={**cells.parameters, **_plain(needed)})
        return replace(self._spec, populations=known)


def _plain(values: dict[str, int]) -> dict[str, Any]:
    return {name: Quantity(float(value), NONE) for name, value in values.items()}
