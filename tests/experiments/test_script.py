"""An experiment called as a script: the same machinery as `engram run`."""

import subprocess
import sys
from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from experiments import EXPERIMENTS, script
from experiments.cli import invoke
from neuro.units import Quantity, parse


@dataclass(frozen=True, slots=True)
class Pulse:
    """Say how long a pulse is."""

    length: Quantity
    count: int = 3


@dataclass(frozen=True, slots=True)
class Settings:
    """Ask how many pulses a cell remembers."""

    loads: tuple[int, ...]
    pulse: Pulse = Pulse(parse("4 ms"), count=5)
    networks: int = 2


@pytest.fixture
def command(monkeypatch):
    monkeypatch.setattr(
        script, "EXPERIMENTS", {"pulses": SimpleNamespace(settings=Settings, module="nowhere")}
    )
    return script.script("pulses", "pulses.yaml")


def test_help_lists_every_setting_with_its_default(command, capsys):
    assert invoke(["--help"], command, "python -m nowhere") == 0
    printed = capsys.readouterr().out
    assert "Ask how many pulses a cell remembers." in printed
    for line in ("loads=(needed)", "pulse.length=4 ms", "pulse.count=5", "networks=2"):
        assert f"experiment.{line}" in printed


def test_a_missing_configuration_is_bad_input(command, capsys, tmp_path):
    assert invoke(["--config", str(tmp_path / "absent.yaml")], command) in (2, 4)
    assert "absent.yaml" in capsys.readouterr().err


def test_a_script_runs_its_configuration(command, capsys, tmp_path, numpy_target):
    from experiments import templates

    words = ["--config", str(templates.path("minimal")), "-q", "simulation.duration=10 ms"]
    assert invoke([*words, f"output.path={tmp_path / 'run.h5'}"], command) == 0
    assert capsys.readouterr().out.splitlines()[-1] == str(tmp_path / "run.h5")


def test_the_demo_is_a_script():
    command = [sys.executable, "-m", EXPERIMENTS["digit_memory"].module, "--help"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "experiment.networks=5" in done.stdout
