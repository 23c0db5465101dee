"""Write Brian2's expressions as Python that Numba compiles to what C would compute."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from brian2.parsing.rendering import NodeRenderer

from neuro.device.functions import Rendering

#: Operators whose result differs between Python and C, and the functions that stand for them.
_OPERATORS = {"FloorDiv": "floordiv", "Mod": "mod", "Pow": "power"}


class NumbaNodeRenderer(NodeRenderer):  # type: ignore[misc]
    """Render an expression tree, calling functions by their `Rendering`.

    Parameters
    ----------
    functions
        The implementation of every function that the expression may call.
    is_fast
        Whether to prefer the cheaper of two implementations.
    """

    def __init__(self, functions: Mapping[str, Rendering], is_fast: bool = False) -> None:
        super().__init__(auto_vectorise=set())
        self.functions = functions
        self.is_fast = is_fast

    def render_Name(self, node: ast.Name) -> str:
        """Render a name; `inf` is a constant of Brian2's language."""
        return "math.inf" if node.id == "inf" else str(node.id)

    def render_Call(self, node: ast.Call) -> str:
        """Render a call through the text of the function's implementation."""
        if node.keywords:
            raise ValueError("Keyword arguments not supported.")
        assert isinstance(node.func, ast.Name)
        arguments = [self.render_node(argument) for argument in node.args]
        function = self.functions[node.func.id]
        text = function.fast if self.is_fast and function.fast else function.text
        return f"({text.format(*arguments)})"

    def render_BinOp(self, node: ast.BinOp) -> str:
        """Render arithmetic; the remainder, the floor division and powers follow C."""
        name = type(node.op).__name__
        if name in _OPERATORS:
            left, right = self.render_node(node.left), self.render_node(node.right)
            return f"{_OPERATORS[name]}({left}, {right})"
        return str(super().render_BinOp(node))
