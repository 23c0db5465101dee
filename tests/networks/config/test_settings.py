"""Settings dataclasses of any floor become pydantic schemas by their annotations alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest

from networks.config.jsonschema import settings_schema
from networks.config.problems import Problems, Source
from networks.config.reader import read_text
from networks.config.settings import attribute_texts, make, plain_settings
from neuro.errors import SpecError
from neuro.units import Current, Frequency, Quantity, Time, parse


@dataclass(frozen=True, slots=True)
class Inner:
    """Describe what is nested.

    Attributes
    ----------
    rate, top : Quantity
        Two rates, said
        in two lines.
    mode : str
        How.
    """

    rate: Frequency = parse("10 Hz")
    top: Frequency = parse("20 Hz")
    mode: Literal["fast", "slow", 3] = "slow"

    def __post_init__(self) -> None:
        if self.rate.value > self.top.value:
            raise SpecError("rate is above top")


@dataclass(frozen=True, slots=True)
class Other:
    """Describe the other member of a union."""

    file: Path


@dataclass(frozen=True, slots=True)
class Outer:
    """Hold one field of every kind."""

    n: int
    p: float = 0.5
    on: bool = False
    word: str = "a"
    wait: Time = parse("1 ms")
    drive: Current | None = None
    gain: float | None = 2.0
    sizes: tuple[int, ...] = ()
    pair: tuple[int, str] = (1, "a")
    inner: Inner = Inner()
    parts: tuple[Inner, ...] = ()
    source: Inner | Other = Inner()
    either: int | str = 1
    table: Mapping[str, float] = field(default_factory=dict)
    free: Any = None


def settle(text: str) -> tuple[Any, list[str]]:
    problems = Problems()
    node = read_text(text, Source("s.yaml", tuple(text.splitlines())), problems)
    assert node is not None
    made = make(Outer, node, "x", problems)
    return made, [str(problem) for problem in problems.found]


def test_defaults_are_those_of_the_dataclass() -> None:
    assert settle("{n: 3}") == (Outer(3), [])


def test_every_kind_of_field_is_read() -> None:
    made, problems = settle(
        "{n: 3, p: 1, on: true, word: b, wait: 20 ms, drive: 5 pA, gain: null, sizes: [1, 2],\n"
        " pair: [2, b], inner: {rate: 1 Hz, mode: 3}, parts: [{}, {top: 30 Hz}],\n"
        " source: {file: a/b.txt}, either: b, table: {a: 1, b: .5}, free: [1, {a: b}]}"
    )
    assert problems == []
    assert made == Outer(
        3, 1.0, True, "b", parse("20 ms"), parse("5 pA"), None, (1, 2), (2, "b"),
        Inner(parse("1 Hz"), mode=3), (Inner(), Inner(top=parse("30 Hz"))), Other(Path("a/b.txt")),
        "b", {"a": 1.0, "b": 0.5}, [1, {"a": "b"}],
    )  # fmt: skip
    assert isinstance(made.wait, Quantity)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{}", "s.yaml:1:1: x.n: is missing"),
        ("{n: 1.5}", "s.yaml:1:5: x.n: expected a whole number such as 100, not '1.5'"),
        ("{n: 1, p: .inf}", "s.yaml:1:11: x.p: expected a finite number, not 'inf'"),
        ("{n: 1, p: 3 mV}", "x.p: '3 mV' is a voltage; expected a plain number such as '0.5'"),
        ("{n: 1, on: yes}", "s.yaml:1:12: x.on: expected true or false, not 'yes'"),
        ("{n: 1, word: 3}", "s.yaml:1:14: x.word: expected a text, not '3'"),
        ("{n: 1, drive: 3}", "s.yaml:1:15: x.drive: needs a unit: write '3 pA'"),
        ("{n: 1, wait: [1]}", "s.yaml:1:14: x.wait: expected a time such as '20 ms', not a list"),
        ("{n: 1, sizes: 3}", "s.yaml:1:15: x.sizes: expected a list such as [1, 2], not '3'"),
        ("{n: 1, sizes: [1, b]}", "s.yaml:1:19: x.sizes.1: expected a whole number"),
        ("{n: 1, pair: [1]}", "x.pair.1: is missing"),
        ("{n: 1, pair: [1, a, b]}", "s.yaml:1:14: x.pair: expected 2 values, not 3"),
        ("{n: 1, inner: {mode: fsat}}", "'fsat' is not one of fast, slow, 3; did you mean 'fast'?"),
        (
            "{n: 1, inner: {mod: fast}}",
            "s.yaml:1:16: x.inner.mod: unknown key; did you mean 'mode'?",
        ),
        ("{n: 1, inner: {rate: 30 Hz}}", "s.yaml:1:22: x.inner.rate: rate is above top"),
        ("{n: 1, inner: 3}", "s.yaml:1:15: x.inner: expected keys and values, not '3'"),
        ("{n: 1, parts: [{top: 3}]}", "s.yaml:1:22: x.parts.0.top: needs a unit: write '3 Hz'"),
        ("{n: 1, source: {fil: a}}", "x.source.fil: unknown key; did you mean 'file'?"),
        (
            "{n: 1, either: [1]}",
            "expected a whole number such as 100, not a list or expected a text",
        ),
        ("{n: 1, table: {a: b}}", "s.yaml:1:19: x.table.a: "),
        ("{n: 1, ni: 3}", "s.yaml:1:8: x.ni: unknown key; did you mean 'n'?"),
        ("[1]", "s.yaml:1:1: x: expected keys and values, not a list"),
    ],
)
def test_a_mistake_is_said_in_words(text: str, problem: str) -> None:
    made, problems = settle(text)
    assert made is None
    assert problem in "\n".join(problems)


def test_the_docstring_describes_the_fields() -> None:
    assert attribute_texts(Inner) == {
        "rate": "Two rates, said in two lines.",
        "top": "Two rates, said in two lines.",
        "mode": "How.",
    }
    made = settings_schema(Inner)["properties"]
    assert made["rate"]["description"] == "Two rates, said in two lines."
    assert made["mode"]["enum"] == ["fast", "slow", 3]


def test_settings_are_written_with_every_default() -> None:
    shown = plain_settings(Outer(3, gain=None), "outer")
    assert shown["kind"] == "outer"
    assert shown["wait"] == "1 ms"
    assert shown["inner"] == {"rate": "10 Hz", "top": "20 Hz", "mode": "slow"}
    assert shown["gain"] is None
    assert "drive" not in shown


def test_a_field_without_a_known_type_is_a_mistake_of_the_program() -> None:
    @dataclass(frozen=True)
    class Odd:
        x: complex = 1j

    with pytest.raises(TypeError, match="cannot have the type"):
        settings_schema(Odd)
