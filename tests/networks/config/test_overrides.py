"""Overrides of the command line and included files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from networks.config import ConfigError, load
from neuro.units import parse

GOOD = Path(__file__).parent / "good"


def complaint(path: Path, *overrides: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(path, overrides)
    return str(caught.value)


def test_overrides_replace_values_and_make_blocks() -> None:
    spec = load(
        GOOD / "minimal.yaml",
        [
            "seed=7", "quick=true", "output.path=x/y.h5", "simulation.engine=numba",
            "output.flush=0.5 s", "populations.cells.size=3",
            "projections.drive.synapse.weight=1 pA",
            "populations.cells.parameters.tau_m={normal: {mean: 20 ms, sd: 1 ms}}",
            "recordings.spikes.nodes=[0, 2]",
        ],
    ).spec  # fmt: skip
    assert (spec.seed, spec.quick, spec.output.path) == (7, True, "x/y.h5")
    assert spec.simulation.engine == "numba"
    assert spec.output.flush == parse("0.5 s")
    assert spec.populations["cells"].size == 3
    assert spec.projections["drive"].synapse.weight == parse("1 pA")
    assert spec.recordings["spikes"].nodes == (0, 2)


def test_an_override_reaches_into_a_list(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("populations: {a: {model: lif, size: 2}}\nphases: [{name: p, duration: 1 s}]\n")
    assert load(path, ["phases.0.duration=2 s"]).spec.phases[0].duration == parse("2 s")
    assert "'1' is not an index of a list of 1" in complaint(path, "phases.1.duration=2 s")


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("seed=x", "<command line>: seed=x: seed: expected a whole number such as 100, not 'x'"),
        ("sed=3", "<command line>: sed=3: sed: unknown key; did you mean 'seed'?"),
        ("simulation.dt=3", "<command line>: simulation.dt=3: simulation.dt: needs a unit"),
        ("populations.cells.sise=3", "populations.cells.sise: unknown key; did you mean 'size'?"),
        ("seed", "<command line>: seed: expected key.path=value"),
        ("seed=", "expected key.path=value"),
        ("=3", "expected key.path=value"),
        ("seed..x=3", "expected key.path=value"),
        ("seed.x=3", "'seed' is a single value and has no 'x'"),
        ("output={path: [", "<command line>: output={path: [: not YAML"),
        ("models.m.equations='dv/dt = (1 + w)/second : 1'", "'w' is not known here"),
    ],
)
def test_a_mistake_points_at_the_override(override: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("seed: 1\n" + (GOOD / "minimal.yaml").read_text())
    shown = complaint(path, override)
    assert words in shown
    assert shown.startswith("<command line>: ")


def test_the_file_comes_before_the_command_line() -> None:
    shown = complaint(GOOD.parent / "bad" / "dt_zero.yaml", "seed=x").splitlines()
    assert "dt_zero.yaml:1:18: simulation.dt" in shown[0]
    assert shown[-1].startswith("<command line>: seed=x")


def test_an_included_file_lies_below() -> None:
    spec = load(GOOD / "included.yaml").spec
    assert spec.populations["exc"].size == 30
    assert spec.populations["exc"].model.name == "mine"
    assert spec.populations["input"].parameters["rate"] == parse("20 Hz")
    assert spec.seed == 5


def test_later_files_are_laid_over_earlier_ones(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("seed: 1\nname: a\n")
    (tmp_path / "b.yaml").write_text("seed: 2\n")
    path = tmp_path / "c.yaml"
    path.write_text(
        "include: [a.yaml, b.yaml]\nsimulation: {duration: 1 s}\n"
        "populations: {p: {model: lif, size: 1}}\n"
    )
    spec = load(path).spec
    assert (spec.seed, spec.name) == (2, "a")


def test_a_mistake_in_an_included_file_is_shown_there(tmp_path: Path) -> None:
    (tmp_path / "models.yaml").write_text("\npopulations:\n  p: {model: lif, size: -1}\n")
    path = tmp_path / "main.yaml"
    path.write_text("include: models.yaml\nsimulation: {duration: 1 s}\nseed: x\n")
    shown = complaint(path).splitlines()
    assert shown[0].startswith(f"{path}:3:7: seed: ")
    assert shown[3].startswith(f"{tmp_path / 'models.yaml'}:3:25: populations.p.size: ")


def test_circles_and_ways_out_are_refused(tmp_path: Path) -> None:
    inside = tmp_path / "project"
    inside.mkdir()
    (inside / "pyproject.toml").write_text("")
    (inside / "a.yaml").write_text("include: b.yaml\n")
    (inside / "b.yaml").write_text("include: [a.yaml]\n")
    assert (
        "b.yaml:1:11: include: 'a.yaml' includes itself: a.yaml -> b.yaml -> a.yaml"
        in complaint(inside / "a.yaml")
    )
    (tmp_path / "secret.yaml").write_text("seed: 1\n")
    os.symlink(tmp_path / "secret.yaml", inside / "link.yaml")
    for name in ("../secret.yaml", "/etc/passwd", "link.yaml"):
        (inside / "c.yaml").write_text(f"include: {name}\n")
        assert "is outside the project folder" in complaint(inside / "c.yaml")
    for name, words in (
        ("none.yaml", "is not a file"),
        ("3", "expected a path"),
        (".", "is not a"),
    ):
        (inside / "c.yaml").write_text(f"include: [{name}]\n")
        assert words in complaint(inside / "c.yaml")


def test_a_lattice_of_includes_ends(tmp_path: Path) -> None:
    for k in range(12):
        (tmp_path / f"{k}.yaml").write_text(f"include: [{k + 1}.yaml, {k + 1}.yaml]\n")
    (tmp_path / "12.yaml").write_text("seed: 1\n")
    assert "more than 50 files are included" in complaint(tmp_path / "0.yaml")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    assert f"{path}:1:1: cannot be read" in complaint(path)
    path.write_bytes(b"seed: 1\nname: \xff\n")
    assert f"{path}:2:7: byte 0xff is not UTF-8" in complaint(path)
    path.write_bytes(b"#" * 10_500_000)
    assert "the file has 10.5 MB; at most 10 MB" in complaint(path)
    path.write_bytes("\ufeffseed: x\n".encode())
    assert f"{path}:1:7: seed" in complaint(path)
    path.write_bytes(b"seed: \x00\n")
    assert f"{path}:1:7: not YAML" in complaint(path)


def test_the_kind_of_an_experiment_stands_for_its_block(tmp_path: Path) -> None:
    from dataclasses import dataclass

    @dataclass(frozen=True, slots=True)
    class Study:
        size: int = 1

    file = tmp_path / "study.yaml"
    file.write_text("name: study\nexperiment: {kind: study, size: 2}\n")
    kinds = {"study": Study, "other": Study}
    assert load(file, ["study.size=5"], kinds).spec.experiment.size == 5
    assert load(file, ["experiment.size=6"], kinds).spec.experiment.size == 6
    with pytest.raises(ConfigError, match="other"):
        load(file, ["other.size=5"], kinds)
