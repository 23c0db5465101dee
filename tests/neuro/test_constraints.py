"""Constraints: what they read, and that every declaration of the house keeps its own."""

import pytest

from neuro.constraints import Constraint, parse_constraint
from neuro.models import MODELS
from neuro.synapses import SYNAPSES
from neuro.units import parse
from plasticity import RULES

DECLARED = [*MODELS.values(), *SYNAPSES.values(), *RULES.values()]


def test_a_number_on_the_left_is_turned_to_the_right():
    assert parse_constraint("0 <= U") == Constraint("U", ">=", 0.0)
    assert parse_constraint("U <= 1") == Constraint("U", "<=", 1.0)
    assert parse_constraint("a || b != c") == Constraint("a", "!=", "c", "b")
    assert parse_constraint("tau_rise < tau_decay") == Constraint("tau_rise", "<", "tau_decay")


@pytest.mark.parametrize(
    "text",
    [
        "tau",
        "tau > 2",
        "0 < 1",
        "2 < tau",
        "a < b < c",
        "f(x) > 0",
        "a == b",
        "-a > 0",
        "",
        "a || 1 > 0",
        "1 || a != b",
        "a || b || c > 0",
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match="compar"):
        parse_constraint(text)


@pytest.mark.parametrize(
    ("relation", "below", "same", "above"),
    [
        ("<", True, False, False),
        ("<=", True, True, False),
        (">", False, False, True),
        (">=", False, True, True),
        ("!=", True, False, True),
    ],
)
def test_what_holds(relation, below, same, above):
    rule = Constraint("a", relation, 0.0)
    assert [rule.holds(left, 1.0) for left in (0.0, 1.0, 2.0)] == [below, same, above]


@pytest.mark.parametrize("declared", DECLARED, ids=lambda declared: declared.name)
def test_the_defaults_of_the_house_keep_the_constraints(declared):
    values = {
        name: parse(text.replace(" weight", "")).value for name, text in declared.parameters.items()
    }
    for text in declared.constraints:
        rule = parse_constraint(text)
        right = values[rule.other] if isinstance(rule.other, str) else rule.other
        left = values[rule.name]
        if rule.beside:
            left = left * values[rule.beside] / (left + values[rule.beside])
        assert rule.holds(left, right), text


def test_what_differs_in_the_last_digits_is_the_same():
    assert not Constraint("a", "!=", "b").holds(5e-3, 5e-3 * (1 + 1e-15))
    assert Constraint("a", "!=", "b").holds(5e-3, 5e-3 * (1 + 1e-6))


@pytest.mark.parametrize("declared", DECLARED, ids=lambda declared: declared.name)
def test_every_time_constant_is_constrained(declared):
    named = {
        name
        for text in declared.constraints
        for rule in (parse_constraint(text),)
        for name in (rule.name, rule.other)
    }
    assert {name for name in declared.parameters if name.startswith("tau")} <= named
