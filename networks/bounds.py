"""Bounds of settings, told so that a configuration can be marked where one is crossed."""

from __future__ import annotations

import math
from typing import Any

from neuro.errors import SpecError


def check_range(
    settings: Any, *names: str, low: float = -math.inf, high: float = math.inf, what: str = ""
) -> None:
    """Refuse settings outside of a range, both ends of which are allowed.

    Parameters
    ----------
    settings : object
        Holds them.
    names : str
        Attributes: numbers, or tuples of numbers, every one of which must lie in the range.
    low, high : float
        The range.
    what : str
        Words behind the range, such as "cells".

    Raises
    ------
    SpecError
        With the name of the setting first, as the reader of a configuration expects it.
    """
    for name in names:
        given = getattr(settings, name)
        values = given if isinstance(given, tuple) else (given,)
        if not all(low <= value <= high for value in values):
            shown = list(given) if isinstance(given, tuple) else given
            raise SpecError(f"{name} {shown}; needed: {_range(low, high)}{what and f' {what}'}")


def check_order(name: str, values: tuple[float, ...]) -> None:
    """Refuse values that do not ascend, or none.

    Raises
    ------
    SpecError
        With the name of the setting first.
    """
    if not values or list(values) != sorted(set(values)):
        raise SpecError(f"{name} {list(values)}; needed: at least one, ascending")


def most_attached(size: int) -> int:
    """Return the most edges that a graph by preferential attachment has, of `size` nodes.

    A node brings m edges to those before it, the first ones are a star of m: m (size - m) in all.
    """
    return size // 2 * (size - size // 2)


def _range(low: float, high: float) -> str:
    if math.isinf(high):
        return f"at least {low:g}"
    return f"at most {high:g}" if math.isinf(low) else f"{low:.10g} to {high:.10g}"
