"""Write expressions for the mode "fast": small powers as products, and single precision.

Where Brian2 computes in single precision (`prefs.core.default_float_dtype`), literals, integers
beside reals and the time step are rounded to it, which C and Numba would otherwise widen to
double. Times stay in double precision: of them, only differences are small.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

import numpy as np

from neuro.device.functions import Rendering
from neuro.device.rendering import NumbaNodeRenderer

#: Powers that are written as products.
_LARGEST_POWER = 4
_WHOLE_FUNCTIONS = frozenset({"int", "sign", "timestep", "poisson"})
#: Functions whose type is that of their arguments, or that compare in double precision.
_KEPT = frozenset({"abs", "clip", "rand", *_WHOLE_FUNCTIONS})
_REAL_OPERATIONS = ast.Add | ast.Sub | ast.Mult | ast.Div


class FastNodeRenderer(NumbaNodeRenderer):
    """Render an expression tree for the mode "fast".

    Parameters
    ----------
    functions
        The implementation of every function that the expression may call.
    variables
        The variables that it may name.
    is_single
        Whether reals are single precision.
    """

    def __init__(
        self, functions: Mapping[str, Rendering], variables: Mapping[str, Any], is_single: bool
    ) -> None:
        super().__init__(functions, is_fast=True)
        self.variables, self.is_single = variables, is_single

    def _is_whole(self, node: ast.AST) -> bool:
        """Return whether an expression is an integer or a boolean."""
        if isinstance(node, ast.Constant):
            return isinstance(node.value, int)
        if isinstance(node, ast.Name):
            dtype = getattr(self.variables.get(node.id), "dtype", None)
            return dtype is not None and np.dtype(dtype).kind in "iub"
        if isinstance(node, ast.Call):
            return isinstance(node.func, ast.Name) and node.func.id in _WHOLE_FUNCTIONS
        if isinstance(node, ast.UnaryOp):
            return self._is_whole(node.operand)
        if isinstance(node, ast.BinOp):
            is_real = isinstance(node.op, ast.Div)
            return not is_real and self._is_whole(node.left) and self._is_whole(node.right)
        return isinstance(node, ast.Compare | ast.BoolOp)

    def render_Constant(self, node: ast.Constant) -> str:
        """Render a literal with the precision of reals."""
        text = str(super().render_Constant(node))
        return f"np.float32({text})" if self.is_single and isinstance(node.value, float) else text

    def render_Name(self, node: ast.Name) -> str:
        """Render a name; the time step takes the precision of reals."""
        text = super().render_Name(node)
        return f"np.float32({text})" if self.is_single and node.id == "dt" else text

    def render_Call(self, node: ast.Call) -> str:
        """Render a call; steps are counted in double precision."""
        assert isinstance(node.func, ast.Name)
        name, is_single = node.func.id, self.is_single
        if name == "timestep":
            self.is_single = False
        try:
            if is_single and name == "exp":
                return f"fast_exp32({self._real(node.args[0])})"
            text = super().render_Call(node)
        finally:
            self.is_single = is_single
        return f"np.float32({text})" if is_single and name not in _KEPT else text

    def _real(self, node: ast.AST) -> str:
        text = str(self.render_node(node))
        return f"np.float32({text})"

    def render_BinOp(self, node: ast.BinOp) -> str:
        """Render arithmetic."""
        power = _small_power(node)
        if power:
            base = str(self.render_node(node.left))
            return "(" + " * ".join([f"({base})"] * power) + ")"
        if not self.is_single or self._is_whole(node):
            return super().render_BinOp(node)
        if not isinstance(node.op, _REAL_OPERATIONS):
            return f"np.float32({super().render_BinOp(node)})"
        sides = [
            self._real(side) if self._is_whole(side) else f"({self.render_node(side)})"
            for side in (node.left, node.right)
        ]
        sign = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}[type(node.op)]
        return f"({sides[0]} {sign} {sides[1]})"


def _small_power(node: ast.BinOp) -> int:
    """Return the exponent if it is a small whole number, or 0."""
    if not isinstance(node.op, ast.Pow) or not isinstance(node.right, ast.Constant):
        return 0
    exponent = node.right.value
    is_number = isinstance(exponent, int | float) and exponent in range(2, _LARGEST_POWER + 1)
    return int(exponent) if is_number and isinstance(exponent, int | float) else 0
