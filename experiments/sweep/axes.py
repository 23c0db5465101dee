"""What is varied: `key=1,2,3` or `key=range(0, 1, 0.1)` of the command line, or a YAML grid."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from networks.config import values_of
from networks.spec import Spec
from neuro.errors import SpecError

MOST_VALUES = 100_000
_RANGE = re.compile(r"range\(([^()]*)\)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Axis:
    """Name a key of the configuration and the values that it takes.

    Attributes
    ----------
    key : str
        Path such as ``populations.cells.size``.
    values : tuple
        Plain values, as JSON has them.
    """

    key: str
    values: tuple[Any, ...]

    def overrides(self) -> tuple[str, ...]:
        """Return `key=value` for each value; JSON is YAML too."""
        return tuple(f"{self.key}={json.dumps(value)}" for value in self.values)


def read_axes(spec: Spec, arguments: Sequence[str]) -> list[Axis]:
    """Return the axes of the YAML's grid and of the command line, which wins.

    Parameters
    ----------
    spec : Spec
        The description; its `sweep` may hold a grid.
    arguments : sequence of str
        ``key=value,value`` or ``key=range(start, stop, step)``.

    Returns
    -------
    list of Axis
        In the order of the file, then of the command line.

    Raises
    ------
    SpecError
        If an argument is no such text, or two are of one key.
    """
    grid: Mapping[str, Sequence[Any]] = spec.sweep.get("grid") or {}
    axes = {key: Axis(key, tuple(values)) for key, values in grid.items()}
    given = [Axis(*read_argument(text)) for text in arguments]
    for number, axis in enumerate(given):
        if axis.key in (each.key for each in given[:number]):
            raise SpecError(f"'{axis.key}' is given twice; needed: all of its values at once")
        axes.pop(axis.key, None)
        axes[axis.key] = axis
    return list(axes.values())


def read_argument(text: str) -> tuple[str, tuple[Any, ...]]:
    """Read `key=value,value` or `key=range(start, stop, step)`.

    Parameters
    ----------
    text : str
        As on the command line; values are YAML, never evaluated.

    Returns
    -------
    key : str
        Left of the equals sign.
    values : tuple
        At least one.

    Raises
    ------
    SpecError
        If it is no such text.
    """
    key, equals, right = (part.strip() for part in text.partition("="))
    if not equals or not key or not right:
        raise SpecError(f"'{text}': expected key.path=value,value such as 'seed=1,2,3'")
    match = _RANGE.fullmatch(right)
    values = _range(text, match[1]) if match else values_of(right)
    if not values:
        raise SpecError(f"'{text}': no values")
    return key, values


def _range(text: str, inside: str) -> tuple[float | int, ...]:
    """Count as Python's range does, in decimal: 0.1 * 3 is 0.3."""
    expected = f"'{text}': expected range(stop), range(start, stop) or range(start, stop, step)"
    try:
        numbers = [Decimal(part.strip()) for part in inside.split(",")]
    except InvalidOperation:
        raise SpecError(f"{expected}, in numbers") from None
    if not 1 <= len(numbers) <= 3 or not all(number.is_finite() for number in numbers):
        raise SpecError(expected)
    start, stop = (Decimal(0), numbers[0]) if len(numbers) == 1 else numbers[:2]
    step = numbers[2] if len(numbers) == 3 else Decimal(1)
    if step == 0:
        raise SpecError(f"'{text}': the step is 0")
    count = max(0, -int((start - stop) // step))
    count += bool(start + count * step < stop) if step > 0 else bool(start + count * step > stop)
    if count > MOST_VALUES:
        raise SpecError(f"'{text}': {count} values; at most {MOST_VALUES}")
    values = (start + k * step for k in range(count))
    return tuple(int(v) if v == v.to_integral_value() else float(v) for v in values)
