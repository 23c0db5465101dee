"""What does not change during a run is computed at its entry, in the same order of operations."""

from __future__ import annotations

import ast
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from neuro.device.expression import is_costly, kind_of, names_in, parse
from neuro.device.fast.factors import regroup
from neuro.device.functions import Rendering
from neuro.device.invariant import split

EXP = Rendering("math.exp(np.float64({0}))")
#: Relative; regrouping rounds a handful of times.
ROUNDING = 1e-14


def code(written: set[str], **constants: Any) -> Any:
    """Return what `split` asks of a code object with 3 elements."""
    size = SimpleNamespace(get_value=lambda: 3)
    exp = SimpleNamespace(stateless=True)
    return SimpleNamespace(
        constants=constants,
        variables={"N": size, "exp": exp},
        functions={"exp": EXP},
        device=SimpleNamespace(written=frozenset(written)),
        n_elements=3,
        value=lambda name: name,
    )


@pytest.fixture(autouse=True)
def arrays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let arrays be told from other variables by their having a type."""

    class Array(SimpleNamespace):
        pass

    monkeypatch.setattr("neuro.device.invariant.ArrayVariable", Array)
    monkeypatch.setattr(f"{__name__}.Array", Array, raising=False)


def with_arrays(written: set[str], *names: str, **constants: Any) -> Any:
    found = code(written, **constants)
    for name in names:
        found.variables[name] = Array(name=name, dtype=np.float64)  # noqa: F821  set by the fixture
    found.array = lambda variable: f"_array_{variable.name}"
    return found


def test_scalars_move_to_the_entry() -> None:
    lines = [
        "dt = _array_dt[0]",
        "t = _array_t[0]",
        "_lio_1 = np.float64(math.exp(np.float64(-dt / tau)))",
        "_lio_2 = np.float64(_lio_1 * t)",
    ]
    parts = split(with_arrays({"_array_t"}, "dt", "t", tau=0.02), lines, ["x = _lio_2"])
    assert parts.scalar == [
        "dt = _array_dt[0]",
        "t = _array_t[0]",
        "_lio_1 = np.float64(_own_real[0])",
        "_lio_2 = np.float64(_lio_1 * t)",
    ]
    assert parts.entry[-1] == "_own_real[0] = _lio_1"
    assert parts.entry[-2] == lines[2]


PROPAGATOR = ["tau = _array_tau[_idx]", "v = _array_v[_idx]", "v = v * (a * exp(-dt / tau))"]


def test_propagators_become_arrays() -> None:
    found = with_arrays({"_array_v"}, "tau", "v", dt=1e-4, a=2.0)
    lines = [line.replace("exp(-dt / tau)", "math.exp(-dt / tau)") for line in PROPAGATOR]
    parts = split(found, [], lines)
    assert parts.vector[-1] == "v = v * _own_each_0[_idx]"
    assert parts.entry[0] == "for _idx in range(N):"
    assert parts.entry[-1] == "    _own_each_0[_idx] = a * math.exp(-dt / tau)"
    assert parts.bindings["_own_each_0"]().shape == (3,)


def test_what_is_written_stays() -> None:
    found = with_arrays({"_array_v", "_array_tau"}, "tau", "v", dt=1e-4, a=2.0)
    lines = [line.replace("exp(-dt / tau)", "math.exp(-dt / tau)") for line in PROPAGATOR]
    parts = split(found, [], lines)
    assert parts.vector == lines
    assert parts.entry == []


def test_cheap_expressions_stay() -> None:
    found = with_arrays({"_array_v"}, "tau", "v")
    lines = ["tau = _array_tau[_idx]", "v = _array_v[_idx]", "v = v + (tau + 1.0)"]
    assert split(found, [], lines).vector == lines


VALUES = {"x": 1.7, "y": -0.3, "a": 2.5, "b": -0.7, "c": 3.25}


@pytest.mark.parametrize(
    ("text", "n_fixed"),
    [
        ("x * a * b", 1),
        ("a * x / b * c", 1),
        ("-(a * x) / (b - c)", 1),
        ("a - x + b - y * c * 2.0", 2),
        ("a / x", 1),
        ("-x - y - c", 1),
        ("(x + a) * (y + b) / x", 2),
        ("a * (b - x * c * a) - -y", 3),
        ("1.0 / (a * x) / b", 1),
    ],
)
def test_regrouped_expressions_have_the_same_value(text: str, n_fixed: int) -> None:
    kinds = dict.fromkeys(VALUES, "float64")
    known = frozenset("abc")
    found = regroup(parse(text), known, kinds)
    expected = eval(text, {}, dict(VALUES))
    assert eval(ast.unparse(found), {}, dict(VALUES)) == pytest.approx(expected, rel=ROUNDING)
    assert len(fixed_parts(found, known)) <= n_fixed


def fixed_parts(node: ast.AST, known: frozenset[str]) -> list[str]:
    """Return the largest parts of an expression that name only what is known."""
    if isinstance(node, ast.expr) and names_in(node) and not names_in(node) - known:
        return [ast.unparse(node)]
    return [part for child in ast.iter_child_nodes(node) for part in fixed_parts(child, known)]


def test_integers_keep_their_order() -> None:
    assert ast.unparse(regroup(parse("a // b * x"), frozenset("ab"), {})) == "a // b * x"


def test_types_follow_numba() -> None:
    kinds = {"x": "float32", "n": "int32", "y": "float64"}
    expected = {
        "x * x": "float32",
        "x * 2.0": "float64",
        "x * n": "float64",
        "-x": "float32",
        "np.float32(y)": "float32",
        "math.exp(x)": "float64",
        "exp_fused(x)": "float64",
        "exp_separate(x)": "float64",
        "unknown(x)": None,
        "n * n": None,
    }
    assert {text: kind_of(parse(text), kinds) for text in expected} == expected


def test_casts_cost_nothing() -> None:
    assert not is_costly(parse("np.float32(x) * y"))
    assert is_costly(parse("x * (y / z)"))
