"""Ranges that values are drawn of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.config.space import Choice, Span, read_range
from neuro.errors import SpecError


def test_a_range_has_the_unit_that_it_was_written_with():
    span = read_range({"low": "1 ms", "high": "100 ms", "scale": "log"})
    assert span == Span(1.0, 100.0, "ms", "log")
    assert float(span.at(0.5).split()[0]) == pytest.approx(10)
    assert read_range({"low": "-70mV", "high": "-50 mV"}).at(0.25) == "-65.0 mV"


def test_whole_numbers_are_drawn_with_both_ends_equally_often():
    span = read_range({"low": 1, "high": 4, "whole": True})
    assert [span.at(share / 8) for share in range(8)] == [1, 1, 2, 2, 3, 3, 4, 4]


def test_a_list_is_drawn_of_evenly():
    choice = read_range(["a", "b"])
    assert choice == Choice(("a", "b"))
    assert [choice.at(share) for share in (0, 0.49, 0.5, 0.999)] == ["a", "a", "b", "b"]


@given(
    st.floats(0, 1, exclude_max=True), st.integers(1, 50), st.integers(51, 99),
    st.sampled_from(["linear", "log"]), st.booleans(),
)  # fmt: skip
def test_no_value_lies_beyond_its_range(share, low, high, scale, whole):
    found = read_range({"low": low, "high": high, "scale": scale, "whole": whole}).at(share)
    assert low <= found <= high
    assert isinstance(found, int) == whole


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ([], "at least one value"),
        (3, "expected a list of values, or"),
        ({"low": 1}, "expected a list of values, or"),
        ({"low": 1, "high": 2, "scal": "log"}, "unknown key 'scal'; did you mean 'scale'"),
        ({"low": 1, "high": 2, "scale": "ln"}, "scale 'ln'; needed: linear or log"),
        ({"low": 1, "high": 2, "whole": 1}, "whole: 1; needed: true or false"),
        ({"low": "1 ms", "high": "2 s"}, "low is in 'ms' and high in 's'; needed: one unit"),
        ({"low": 2, "high": 2}, "low 2 is not below high 2"),
        ({"low": 0, "high": 2, "scale": "log"}, "needed on a logarithmic scale: more than 0"),
        ({"low": 0.5, "high": 2, "whole": True}, "low and high that are whole numbers"),
        ({"low": "one", "high": 2}, "not a number"),
        ({"low": None, "high": 2}, "not a number"),
        ({"low": "1 parsec", "high": "2 parsec"}, "parsec"),
    ],
    ids=str,
)
def test_what_is_no_range_is_told(wrong, message):
    with pytest.raises(SpecError, match=message):
        read_range(wrong)
