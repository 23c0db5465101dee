"""What a file says of its quick form lies over its own blocks, and below the command line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from networks.config import ConfigError, Configuration, load
from neuro.units import parse

FILE = """\
simulation: {dt: 0.1 ms, duration: 1 s, engine: numba}
experiment: {kind: study, loads: [10, 20], networks: 5}
when_quick:
  simulation: {engine: brian2, dt: 0.5 ms}
  experiment: {loads: [1]}
"""


@dataclass(frozen=True, slots=True)
class Study:
    """Ask for something."""

    loads: tuple[int, ...]
    networks: int = 1


def read(folder: Path, text: str, *overrides: str) -> Configuration:
    path = folder / "a.yaml"
    path.write_text(text)
    return load(path, overrides, {"study": Study})


def test_without_quick_the_block_changes_nothing(tmp_path: Path) -> None:
    found = read(tmp_path, FILE)
    assert found.spec.simulation.engine == "numba"
    assert found.spec.experiment == Study((10, 20), 5)
    assert "when_quick" not in found.resolved


@pytest.mark.parametrize("where", ["in the file", "on the command line"])
def test_with_quick_its_keys_replace_those_of_the_blocks(where: str, tmp_path: Path) -> None:
    text, words = (
        ("quick: true\n" + FILE, ()) if where == "in the file" else (FILE, ("quick=true",))
    )
    found = read(tmp_path, text, *words)
    assert (found.spec.simulation.engine, found.spec.simulation.dt) == ("brian2", parse("0.5 ms"))
    assert found.spec.simulation.duration == parse("1 s")
    assert found.spec.experiment == Study((1,), 5)
    assert found.resolved["simulation"]["engine"] == "brian2"


def test_the_command_line_has_the_last_word(tmp_path: Path) -> None:
    words = ("quick=true", "simulation.engine=numba", "when_quick.experiment.networks=2")
    spec = read(tmp_path, FILE, *words).spec
    assert (spec.simulation.engine, spec.experiment) == ("numba", Study((1,), 2))


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("dt: 0.5 ms", "dt: 0.5 mV", "a.yaml:4:36: simulation.dt: "),
        ("loads: [1]", "laods: [1]", "a.yaml:5:16: experiment.laods: unknown"),
        ("  experiment: {l", "  experimant: {l", "a.yaml:5:3: when_quick.experimant: unknown key"),
    ],
)
def test_a_mistake_is_told_at_its_place_without_quick_too(
    old: str, new: str, shown: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, FILE.replace(old, new))
    assert shown in str(caught.value)


def test_what_is_no_block_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"a\.yaml:3:13: when_quick: expected blocks"):
        read(tmp_path, FILE.partition("when_quick")[0] + "when_quick: 3\n")
