"""The whitelist that an expression must pass before Brian2 may see it.

Brian2 and SymPy evaluate what they parse: a string argument, an attribute or a subscript is code.
So an expression is split into tokens of our own first, then parsed by Python's `ast`, which
executes nothing, and every node must be one of the few that a formula needs.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Collection
from keyword import iskeyword

from neuro.errors import SpecError, nearest

MAX_LENGTH = 2000
MAX_DEPTH = 40
MAX_NODES = 500
# SymPy may multiply out a power of a sum; more terms than this take it minutes.
MAX_TERMS = 2000
MAX_CONSTANT = 1e300

# Brian2's own functions and how many arguments each takes.
FUNCTIONS: dict[str, int] = {
    "sin": 1, "cos": 1, "tan": 1, "sinh": 1, "cosh": 1, "tanh": 1, "arcsin": 1, "arccos": 1,
    "arctan": 1, "exp": 1, "log": 1, "log10": 1, "expm1": 1, "log1p": 1, "exprel": 1, "sqrt": 1,
    "ceil": 1, "floor": 1, "abs": 1, "sign": 1, "int": 1, "poisson": 1, "clip": 3, "timestep": 2,
    "rand": 0, "randn": 0,
}  # fmt: skip
RANDOM = frozenset({"rand", "randn", "poisson"})
CONSTANTS: dict[str, float | None] = {"pi": math.pi, "e": math.e, "inf": None}

_TOKEN = re.compile(
    r"(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<operator>\*\*|//|<=|>=|==|!=|[-+*/%<>(),])"
    r"|(?P<space>[ \t\r\n]+)"
)
_OPERATORS = (
    ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow,
    ast.USub, ast.UAdd, ast.Not, ast.And, ast.Or,
    ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq,
)  # fmt: skip


class ExpressionError(SpecError):
    """Signal an equation, statement or expression that is refused.

    Attributes
    ----------
    line, column : int
        Where in the text, both counted from 0.
    """

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column

    def moved(self, line: int, column: int) -> ExpressionError:
        """Return the same error inside a longer text that starts this one at line and column."""
        return ExpressionError(
            self.message, self.line + line, self.column + column * (not self.line)
        )


def check_identifier(name: str) -> str:
    """Return why a text cannot name a variable, population or projection; "" if it can."""
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        return f"'{name[:40]}' is not a name: expected letters, digits and '_', a letter first"
    if name.startswith("_"):
        return f"'{name[:40]}' is not a name: names that begin with '_' are reserved"
    if len(name) > 64:
        return f"'{name[:40]}...' is longer than 64 letters"
    if iskeyword(name):
        return f"'{name}' is a reserved word of Python"
    return ""


def position(text: str, offset: int) -> tuple[int, int]:
    """Return line and column, from 0, of an offset into a text."""
    return text.count("\n", 0, offset), offset - (text.rfind("\n", 0, offset) + 1)


def parse_expression(text: str) -> ast.expr:
    """Parse an expression and refuse everything that is not a bounded formula.

    Parameters
    ----------
    text : str
        One expression; it may run over several lines.

    Returns
    -------
    ast.expr
        Its tree. `place` finds the line and column of a node in the text.

    Raises
    ------
    ExpressionError
        If the text is anything else than numbers, names, operators and calls of `FUNCTIONS`.
    """
    _check_tokens(text)
    try:
        tree = ast.parse(f"({text}\n)", mode="eval").body
    except SyntaxError as error:
        line, column = (error.lineno or 1) - 1, max((error.offset or 1) - 1, 0)
        line = min(line, text.count("\n"))
        column = max(column - (line == 0), 0)
        raise ExpressionError(f"'{_short(text)}' is not an expression", line, column) from None
    except (ValueError, MemoryError, RecursionError):
        raise ExpressionError(f"'{_short(text)}' is too long or nested too deeply") from None
    _Whitelist().check(tree, 0)
    return tree


def check_expression(text: str, names: Collection[str] | None = None) -> ast.expr:
    """Parse an expression and refuse names that are not known.

    Parameters
    ----------
    text : str
        The expression.
    names : collection of str, optional
        Names that may stand in it beside units, constants and functions; None allows any.

    Returns
    -------
    ast.expr
        Its tree.

    Raises
    ------
    ExpressionError
        If the text is not a bounded formula or names something unknown.
    """
    from neuro.unitnames import equation_units

    tree = parse_expression(text)
    if names is None:
        return tree
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id not in names:
            if node.id in CONSTANTS or node.id in equation_units() or node.id in FUNCTIONS:
                continue
            raise ExpressionError(unknown_name(node.id, names), *place(node))
    return tree


def unknown_name(name: str, names: Collection[str]) -> str:
    """Say that a name is not known and which one may have been meant."""
    return f"'{name}' is not known here{nearest(name, sorted(names))}"


def place(node: ast.expr) -> tuple[int, int]:
    """Return line and column, from 0, of a node in the text that was parsed."""
    line = node.lineno - 1
    # The text was parsed inside a bracket, which shifts its first line by one.
    return line, max(node.col_offset - (line == 0), 0)


def _short(text: str) -> str:
    """Return a text in one line, cut to what a message can show."""
    flat = " ".join(text.split())
    return flat if len(flat) <= 60 else flat[:57] + "..."


def _check_tokens(text: str) -> None:
    """Refuse characters, numbers and brackets that no formula has, before Python parses."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"an expression of {len(text)} characters; at most {MAX_LENGTH}")
    if not text.strip():
        raise ExpressionError("an expression is missing here")
    depth, offset, previous = 0, 0, ""
    while offset < len(text):
        match = _TOKEN.match(text, offset)
        if match is None:
            message = f"{text[offset]!r} may not stand in an expression"
            raise ExpressionError(message, *position(text, offset))
        kind = match.lastgroup or ""
        if kind == "name" and previous == "number":
            message = f"'{text[offset - 1]}{match.group()[:20]}' is neither a number nor a name"
            raise ExpressionError(message, *position(text, offset - 1))
        depth += {"(": 1, ")": -1}.get(match.group(), 0)
        if not 0 <= depth <= MAX_DEPTH:
            message = "a bracket too many" if depth < 0 else "brackets nested too deeply"
            raise ExpressionError(message, *position(text, offset))
        offset, previous = match.end(), kind
    if depth:
        raise ExpressionError("a closing bracket is missing", *position(text, len(text.rstrip())))


