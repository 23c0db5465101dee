"""Equation text, read into lines, names, units and flags without Brian2."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from neuro.dimensions import Dimension
from neuro.errors import nearest
from neuro.expressions.syntax import (
    CONSTANTS,
    FUNCTIONS,
    ExpressionError,
    check_identifier,
    parse_expression,
    position,
)
from neuro.unitnames import base_unit_names, equation_units
from neuro.units import UnitError, unit

EquationKind = Literal["differential", "subexpression", "parameter"]

MAX_LINES = 200
MAX_TEXT = 20_000
# Names that Brian2 gives a meaning of its own.
SPECIAL = frozenset({"t", "dt", "t_in_timesteps", "xi", "i", "j", "N", "lastspike",
                     "not_refractory", "weight", "delay", "I_syn"})  # fmt: skip
# By these endings a synapse reads the variables of its two neurons.
SIDES = ("_pre", "_post")
FLAGS: dict[EquationKind, tuple[str, ...]] = {
    "differential": ("unless refractory", "event-driven", "clock-driven"),
    "subexpression": ("shared", "constant over dt"),
    "parameter": ("constant", "shared"),
}
_HEAD = re.compile(
    r"\s*(?:d(?P<differential>\w+)\s*/\s*dt\s*=(?!=)"
    r"|(?P<subexpression>\w+)\s*=(?!=)|(?P<parameter>\w+)\s*(?=:))"
)
_TAIL = re.compile(r"\s*(?P<unit>[^(]*?)\s*(?:\((?P<flags>[^()]*)\))?\s*")
_SQUARE, _ROUND = str.maketrans("()", "[]"), str.maketrans("[]", "()")
_EXPONENT = re.compile(r"\*\*\s*\([^()]*\)")


@dataclass(frozen=True, slots=True)
class Equation:
    """Hold one equation of a model.

    Attributes
    ----------
    kind : {"differential", "subexpression", "parameter"}
        ``dx/dt = ... : unit``, ``x = ... : unit`` or ``x : unit``.
    name : str
        The variable.
    expression : str
        Right-hand side as written, comments blanked; empty for a parameter.
    unit : str
        Unit as written; also "1", "integer" and "boolean".
    dimension : Dimension
        Dimension of the unit.
    flags : tuple of str
        "unless refractory", "constant", "shared", ...
    line : int
        Line of the text on which the equation begins, from 0.
    start : tuple of int
        Line and column, from 0, at which the expression begins.
    """

    kind: EquationKind
    name: str
    expression: str
    unit: str
    dimension: Dimension
    flags: tuple[str, ...]
    line: int
    start: tuple[int, int] = (0, 0)


def strip_comments(text: str) -> str:
    """Blank the comments of a text and keep every character in its column."""
    return re.sub(r"#[^\n]*", lambda match: " " * len(match.group()), text)


def parse_equations(text: str) -> tuple[Equation, ...]:
    """Read equations in Brian2's notation.

    Parameters
    ----------
    text : str
        Lines ``dx/dt = expression : unit (flags)``, ``x = expression : unit`` and ``x : unit``;
        an expression may run over several lines.

    Returns
    -------
    tuple of Equation
        In the order of the text.

    Raises
    ------
    ExpressionError
        With line and column, if a line is no equation or its expression is refused.
    """
    if len(text) > MAX_TEXT or text.count("\n") > MAX_LINES:
        raise ExpressionError(f"equations of at most {MAX_TEXT} characters, {MAX_LINES} lines")
    clean = strip_comments(text)
    found: list[Equation] = []
    for offset, block in _blocks(clean):
        equation = _read(clean, offset, block)
        if equation.name in {other.name for other in found}:
            message = f"'{equation.name}' has two equations"
            raise ExpressionError(message, *position(clean, offset + _indent(block)))
        found.append(equation)
    return tuple(found)


def _indent(block: str) -> int:
    """Return how many blanks begin a block."""
    return len(block) - len(block.lstrip())


def _blocks(text: str) -> list[tuple[int, str]]:
    """Split text into equations: a line without head continues the one before."""
    blocks: list[tuple[int, str]] = []
    offset = 0
    for line in text.split("\n"):
        if line.strip():
            if not blocks or ":" in blocks[-1][1] or _HEAD.match(line):
                blocks.append((offset, line))
            else:
                start = blocks[-1][0]
                blocks[-1] = (start, text[start : offset + len(line)])
        offset += len(line) + 1
    return blocks


def _read(text: str, offset: int, block: str) -> Equation:
    """Read one equation that begins at an offset into the text."""
    begin = position(text, offset + _indent(block))
    head = _HEAD.match(block)
    left, colon, right = block.partition(":")
    if head is None or not colon:
        missing = "" if colon else "; its unit is missing, as in ': volt'"
        flat = " ".join(block.split())[:60]
        raise ExpressionError(f"'{flat}' is not an equation{missing}", *begin)
    kind = _kind(head)
    name = head[kind]
    check_name(name, begin)
    expression = left[head.end() :]
    start = position(text, offset + head.end())
    if kind != "parameter":
        try:
            parse_expression(expression)
        except ExpressionError as error:
            raise error.moved(*start) from None
    written, flags = _read_tail(right, kind, position(text, offset + len(left) + 1))
    where = position(text, offset + len(left) + 1 + _indent(right))
    return Equation(
        kind, name, expression, written, unit_dimension(written, where), flags, begin[0], start
    )


def _kind(head: re.Match[str]) -> EquationKind:
    """Return which of the three forms a head has."""
    if head["differential"]:
        return "differential"
    return "subexpression" if head["subexpression"] else "parameter"


def check_name(name: str, where: tuple[int, int]) -> None:
    """Refuse a variable's name that Brian2 could not take."""
    problem = check_identifier(name)
    if not problem and (name in SPECIAL or name.startswith("xi_")):
        problem = f"'{name}' has a meaning of its own and cannot name a variable"
    if not problem and name in equation_units():
        problem = f"'{name}' is a unit and cannot name a variable"
    if not problem and (name in FUNCTIONS or name in CONSTANTS):
        problem = f"'{name}' is a function or constant and cannot name a variable"
    if problem:
        raise ExpressionError(problem, *where)


