"""Streams of elements with a temporal order: noise and sequences of letters in turn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from networks.bounds import check_range
from neuro.errors import SpecError

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class LetterStream:
    """Describe an endless stream in which random elements and sequences of letters alternate.

    Every period has `noise` random elements, drawn anew, and one of the sequences, drawn with
    equal chances. A letter is a block of `active` neighbouring columns, the same each time.

    Attributes
    ----------
    columns, active : int
        Columns, and how many of them an element has.
    noise : int
        Random elements before each sequence.

    References
    ----------
    Hawkins & Ahmad, Frontiers in Neural Circuits 10, 23 (2016), figure 6: 2048 columns, 40
    active, 4 random elements, sequences of 6 letters.
    """

    columns: int = 2048
    active: int = 40
    noise: int = 4

    def __post_init__(self) -> None:
        check_range(self, "active", low=1)
        check_range(self, "noise", low=0)
        why = f"columns: {len(ALPHABET)} letters of {self.active} do not fit into fewer"
        check_range(self, "columns", low=self.active * len(ALPHABET), what=why)

    def letter(self, letter: str) -> NDArray[np.int64]:
        """Return the columns of a letter, shape (active,)."""
        return ALPHABET.index(letter) * self.active + np.arange(self.active, dtype=np.int64)

    def period(self, sequences: Sequence[str]) -> int:
        """Return the number of elements after which the stream begins anew."""
        return self.noise + len(sequences[0])

    def ceiling(self, sequences: Sequence[str]) -> float:
        """Return the share of elements that their past decides: all letters but the first."""
        return (len(sequences[0]) - 1) / self.period(sequences)

    def elements(
        self, sequences: Sequence[str], rng: np.random.Generator
    ) -> Iterator[NDArray[np.int64]]:
        """Yield the columns of one element after the other, without end.

        Parameters
        ----------
        sequences : sequence of str
            Letters A to Z, all of one length.
        rng : numpy.random.Generator
            Draws noise and sequences.
        """
        check_sequences(sequences)
        while True:
            for _ in range(self.noise):
                yield np.sort(rng.permutation(self.columns)[: self.active])
            for letter in sequences[int(rng.integers(len(sequences)))]:
                yield self.letter(letter)


def check_sequences(sequences: Sequence[str]) -> None:
    """Refuse sequences that are not letters A to Z, or not of one length.

    Parameters
    ----------
    sequences : sequence of str
        At least one, of at least two letters.

    Raises
    ------
    SpecError
        If they are.
    """
    wrong = [each for each in sequences if len(each) < 2 or not set(each) <= set(ALPHABET)]
    if wrong or not sequences:
        raise SpecError(f"sequences {list(sequences)}; needed: at least two letters A to Z each")
    if len({len(each) for each in sequences}) > 1:
        raise SpecError(f"sequences {list(sequences)}; needed: all of one length")
