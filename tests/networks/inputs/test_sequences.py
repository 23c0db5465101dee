from itertools import islice

import numpy as np
import pytest

from networks.inputs.sequences import LetterStream
from neuro.errors import SpecError

WORDS = ("ABC", "CBA")


def test_noise_and_sequences_alternate():
    stream = LetterStream(columns=260, active=10, noise=2)
    shown = list(islice(stream.elements(WORDS, np.random.default_rng(1)), 500))
    assert stream.period(WORDS) == 5
    assert stream.ceiling(WORDS) == 2 / 5
    assert all(len(np.unique(each)) == 10 and each.max() < 260 for each in shown)
    letters = {tuple(stream.letter(letter)): letter for letter in "ABC"}
    words = ["".join(letters[tuple(each)] for each in shown[k : k + 3]) for k in range(2, 500, 5)]
    assert set(words) == set(WORDS)
    noise = [tuple(each) for k in range(0, 500, 5) for each in shown[k : k + 2]]
    assert len(set(noise)) == len(noise)
    # Each column is in 10 of 260 random elements: 200 draws, five standard deviations.
    counts = np.bincount(np.concatenate(noise), minlength=260)
    assert abs(counts.mean() - 200 / 26) < 1e-12
    assert counts.max() < 200 / 26 + 6 * np.sqrt(200 / 26)


def test_what_does_not_fit_is_refused():
    with pytest.raises(SpecError, match="do not fit"):
        LetterStream(columns=259, active=10)
    stream = LetterStream()
    for wrong, message in ((("AB", "ABC"), "one length"), (("A",), "two letters"), ((), "two")):
        with pytest.raises(SpecError, match=message):
            next(stream.elements(wrong, np.random.default_rng(1)))
