"""Where values are drawn: a list, or a range such as `{low: 1 ms, high: 20 ms, scale: log}`."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from neuro.errors import SpecError, nearest
from neuro.units import UnitError, parse

Scale = Literal["linear", "log"]
SCALES = ("linear", "log")
KEYS = ("low", "high", "scale", "whole")
EXPECTED = "expected a list of values, or {low: 1 ms, high: 20 ms, scale: linear or log}"
_WRITTEN = re.compile(r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)\s*(.*)")


@dataclass(frozen=True, slots=True)
class Choice:
    """Hold values of which one is drawn, each as often.

    Attributes
    ----------
    values : tuple
        Plain values, as YAML has them.
    """

    values: tuple[Any, ...]

    def at(self, share: float) -> Any:
        """Return the value that a share in [0, 1) of the values lies before."""
        return self.values[min(int(share * len(self.values)), len(self.values) - 1)]


@dataclass(frozen=True, slots=True)
class Span:
    """Hold a range of numbers in which one is drawn.

    Attributes
    ----------
    low, high : float
        Its ends, in `unit`.
    unit : str
        As it was written at both ends; empty for numbers.
    scale : {"linear", "log"}
        Whether equal differences or equal ratios are as likely.
    whole : bool
        Only whole numbers, both ends among them.
    """

    low: float
    high: float
    unit: str = ""
    scale: Scale = "linear"
    whole: bool = False

    def at(self, share: float) -> Any:
        """Return the value that a share in [0, 1) of the range lies below."""
        low, high = self.low, self.high + self.whole
        if self.scale == "log":
            value = math.exp(math.log(low) + share * (math.log(high) - math.log(low)))
        else:
            value = low + share * (high - low)
        return self.written(min(max(value, low), high))

    def written(self, value: float) -> Any:
        """Return a number of the range as a configuration has it."""
        number = min(math.floor(value), int(self.high)) if self.whole else value
        return f"{number} {self.unit}" if self.unit else number


def read_range(given: Any) -> Choice | Span:
    """Read where a value is drawn.

    Parameters
    ----------
    given : list or mapping
        Plain values: a list, or `low`, `high`, and if wanted `scale` and `whole`.

    Returns
    -------
    Choice or Span
        The range.

    Raises
    ------
    SpecError
        If it is none, with what is needed.
    """
    if isinstance(given, list | tuple):
        if not given:
            raise SpecError("expected at least one value")
        return Choice(tuple(given))
    if not isinstance(given, Mapping) or not {"low", "high"} <= set(given):
        raise SpecError(EXPECTED)
    for key in given:
        if key not in KEYS:
            raise SpecError(f"unknown key '{key}'{nearest(key, KEYS)}")
    scale, whole = given.get("scale", "linear"), given.get("whole", False)
    if scale not in SCALES:
        raise SpecError(f"scale '{scale}'; needed: linear or log")
    if not isinstance(whole, bool):
        raise SpecError(f"whole: {whole!r}; needed: true or false")
    (low, unit), (high, other) = _number(given["low"]), _number(given["high"])
    if unit != other:
        raise SpecError(f"low is in '{unit}' and high in '{other}'; needed: one unit")
    if not low < high:
        raise SpecError(f"low {given['low']} is not below high {given['high']}")
    if scale == "log" and low <= 0:
        raise SpecError(f"low {given['low']}; needed on a logarithmic scale: more than 0")
    if whole and not (low.is_integer() and high.is_integer()):
        raise SpecError("whole: true; needed: low and high that are whole numbers")
    return Span(low, high, unit, scale, whole)


def _number(given: Any) -> tuple[float, str]:
    """Return a number and its unit as it was written."""
    try:
        parse(given)
    except UnitError as error:
        raise SpecError(str(error)) from None
    match = _WRITTEN.fullmatch(str(given).strip())
    if match is None:
        raise SpecError(f"'{given}' is not a number with a unit such as '20 ms'")
    return float(match[1]), match[2]
