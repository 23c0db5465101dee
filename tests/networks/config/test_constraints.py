"""Values against constraints, drawn ones as far as their ends are known."""

import pytest

from networks.config.constraints import check_constraints
from networks.spec import Distribution
from neuro.units import parse


def law(kind: str, **arguments: str) -> Distribution:
    return Distribution(kind, {name: parse(text) for name, text in arguments.items()})


def listed(*texts: str) -> Distribution:
    return Distribution("values", values=tuple(map(parse, texts)))


def broken(text: str, **values) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    check_constraints((text,), values, lambda names, message: found.append(names))
    return found


@pytest.mark.parametrize(
    "tau",
    [
        parse("1 ms"),
        law("lognormal", mean="20 ms", sd="50 ms"),
        law("gamma", shape="1", mean="20 ms"),
        law("uniform", low="0 ms", high="1 ms"),
        law("normal", mean="20 ms", sd="2 ms"),
        law("normal", mean="20 ms", sd="20 ms", low="1 ms"),
        listed("1 ms", "2 ms"),
    ],
)
def test_what_stays_above_zero(tau):
    assert broken("tau > 0", tau=tau) == []


@pytest.mark.parametrize(
    "tau",
    [
        parse("0 ms"),
        law("uniform", low="-1 ms", high="1 ms"),
        law("normal", mean="20 ms", sd="5 ms"),
        listed("1 ms", "0 ms"),
    ],
)
def test_what_does_not(tau):
    assert broken("tau > 0", tau=tau) == [("tau",)]


def test_lists_are_compared_element_by_element():
    assert broken("a < b", a=listed("1 ms", "3 ms"), b=listed("2 ms", "4 ms")) == []
    assert broken("a < b", a=listed("1 ms", "3 ms"), b=listed("2 ms", "3 ms")) == [("a", "b")]


def test_draws_are_compared_by_their_ends():
    early, late = (law("uniform", low=f"{k} ms", high=f"{k + 2} ms") for k in (1, 2))
    assert broken("a < b", a=early, b=parse("4 ms")) == []
    assert broken("a < b", a=early, b=late) == [("a", "b")]


def test_a_missing_parameter_is_another_mistake():
    assert broken("a < b", a=parse("1 ms")) == []
