"""Physical dimensions as seven exponents, in the order of the SI base units."""

from __future__ import annotations

from fractions import Fraction

Exponent = int | Fraction
Dimension = tuple[Exponent, ...]

BASE_UNITS = ("meter", "kilogram", "second", "amp", "kelvin", "mole", "candle")

NONE: Dimension = (0, 0, 0, 0, 0, 0, 0)
LENGTH: Dimension = (1, 0, 0, 0, 0, 0, 0)
MASS: Dimension = (0, 1, 0, 0, 0, 0, 0)
TIME: Dimension = (0, 0, 1, 0, 0, 0, 0)
CURRENT: Dimension = (0, 0, 0, 1, 0, 0, 0)
TEMPERATURE: Dimension = (0, 0, 0, 0, 1, 0, 0)
AMOUNT: Dimension = (0, 0, 0, 0, 0, 1, 0)
LUMINOSITY: Dimension = (0, 0, 0, 0, 0, 0, 1)
FREQUENCY: Dimension = (0, 0, -1, 0, 0, 0, 0)
VOLTAGE: Dimension = (2, 1, -3, -1, 0, 0, 0)
CONDUCTANCE: Dimension = (-2, -1, 3, 2, 0, 0, 0)
RESISTANCE: Dimension = (2, 1, -3, -2, 0, 0, 0)
CAPACITANCE: Dimension = (-2, -1, 4, 2, 0, 0, 0)
CHARGE: Dimension = (0, 0, 1, 1, 0, 0, 0)

# What a reader calls a dimension, and a value of it that a reader would write.
_NAMES: dict[Dimension, tuple[str, str]] = {
    NONE: ("a plain number", "0.5"),
    TIME: ("a time", "20 ms"),
    VOLTAGE: ("a voltage", "-50 mV"),
    CURRENT: ("a current", "100 pA"),
    CONDUCTANCE: ("a conductance", "10 nS"),
    FREQUENCY: ("a frequency", "63 Hz"),
    CAPACITANCE: ("a capacitance", "250 pF"),
    RESISTANCE: ("a resistance", "100 Mohm"),
    CHARGE: ("a charge", "1 pC"),
    LENGTH: ("a length", "10 um"),
    MASS: ("a mass", "1 g"),
    TEMPERATURE: ("a temperature", "300 K"),
    AMOUNT: ("an amount of substance", "1 mmol"),
    (2, 0, 0, 0, 0, 0, 0): ("an area", "100 um**2"),
    (3, 0, 0, 0, 0, 0, 0): ("a volume", "100 um**3"),
    (-3, 0, 0, 0, 0, 1, 0): ("a concentration", "1 mM"),
    (2, 1, -2, 0, 0, 0, 0): ("an energy", "1 pJ"),
    (2, 1, -3, 0, 0, 0, 0): ("a power", "1 uW"),
    (0, 0, -1, 1, 0, 0, 0): ("a current per time", "3 pA/ms"),
    (2, 1, -4, -1, 0, 0, 0): ("a voltage per time", "1 mV/ms"),
    (-2, 0, 0, 1, 0, 0, 0): ("a current per area", "1 uA/cm**2"),
    (-4, -1, 3, 2, 0, 0, 0): ("a conductance per area", "1 mS/cm**2"),
    (-4, -1, 4, 2, 0, 0, 0): ("a capacitance per area", "1 uF/cm**2"),
    (-4, -2, 6, 3, 0, 0, 0): ("a conductance per voltage", "1 nS/mV"),
    (0, 0, 2, 0, 0, 0, 0): ("a time squared", "1 ms**2"),
    (0, 0, -2, 0, 0, 0, 0): ("a frequency squared", "1 Hz**2"),
}


def _exponent(value: Exponent) -> Exponent:
    """Return a whole fraction as an int, so that equal exponents print alike."""
    return int(value) if value == int(value) else Fraction(value)


def multiply(left: Dimension, right: Dimension) -> Dimension:
    """Return the dimension of a product."""
    return tuple(_exponent(x + y) for x, y in zip(left, right, strict=True))


def power(dimension: Dimension, exponent: Exponent) -> Dimension:
    """Return the dimension of a power; the exponent may be a fraction such as 1/2."""
    return tuple(_exponent(x * exponent) for x in dimension)


def divide(numerator: Dimension, denominator: Dimension) -> Dimension:
    """Return the dimension of a quotient."""
    return multiply(numerator, power(denominator, -1))


def base_units(dimension: Dimension) -> str:
    """Write a dimension as a product of SI base units, e.g. ``amp*second**-1``; "1" for none."""
    parts = []
    for name, exponent in zip(BASE_UNITS, dimension, strict=True):
        if exponent == 1:
            parts.append(name)
        elif isinstance(exponent, Fraction):
            parts.append(f"{name}**({exponent})")
        elif exponent:
            parts.append(f"{name}**{exponent}")
    return "*".join(parts) or "1"


def describe(dimension: Dimension) -> str:
    """Say what a dimension is: "a voltage", "a time", ... or its base units."""
    if dimension in _NAMES:
        return _NAMES[dimension][0]
    return f"a quantity in {base_units(dimension)}"


def example(dimension: Dimension) -> str:
    """Return a value of the dimension as one would write it: "-50 mV", "20 ms", ..."""
    if dimension in _NAMES:
        return _NAMES[dimension][1]
    return f"1 {base_units(dimension)}"
