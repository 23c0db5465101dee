"""Dimensions of expressions, inferred from those of the names that stand in them."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from fractions import Fraction

from neuro import dimensions as dim
from neuro.dimensions import Dimension, describe
from neuro.expressions.syntax import (
    CONSTANTS,
    FUNCTIONS,
    ExpressionError,
    parse_expression,
    place,
    unknown_name,
)
from neuro.unitnames import equation_units

# What a condition has instead of a dimension.
BOOLEAN: Dimension = ()

_KEEP_DIMENSION = frozenset({"abs", "ceil", "floor", "clip"})
_ANY_DIMENSION = frozenset({"sign"})
_SYMBOLS = {ast.Add: "+", ast.Sub: "-", ast.Mod: "%"}


def infer(expression: str | ast.expr, names: Mapping[str, Dimension]) -> Dimension:
    """Infer the dimension of an expression.

    Parameters
    ----------
    expression : str or ast.expr
        Text, or a tree that has passed the whitelist.
    names : mapping of str to Dimension
        Dimension of each name; `BOOLEAN` for a condition.

    Returns
    -------
    Dimension
        Dimension of the value, or `BOOLEAN`.

    Raises
    ------
    ExpressionError
        If a name is not known, or dimensions do not agree; with line and column.
    """
    tree = parse_expression(expression) if isinstance(expression, str) else expression
    return _Inference(names).visit(tree)


class _Inference:
    """Walk a tree from its leaves up."""

    def __init__(self, names: Mapping[str, Dimension]) -> None:
        self.names = names

    def visit(self, node: ast.expr) -> Dimension:
        """Return the dimension of a node."""
        match node:
            case ast.Constant():
                return BOOLEAN if isinstance(node.value, bool) else dim.NONE
            case ast.Name():
                return self.name(node)
            case ast.BinOp():
                return self.binary(node)
            case ast.UnaryOp():
                return self.unary(node)
            case ast.BoolOp():
                for value in node.values:
                    self.condition(value)
                return BOOLEAN
            case ast.Compare():
                return self.comparison(node)
            case ast.Call():
                return self.call(node)
        raise ExpressionError("this may not stand in an expression", *place(node))

    def name(self, node: ast.Name) -> Dimension:
        """Look a name up: the model's own first, then constants and units."""
        if node.id in self.names:
            return self.names[node.id]
        if node.id in CONSTANTS:
            return dim.NONE
        if node.id in equation_units():
            return equation_units()[node.id][1]
        if node.id in FUNCTIONS:
            raise ExpressionError(f"'{node.id}' is a function: call it", *place(node))
        raise ExpressionError(unknown_name(node.id, self.names), *place(node))

    def value(self, node: ast.expr) -> Dimension:
        """Return the dimension of a node that must not be a condition."""
        found = self.visit(node)
        if found == BOOLEAN:
            text = ast.unparse(node)
            raise ExpressionError(f"'{text}' is a condition; write 'int({text})'", *place(node))
        return found

    def condition(self, node: ast.expr) -> None:
        """Refuse a node that is not a condition."""
        if self.visit(node) != BOOLEAN:
            raise ExpressionError(
                f"'{ast.unparse(node)}' is not a condition such as 'v > 0*mV'", *place(node)
            )

    def agree(self, left: ast.expr, right: ast.expr, what: str) -> Dimension:
        """Return the dimension that both sides share."""
        first, second = self.value(left), self.value(right)
        if first != second:
            a, b = ast.unparse(left), ast.unparse(right)
            message = f"cannot {what}: '{a}' is {describe(first)}, '{b}' is {describe(second)}"
            raise ExpressionError(message, *place(right))
        return first

    def binary(self, node: ast.BinOp) -> Dimension:
        """Return the dimension of a sum, product, quotient or power."""
        op = type(node.op)
        if op in _SYMBOLS:
            return self.agree(node.left, node.right, f"use '{_SYMBOLS[op]}'")
        left, right = self.value(node.left), self.value(node.right)
        if op is ast.Mult:
            return dim.multiply(left, right)
        if op is ast.Div:
            return dim.divide(left, right)
        if op is ast.FloorDiv:
            for side, dimension in ((node.left, left), (node.right, right)):
                self.plain(side, dimension, "'//'")
            return dim.NONE
        self.plain(node.right, right, "an exponent")
        return dim.NONE if left == dim.NONE else dim.power(left, self.exponent(node.right))

    def exponent(self, node: ast.expr) -> Fraction:
        """Return the exponent of a quantity with a dimension, which must be a number."""
        try:
            return _constant(node).limit_denominator(100)
        except (ValueError, ZeroDivisionError):
            message = f"the exponent '{ast.unparse(node)}' of a quantity with a unit is no number"
            raise ExpressionError(message, *place(node)) from None

    def plain(self, node: ast.expr, dimension: Dimension, what: str) -> None:
        """Refuse a dimension where only a number is meant."""
        if dimension != dim.NONE:
            message = f"{what} needs a plain number; '{ast.unparse(node)}' is {describe(dimension)}"
            raise ExpressionError(message, *place(node))

    def unary(self, node: ast.UnaryOp) -> Dimension:
        """Return the dimension under a sign, or check a `not`."""
        if isinstance(node.op, ast.Not):
            self.condition(node.operand)
            return BOOLEAN
        return self.value(node.operand)

    def comparison(self, node: ast.Compare) -> Dimension:
        """Check that both sides of a comparison agree."""
        left, right = node.left, node.comparators[0]
        if self.visit(left) == BOOLEAN and self.visit(right) == BOOLEAN:
            return BOOLEAN
        self.agree(left, right, "compare")
        return BOOLEAN

    def call(self, node: ast.Call) -> Dimension:
        """Return the dimension of a function's value."""
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name == "int":
            found = self.visit(node.args[0])
            if found != BOOLEAN:
                self.plain(node.args[0], found, "'int'")
            return dim.NONE
        if name == "clip":
            for bound in node.args[1:]:
                self.agree(node.args[0], bound, "clip")
        given = [self.value(argument) for argument in node.args]
        if name == "sqrt":
            return dim.power(given[0], Fraction(1, 2))
        if name in _KEEP_DIMENSION:
            return given[0]
        for argument, dimension in zip(node.args, given, strict=True):
            if name == "timestep":
                self.is_time(argument, dimension)
            elif name not in _ANY_DIMENSION:
                self.plain(argument, dimension, f"'{name}'")
        return dim.NONE

    def is_time(self, node: ast.expr, dimension: Dimension) -> None:
        """Refuse an argument of `timestep` that is not a time."""
        if dimension != dim.TIME:
            message = f"'timestep' needs times; '{ast.unparse(node)}' is {describe(dimension)}"
            raise ExpressionError(message, *place(node))


def _constant(node: ast.expr) -> Fraction:
    """Return the value of an expression of numbers alone; ValueError otherwise."""
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return Fraction(str(value))
        case ast.UnaryOp(op=ast.USub()):
            return -_constant(node.operand)
        case ast.UnaryOp(op=ast.UAdd()):
            return _constant(node.operand)
        case ast.BinOp(op=ast.Div()):
            return _constant(node.left) / _constant(node.right)
        case ast.BinOp(op=ast.Mult()):
            return _constant(node.left) * _constant(node.right)
        case ast.BinOp(op=ast.Add()):
            return _constant(node.left) + _constant(node.right)
        case ast.BinOp(op=ast.Sub()):
            return _constant(node.left) - _constant(node.right)
    raise ValueError
