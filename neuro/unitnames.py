"""Names of units: what each is in powers of ten and SI dimensions; imports no Brian2."""

from __future__ import annotations

from functools import cache

from neuro import dimensions as dim
from neuro.dimensions import Dimension

_PREFIXES = {
    "Y": 24, "Z": 21, "E": 18, "P": 15, "T": 12, "G": 9, "M": 6, "k": 3, "": 0,
    "m": -3, "u": -6, "n": -9, "p": -12, "f": -15, "a": -18, "z": -21, "y": -24,
}  # fmt: skip
_SMALL_PREFIXES = {"h": 2, "da": 1, "d": -1, "c": -2}

# Long names, spelled as Brian2 spells them: name, power of ten in SI, dimension.
_LONG: dict[str, tuple[int, Dimension]] = {
    "metre": (0, dim.LENGTH), "meter": (0, dim.LENGTH),
    "gram": (-3, dim.MASS), "gramme": (-3, dim.MASS),
    "second": (0, dim.TIME), "amp": (0, dim.CURRENT), "ampere": (0, dim.CURRENT),
    "mole": (0, dim.AMOUNT), "mol": (0, dim.AMOUNT), "candle": (0, dim.LUMINOSITY),
    "radian": (0, dim.NONE), "steradian": (0, dim.NONE), "hertz": (0, dim.FREQUENCY),
    "newton": (0, (1, 1, -2, 0, 0, 0, 0)), "pascal": (0, (-1, 1, -2, 0, 0, 0, 0)),
    "joule": (0, (2, 1, -2, 0, 0, 0, 0)), "watt": (0, (2, 1, -3, 0, 0, 0, 0)),
    "coulomb": (0, dim.CHARGE), "volt": (0, dim.VOLTAGE), "farad": (0, dim.CAPACITANCE),
    "ohm": (0, dim.RESISTANCE), "siemens": (0, dim.CONDUCTANCE),
    "weber": (0, (2, 1, -2, -1, 0, 0, 0)), "tesla": (0, (0, 1, -2, -1, 0, 0, 0)),
    "henry": (0, (2, 1, -2, -2, 0, 0, 0)), "lumen": (0, dim.LUMINOSITY),
    "lux": (0, (-2, 0, 0, 0, 0, 0, 1)), "becquerel": (0, dim.FREQUENCY),
    "gray": (0, (2, 0, -2, 0, 0, 0, 0)), "sievert": (0, (2, 0, -2, 0, 0, 0, 0)),
    "katal": (0, (0, 0, -1, 0, 0, 1, 0)), "molar": (3, (-3, 0, 0, 0, 0, 1, 0)),
}  # fmt: skip
_UNPREFIXED: dict[str, tuple[int, Dimension]] = {
    "kelvin": (0, dim.TEMPERATURE),
    "kilogram": (0, dim.MASS),
    "kilogramme": (0, dim.MASS),
}
_SHORT: dict[str, str] = {
    "s": "second", "V": "volt", "A": "amp", "S": "siemens", "F": "farad", "Hz": "hertz",
    "ohm": "ohm", "Ω": "ohm", "m": "metre", "g": "gram", "M": "molar", "C": "coulomb",
    "J": "joule", "W": "watt", "N": "newton", "Pa": "pascal", "T": "tesla", "H": "henry",
    "rad": "radian", "mol": "mol",
}  # fmt: skip
# The short names that Brian2 itself defines; only these may stand in an equation.
_BRIAN2_SHORT = (
    "Hz kHz MHz mV mA uA nA pA uS nS ms us mM uM nM pF uF nF mm cm um mm2 mm3 cm2 cm3 um2 um3"
)


def _powers(name: str, entry: tuple[int, Dimension]) -> dict[str, tuple[int, Dimension]]:
    """Return a unit with its square and cube, as Brian2 names them ("meter2")."""
    exponent, dimension = entry
    squared, cubed = (dim.power(dimension, n) for n in (2, 3))
    return {name: entry, name + "2": (2 * exponent, squared), name + "3": (3 * exponent, cubed)}


@cache
def equation_units() -> dict[str, tuple[int, Dimension]]:
    """Return the unit names that may stand in an equation: Brian2's own.

    Returns
    -------
    dict of str to tuple
        Power of ten in SI and dimension of each unit.
    """
    known: dict[str, tuple[int, Dimension]] = {}
    for name, entry in _UNPREFIXED.items():
        known |= _powers(name, entry)
    for name, (exponent, dimension) in _LONG.items():
        for prefix, shift in _PREFIXES.items():
            known |= _powers(prefix + name, (exponent + shift, dimension))
    for name in ("liter", "litre"):
        for prefix, shift in (_PREFIXES | _SMALL_PREFIXES).items():
            known[prefix + name] = (shift - 3, (3, 0, 0, 0, 0, 0, 0))
    short = _short_units()
    return known | {name: short[name] for name in _BRIAN2_SHORT.split()}


@cache
def _short_units() -> dict[str, tuple[int, Dimension]]:
    """Return the short symbols of the SI with their prefixes."""
    known: dict[str, tuple[int, Dimension]] = {"K": (0, dim.TEMPERATURE), "cd": (0, dim.LUMINOSITY)}
    for symbol, name in _SHORT.items():
        exponent, dimension = _LONG[name]
        for prefix, shift in _PREFIXES.items():
            known |= _powers(prefix + symbol, (exponent + shift, dimension))
    return known | _powers("cm", (-2, dim.LENGTH)) | _powers("dm", (-1, dim.LENGTH))


@cache
def all_units() -> dict[str, tuple[int, Dimension]]:
    """Return every unit name that may stand in a configuration."""
    return _short_units() | equation_units()


@cache
def base_unit_names() -> frozenset[str]:
    """Return the units of scale one, the only ones that declare a variable of an equation."""
    scales = equation_units().items()
    return frozenset(name for name, (n, _) in scales if n == 0 and name[-1] not in "23")


def candidates(name: str) -> list[str]:
    """Return the units that a misspelt name may have meant: those of its first letter."""
    known = [unit for unit in all_units() if unit[-1] not in "23"]
    return [unit for unit in known if unit[0] == name[:1]] or known
