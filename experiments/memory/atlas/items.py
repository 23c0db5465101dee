"""What the memories of the atlas keep: one kind of items, coded for each of them.

An item drives units: independently (random), as others of its class do too (correlated), or by a
digit seen through a fixed random expansion (mnist). A memory takes the k units that are driven most
(sparse), the unit driven most in each block (blocks), or all that are driven above 0 (dense).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from math import comb, log2
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from experiments.memory.atlas.settings import Damage, Kind
from networks.inputs.digits import load_mnist, separate
from networks.inputs.encoders import FittedCoder, SparseCoder
from networks.inputs.patterns import CHUNK_ELEMENTS, corrupt
from networks.memories.bcpnn import one_on
from networks.memories.polar import signs
from networks.winners import k_winners
from neuro.errors import SpecError

Bits = NDArray[np.bool_]
Array = NDArray[Any]
Form = Literal["sparse", "blocks", "dense"]
N_CLASSES = 10
N_FITTED = 600  # digits on which the expansion is standardised; they are not stored


@dataclass(frozen=True, slots=True)
class Code:
    """Say how a memory wants its patterns.

    Attributes
    ----------
    form : {"sparse", "blocks", "dense"}
        Which units are active.
    size : int
        N, units.
    active : int
        Active units: k, or blocks; half of the units of a dense code, on average.
    is_polar : bool
        Whether units are +1 and -1 (int8) in place of bits.
    """

    form: Form
    size: int
    active: int
    is_polar: bool = False

    @property
    def bits(self) -> float:
        """Return log2 of the number of code words."""
        if self.form == "dense":
            return float(self.size)
        if self.form == "blocks":
            return self.active * log2(self.size / self.active)
        return log2(comb(self.size, self.active))

    def encode(self, drive: Array) -> Bits:
        """Return the active units of drives, shape (P, N)."""
        if self.form == "dense":
            return np.asarray(drive > 0)
        if self.form == "sparse":
            return k_winners(drive, self.active)
        width = self.size // self.active
        return one_on(drive.reshape(len(drive), self.active, width).argmax(axis=2), width)

    def native(self, active: Bits) -> Array:
        """Return active units as the memory takes them."""
        return signs(active) if self.is_polar else active


def damaged(active: Bits, damage: Damage, rng: np.random.Generator) -> Bits:
    """Switch active units of each pattern off and others on, by their number in the pattern."""
    cues = [
        corrupt(row[None], round(damage.erase * count), round(damage.insert * count), rng)
        for row, count in zip(active, active.sum(axis=1).tolist(), strict=True)
    ]
    return np.concatenate(cues)


@dataclass(frozen=True, slots=True)
class Items:
    """Hold where the items of one network come from.

    Attributes
    ----------
    code : Code
        How they are coded.
    drive : callable
        Takes a number and a generator, returns drives, shape (number, N).
    prototypes : array of bool, shape (classes, N)
        What is known of a pattern with its class: the code of the mean item; empty if there are
        no classes.
    most : int
        Items that there are.
    """

    code: Code
    drive: Callable[[int, np.random.Generator], Array]
    prototypes: Bits
    most: int = 10**9

    def draw(self, number: int, rng: np.random.Generator) -> Array:
        """Draw patterns as the memory takes them, shape (number, N)."""
        if number > self.most:
            raise SpecError(f"{number} items; there are {self.most}")
        return self.code.native(self.code.encode(self.drive(number, rng)))

    def damage(self, patterns: Array, damage: Damage, rng: np.random.Generator) -> Array:
        """Return damaged cues of patterns."""
        return self.code.native(damaged(patterns > 0, damage, rng))

    def class_of(self, active: Bits) -> Bits:
        """Return the prototype that shares most with each pattern, shape (P, N)."""
        wide = self.prototypes.astype(np.float32)
        likeness = active.astype(np.float32) @ wide.T - 0.5 * wide.sum(axis=1)
        return np.asarray(self.prototypes[likeness.argmax(axis=1)])


def draw_items(kind: Kind, code: Code, correlation: float, rng: np.random.Generator) -> Items:
    """Draw what all items of one network have in common.

    Parameters
    ----------
    kind : str
        Of items.
    code : Code
        How they are coded.
    correlation : float
        Of the drives of correlated items of one class.
    rng : numpy.random.Generator
        Of prototypes, of the expansion, and of the digits that are not stored.

    Returns
    -------
    Items
        Which draws as many as are wanted.
    """
    if kind == "random":
        none = np.zeros((0, code.size), dtype=np.bool_)
        return Items(code, lambda number, r: _normal(number, code.size, r), none)
    if kind == "correlated":
        mean = _normal(N_CLASSES, code.size, rng)
        common, own = np.float32(np.sqrt(correlation)), np.float32(np.sqrt(1 - correlation))

        def drive(number: int, r: np.random.Generator) -> Array:
            drawn = own * _normal(number, code.size, r)
            drawn += common * mean[r.integers(0, N_CLASSES, number)]
            return drawn

        return Items(code, drive, code.encode(mean))
    return _digit_items(code, rng)


def _normal(number: int, size: int, rng: np.random.Generator) -> Array:
    return rng.standard_normal((number, size), dtype=np.float32)


def _digit_items(code: Code, rng: np.random.Generator) -> Items:
    images, labels = _digits()
    most = len(images) - N_FITTED
    chosen = separate(len(images), N_FITTED, most, rng)
    coder = SparseCoder(code.size, 1, "homeostatic").fit(images[chosen.fit], rng)
    drive = coder.drive(images[chosen.fit])
    label = labels[chosen.fit]
    mean = np.stack([drive[label == each].mean(axis=0) for each in range(N_CLASSES)])

    def seen(number: int, r: np.random.Generator) -> Array:
        return _drives(coder, images[chosen.stored[r.permutation(most)[:number]]])

    return Items(code, seen, code.encode(mean), most)


def _drives(coder: FittedCoder, images: NDArray[np.uint8]) -> Array:
    rows = max(1, CHUNK_ELEMENTS // coder.weight.shape[1])
    drive = np.empty((len(images), coder.weight.shape[1]), dtype=np.float32)
    for start in range(0, len(images), rows):
        drive[start : start + rows] = coder.drive(images[start : start + rows])
    return drive


@cache
def _digits() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Read the training digits once for all networks of a process."""
    return load_mnist("train")
