"""Conditions on the parameters of a declaration: one comparison each, read and never evaluated.

``tau_m > 0``, ``0 <= U``, ``U <= 1``, ``tau_rise < tau_decay``, ``tau_zi != tau_e``: the name of a
parameter against 0, 1 or another parameter. 0 and 1 bear the unit of the parameter. Two times in
parallel, ``tau_zi || tau_zj``, are the time a b / (a + b) of the decay of a product of traces.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal, cast

Relation = Literal["<", "<=", ">", ">=", "!="]

_TEXT = re.compile(r"(?:(\w+) \|\| )?(\w+) (<=|>=|<|>|!=) (\w+)", re.ASCII)
# Closed forms divide by the difference of what must differ: nearer than this, relatively, they
# would keep only half of the digits.
NEAR = 1e-8
_NUMBERS: Mapping[str, float] = MappingProxyType({"0": 0.0, "1": 1.0})
_MIRRORED: Mapping[str, Relation] = MappingProxyType(
    {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "!=": "!="}
)
_HOLDS: Mapping[str, Callable[[float, float], bool]] = MappingProxyType(
    {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
     "!=": lambda left, right: abs(left - right) > NEAR * max(abs(left), abs(right))}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Constraint:
    """Compare a parameter with a number or with another parameter.

    Attributes
    ----------
    name : str
        The parameter on the left.
    relation : {"<", "<=", ">", ">=", "!="}
        How it must compare.
    other : float or str
        0, 1 or the name of the parameter on the right.
    beside : str
        A parameter in parallel with that on the left, if any.
    """

    name: str
    relation: Relation
    other: float | str
    beside: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Return the parameters that are compared."""
        right = (self.other,) if isinstance(self.other, str) else ()
        return (self.name, *([self.beside] if self.beside else []), *right)

    def holds(self, left: float, right: float) -> bool:
        """Say whether two values in SI compare as they must."""
        return _HOLDS[self.relation](left, right)


@cache
def parse_constraint(text: str) -> Constraint:
    """Read one comparison.

    Parameters
    ----------
    text : str
        Such as ``tau_m > 0`` or ``0 <= U``.

    Returns
    -------
    Constraint
        With a parameter on its left.

    Raises
    ------
    ValueError
        If it is anything but one comparison with a parameter in it.
    """
    match = _TEXT.fullmatch(text)
    if match is None:
        raise ValueError(f"'{text}' is not a comparison such as 'tau_m > 0'")
    beside, left, relation, right = match[1] or "", match[2], cast(Relation, match[3]), match[4]
    if left in _NUMBERS:
        left, relation, right = right, _MIRRORED[relation], left
    if beside:
        left, beside = beside, left
    names = (left, beside) if beside else (left,)
    if not all(name.isidentifier() for name in names) or not (
        right in _NUMBERS or right.isidentifier()
    ):
        raise ValueError(f"'{text}' must compare a parameter with 0, 1 or a parameter")
    return Constraint(left, relation, _NUMBERS.get(right, right), beside)
