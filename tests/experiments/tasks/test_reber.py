"""Strings of the grammar against all strings there are, and what gives broken ones away."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from experiments.tasks.reber import (
    ALPHABET,
    END,
    TRANSITIONS,
    Lengths,
    accepts,
    chances_to_end,
    confuse,
    draw_strings,
    draw_valid,
    encode,
    states_of,
    substitute,
)
from experiments.tasks.shortcuts import SHORTCUTS, accuracy
from neuro.errors import SpecError

BREACHES = ("substitution", "confusion")


def language(longest: int) -> dict[str, float]:
    """Return all strings of the grammar and the chance of each, by following every way."""
    found, open_ = {}, [("", 0, 1.0)]
    while open_:
        string, state, chance = open_.pop()
        if state == END:
            found[string] = chance
        elif len(string) < longest:
            ways = TRANSITIONS[state]
            open_ += [(string + key, to, chance / len(ways)) for key, to in ways.items()]
    return found


def bigrams(string: str) -> set[str]:
    return {string[k : k + 2] for k in range(len(string) - 1)}


def test_what_is_accepted_of_all_strings_is_the_language():
    everything = (
        "".join(each) for length in range(1, 6) for each in product(ALPHABET, repeat=length)
    )
    assert {each for each in everything if accepts(each)} == set(language(5))
    assert set(language(6)) == {"BTXSE", "BPVVE", "BTSXSE", "BPTVVE", "BPVPSE"}


@pytest.mark.parametrize("string", ["BTSSXXTVVE", "BPVPXVPXVPXVVE", "BTXXVPSE", "BPTTVPXTVPSE"])
def test_strings_of_the_literature_are_accepted(string: str):
    assert accepts(string)
    assert not accepts(string[:-1])
    assert not accepts(string + "E")
    assert not accepts(string[1:])


def test_chances_to_end_are_those_of_all_strings():
    chance = chances_to_end(12)[:, 0]
    for length in range(13):
        total = sum(p for string, p in language(12).items() if len(string) == length)
        assert chance[length] == pytest.approx(total, abs=1e-15)


def test_strings_are_drawn_as_often_as_a_walk_makes_them():
    rng, n = np.random.default_rng(0), 1000
    drawn = [draw_valid(rng, Lengths(8, 9)) for _ in range(n)]
    expected = {each: p for each, p in language(9).items() if len(each) >= 8}
    assert set(drawn) == set(expected)
    total = sum(expected.values())
    squares = sum(
        (drawn.count(each) - n * p / total) ** 2 / (n * p / total) for each, p in expected.items()
    )
    # Chi-square of as many degrees of freedom, less one: 4 sigma.
    free = len(expected) - 1
    assert squares < free + 4 * np.sqrt(2 * free)


@pytest.mark.parametrize("length", [6, 7, 12])
def test_every_string_can_be_broken_in_one_place(length: int):
    rng, chance = np.random.default_rng(1), chances_to_end(length)
    for string in (each for each in language(length) if len(each) == length):
        wrong, confused = substitute(string, rng), confuse(string, rng, chance)
        assert not accepts(wrong)
        assert sum(a != b for a, b in zip(wrong, string, strict=True)) == 1
        place = len(states_of(confused)) - 1
        assert len(confused) == length
        assert confused[:place] == string[:place]
        assert place < length - 1
        # From the wrong letter on, it is the end of some string of the grammar.
        ends = {after for each in TRANSITIONS for key, after in each.items()
                if key == confused[place]}  # fmt: skip
        assert any(follows(state, confused[place + 1 :]) for state in ends)


def follows(state: int, letters: str) -> bool:
    for letter in letters:
        if state == END or letter not in TRANSITIONS[state]:
            return False
        state = TRANSITIONS[state][letter]
    return state == END


def test_pairs_of_letters_of_a_confused_string_are_all_of_the_grammar():
    known = set().union(*(bigrams(string) for string in language(12)))
    confused = draw_strings(200, np.random.default_rng(2))
    substituted = draw_strings(200, np.random.default_rng(2), "substitution")
    assert all(bigrams(string) <= known for string in confused.strings)
    assert not all(bigrams(string) <= known for string in substituted.strings)


@pytest.mark.parametrize("breach", BREACHES)
def test_strings_are_labelled_as_they_are_and_none_comes_twice(breach: str):
    found = draw_strings(300, np.random.default_rng(3), breach, Lengths(8, 20))
    assert [accepts(string) for string in found.strings] == found.is_valid.tolist()
    assert found.is_valid.sum() == 150
    assert len(set(found.strings)) == 300
    assert {len(string) for string in found.strings} <= set(range(8, 21))
    again = draw_strings(300, np.random.default_rng(3), breach, Lengths(8, 20))
    assert again.strings == found.strings
    assert found[:10].strings == found.strings[:10]


@pytest.mark.parametrize("breach", BREACHES)
def test_shortcuts_reach_what_they_can(breach: str):
    drawn = draw_strings(1400, np.random.default_rng(4), breach)
    train, test = drawn[:700], drawn[700:]
    found = {name: accuracy(shortcut, train, test) for name, shortcut in SHORTCUTS.items()}
    # 700 strings: deviation of a share 0.019 at most; 4 sigma.
    assert found["letters"] == pytest.approx(0.5, abs=0.076)
    assert found["length"] == pytest.approx(0.5, abs=0.076)
    # The last two letters determine the state: three letters tell all.
    assert found["trigrams"] == 1
    if breach == "confusion":
        assert found["bigrams"] == pytest.approx(0.5, abs=0.076)
        assert found["prefix"] < found["bigram_frequencies"] < 0.9
    else:
        assert found["bigrams"] > 0.7


def test_letters_are_coded_one_by_one():
    inputs, length = encode(["BTXSE", "BPTVVE"])
    assert inputs.shape == (6, 2, 7)
    assert length.tolist() == [5, 6]
    assert [ALPHABET[k] for k in inputs[:5, 0].argmax(axis=1)] == list("BTXSE")
    np.testing.assert_array_equal(inputs.sum(axis=2), [[1, 1]] * 5 + [[0, 1]])


def test_what_cannot_be_drawn_is_refused():
    rng = np.random.default_rng(5)
    for n, lengths in ((3, Lengths()), (1000, Lengths(6, 6))):
        with pytest.raises(SpecError, match="needed"):
            draw_strings(n, rng, "confusion", lengths)
    with pytest.raises(SpecError, match="ascending from 6"):
        Lengths(5, 10)
    with pytest.raises(SpecError, match="nowhere"):
        confuse("BPVVE", rng, chances_to_end(5))