class _Whitelist:
    """Walk a tree once; count its nodes, fold its constants, bound its powers."""

    def __init__(self) -> None:
        self.nodes = 0

    def refuse(self, message: str, node: ast.expr) -> ExpressionError:
        """Make the error that names a node's place."""
        return ExpressionError(message, *place(node))

    def check(self, node: ast.expr, depth: int) -> tuple[float | None, int]:
        """Check a node and those below it.

        Returns
        -------
        constant : float or None
            Value, if no name stands in it.
        terms : int
            Terms of the sum that it multiplies out to.
        """
        self.nodes += 1
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            raise self.refuse("the expression is too long or nested too deeply", node)
        if isinstance(node, ast.Constant):
            return self.number(node), 1
        if isinstance(node, ast.Name):
            if node.id.startswith("_"):
                raise self.refuse(f"'{node.id[:40]}' is not a name of an expression", node)
            return CONSTANTS.get(node.id), 1
        if isinstance(node, ast.BinOp) and isinstance(node.op, _OPERATORS):
            return self.binary(node, depth)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, _OPERATORS):
            constant, terms = self.check(node.operand, depth + 1)
            negative = isinstance(node.op, ast.USub)
            return (-constant if negative and constant is not None else constant), terms
        return self.logic(node, depth)

    def logic(self, node: ast.expr, depth: int) -> tuple[float | None, int]:
        """Check a comparison, `and`, `or` or a call."""
        if isinstance(node, ast.Compare) and all(isinstance(op, _OPERATORS) for op in node.ops):
            if len(node.ops) > 1:
                raise self.refuse("write 'a < b and b < c' instead of 'a < b < c'", node)
            self.check(node.left, depth + 1)
            self.check(node.comparators[0], depth + 1)
            return None, 1
        if isinstance(node, ast.BoolOp):
            for value in node.values:
                self.check(value, depth + 1)
            return None, 1
        if isinstance(node, ast.Call):
            return self.call(node, depth), 1
        what = re.sub(r"(?<!^)(?=[A-Z])", " ", type(node).__name__).lower()
        raise self.refuse(f"{what} may not stand in an expression", node)

    def number(self, node: ast.Constant) -> float:
        """Return a number's value, within bounds."""
        value = node.value
        if not isinstance(value, int | float):
            raise self.refuse(f"{value!r} may not stand in an expression", node)
        return self.bounded(lambda: float(value), node)

    def bounded(self, compute: Callable[[], float], node: ast.expr) -> float:
        """Return a constant's value; refuse one that is infinite or undefined."""
        try:
            value = compute()
        except (ArithmeticError, ValueError):
            value = math.nan
        # (-1)**0.5 is complex in Python.
        if isinstance(value, complex) or not abs(value) <= MAX_CONSTANT:
            raise self.refuse("a constant part of the expression has no finite value", node)
        return float(value)

    def binary(self, node: ast.BinOp, depth: int) -> tuple[float | None, int]:
        """Check an operator and both its sides."""
        left, left_terms = self.check(node.left, depth + 1)
        right, right_terms = self.check(node.right, depth + 1)
        if isinstance(node.op, ast.Pow):
            terms = self.power_terms(node, left_terms, right)
        elif isinstance(node.op, ast.Add | ast.Sub):
            terms = left_terms + right_terms
        else:
            terms = left_terms * (right_terms if isinstance(node.op, ast.Mult) else 1)
        if terms > MAX_TERMS:
            raise self.refuse("the expression multiplies out into too many terms", node)
        if left is None or right is None:
            return None, terms
        return self.bounded(lambda: _ARITHMETIC[type(node.op)](left, right), node), 1

    def power_terms(self, node: ast.BinOp, terms: int, exponent: float | None) -> int:
        """Return into how many terms a power multiplies out; refuse exponents out of bounds."""
        if exponent is None:
            return 1
        if abs(exponent) > 100:
            raise self.refuse(f"the exponent {exponent:g} is out of bounds (-100 to 100)", node)
        n = math.ceil(abs(exponent))
        return math.comb(n + terms - 1, terms - 1) if exponent > 0 else 1

    def call(self, node: ast.Call, depth: int) -> float | None:
        """Check a call: one of Brian2's functions, with plain arguments of the right number."""
        if not isinstance(node.func, ast.Name):
            raise self.refuse("only a function's own name can be called", node)
        name = node.func.id
        if name not in FUNCTIONS:
            hint = nearest(name, list(FUNCTIONS))
            raise self.refuse(f"'{name[:40]}' is not one of Brian2's functions{hint}", node)
        if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            raise self.refuse(f"'{name}' takes plain arguments only", node)
        if len(node.args) != FUNCTIONS[name]:
            count = f"{FUNCTIONS[name]} argument{'s' * (FUNCTIONS[name] != 1)}"
            raise self.refuse(f"'{name}' takes {count}, not {len(node.args)}", node)
        values = [self.check(argument, depth + 1)[0] for argument in node.args]
        constants = [value for value in values if value is not None]
        if not values or len(constants) < len(values) or name in RANDOM:
            return None
        return self.bounded(lambda: _FOLD[name](*constants), node)


_ARITHMETIC: dict[type, Callable[[float, float], float]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.FloorDiv: lambda a, b: a // b,
    ast.Mod: lambda a, b: a % b,
    ast.Pow: lambda a, b: a**b,
}
_FOLD: dict[str, Callable[..., float]] = {
    "exp": math.exp, "expm1": math.expm1, "sinh": math.sinh, "cosh": math.cosh, "tanh": math.tanh,
    "exprel": lambda x: math.expm1(x) / x if x else 1.0, "log": math.log, "log10": math.log10,
    "log1p": math.log1p, "sqrt": math.sqrt, "sin": math.sin, "cos": math.cos, "tan": math.tan,
    "arcsin": math.asin, "arccos": math.acos, "arctan": math.atan, "abs": abs,
    "sign": lambda x: float((x > 0) - (x < 0)), "ceil": math.ceil, "floor": math.floor,
    "int": math.trunc, "clip": lambda x, low, high: min(max(x, low), high),
    "timestep": lambda time, step: time / step,
}  # fmt: skip
