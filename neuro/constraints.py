"""Conditions on the parameters of a declaration: one comparison each, read and never evaluated.

``tau_m > 0``, ``0 <= U``, ``U <= 1``, ``tau_rise < tau_decay``, ``tau_zi != tau_e``: the name of a
parameter against 0, 1 or another parameter. 0 and 1 bear the unit of the parameter.
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

_TEXT = re.compile(r"(\w+) (<=|>=|<|>|!=) (\w+)", re.ASCII)
_NUMBERS: Mapping[str, float] = MappingProxyType({"0": 0.0, "1": 1.0})
_MIRRORED: Mapping[str, Relation] = MappingProxyType(
    {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "!=": "!="}
)
_HOLDS: Mapping[str, Callable[[float, float], bool]] = MappingProxyType(
    {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "!=": operator.ne}
)


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
    """

    name: str
    relation: Relation
    other: float | str

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
    left, relation, right = match[1], cast(Relation, match[2]), match[3]
    if left in _NUMBERS:
        left, relation, right = right, _MIRRORED[relation], left
    if not left.isidentifier() or not (right in _NUMBERS or right.isidentifier()):
        raise ValueError(f"'{text}' must compare a parameter with 0, 1 or a parameter")
    return Constraint(left, relation, _NUMBERS.get(right, right))
