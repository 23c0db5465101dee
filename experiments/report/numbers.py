"""Write numbers for readers, and for scripts, which read no NaN."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

DIGITS = 6
# An array of more numbers is told by its ends alone.
MOST_NUMBERS = 100
PLAIN = ("", "1")


def shown(value: Any, digits: int = DIGITS) -> dict[str, Any]:
    """Return a number, flag or text with what a reader sees of it.

    Parameters
    ----------
    value : scalar
        Of NumPy or of Python.
    digits : int
        Of a number that is not whole.

    Returns
    -------
    dict
        `text` as read; `exact`, from which the same number is read again, or None of a text.
    """
    plain = value.item() if isinstance(value, np.generic) else value
    if isinstance(plain, bool):
        return {"text": "yes" if plain else "no", "exact": None}
    if isinstance(plain, int):
        return {"text": f"{plain:,}".replace(",", "\u202f"), "exact": str(plain)}
    if isinstance(plain, float):
        return {"text": _float(plain, digits), "exact": repr(plain)}
    return {"text": str(plain), "exact": None}


def _float(value: float, digits: int) -> str:
    if math.isnan(value):
        return "not defined (NaN)"
    return f"{value:.{digits}g}".replace("-", "\u2212")


def finite(values: Any) -> Any:
    """Return arrays as nested lists, and None for every number that is not finite."""
    if isinstance(values, Mapping):
        return {key: finite(each) for key, each in values.items()}
    if isinstance(values, list | tuple):
        return [finite(each) for each in values]
    if isinstance(values, np.ndarray):
        return finite(values.tolist())
    plain = values.item() if isinstance(values, np.generic) else values
    return None if isinstance(plain, float) and not math.isfinite(plain) else plain


def spread(values: NDArray[Any]) -> str:
    """Tell an array by its shape and its ends."""
    n_all = " × ".join(map(str, values.shape)) or "1"
    shape = n_all if values.ndim > 1 else f"{n_all} number{'s' * (values.size != 1)}"
    if values.dtype.kind not in "biuf" or not values.size:
        return f"{n_all} values" if values.size else f"{n_all}: empty"
    known = values[np.isfinite(values)] if values.dtype.kind == "f" else values
    if not known.size:
        return f"{shape}: nothing finite"
    low, high = shown(known.min())["text"], shown(known.max())["text"]
    missing = values.size - known.size
    told = f"{shape}: {low} to {high}" if low != high else f"{shape}: all {low}"
    return f"{told}, {missing} not finite" if missing else told


def unit(name: str) -> str:
    """Return a unit for a reader: nothing for plain numbers."""
    return "" if name in PLAIN else name


def labelled(quantity: str, name: str) -> str:
    """Return a quantity with its unit, for an axis."""
    return f"{quantity} ({unit(name)})" if unit(name) else quantity
