"""Whether equations are linear in their variables, as exact integration needs."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from neuro.expressions.equations import Equation
from neuro.expressions.syntax import parse_expression

NONLINEAR = 2


def nonlinear(equations: tuple[Equation, ...]) -> Equation | None:
    """Return the first differential equation that is not linear, or None.

    Parameters
    ----------
    equations : tuple of Equation
        All equations of a model; coefficients may be parameters but not other variables.

    Returns
    -------
    Equation or None
        An equation with a product of variables, a function of one, time, noise or a condition.
    """
    variables = {each.name: 1 for each in equations if each.kind == "differential"}
    trees = {e.name: parse_expression(e.expression) for e in equations if e.expression}
    shared = {each.name: trees[each.name] for each in equations if each.kind == "subexpression"}
    moving = (e for e in equations if e.kind == "differential" and "event-driven" not in e.flags)
    for each in moving:
        if degree(trees[each.name], variables, shared) >= NONLINEAR:
            return each
    return None


def degree(
    node: ast.expr, variables: Mapping[str, int], shared: Mapping[str, ast.expr], depth: int = 0
) -> int:
    """Return 0 for a constant, 1 for a linear expression, 2 for anything else."""
    if depth > 60:
        return NONLINEAR
    match node:
        case ast.Constant():
            return 0
        case ast.Name():
            if node.id in shared:
                return degree(shared[node.id], variables, shared, depth + 1)
            if node.id in ("t", "xi") or node.id.startswith("xi_"):
                return NONLINEAR
            return variables.get(node.id, 0)
        case ast.UnaryOp():
            return degree(node.operand, variables, shared, depth + 1)
        case ast.BinOp():
            left = degree(node.left, variables, shared, depth + 1)
            right = degree(node.right, variables, shared, depth + 1)
            return _combine(node.op, left, right)
    inner = [n for n in ast.walk(node) if isinstance(n, ast.Name)]
    return NONLINEAR if any(degree(n, variables, shared, depth + 1) for n in inner) else 0


def _combine(operator: ast.operator, left: int, right: int) -> int:
    """Return the degree of a sum, product, quotient or power from those of its sides."""
    if isinstance(operator, ast.Add | ast.Sub):
        return max(left, right)
    if isinstance(operator, ast.Mult):
        return min(left + right, NONLINEAR)
    if isinstance(operator, ast.Div) and not right:
        return left
    return NONLINEAR if left or right else 0
