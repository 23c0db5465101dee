"""Every configuration of the project: valid, and in its quick form a run that ends well."""

import json
import re
from pathlib import Path

import pytest

from experiments import EXPERIMENTS
from neuro.recording import Status, read

ROOT = Path(__file__).resolve().parents[2]
CONFIGS = sorted((ROOT / "data/configs").rglob("*.yaml"))


@pytest.mark.parametrize("config", CONFIGS, ids=lambda file: file.stem)
def test_every_configuration_is_valid_and_says_what_it_is_for(engram, config):
    assert engram("validate", config).code == 0
    assert config.read_text(encoding="utf-8").startswith("# ")


@pytest.mark.slow(reason="a whole experiment each, if at a small size")
@pytest.mark.parametrize("config", CONFIGS, ids=lambda file: file.stem)
def test_every_configuration_runs_in_quick_form(engram, config, tmp_path):
    done = engram("run", config, "quick=true", f"output.path={tmp_path / 'run.h5'}")
    assert done.code == 0, done.err
    with read(done.last_line) as recording:
        assert recording.status is Status.OK
        kind = json.loads(recording.resolved).get("experiment", {}).get("kind")
    pictures = [line for line in done.out.splitlines() if line.endswith(".png")]
    assert all(Path(picture).is_file() for picture in pictures)
    assert bool(pictures) == bool(kind and EXPERIMENTS[kind].figures)


def test_the_configuration_of_the_guide_is_valid(engram, tmp_path):
    text = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    (tmp_path / "guide.yaml").write_text(example)
    answer = engram("validate", tmp_path / "guide.yaml")
    assert answer.code == 0, answer.err


def test_the_configuration_of_the_guide_runs(engram, tmp_path):
    text = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    (tmp_path / "guide.yaml").write_text(example)
    done = engram("run", tmp_path / "guide.yaml", f"output.path={tmp_path / 'run.h5'}")
    assert done.code == 0, done.err
    with read(done.last_line) as recording:
        assert recording.spikes("exc")[0].size > 0
        assert [phase.plasticity for phase in recording.phases()] == [True, False]
