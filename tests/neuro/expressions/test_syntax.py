"""The whitelist: hostile texts are refused before anything evaluates them, and in no time."""

from __future__ import annotations

import ast
import builtins
import contextlib
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuro.expressions import (
    FUNCTIONS,
    ExpressionError,
    check_expression,
    check_statements,
    parse_equations,
    parse_expression,
)

# A text is refused by counting; a second means that something was computed.
NO_TIME = 0.5

HOSTILE = [
    "__import__('os').system('true')", "exp('__import__(\"os\").getpid()')", 'exp("1")',
    "exp(b'1')", "exp(f'{1}')", "eval(1)", "exec(1)", "open(1)", "compile(1)", "print(v)",
    "getattr(v, 1)", "globals()", "locals()", "vars()", "breakpoint()", "input()", "exit()",
    "v.__class__", "v.real", "exp.__globals__", "(1).__class__", "1 .real", "v[0]", "v[:]",
    "[v]", "[x for x in v]", "{v}", "{v: 1}", "{x for x in v}", "(x for x in v)", "lambda: 1",
    "(lambda: 1)()", "v if v else 1", "(v := 1)", "await v", "yield", "(yield v)", "*v",
    "exp(*v)", "exp(**v)", "exp(x=1)", "clip(v, 1)", "exp()", "rand(1)", "(v, 1)", "()", "...",
    "9**9**9**9", "(9**99)**99", "exp(exp(exp(9)))", "floor(exp(pi**99))", "1e999", "9" * 400,
    "x**101", "x**(9*99)", "2**-9999", "(a+b+c+d+e1+f+g+h)**40", "(((a+b)**40)**40)",
    "1/0", "0**-1", "(-1)**0.5", "log(0)", "sqrt(-1)", "1 < 2 < 3", "v is 1", "v in v", "v @ v",
    "v & v", "v | v", "v ^ v", "~v", "v << 1", "v >> 1", "v; import os", "v\x00", "v\\\n+1",
    "v = 1", "v == ", "import os", "a b", "1x", "0x10", "1_000", "1j", "1if v else 0", "$v", "v?",
    "v `w`", "_v", "__builtins__", "None", "Ellipsis()", "v # comment", "\u0435xp(v)", "v\u2009+1",
    ") + (", "v) + (w", "(" * 41 + "v" + ")" * 41, "(" * 1000, "-" * 1500 + "v", "v+" * 900 + "v",
    "+".join(["v"] * 600), "not " * 300 + "v", "v" * 2001, "", "   ", "\n",
]  # fmt: skip


@pytest.fixture
def trap(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note every attempt to evaluate, import or open."""
    sprung: list[str] = []

    def spring(name: str) -> Any:
        def sprang(*_: object, **__: object) -> None:
            sprung.append(name)

        return sprang

    for name in ("eval", "exec", "open", "input", "print", "breakpoint"):
        monkeypatch.setattr(builtins, name, spring(name))
    return sprung


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_expressions_are_refused_at_once(text: str, trap: list[str]) -> None:
    started = time.process_time()
    with pytest.raises(ExpressionError):
        parse_expression(text)
    assert time.process_time() - started < NO_TIME
    assert trap == []


@pytest.mark.parametrize("text", HOSTILE[:60])
def test_hostile_texts_are_refused_inside_equations_and_statements(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse_equations(f"dv/dt = {text} : volt")
    with pytest.raises(ExpressionError):
        check_statements(f"x = {text}")


@pytest.mark.parametrize(
    "text",
    [
        "-v/tau", "(E_L - v + R*I_syn)/tau_m", "v > V_th and not_refractory", "x**4*(1 - x)",
        "1/(1 + exp(-(v - V)/k))", "v == 1 or not (w != 2)", "clip(v, -1, 1)", "rand() < p",
        "int(v > 2)*3", "0.04*v**2 + 5*v + 140", "x // 2 % 3", "1.5e-3*mV", ".5*x", "+x",
        "2**(x/10)", "True", "exprel(x)", "a\n + b", "pi*e",
    ],
)  # fmt: skip
def test_formulas_pass(text: str) -> None:
    assert isinstance(parse_expression(text), ast.expr)


def test_errors_say_where() -> None:
    with pytest.raises(
        ExpressionError, match=r"'expp' is not one of .*did you mean 'exp"
    ) as caught:
        parse_expression("1 +\n  expp(v)")
    assert (caught.value.line, caught.value.column) == (1, 2)
    with pytest.raises(ExpressionError, match="'tau_n' is not known here; did you mean 'tau_m'"):
        check_expression("v/tau_n", {"v", "tau_m"})
    with pytest.raises(ExpressionError) as caught:
        check_expression("v/tau_n", {"v", "tau_m"})
    assert (caught.value.line, caught.value.column) == (0, 2)


def test_functions_are_brian2s_with_their_number_of_arguments() -> None:
    from brian2.core.functions import DEFAULT_FUNCTIONS

    theirs = {name: len(function._arg_units) for name, function in DEFAULT_FUNCTIONS.items()}
    assert theirs == FUNCTIONS


alphabet = st.sampled_from(
    ["v", "w", "1", "9", "2.5", "**", "*", "+", "-", "/", "//", "%", "(", ")", "exp", "floor", ",",
     "<", "==", "and", "or", "not", "lambda", ".", "[", "]", "'", '"', ":", "=", "\n", " ",
     "import", "__import__",
     "for", "in", "if", "else", "e", "1e9", "rand()", "{", "}", "\\", "#", "@"]
)  # fmt: skip


texts = st.lists(alphabet, max_size=40).map("".join) | st.text(max_size=80)


@pytest.mark.torture
def test_no_text_executes_hangs_or_escapes_as_another_error(
    scale: Callable, tally: Callable
) -> None:
    n_examples = scale(100, 20_000)
    settings(max_examples=n_examples)(given(texts)(check_harmless))()
    tally(f"{n_examples} generated texts, none executed, none took {NO_TIME} s")


def check_harmless(text: str) -> None:
    started = time.process_time()
    with contextlib.suppress(ExpressionError):
        allowed = (ast.expr, ast.operator, ast.unaryop, ast.cmpop, ast.boolop, ast.expr_context)
        assert all(isinstance(node, allowed) for node in ast.walk(parse_expression(text)))
    with contextlib.suppress(ExpressionError):
        parse_equations(f"dv/dt = {text} : 1")
    with contextlib.suppress(ExpressionError):
        check_statements(text)
    assert time.process_time() - started < NO_TIME
