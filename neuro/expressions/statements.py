"""Statements: what a reset or an event does to variables, one assignment a line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from neuro.dimensions import NONE, Dimension, describe
from neuro.errors import nearest
from neuro.expressions.equations import MAX_LINES, MAX_TEXT, check_name, strip_comments
from neuro.expressions.inference import BOOLEAN, infer
from neuro.expressions.syntax import ExpressionError, parse_expression, position

_STATEMENT = re.compile(r"\s*(?P<name>[A-Za-z_]\w*)\s*(?P<operator>=(?!=)|\+=|-=|\*=|/=)")


@dataclass(frozen=True, slots=True)
class Statement:
    """Hold one assignment; line and column, from 0, are those of its expression."""

    name: str
    operator: str
    expression: str
    line: int
    column: int


def parse_statements(text: str) -> tuple[Statement, ...]:
    """Read assignments, separated by line ends or semicolons.

    Parameters
    ----------
    text : str
        E.g. ``v = E_L; w += b``.

    Returns
    -------
    tuple of Statement
        In the order of the text; every expression has passed the whitelist.

    Raises
    ------
    ExpressionError
        With line and column, if something is no assignment.
    """
    if len(text) > MAX_TEXT or text.count("\n") > MAX_LINES:
        raise ExpressionError(f"statements of at most {MAX_TEXT} characters, {MAX_LINES} lines")
    clean = strip_comments(text)
    found, offset = [], 0
    for piece in re.split(r"[;\n]", clean):
        if piece.strip():
            found.append(_read(clean, offset, piece))
        offset += len(piece) + 1
    return tuple(found)


def _read(text: str, offset: int, piece: str) -> Statement:
    """Read one assignment that begins at an offset."""
    head = _STATEMENT.match(piece)
    if head is None:
        line, column = position(text, offset + len(piece) - len(piece.lstrip()))
        flat = " ".join(piece.split())[:60]
        raise ExpressionError(f"'{flat}' is not a statement such as 'v = E_L'", line, column)
    line, column = position(text, offset + head.end())
    try:
        parse_expression(piece[head.end() :])
    except ExpressionError as error:
        raise error.moved(line, column) from None
    return Statement(head["name"], head["operator"], piece[head.end() :], line, column)


def check_statements(
    text: str,
    names: Mapping[str, Dimension] | None = None,
    writable: Mapping[str, Dimension] | None = None,
) -> tuple[Statement, ...]:
    """Read assignments and check their names and dimensions.

    Parameters
    ----------
    text : str
        The statements.
    names : mapping of str to Dimension, optional
        What may be read; None checks the form only.
    writable : mapping of str to Dimension, optional
        What may be assigned; None means all of `names`. Other names become temporary.

    Returns
    -------
    tuple of Statement
        In the order of the text.

    Raises
    ------
    ExpressionError
        With line and column.
    """
    statements = parse_statements(text)
    if names is None:
        return statements
    known = dict(names)
    targets = names if writable is None else writable
    temporary: set[str] = set()
    for statement in statements:
        _check(statement, known, targets, temporary)
    _check_used(statements, temporary, targets)
    return statements


def _check_used(
    statements: tuple[Statement, ...], temporary: set[str], targets: Mapping[str, Dimension]
) -> None:
    """Refuse a temporary variable that nothing reads: it is a misspelt one."""
    for number, statement in enumerate(statements):
        later = " ".join(each.expression for each in statements[number + 1 :])
        name = statement.name
        if name in temporary and name not in re.findall(r"\w+", later):
            hint = nearest(name, sorted(targets))
            message = f"'{name}' is assigned but never read{hint}"
            raise ExpressionError(message, statement.line, statement.column)


def _check(
    statement: Statement,
    known: dict[str, Dimension],
    writable: Mapping[str, Dimension],
    temporary: set[str],
) -> None:
    """Check one assignment; a new name is a temporary variable from here on."""
    name, where = statement.name, (statement.line, statement.column)
    try:
        dimension = infer(statement.expression, known)
    except ExpressionError as error:
        raise error.moved(*where) from None
    if name not in known and statement.operator == "=":
        check_name(name, where)
        temporary.add(name)
        known[name] = dimension
        return
    if name not in writable and name not in temporary:
        problem = "cannot be assigned here" if name in known else "has no value yet"
        raise ExpressionError(f"'{name}' {problem}", *where)
    needed = NONE if statement.operator in ("*=", "/=") else known[name]
    if dimension != needed:
        raise ExpressionError(
            f"'{name}' is {_say(needed)}, '{statement.expression.strip()}' is {_say(dimension)}",
            *where,
        )


def _say(dimension: Dimension) -> str:
    """Describe a dimension or a condition."""
    return "a condition" if dimension == BOOLEAN else describe(dimension)
