"""Reber's grammar: strings that obey it, and strings that break it in one place only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from neuro.errors import SpecError

Array = NDArray[Any]
Breach = Literal["substitution", "confusion"]
ALPHABET = "BEPSTVX"
END = -1
#: Draws that give nothing new before it is said that there is nothing new.
MOST_TRIES = 1000
#: From each state: where a letter leads. State 0 is where strings begin, 6 is before their end.
TRANSITIONS: tuple[Mapping[str, int], ...] = tuple(
    MappingProxyType(each)
    for each in (
        {"B": 1}, {"T": 2, "P": 3}, {"S": 2, "X": 4}, {"T": 3, "V": 5}, {"X": 3, "S": 6},
        {"P": 4, "V": 6}, {"E": END},
    )
)  # fmt: skip
#: The same, as pairs of letter and state.
WAYS = tuple(tuple(each.items()) for each in TRANSITIONS)
#: Where letters lead, short of the end, from the other states that the last letter leads to.
ELSEWHERE: Mapping[tuple[str, int], tuple[tuple[str, int], ...]] = MappingProxyType(
    {
        (last, state): tuple(
            (letter, after)
            for other in sorted({each[last] for each in TRANSITIONS if last in each} - {state})
            for letter, after in WAYS[other]
            if after != END
        )
        for last in "PSTVX"
        for state in range(len(TRANSITIONS))
    }
)


def states_of(string: str) -> list[int]:
    """Return the states that a string goes through, up to the first letter that is not allowed.

    Parameters
    ----------
    string : str

    Returns
    -------
    list of int
        Begins with 0; as long as the string and one more if no letter breaks the grammar.
    """
    states = [0]
    for letter in string:
        if states[-1] == END or letter not in TRANSITIONS[states[-1]]:
            break
        states.append(TRANSITIONS[states[-1]][letter])
    return states


def accepts(string: str) -> bool:
    """Tell whether a string obeys the grammar, from its first letter to its end."""
    states = states_of(string)
    return len(states) == len(string) + 1 and states[-1] == END


def chances_to_end(longest: int) -> Array:
    """Compute how likely it is to come to the end in so many letters, either of two alike.

    Parameters
    ----------
    longest : int
        Letters.

    Returns
    -------
    array of float64, shape (longest + 1, n_states)
        Chance to be at the end after exactly that number of letters, from each state.
    """
    chance = np.zeros((longest + 1, len(TRANSITIONS)))
    for length in range(1, longest + 1):
        for state, ways in enumerate(TRANSITIONS):
            ends = [_chance(chance, after, length - 1) for after in ways.values()]
            chance[length, state] = sum(ends) / len(ends)
    return chance


def _chance(chance: Array, state: int, length: int) -> float:
    return float(length == 0) if state == END else float(chance[length, state])


@dataclass(frozen=True, slots=True)
class Lengths:
    """Bound the letters of a string, both ends included.

    Attributes
    ----------
    shortest, longest : int
        As published data have them. Strings of 6 letters and more can all be broken by `confuse`.
    """

    shortest: int = 11
    longest: int = 53

    def __post_init__(self) -> None:
        if not 6 <= self.shortest <= self.longest:
            raise SpecError(f"{self.shortest} to {self.longest} letters; needed: ascending from 6")


LENGTHS = Lengths()


def draw_valid(rng: np.random.Generator, lengths: Lengths) -> str:
    """Draw a string: of two letters either has the same chance, until the length fits.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the draw.
    lengths : Lengths
        Strings of another length are drawn anew.

    Returns
    -------
    str
    """
    while True:
        state, letters = 0, ""
        while state != END and len(letters) < lengths.longest:
            letter, state = WAYS[state][int(rng.random() * len(WAYS[state]))]
            letters += letter
        if state == END and len(letters) >= lengths.shortest:
            return letters


def substitute(string: str, rng: np.random.Generator) -> str:
    """Put one wrong letter in.

    Parameters
    ----------
    string : str
        Obeys the grammar.
    rng : numpy.random.Generator
        Draws the place, neither the first nor the last, and the letter, one that other places
        of strings have but that is not allowed here.

    Returns
    -------
    str
        As long as the string, and different from it in one letter.
    """
    place = int(rng.integers(1, len(string) - 1))
    allowed = TRANSITIONS[states_of(string[:place])[-1]]
    wrong = [letter for letter in ALPHABET[2:] if letter not in allowed]
    return string[:place] + wrong[int(rng.integers(len(wrong)))] + string[place + 1 :]


def confuse(string: str, rng: np.random.Generator, chance: Array) -> str:
    """Go on, from some place, as if the last letter had led to the other state that it leads to.

    Each pair of neighbouring letters is then one of the grammar: only who remembers the state can
    tell, or who looks at three letters together.

    Parameters
    ----------
    string : str
        Obeys the grammar.
    rng : numpy.random.Generator
        Draws the place among those where it can be done, and how the string goes on.
    chance : array of float64
        `chances_to_end`, for at least as many letters.

    Returns
    -------
    str
        As long as the string, and the same up to the place.

    Raises
    ------
    SpecError
        If it can be done nowhere, which happens to BPVVE alone.
    """
    states = states_of(string)
    options = {
        place: _confusions(string[place - 1], states[place], chance[len(string) - place - 1])
        for place in range(2, len(string) - 1)
    }
    places = [place for place, found in options.items() if found]
    if not places:
        raise SpecError(f"string '{string}' can be confused nowhere; needed: 6 letters or more")
    place = places[int(rng.integers(len(places)))]
    letter, state = options[place][int(rng.integers(len(options[place])))]
    return string[:place] + letter + _complete(state, len(string) - place - 1, rng, chance)


def _confusions(last: str, state: int, chance: Array) -> list[tuple[str, int]]:
    """Return letters that go on from where else the last letter leads to: none goes on here too."""
    return [(letter, to) for letter, to in ELSEWHERE[last, state] if chance[to] > 0]


def _complete(state: int, left: int, rng: np.random.Generator, chance: Array) -> str:
    """Draw so many letters from a state to the end, as a walk does that happens to end there."""
    letters = ""
    for rest in range(left - 1, -1, -1):
        # At most two ways lead on from a state.
        weight = [_chance(chance, after, rest) for _, after in WAYS[state]]
        is_first = rng.random() * sum(weight) < weight[0]
        letter, state = WAYS[state][0 if is_first else -1]
        letters += letter
    return letters


@dataclass(frozen=True, slots=True)
class Strings:
    """Hold strings and whether they obey the grammar.

    Attributes
    ----------
    strings : tuple of str
        No two alike.
    is_valid : array of bool, shape (n,)
    """

    strings: tuple[str, ...]
    is_valid: NDArray[np.bool_]

    def __getitem__(self, part: slice) -> Strings:
        """Return a part of them."""
        return Strings(self.strings[part], self.is_valid[part])


def draw_strings(
    n: int,
    rng: np.random.Generator,
    breach: Breach = "confusion",
    lengths: Lengths = LENGTHS,
) -> Strings:
    """Draw strings of which one half breaks the grammar, in random order.

    Those that break it are drawn like the others, and then broken: lengths tell nothing.

    Parameters
    ----------
    n : int
        Even. Any part of them may train and another test, as no string comes twice.
    rng : numpy.random.Generator
        Source of the draws.
    breach : {"substitution", "confusion"}
        How: by `substitute` or by `confuse`.
    lengths : Lengths
        Of the strings.

    Returns
    -------
    Strings

    Raises
    ------
    SpecError
        If n is odd or there are too few strings of these lengths.
    """
    if n % 2 or n < 2:
        raise SpecError(f"{n} strings; needed: an even number, as one half breaks the grammar")
    drawn = _distinct(n, lambda _: draw_valid(rng, lengths))
    # Short strings come first to be found, and run out.
    drawn = [drawn[k] for k in rng.permutation(n)]
    chance = chances_to_end(lengths.longest)
    half = n // 2

    def broken(k: int) -> str:
        base = drawn[half + k]
        return confuse(base, rng, chance) if breach == "confusion" else substitute(base, rng)

    strings = [*drawn[:half], *_distinct(half, broken)]
    order = rng.permutation(n)
    return Strings(tuple(strings[k] for k in order), order < half)


def _distinct(n: int, draw: Callable[[int], str]) -> list[str]:
    """Draw strings, each anew until it is another than those before."""
    found: dict[str, None] = {}
    n_tries = 0
    while len(found) < n:
        before = len(found)
        found[draw(before)] = None
        n_tries = 0 if len(found) > before else n_tries + 1
        if n_tries == MOST_TRIES:
            raise SpecError(f"{before} strings of {n} found; needed: fewer, or other lengths")
    return list(found)


def encode(strings: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Code letters by one input each, in the order of `ALPHABET`.

    Parameters
    ----------
    strings : sequence of str

    Returns
    -------
    inputs : array of float32, shape (n_steps, n_strings, 7)
        Zeros and ones; nothing after the end of a string.
    length : array of int64, shape (n_strings,)
        Its letters: states after them are not to be read.
    """
    length = np.array([len(string) for string in strings], dtype=np.int64)
    inputs = np.zeros((int(length.max()), len(strings), len(ALPHABET)), dtype=np.float32)
    for number, string in enumerate(strings):
        inputs[np.arange(len(string)), number, [ALPHABET.index(each) for each in string]] = 1
    return inputs, length
