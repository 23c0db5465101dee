"""Every file in `bad` is refused with the problems that its last comments name, and no others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from networks.config import ConfigError, load
from networks.objections import Described, Objection
from neuro.dimensions import TIME
from neuro.errors import SpecError
from neuro.units import Quantity, Time

BAD = sorted((Path(__file__).parent / "bad").glob("*.yaml"))
EXPECTED = re.compile(r"^# expected (\d+):(\d+) (.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue of the experiment that stands for those of the floor above."""

    duration: Time = Quantity(0.1, TIME)


@dataclass(frozen=True, slots=True)
class Capacity:
    """An experiment that stands for those of the floor above."""

    loads: tuple[int, ...] = (1, 2)
    cue: Cue = Cue()
    damage: float = 0.5

    def __post_init__(self) -> None:
        if not 0 <= self.damage <= 1:
            raise SpecError(f"damage {self.damage} is not a fraction")

    def objections(self, described: Described) -> Iterator[Objection]:
        cue, loads = ("experiment", "cue", "duration"), ("experiment", "loads")
        if self.cue.duration.value <= 0:
            yield Objection(cue, "must be above zero")
        if "exc" not in described.populations:
            yield Objection(("populations",), "needs a population 'exc'")
        if self.loads[-1] > 100 * self.damage:
            yield Objection(loads, "too many", (("experiment", "damage"),))


EXPERIMENTS: Mapping[str, type] = {"memory_capacity": Capacity}


def test_there_are_enough_bad_files() -> None:
    assert len(BAD) >= 60
    assert all(EXPECTED.search(path.read_text()) for path in BAD)


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_every_mistake_is_shown_at_its_place(path: Path) -> None:
    expected = [(int(a), int(b), c) for a, b, c in EXPECTED.findall(path.read_text())]
    with pytest.raises(ConfigError) as caught:
        load(path, experiments=EXPERIMENTS)
    assert caught.value.exit_code == 2
    found = [(p.mark.line + 1, p.mark.column + 1) for p in caught.value.problems]
    assert found == sorted((line, column) for line, column, _ in expected)
    lines = str(caught.value).splitlines()
    for line, column, text in expected:
        header = next(n for n, shown in enumerate(lines) if text in shown)
        assert lines[header].startswith(f"{path}:{line}:{column}: ")
        if header + 2 < len(lines) and lines[header + 2].strip() == "^":
            caret = lines[header + 2].index("^")
            written = path.read_text().replace("\t", " ").split("\n")[line - 1]
            assert written[column - 1 : column + 9].startswith(
                lines[header + 1][caret : caret + 10]
            )
