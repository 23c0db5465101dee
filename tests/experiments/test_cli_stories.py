"""What a newcomer does with `engram`, from the first template to the first picture."""

import json
import re
from pathlib import Path

import pytest

from experiments import templates
from neuro.recording import Status, read

ROOT = Path(__file__).resolve().parents[2]


def test_from_a_template_to_a_picture(engram, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert engram("init", "minimal", "first").code == 0
    assert engram("validate", "first/minimal.yaml").out.endswith("ok\n")

    done = engram("run", "first/minimal.yaml", "simulation.duration=100 ms", "seed=3")
    assert done.code == 0
    sealed = Path(done.last_line)
    with read(sealed) as recording:
        assert recording.status is Status.OK
        assert recording.progress[0] == pytest.approx(100)
        assert json.loads(recording.resolved)["seed"] == 3
        assert recording.spikes("cells")[0].size > 0

    assert "lif" in engram("inspect", sealed).out
    drawn = engram("plot", "raster", sealed, "-o", "raster.png")
    assert drawn.last_line == "raster.png"
    assert Path("raster.png").read_bytes().startswith(b"\x89PNG")


def test_a_figure_of_what_was_not_recorded_is_no_error_and_no_file(engram, tmp_path):
    place = f"output.path={tmp_path / 'run.h5'}"
    assert engram("run", templates.path("minimal"), "simulation.duration=10 ms", place).code == 0
    told = engram("plot", "matrix", tmp_path / "run.h5", "-o", tmp_path / "matrix.png")
    assert (told.code, told.out) == (0, "")
    assert "nothing drawn" in told.err
    assert "no accuracy matrix" in told.err
    assert not (tmp_path / "matrix.png").exists()


def test_a_template_is_never_written_over_a_file(engram, tmp_path):
    assert engram("init", "minimal", tmp_path).code == 0
    (tmp_path / "minimal.yaml").write_text("mine")
    again = engram("init", "minimal", tmp_path)
    assert (again.code, again.out) == (4, "")
    assert "exists already" in again.err
    assert (tmp_path / "minimal.yaml").read_text() == "mine"


def test_a_wrong_template_names_the_nearest(engram):
    answer = engram("init", "minimall")
    assert answer.code == 2
    assert "did you mean 'minimal'" in answer.err


@pytest.mark.parametrize("name", templates.names())
def test_every_template_is_valid_and_says_what_it_is_for(engram, name):
    assert engram("validate", templates.path(name)).code == 0
    assert len(templates.summary(name)) > 10


@pytest.mark.parametrize("name", templates.names())
def test_every_template_runs_and_its_cells_spike(engram, tmp_path, name):
    place = f"output.path={tmp_path / 'run.h5'}"
    # Without compiling; the first story runs a template as it is.
    done = engram("run", templates.path(name), "simulation.engine=brian2", place)
    assert done.code == 0, done.err
    with read(tmp_path / "run.h5") as recording:
        assert any(recording.spikes(population)[0].size for population in recording.spiking)


def test_a_mistake_is_shown_with_its_line_and_a_caret(engram, tmp_path):
    text = templates.path("minimal").read_text().replace("dt: 0.1 ms", "dt: 0.1 mV")
    bad = tmp_path / "bad.yaml"
    bad.write_text(text)
    line = text.splitlines().index(next(row for row in text.splitlines() if "0.1 mV" in row)) + 1
    answer = engram("validate", bad)
    assert answer.code == 2
    assert f"bad.yaml:{line}:" in answer.err
    assert "^" in answer.err
    assert engram("run", bad).code == 2

    (problem,) = json.loads(engram("validate", bad, "--json").out)[str(bad)]
    assert problem["line"] == line
    assert problem["path"] == "simulation.dt"


def test_one_bad_file_among_good_ones(engram, tmp_path):
    (tmp_path / "bad.yaml").write_text("name: [")
    answer = engram("validate", templates.path("minimal"), tmp_path / "bad.yaml")
    assert answer.code == 2
    assert answer.out.count(": ok") == 1


def test_show_prints_a_configuration_that_shows_itself(engram, tmp_path):
    shown = engram("show", templates.path("lif-network"), "seed=5")
    assert re.search(r"^seed: 5$", shown.out, re.MULTILINE)
    (tmp_path / "again.yaml").write_text(shown.out)
    again = engram("show", tmp_path / "again.yaml")
    assert (again.code, again.out) == (0, shown.out), again.err


def test_the_schema_accepts_every_template(engram):
    from jsonschema import Draft202012Validator
    from ruamel.yaml import YAML

    answer = engram("schema")
    assert answer.code == 0, answer.err
    schema = json.loads(answer.out)
    Draft202012Validator.check_schema(schema)
    for name in templates.names():
        document = YAML(typ="safe").load(templates.path(name))
        Draft202012Validator(schema).validate(document)


def test_a_finished_file_is_not_overwritten(engram, tmp_path):
    words = ("run", templates.path("minimal"), "simulation.duration=20 ms")
    place = f"output.path={tmp_path / 'one.h5'}"
    assert engram(*words, place).code == 0
    content = (tmp_path / "one.h5").read_bytes()
    again = engram(*words, place)
    assert again.code == 4
    assert "one.h5" in again.err
    assert (tmp_path / "one.h5").read_bytes() == content


def test_list_names_everything_and_as_json(engram):
    listed = json.loads(engram("list", "--json").out)
    assert "lif" in listed["models"]
    assert "exponential" in listed["synapses"]
    assert "stdp_pair" in listed["rules"]
    assert "fixed_indegree" in listed["connectivity"]
    assert "minimal" in listed["templates"]
    assert "data/configs/digit-memory.yaml" in listed["configs"]
    assert "digit_memory" in listed["experiments"]
    for names in listed.values():
        assert all(summary for summary in names.values())
    assert "stdp_pair" in engram("list", "rules").out


def test_doctor_knows_the_interpreter_the_engines_and_the_data(engram):
    answer = engram("doctor", "--json")
    assert answer.code == 0, answer.err
    found = {entry["subject"]: entry for entry in json.loads(answer.out)}
    assert found["brian2"]["state"] == "ok"
    assert found["engine brian2"]["state"] == "ok"
    assert found["engine numba"]["state"] == "ok"
    assert found["numba cache"]["detail"].endswith("numba")
    assert re.fullmatch(
        r"[\d.]+ MiB of at most 512 MiB, \d+ programs", found["numba cache size"]["detail"]
    )
    assert "70000 digits" in found["data mnist"]["detail"]


def test_the_example_of_the_readme_runs_as_printed(engram, tmp_path, monkeypatch):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    (commands,) = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    assert len(example.splitlines()) <= 12
    monkeypatch.chdir(tmp_path)
    Path("first.yaml").write_text(example)
    for command in commands.splitlines():
        program, *words = command.split()
        assert program == "engram"
        assert engram(*words).code == 0
    assert Path("raster.png").is_file()


def test_the_hebbian_template_recalls_what_the_cue_left_out(engram, tmp_path):
    place = f"output.path={tmp_path / 'run.h5'}"
    words = ("simulation.engine=brian2", place)
    assert engram("run", templates.path("hebbian-memory"), *words).code == 0
    with read(tmp_path / "run.h5") as recording:
        times, ids = recording.spikes("cells")
        recall = recording.phases()[1]
        weight = recording.weights("recurrent").data
        edges = recording.edges("recurrent")
    recalled = set(ids[times > recall.t_start_ms].tolist())
    assert recalled == set(range(6))
    learnt = {*zip(edges.source_ids[weight[-1] > 0], edges.target_ids[weight[-1] > 0], strict=True)}
    assert learnt == {(i, j) for i in range(6) for j in range(6) if i != j}
    assert not weight[0].any()
