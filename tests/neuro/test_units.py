"""Unit text against Brian2's own table, and against itself by round trip."""

from __future__ import annotations

import contextlib
import math
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuro import dimensions as dim
from neuro.errors import SpecError
from neuro.units import (
    Quantity,
    UnitError,
    base_unit_names,
    describe,
    equation_units,
    example,
    format_quantity,
    parse,
    unit,
)

# Brian2 multiplies by a power of ten that is itself rounded, and squares or cubes it.
BRIAN2_ROUNDING = 1e-14


def test_every_unit_of_an_equation_is_brian2s_unit() -> None:
    from brian2.core.namespace import DEFAULT_UNITS

    assert set(equation_units()) == set(DEFAULT_UNITS)
    for name, (exponent, dimension) in equation_units().items():
        theirs = DEFAULT_UNITS[name]
        assert tuple(theirs.dim._dims) == dimension, name
        assert float(f"1e{exponent}") == pytest.approx(float(theirs), rel=BRIAN2_ROUNDING), name


def test_base_units_declare_variables_in_brian2_too() -> None:
    from brian2.equations.equations import dimensions_and_type_from_string

    for name in base_unit_names():
        theirs, _ = dimensions_and_type_from_string(name)
        assert tuple(theirs._dims) == unit(name)[1]
    for name in sorted(set(equation_units()) - base_unit_names()):
        with pytest.raises(ValueError, match="not a base unit"):
            dimensions_and_type_from_string(name)


@pytest.mark.parametrize(
    ("text", "value", "dimension"),
    [
        ("20 ms", 0.02, dim.TIME),
        ("20ms", 0.02, dim.TIME),
        ("-50 mV", -0.05, dim.VOLTAGE),
        ("+.5e1 V", 5.0, dim.VOLTAGE),
        ("0.5", 0.5, dim.NONE),
        (3, 3.0, dim.NONE),
        (0.25, 0.25, dim.NONE),
        ("63 Hz", 63.0, dim.FREQUENCY),
        ("10 nS", 1e-8, dim.CONDUCTANCE),
        ("3 pA/ms", 3e-9, (0, 0, -1, 1, 0, 0, 0)),
        ("1e-3 s", 1e-3, dim.TIME),
        ("250 pF", 250e-12, dim.CAPACITANCE),
        ("100 Mohm", 1e8, dim.RESISTANCE),
        ("5 µs", 5e-6, dim.TIME),
        ("2 kΩ", 2000.0, dim.RESISTANCE),
        ("20*mV", 0.02, dim.VOLTAGE),
        ("1 uF/cm^2", 1e-2, (-4, -1, 4, 2, 0, 0, 0)),
        ("1 1/ms", 1000.0, dim.FREQUENCY),
        ("1 siemens*meter**-2", 1.0, (-4, -1, 3, 2, 0, 0, 0)),
        ("1 nA/(mV*ms)", 1e-3, (-2, -1, 2, 2, 0, 0, 0)),
    ],
)
def test_parse_reads_value_and_dimension(
    text: str | float, value: float, dimension: dim.Dimension
) -> None:
    quantity = parse(text)
    assert quantity.value == value
    assert quantity.dimension == dimension


def test_different_spellings_of_a_value_are_the_same_bits() -> None:
    assert parse("1500 us") == parse("1.5 ms") == parse("0.0015 s")
    assert parse("0.3 ms").value == 3e-4


@pytest.mark.parametrize(
    "text",
    [
        "", "ms", "nan", "inf", "-inf mV", "1e999 s", "1e5000", "20 mz", "20 ms)", "(20 ms",
        "5 mV**99999", "5 mV**", "5 /", "1 m**(1/0)", "1 ((((((m))))))", "1_0 ms", "0x10", "1j",
        "20 ms; 3", "__import__('os')", "20 ms # no", "1 mV" + "*mV" * 200, "٣ ms",
        True, None, [1], {"a": 1},
    ],
)  # fmt: skip
def test_parse_refuses_what_is_not_a_quantity(text: object) -> None:
    with pytest.raises(UnitError):
        parse(text)  # type: ignore[arg-type]


def test_a_misspelt_unit_names_the_nearest() -> None:
    with pytest.raises(SpecError, match="unknown unit 'mvolts'; did you mean 'mvolt'"):
        parse("20 mvolts")


def test_dimensions_are_described_in_words() -> None:
    assert describe(parse("20 mV").dimension) == "a voltage"
    assert describe(unit("volt*second**-0.5")[1]).startswith("a quantity in meter**2*kilogram")
    for dimension in (dim.NONE, dim.TIME, dim.VOLTAGE, unit("amp/second")[1], unit("mM")[1]):
        assert parse(example(dimension)).dimension == dimension


finite = st.floats(allow_nan=False, allow_infinity=False, width=64)
units = st.sampled_from(["1", "second", "volt", "amp", "siemens", "hertz", "farad", "ohm",
                         "coulomb", "amp/second", "siemens*meter**-2",
                         "volt*second**-0.5", "mM"])  # fmt: skip


@given(finite, units)
def test_writing_and_reading_gives_the_same_bits(value: float, name: str) -> None:
    quantity = Quantity(value, unit(name)[1])
    again = parse(format_quantity(quantity))
    assert again == quantity
    assert math.copysign(1, again.value) == math.copysign(1, value)


@given(st.text(max_size=60))
def test_any_text_is_a_quantity_or_a_unit_error(text: str) -> None:
    with contextlib.suppress(UnitError):
        assert math.isfinite(parse(text).value)


def test_units_import_nothing_heavy() -> None:
    code = "import sys, neuro.units; print({'brian2', 'numpy', 'pydantic'} & set(sys.modules))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "set()"
