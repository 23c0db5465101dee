"""Unit text: "20 ms" to a value in SI with a dimension, and back; imports no Brian2.

Every unit known here is a power of ten times a product of SI base units, so the text of a number
is scaled in decimal before it is rounded once: "1500 us" and "1.5 ms" are the same bits.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Annotated

from neuro import dimensions as dim
from neuro.dimensions import Dimension, Exponent, describe, example
from neuro.errors import SpecError, nearest
from neuro.unitnames import all_units, base_unit_names, candidates, equation_units

__all__ = [
    "Capacitance",
    "Conductance",
    "Current",
    "Dim",
    "Dimension",
    "Frequency",
    "Length",
    "Quantity",
    "Resistance",
    "Time",
    "UnitError",
    "Voltage",
    "base_unit_names",
    "describe",
    "equation_units",
    "example",
    "format_quantity",
    "parse",
    "unit",
]

MAX_LENGTH = 200
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_TOKEN = re.compile(r"\s*(?:(\*\*|\^|[*/()])|([A-Za-zµμΩ]+[23]?)|([+-]?[0-9]+(?:\.[0-9]+)?))")


class UnitError(SpecError):
    """Signal a text that is not a number with a unit that the house knows."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """Hold a value in SI with its dimension.

    Attributes
    ----------
    value : float
        Value in SI base units.
    dimension : tuple of int
        Exponent of metre, kilogram, second, ampere, kelvin, mole, candela.
    text : str
        The quantity as it was written; takes no part in comparison.
    """

    value: float
    dimension: Dimension = dim.NONE
    text: str = field(default="", compare=False)

    @property
    def dimensionless(self) -> bool:
        """Say whether the quantity is a plain number."""
        return self.dimension == dim.NONE


@dataclass(frozen=True, slots=True)
class Dim:
    """Annotate a `Quantity` field of a settings dataclass with the unit it must have."""

    unit: str

    @property
    def dimension(self) -> Dimension:
        """Return the dimension of the unit."""
        return unit(self.unit)[1]


Time = Annotated[Quantity, Dim("second")]
Voltage = Annotated[Quantity, Dim("volt")]
Current = Annotated[Quantity, Dim("amp")]
Conductance = Annotated[Quantity, Dim("siemens")]
Frequency = Annotated[Quantity, Dim("hertz")]
Capacitance = Annotated[Quantity, Dim("farad")]
Resistance = Annotated[Quantity, Dim("ohm")]
Length = Annotated[Quantity, Dim("meter")]


def _lookup(name: str, text: str) -> tuple[int, Dimension]:
    """Return power of ten and dimension of a unit's name."""
    plain = name.replace("µ", "u").replace("μ", "u")
    known = all_units()
    if plain not in known:
        hint = nearest(name, candidates(plain))
        raise UnitError(f"'{text}' has the unknown unit '{name}'{hint}")
    return known[plain]


def _tokens(text: str, whole: str) -> list[str]:
    """Split unit text into names, numbers and operators."""
    tokens, position = [], 0
    while position < len(text.rstrip()):
        match = _TOKEN.match(text, position)
        if match is None:
            raise UnitError(f"'{whole}' is not a unit: '{text[position:].strip()}' is not read")
        tokens.append(match.group(match.lastindex or 0))
        position = match.end()
    return tokens


class _Reader:
    """Read ``name[**n] (* | / | space) ...`` with brackets, as scale and dimension."""

    def __init__(self, tokens: list[str], whole: str) -> None:
        self.tokens = tokens
        self.whole = whole

    def product(self) -> tuple[Exponent, Dimension]:
        """Read factors joined by ``*``, ``/`` or nothing."""
        exponent, dimension = self.factor()
        while self.tokens and self.tokens[0] != ")":
            sign = -1 if self.tokens[0] == "/" else 1
            if self.tokens[0] in "*/":
                self.tokens.pop(0)
            more, factor = self.factor()
            exponent += sign * more
            dimension = dim.multiply(dimension, dim.power(factor, sign))
        return exponent, dimension

    def factor(self) -> tuple[Exponent, Dimension]:
        """Read one unit, the number 1 or a bracket, with its power."""
        token = self.tokens.pop(0) if self.tokens else ""
        exponent: Exponent
        if token == "(":
            exponent, dimension = self.product()
            self.close()
        elif token == "1":
            exponent, dimension = 0, dim.NONE
        elif token[:1].isalpha():
            exponent, dimension = _lookup(token, self.whole)
        else:
            raise UnitError(f"'{self.whole}' is not a unit such as 'mV', 'pA/ms' or 'volt*second'")
        if self.tokens and self.tokens[0] in ("**", "^"):
            self.tokens.pop(0)
            n = self.power()
            return exponent * n, dim.power(dimension, n)
        return exponent, dimension

    def power(self) -> Exponent:
        """Read an exponent: a number, or a fraction in brackets."""
        if self.tokens[:1] == ["("]:
            self.tokens.pop(0)
            value = self.number()
            if self.tokens[:1] == ["/"]:
                self.tokens.pop(0)
                divisor = self.number()
                if not divisor:
                    raise UnitError(f"'{self.whole}' divides by zero in an exponent")
                value /= divisor
            self.close()
            return value
        return self.number()

    def number(self) -> Fraction:
        """Read a bounded number."""
        token = self.tokens.pop(0) if self.tokens else ""
        if not re.fullmatch(r"[+-]?[0-9]{1,2}(\.[0-9]{1,3})?", token):
            raise UnitError(f"'{self.whole}' has '{token}' as exponent; expected one such as 2")
        return Fraction(token)

    def close(self) -> None:
        """Read a closing bracket."""
        if self.tokens[:1] != [")"]:
            raise UnitError(f"'{self.whole}' lacks a closing bracket")
        self.tokens.pop(0)


