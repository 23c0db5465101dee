"""Read Brian2's abstract code as a list of assignments, and write such lists as abstract code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from brian2.parsing.statements import parse_statement
from brian2.utils.stringtools import deindent, get_identifiers, strip_empty_lines

from neuro.device.source import substitute


@dataclass(frozen=True, slots=True)
class Assignment:
    """Hold one statement.

    Parameters
    ----------
    target
        The name that is assigned.
    op
        "=" or an augmented assignment such as "+=".
    expr
        The right-hand side.
    """

    target: str
    op: str
    expr: str

    @property
    def text(self) -> str:
        """Write the statement as abstract code."""
        return f"{self.target} {self.op} {self.expr}"

    @property
    def names(self) -> set[str]:
        """Return the names that the statement itself reads."""
        own = set(get_identifiers(self.expr))
        return own if self.op == "=" else own | {self.target}

    def renamed(self, names: Mapping[str, str]) -> Assignment:
        """Return the statement reading other names; what it assigns keeps its name."""
        expr = substitute(self.expr, names)
        current = names.get(self.target, self.target)
        if self.op == "=" or current == self.target:
            return Assignment(self.target, self.op, expr)
        return Assignment(self.target, "=", f"{current} {self.op[:-1]} ({expr})")


def parse(code: str) -> list[Assignment]:
    """Split abstract code into assignments.

    Parameters
    ----------
    code
        Statements separated by line breaks or semicolons.
    """
    lines = re.split(r"[;\n]", strip_empty_lines(deindent(code)))
    parsed = (parse_statement(line) for line in lines if line.strip() and not _is_comment(line))
    return [Assignment(target, op, expr) for target, op, expr, _ in parsed]


def _is_comment(line: str) -> bool:
    return line.strip().startswith("#")


def write(assignments: Iterable[Assignment]) -> str:
    """Write assignments as abstract code."""
    return "\n".join(assignment.text for assignment in assignments)


def recursive_names(names: Iterable[str], variables: Mapping[str, Any]) -> set[str]:
    """Return the given names and everything that subexpressions among them read."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        expr = getattr(variables.get(name), "expr", None)
        if expr is not None:
            waiting += get_identifiers(expr)
    return found


def assigned(assignments: Sequence[Assignment]) -> set[str]:
    """Return the names that are assigned."""
    return {assignment.target for assignment in assignments}
