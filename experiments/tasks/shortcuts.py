"""What can be told of strings without their grammar: the levels by which a score is judged."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping
from itertools import product
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.tasks.reber import ALPHABET, Strings

Array = NDArray[Any]
#: Learns from strings, says of others whether they are valid, shape (n,).
Shortcut = Callable[[Strings, Strings], Array]
PREFIX = 4


def accuracy(shortcut: Shortcut, train: Strings, test: Strings) -> float:
    """Return the share of test strings about which a shortcut is right."""
    return float((shortcut(train, test) == test.is_valid).mean())


def familiar(n: int) -> Shortcut:
    """Say that a string is valid if valid ones have had all its runs of n letters."""

    def tell(train: Strings, test: Strings) -> Array:
        valid = [string for string, is_valid in _pairs(train) if is_valid]
        known = {run for string in valid for run in _runs(string, n)}
        return np.array([known.issuperset(_runs(string, n)) for string in test.strings])

    return tell


def majority(trait: Callable[[str], Hashable]) -> Shortcut:
    """Say what most strings were that had the same trait; of a new trait, that it is invalid."""

    def tell(train: Strings, test: Strings) -> Array:
        votes: dict[Hashable, int] = defaultdict(int)
        for string, is_valid in _pairs(train):
            votes[trait(string)] += 1 if is_valid else -1
        return np.array([votes.get(trait(string), -1) > 0 for string in test.strings])

    return tell


def frequencies(n: int) -> Shortcut:
    """Weigh how often each run of n letters occurs, by logistic regression."""

    def tell(train: Strings, test: Strings) -> Array:
        # Loaded where it is asked for, not by whoever draws strings.
        from sklearn.linear_model import LogisticRegression

        model = LogisticRegression(max_iter=1000)
        model.fit(_counts(train, n), train.is_valid)
        found: Array = model.predict(_counts(test, n))
        return found

    return tell


SHORTCUTS: Mapping[str, Shortcut] = MappingProxyType(
    {
        "letters": familiar(1),
        "length": majority(len),
        "prefix": majority(lambda string: string[:PREFIX]),
        "letter_frequencies": frequencies(1),
        "bigrams": familiar(2),
        "bigram_frequencies": frequencies(2),
        "trigrams": familiar(3),
    }
)


def _pairs(strings: Strings) -> zip[tuple[str, Any]]:
    return zip(strings.strings, strings.is_valid, strict=True)


def _runs(string: str, n: int) -> list[str]:
    return [string[k : k + n] for k in range(len(string) - n + 1)]


def _counts(strings: Strings, n: int) -> Array:
    """Return how often each run occurs for each letter of the string, shape (n_strings, 7^n)."""
    runs = ["".join(each) for each in product(ALPHABET, repeat=n)]
    counted = (Counter(_runs(string, n)) for string in strings.strings)
    found: Array = np.array([[each[run] for run in runs] for each in counted], dtype=np.float64)
    found /= np.array([[len(string)] for string in strings.strings])
    return found
