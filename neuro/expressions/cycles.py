"""Whether an equation without a derivative is computed from itself."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from neuro.expressions.equations import Equation
from neuro.expressions.syntax import ExpressionError, parse_expression


def circular(equations: tuple[Equation, ...]) -> Equation | None:
    """Return the first subexpression that is computed from itself, or None.

    Parameters
    ----------
    equations : tuple of Equation
        All equations of a model. What is wrong inside an expression is passed over.

    Returns
    -------
    Equation or None
        An equation such as ``a = b : volt`` beside ``b = a : volt``.
    """
    own = {each.name: each for each in equations if each.kind == "subexpression"}
    reads = {name: _names(each.expression) & own.keys() for name, each in own.items()}
    return next((own[name] for name in own if name in _reached(name, reads)), None)


def _names(expression: str) -> set[str]:
    """Return the names that an expression reads."""
    try:
        tree = parse_expression(expression)
    except ExpressionError:
        return set()
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _reached(start: str, reads: Mapping[str, set[str]]) -> set[str]:
    """Return all that a name reads, directly or through others."""
    found: set[str] = set()
    ahead = set(reads[start])
    while ahead:
        found |= ahead
        ahead = {each for name in ahead for each in reads[name]} - found
    return found
