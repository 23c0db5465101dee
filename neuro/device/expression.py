"""Ask questions about expressions of generated code: names, types, costs."""

from __future__ import annotations

import ast
from collections.abc import Mapping

#: How a value of a numpy type is written.
CASTS = {
    "bool": "np.bool_",
    "float32": "np.float32",
    "float64": "np.float64",
    "int32": "np.int32",
    "int64": "np.int64",
    "uint8": "np.uint8",
    "uint64": "np.uint64",
}
_KIND_OF_CAST = {text: kind for kind, text in CASTS.items()}
_FLOATS = ("float32", "float64")


def parse(text: str) -> ast.expr:
    """Parse one expression."""
    return ast.parse(text, mode="eval").body


def names_in(node: ast.AST) -> set[str]:
    """Return the identifiers that an expression mentions."""
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def is_cast(node: ast.AST) -> bool:
    """Return whether an expression only converts another one."""
    return isinstance(node, ast.Call) and ast.unparse(node.func) in _KIND_OF_CAST


def is_costly(node: ast.AST) -> bool:
    """Return whether an expression calls a function or divides."""
    return any(
        (isinstance(part, ast.Call) and not is_cast(part)) or isinstance(part, ast.Div)
        for part in ast.walk(node)
    )


def kind_of(node: ast.AST, kinds: Mapping[str, str]) -> str | None:
    """Return the numpy type that Numba gives to an expression, or None if that is not certain.

    Parameters
    ----------
    node
        The expression.
    kinds
        The types of the names; an array has that of its elements.
    """
    if isinstance(node, ast.Name):
        return kinds.get(node.id)
    if isinstance(node, ast.Subscript):
        return kind_of(node.value, kinds)
    if isinstance(node, ast.Constant):
        return {bool: "bool", int: "int64", float: "float64"}.get(type(node.value))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        kind = kind_of(node.operand, kinds)
        return kind if kind in _FLOATS else None
    if isinstance(node, ast.Call):
        return _kind_of_call(node)
    if isinstance(node, ast.BinOp):
        return _kind_of_operation(node, kinds)
    return "bool" if isinstance(node, ast.Compare | ast.BoolOp) else None


def _kind_of_call(node: ast.Call) -> str | None:
    name = ast.unparse(node.func)
    if name.startswith("math.") or name in {"fast_exp", "exp_fused", "exp_separate"}:
        return "float64"
    by_name = {"fast_exp32": "float32", "timestep": "int64"}
    return by_name.get(name) or _KIND_OF_CAST.get(name)


def _kind_of_operation(node: ast.BinOp, kinds: Mapping[str, str]) -> str | None:
    left, right = kind_of(node.left, kinds), kind_of(node.right, kinds)
    if not isinstance(node.op, ast.Add | ast.Sub | ast.Mult | ast.Div) or not left or not right:
        return None
    if left == right == "float32":
        return "float32"
    # As in numpy, an integer and a float32 make a float64.
    return "float64" if left in _FLOATS or right in _FLOATS else None
