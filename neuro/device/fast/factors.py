"""Bring together the factors and terms of an expression that do not change.

`ge * tau * (a - b) * c / d` becomes `ge * (tau * (a - b) * c / d)` where only `ge` changes, so
that one coefficient per element remains of it. Real numbers obey this; floating-point results
move in their last bits.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from neuro.device.expression import kind_of, names_in, parse

_FLOATS = ("float32", "float64")
#: A node, and whether it divides (of factors) or is subtracted (of terms).
_Part = tuple[ast.expr, bool]


def regroup(node: ast.expr, known: frozenset[str], kinds: dict[str, str]) -> ast.expr:
    """Return an expression with the same value, but for rounding.

    Parameters
    ----------
    node
        The expression.
    known
        The names that do not change.
    kinds
        The types of the names.
    """
    return _Regrouper(known, kinds).visit(node)  # type: ignore[no-any-return]


class _Regrouper(ast.NodeTransformer):
    def __init__(self, known: frozenset[str], kinds: dict[str, str]) -> None:
        self.known, self.kinds = known, kinds

    def _is_fixed(self, node: ast.expr) -> bool:
        return not names_in(node) - self.known

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        """Regroup a product or a sum of real numbers."""
        kind = kind_of(node, self.kinds)
        is_real = kind in _FLOATS and isinstance(node.op, ast.Add | ast.Sub | ast.Mult | ast.Div)
        if kind is None or not is_real or self._is_fixed(node):
            return self.generic_visit(node)  # type: ignore[return-value]
        if isinstance(node.op, ast.Mult | ast.Div):
            return self._grouped(_factors(node, kind), "*", "/", _number(1.0, kind))
        return self._grouped(_terms(node), "+", "-", _number(0.0, kind))

    def _grouped(self, parts: Sequence[_Part], plus: str, minus: str, neutral: str) -> ast.expr:
        """Return what changes, combined with one expression of all that does not."""
        fixed = [part for part in parts if self._is_fixed(part[0])]
        moving = [(self.visit(node), sign) for node, sign in parts if not self._is_fixed(node)]
        one = (parse(neutral), False)
        if fixed and all(is_inverse for _, is_inverse in fixed):
            fixed = [one, *fixed]
        if not all(is_inverse for _, is_inverse in moving):
            text = _combined(moving, plus, minus)
            return parse(f"({text}) {plus} ({_combined(fixed, plus, minus)})" if fixed else text)
        first = (parse(_combined(fixed, plus, minus)), False) if fixed else one
        return parse(_combined([first, *moving], plus, minus))


def _number(value: float, kind: str) -> str:
    return repr(value) if kind == "float64" else f"np.float32({value!r})"


def _factors(node: ast.expr, kind: str, is_inverse: bool = False) -> list[_Part]:
    """Return the factors of a product of real numbers."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return [(parse(_number(-1.0, kind)), False), *_factors(node.operand, kind, is_inverse)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
        is_divisor = is_inverse ^ isinstance(node.op, ast.Div)
        return [*_factors(node.left, kind, is_inverse), *_factors(node.right, kind, is_divisor)]
    return [(node, is_inverse)]


def _terms(node: ast.expr, is_inverse: bool = False) -> list[_Part]:
    """Return the terms of a sum."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return _terms(node.operand, not is_inverse)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        is_subtracted = is_inverse ^ isinstance(node.op, ast.Sub)
        return [*_terms(node.left, is_inverse), *_terms(node.right, is_subtracted)]
    return [(node, is_inverse)]


def _combined(parts: Sequence[_Part], plus: str, minus: str) -> str:
    """Write parts from left to right, first those that are added or multiplied."""
    first, *rest = sorted(parts, key=lambda part: part[1])
    text = f"({ast.unparse(first[0])})"
    for node, is_inverse in rest:
        text = f"{text} {minus if is_inverse else plus} ({ast.unparse(node)})"
    return text
