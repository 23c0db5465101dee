"""What is varied: `key=1,2,3` or `key=range(0, 1, 0.1)` of the command line, or the YAML's `sweep`.

All ways are axes whose every combination is a point: a grid has one key an axis; what is gone
through together (`zip`) or drawn together (`random`, `latin_hypercube`) is one axis of many keys.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.config import values_of
from networks.config.space import read_range
from networks.config.sweep import DRAWN
from networks.spec import Spec
from networks.streams import generator
from neuro.errors import SpecError

MOST_VALUES = 100_000
_RANGE = re.compile(r"range\(([^()]*)\)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Axis:
    """Name keys of the configuration and the values that they take together.

    Attributes
    ----------
    keys : tuple of str
        Paths such as ``populations.cells.size``.
    rows : tuple of tuple
        Plain values, as JSON has them, one of each key.
    """

    keys: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    @classmethod
    def of(cls, key: str, values: Sequence[Any]) -> Axis:
        """Return the axis of one key."""
        return cls((key,), tuple((value,) for value in values))

    def choices(self) -> tuple[dict[str, Any], ...]:
        """Return the values of the keys, at each place of the axis."""
        return tuple(dict(zip(self.keys, row, strict=True)) for row in self.rows)

    def columns(self) -> dict[str, list[Any]]:
        """Return the values of each key."""
        return {key: [row[number] for row in self.rows] for number, key in enumerate(self.keys)}

    def without(self, keys: Collection[str]) -> Axis | None:
        """Return the axis of its other keys; None if there are none."""
        left = {key: values for key, values in self.columns().items() if key not in keys}
        return Axis(tuple(left), tuple(zip(*left.values(), strict=True))) if left else None


def read_axes(spec: Spec, arguments: Sequence[str]) -> list[Axis]:
    """Return the axes of the YAML and of the command line, which wins.

    Parameters
    ----------
    spec : Spec
        The description; its `sweep` may say what is varied.
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
    given = [Axis.of(*read_argument(text)) for text in arguments]
    keys = [axis.keys[0] for axis in given]
    for number, key in enumerate(keys):
        if key in keys[:number]:
            raise SpecError(f"'{key}' is given twice; needed: all of its values at once")
    left = [axis.without(keys) for axis in _written(spec)]
    return [axis for axis in left if axis is not None] + given


def _written(spec: Spec) -> Iterator[Axis]:
    """Yield the axes of the YAML."""
    for key, values in (spec.sweep.get("grid") or {}).items():
        yield Axis.of(key, values)
    if together := spec.sweep.get("zip"):
        yield Axis(tuple(together), tuple(zip(*together.values(), strict=True)))
    for name in DRAWN:
        if drawn := spec.sweep.get(name):
            ranges = [read_range(each) for each in drawn["space"].values()]
            shares = _shares(name, drawn["samples"], len(ranges), generator(spec.seed, name))
            rows = [[r.at(u) for r, u in zip(ranges, row, strict=True)] for row in shares.tolist()]
            yield Axis(tuple(drawn["space"]), tuple(map(tuple, rows)))


def _shares(name: str, n: int, n_keys: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw numbers in [0, 1), shape (n, n_keys); random ones begin as those of fewer samples."""
    if name == "random":
        return rng.random((n, n_keys))
    # Of a second to import, which only a hypercube waits for.
    from scipy.stats.qmc import LatinHypercube

    # SciPy's hypercube is on (0, 1], and 1 is no share.
    drawn = LatinHypercube(n_keys, rng=rng).random(n)
    shares: NDArray[np.float64] = np.minimum(drawn, np.nextafter(1.0, 0.0))
    return shares


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
