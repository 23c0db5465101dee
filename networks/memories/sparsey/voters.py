"""Macs that learn the class of what they see: labels from above, read out by votes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.inputs.strokes import on_off
from networks.memories.protocol import Operations
from networks.memories.sparsey.afferents import dense
from networks.memories.sparsey.codes import Codes
from networks.memories.sparsey.mac import Mac, MacMemory
from neuro.errors import SpecError

Bits = NDArray[np.bool_]
CHUNK = 500  # inputs at a time, whose codes take one byte for each unit


class Voters:
    """Hold one level of macs, each with a part of the input, below one label field.

    The label field has one unit for each class, joined with each winner by one synapse that is
    used in both directions: downwards it is the mac's D signal while learning (unless its power
    is 0), upwards it is the read-out: the class with most synapses from the winners of all macs.

    Parameters
    ----------
    mac : Mac
        The settings of every mac; `lines` and `top_down` are filled in here.
    fields : sequence of array of int
        What each mac sees of the flat input.
    n_classes : int
        Units of the label field.
    is_paired : bool
        Whether a mac sees its field as on and off lines; see `networks.inputs.strokes.on_off`.
    rng : numpy.random.Generator
        Source of the macs' draws.

    Attributes
    ----------
    macs : tuple of MacMemory
        One for each field.
    """

    def __init__(
        self,
        mac: Mac,
        fields: Sequence[NDArray[Any]],
        n_classes: int,
        is_paired: bool,
        rng: np.random.Generator,
    ) -> None:
        if not fields or n_classes < 2:
            raise SpecError(f"{len(fields)} fields, {n_classes} classes; needed: 1 and 2 or more")
        self.n_classes, self.is_paired = n_classes, is_paired
        self.fields = tuple(fields)
        self.macs: tuple[MacMemory, ...] = tuple(
            replace(mac, lines=len(field) * (1 + is_paired), top_down=n_classes).empty(rng)
            for field in fields
        )

    @property
    def size(self) -> int:
        """Return the number of units of all macs."""
        return sum(mac.settings.size for mac in self.macs)

    def learn(self, inputs: Bits, labels: NDArray[Any]) -> tuple[Codes, ...]:
        """Present labelled inputs once, shapes (P, N) and (P,); return the codes of each mac."""
        above = labels[:, None] == np.arange(self.n_classes)
        return tuple(
            mac.learn(self.seen(inputs, number), above) for number, mac in enumerate(self.macs)
        )

    def read(self, inputs: Bits) -> tuple[Codes, ...]:
        """Return the codes of inputs, shape (P, N), for each mac."""
        return tuple(mac.read(self.seen(inputs, number)) for number, mac in enumerate(self.macs))

    def units(self, codes: Sequence[Codes]) -> Bits:
        """Write the codes of all macs side by side as active units, shape (P, size)."""
        return np.concatenate(
            [mac.units(code.winners) for mac, code in zip(self.macs, codes, strict=True)], axis=1
        )

    def votes(self, codes: Sequence[Codes]) -> NDArray[np.int64]:
        """Count the synapses from the winners onto each class, shape (P, n_classes)."""
        total = np.zeros((len(codes[0].winners), self.n_classes), dtype=np.int64)
        for mac, code in zip(self.macs, codes, strict=True):
            links = dense(mac.above, self.n_classes).reshape(self.n_classes, -1, mac.settings.units)
            modules = np.arange(mac.settings.modules)
            total += links[:, modules, code.winners].sum(axis=2).T
        return total

    def seen(self, inputs: Bits, number: int) -> Bits:
        """Return the lines of one mac, shape (P, lines)."""
        part = inputs[:, self.fields[number]]
        return on_off(part) if self.is_paired else part


class Stack:
    """Hold levels of macs, each of which learns the codes of the one below.

    The periods of learning follow each other from the lowest level to the highest: a level learns
    when the codes of the one below do not change any more. Each sees every input once. The class
    is read from the highest.

    Parameters
    ----------
    levels : sequence of Voters
        From the lowest to the highest; the fields of a level are those of the units below.
    """

    def __init__(self, levels: Sequence[Voters]) -> None:
        if not levels:
            raise SpecError("a stack needs at least one level")
        self.levels = tuple(levels)

    def learn(self, inputs: Bits, labels: NDArray[Any]) -> None:
        """Present labelled inputs, shapes (P, N) and (P,), once to each level."""
        for level in self.levels[:-1]:
            level.learn(inputs, labels)
            inputs = level.units(level.read(inputs))
        self.levels[-1].learn(inputs, labels)

    def read(self, inputs: Bits) -> tuple[Codes, ...]:
        """Return the codes of the highest level for inputs of shape (P, N)."""
        for level in self.levels[:-1]:
            inputs = level.units(level.read(inputs))
        return self.levels[-1].read(inputs)

    def classify(self, inputs: Bits) -> NDArray[np.int64]:
        """Return the class of each input, shape (P,); of equal votes the first."""
        answers = [
            self.levels[-1].votes(self.read(inputs[begin : begin + CHUNK])).argmax(axis=1)
            for begin in range(0, len(inputs), CHUNK)
        ]
        return np.concatenate(answers) if answers else np.zeros(0, dtype=np.int64)

    @property
    def bytes(self) -> int:
        """Return the size of all macs."""
        return sum(mac.bytes for mac in self._macs())

    @property
    def n_synapses(self) -> int:
        """Return the number of places where a synapse may be."""
        return sum(mac.n_synapses for mac in self._macs())

    @property
    def operations(self) -> Operations:
        """Return the synapse accesses since the macs were made, without the read-out's."""
        return sum((mac.operations for mac in self._macs()), Operations())

    def _macs(self) -> Iterator[MacMemory]:
        for level in self.levels:
            yield from level.macs