def _read_unit(text: str, whole: str) -> tuple[Exponent, Dimension]:
    """Read unit text whole, as power of ten and dimension."""
    if text.count("(") > 4:
        raise UnitError(f"'{whole}' has too many brackets for a unit")
    reader = _Reader(_tokens(text, whole), whole)
    exponent, dimension = reader.product()
    if reader.tokens:
        raise UnitError(f"'{whole}' is not a unit: '{reader.tokens[0]}' is not expected")
    if not -300 <= exponent <= 300 or not all(-30 <= n <= 30 for n in dimension):
        raise UnitError(f"'{whole}' has an exponent out of range")
    return exponent, dimension


@cache
def unit(text: str) -> tuple[float, Dimension]:
    """Read the text of a unit.

    Parameters
    ----------
    text : str
        "mV", "amp/second", "siemens*meter**-2", "volt*second**-0.5", "1", ...

    Returns
    -------
    scale : float
        Value of one such unit in SI.
    dimension : tuple of int
        Its dimension.

    Raises
    ------
    UnitError
        If the text is not a unit.
    """
    if len(text) > MAX_LENGTH or not text.strip():
        raise UnitError(f"'{text[:40]}' is not a unit such as 'mV'")
    exponent, dimension = _read_unit(text, text.strip())
    return (float(f"1e{exponent}") if isinstance(exponent, int) else _root(exponent)), dimension


def _root(exponent: Fraction) -> float:
    """Return ten to a power that may be broken ("mV**0.5")."""
    whole = int(exponent)
    return float(f"1e{whole}") if whole == exponent else 10.0 ** float(exponent)


def parse(text: str | float) -> Quantity:
    """Read a number with its unit.

    Parameters
    ----------
    text : str, int or float
        "20 ms", "-50 mV", "3 pA/ms", "0.5", 0.5; the space may be left out.

    Returns
    -------
    Quantity
        Value in SI, dimension and the text as written.

    Raises
    ------
    UnitError
        If the text is not a finite number with a known unit.
    """
    if isinstance(text, bool) or not isinstance(text, str | int | float):
        raise UnitError(f"{text!r} is not a number with a unit such as '20 ms'")
    if not isinstance(text, str):
        return Quantity(_finite(float(text), str(text)), dim.NONE, str(text))
    written = text.strip()
    match = _NUMBER.match(written)
    if match is None or len(written) > MAX_LENGTH:
        raise UnitError(f"'{written[:40]}' is not a number with a unit such as '20 ms'")
    rest = written[match.end() :].strip().removeprefix("*").strip()
    if not rest:
        return Quantity(_finite(float(match.group()), written), dim.NONE, written)
    exponent, dimension = _read_unit(rest, written)
    return Quantity(_finite(_scaled(match.group(), exponent), written), dimension, written)


def _scaled(number: str, exponent: Exponent) -> float:
    """Return a decimal text times a power of ten, rounded once."""
    if exponent == int(exponent):
        return float(Decimal(number).scaleb(int(exponent)))
    return float(number) * _root(Fraction(exponent))


def _finite(value: float, text: str) -> float:
    """Return a value that is neither infinite nor not-a-number."""
    if not math.isfinite(value):
        raise UnitError(f"'{text}' is not a finite number")
    return value


_PREFERRED: dict[Dimension, str] = {
    dim.TIME: "s", dim.VOLTAGE: "V", dim.CURRENT: "A", dim.CONDUCTANCE: "S", dim.FREQUENCY: "Hz",
    dim.CAPACITANCE: "F", dim.RESISTANCE: "ohm", dim.CHARGE: "C", dim.LENGTH: "m",
}  # fmt: skip
_ENGINEERING = {0: "", -3: "m", -6: "u", -9: "n", -12: "p", -15: "f", 3: "k", 6: "M", 9: "G"}


def format_quantity(quantity: Quantity) -> str:
    """Write a quantity so that `parse` reads the same bits: "20 ms", "-50 mV", "0.5".

    Parameters
    ----------
    quantity : Quantity
        What to write; its own text is kept if it still says the value.

    Returns
    -------
    str
        Number and unit.
    """
    if quantity.text:
        return quantity.text
    number = Decimal(repr(quantity.value))
    if quantity.dimensionless:
        return repr(quantity.value)
    if quantity.dimension not in _PREFERRED:
        return f"{quantity.value!r} {dim.base_units(quantity.dimension)}"
    shift = 3 * ((number.adjusted() if number else 0) // 3)
    shift = min(max(shift, -15), 9)
    mantissa = number.scaleb(-shift)
    plain = format(mantissa.normalize(), "f") if abs(mantissa.adjusted()) < 18 else str(mantissa)
    return f"{plain} {_ENGINEERING[shift]}{_PREFERRED[quantity.dimension]}"
