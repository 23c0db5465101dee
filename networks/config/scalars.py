"""What single values must look like, said in the words of a reader."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from neuro import dimensions as dim
from neuro.dimensions import Dimension
from neuro.errors import nearest
from neuro.units import Quantity, UnitError, describe, example, format_quantity, parse

Check = Callable[[Any], Any]


def show(value: Any) -> str:
    """Return a value as it stands in a file, cut to what a message can show."""
    if isinstance(value, bool) or value is None:
        text = {True: "true", False: "false", None: "nothing"}[value]
        return text if value is None else f"'{text}'"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = str(value)
    return f"'{text if len(text) <= 60 else text[:57] + '...'}'"


def quantity(value: Any, dimension: Dimension) -> Quantity:
    """Read a number with the unit that a field needs.

    Parameters
    ----------
    value : object
        What was written.
    dimension : Dimension
        What the field is.

    Returns
    -------
    Quantity
        The value.

    Raises
    ------
    ValueError
        With a message that says what was given and what is needed.
    """
    needed = f"{describe(dimension)} such as '{example(dimension)}'"
    if isinstance(value, Quantity):
        found = value
    elif isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"expected {needed}, not {show(value)}")
    else:
        try:
            found = parse(value)
        except UnitError as error:
            raise ValueError(f"{error}; expected {needed}") from None
    if found.dimension == dimension:
        return found
    if found.dimensionless:
        unit = example(dimension).partition(" ")[2]
        raise ValueError(f"needs a unit: write '{found.text} {unit}'")
    if dimension == dim.NONE:
        raise ValueError(f"'{found.text}' is {describe(found.dimension)}; expected {needed}")
    raise ValueError(f"'{found.text}' is {describe(found.dimension)}; expected {needed}")


def number(value: Any) -> float:
    """Read a finite number without a unit."""
    if isinstance(value, str):
        try:
            return quantity(value, dim.NONE).value
        except UnitError:
            pass
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"expected a number such as 0.5, not {show(value)}")
    try:
        if not math.isfinite(value):
            raise ValueError(f"expected a finite number, not {show(value)}")
        return float(value)
    except OverflowError:
        raise ValueError("the number is too large") from None


def whole(value: Any) -> int:
    """Read a whole number."""
    if isinstance(value, bool) or not isinstance(value, int):
        if isinstance(value, float) and value.is_integer():
            return int(value)
        raise ValueError(f"expected a whole number such as 100, not {show(value)}")
    if abs(value) >= 2**63:
        raise ValueError("the number is too large")
    return value


def truth(value: Any) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise ValueError(f"expected true or false, not {show(value)}")
    return value


def word(value: Any) -> str:
    """Read a text; numbers and truth values need quotes to be one."""
    if not isinstance(value, str):
        raise ValueError(f"expected a text, not {show(value)}")
    return value


def choice(value: Any, valid: tuple[Any, ...]) -> Any:
    """Read one of a few words or numbers."""
    for each in valid:
        if value == each and type(value) is type(each):
            return each
    names = ", ".join(str(each) for each in valid)
    hint = nearest(value, [str(each) for each in valid]) if isinstance(value, str) else ""
    raise ValueError(f"{show(value)} is not one of {names}{hint}")


def plain(value: Any) -> Any:
    """Return a setting as JSON can hold it: quantities as text, tuples as lists."""
    if isinstance(value, Quantity):
        return value.value if value.dimensionless else format_quantity(value)
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    if hasattr(value, "items"):
        return {str(key): plain(each) for key, each in value.items()}
    return value
