"""Dimensions inferred by us are those that Brian2 infers."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from neuro import dimensions as dim
from neuro.dimensions import Dimension
from neuro.expressions import BOOLEAN, ExpressionError, infer

NAMES: dict[str, Dimension] = {
    "v": dim.VOLTAGE, "u": dim.VOLTAGE, "tau": dim.TIME, "x": dim.NONE, "g": dim.CONDUCTANCE,
    "I0": dim.CURRENT, "R": dim.RESISTANCE, "spiking": BOOLEAN,
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "dimension"),
    [
        ("(v - u + R*I0)/tau", (2, 1, -4, -1, 0, 0, 0)),
        ("g*(v - u)", dim.CURRENT),
        ("v/R", dim.CURRENT),
        ("exp(-(v - 20*mV)/u)", dim.NONE),
        ("sqrt(v*u)", dim.VOLTAGE),
        ("(v**2)**0.5", dim.VOLTAGE),
        ("v**(1/2)*v**(1/2)", dim.VOLTAGE),
        ("clip(v, 0*mV, 1*volt)", dim.VOLTAGE),
        ("v > u and not spiking", BOOLEAN),
        ("int(v > u)*x", dim.NONE),
        ("timestep(tau, 1*ms)", dim.NONE),
        ("sign(v)", dim.NONE),
        ("x**x", dim.NONE),
    ],
)
def test_infer(text: str, dimension: Dimension) -> None:
    assert infer(text, NAMES) == dimension


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("v + tau", 4, "cannot use '+': 'v' is a voltage, 'tau' is a time"),
        ("v > 0", 4, "cannot compare: 'v' is a voltage, '0' is a plain number"),
        ("exp(v)", 4, "'exp' needs a plain number; 'v' is a voltage"),
        ("v**x", 3, "the exponent 'x' of a quantity with a unit is no number"),
        ("x**v", 3, "an exponent needs a plain number"),
        ("(v > u) + x", 1, "'v > u' is a condition; write 'int(v > u)'"),
        ("v and x > 1", 0, "'v' is not a condition"),
        ("v + uu", 4, "'uu' is not known here; did you mean 'u'?"),
        ("exp", 0, "'exp' is a function: call it"),
        ("clip(v, 0, 1)", 8, "cannot clip"),
        ("v // u", 0, "'//' needs a plain number"),
    ],
)
def test_a_mismatch_names_both_sides_and_the_place(text: str, column: int, words: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        infer(text, NAMES)
    assert words in str(caught.value)
    assert (caught.value.line, caught.value.column) == (0, column)


leaves = st.sampled_from(["v", "u", "tau", "x", "g", "I0", "R", "2", "0.5", "3*mV", "ms"])


def _grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "//", "%"]), inner)
    return (
        pairs.map(lambda p: f"({p[0]} {p[1]} {p[2]})")
        | inner.map(lambda a: f"exp({a})")
        | inner.map(lambda a: f"sqrt({a})")
        | inner.map(lambda a: f"abs(-{a})")
        | inner.map(lambda a: f"({a})**2")
        | st.tuples(inner, inner).map(lambda p: f"clip({p[0]}, {p[1]}, {p[1]})")
    )


@settings(max_examples=300, deadline=None)
@given(st.recursive(leaves, _grow, max_leaves=8))
def test_inference_agrees_with_brian2(text: str) -> None:
    from brian2.core.functions import DEFAULT_FUNCTIONS
    from brian2.core.namespace import DEFAULT_UNITS
    from brian2.core.variables import Variable
    from brian2.parsing.expressions import parse_expression_dimensions
    from brian2.units import get_or_create_dimension
    from brian2.units.fundamentalunits import DimensionMismatchError

    variables = {
        name: Variable(name, dimensions=get_or_create_dimension(dimension))
        for name, dimension in NAMES.items()
        if dimension
    }
    known: dict[str, object] = {**DEFAULT_UNITS, **DEFAULT_FUNCTIONS, **variables}
    try:
        theirs = tuple(parse_expression_dimensions(text, known)._dims)
    except (DimensionMismatchError, SyntaxError, TypeError):
        theirs = None
    try:
        ours = tuple(float(n) for n in infer(text, NAMES))
    except ExpressionError as error:
        assume("no finite value" not in error.message)
        ours = None
    assert ours == theirs