def side_problem(name: str) -> str:
    """Return why a name cannot be that of a variable beside a synapse; "" if it can."""
    for side in SIDES:
        if name.endswith(side):
            stem = f"; call it '{side[1:]}_{name.removesuffix(side)}'" if name != side else ""
            return f"'{name}' ends in '{side}', by which synapses read a neuron's variables{stem}"
    return ""


def _read_tail(
    text: str, kind: EquationKind, where: tuple[int, int]
) -> tuple[str, tuple[str, ...]]:
    """Split what follows the colon into unit and flags."""
    # A bracket after "**" belongs to the unit, any other opens the flags.
    match = _TAIL.fullmatch(_EXPONENT.sub(lambda m: m.group().translate(_SQUARE), text))
    if match is None:
        raise ExpressionError(f"'{text.strip()[:60]}' is not a unit with flags", *where)
    written = (match["flags"] or "").split(",")
    flags = tuple(" ".join(flag.split()) for flag in written if flag.strip())
    for flag in flags:
        if flag not in FLAGS[kind]:
            message = f"'{flag}' is not a flag of a {kind} equation{nearest(flag, FLAGS[kind])}"
            raise ExpressionError(message, where[0], where[1] + max(text.find(flag), 0))
    return match["unit"].translate(_ROUND), flags


def unit_dimension(text: str, where: tuple[int, int]) -> Dimension:
    """Return the dimension that a variable's unit declares; `()` for a boolean."""
    if text == "boolean":
        return ()
    if text in ("integer", "1"):
        return unit("1")[1]
    for name in re.findall(r"[A-Za-z_]\w*", text):
        if name not in base_unit_names():
            hint = nearest(name, sorted(base_unit_names()))
            message = f"'{name}' is not a base unit such as volt, amp, siemens, second, 1{hint}"
            raise ExpressionError(message, *where)
    try:
        return unit(text)[1]
    except UnitError as error:
        raise ExpressionError(str(error), *where) from None
