"""From a configuration to a sealed file: the story of a run, and how it ends when it must."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from types import ModuleType, SimpleNamespace

import networkx
import numpy as np
import pytest

from experiments.progress import PlainLines
from experiments.provenance import git_state
from experiments.runner import output_path, run
from networks.config import load
from networks.objections import Objection
from networks.spec import Output, Recording
from neuro.errors import EnvironmentFault, SpecError
from neuro.recording import Status, read

ROOT = Path(__file__).resolve().parents[2]
# Reports are float32.
SINGLE = 1e-6
# Two seconds are promised on a calm machine.
STOP_PATIENCE = 20.0


STORY = """\
name: story
seed: 1
simulation: {dt: 0.1 ms}
populations:
  noise: {model: poisson, size: 20, parameters: {rate: 100 Hz}}
  exc: {model: lif, size: 4}
projections:
  p:
    source: noise
    target: exc
    connectivity: {rule: all_to_all}
    synapse: {model: exponential, weight: 40 pA, delay: 1.5 ms}
    plasticity: {rule: stdp_pair, w_max: 80 pA}
phases:
  - {name: learn, duration: 60 ms, task: a}
  - {name: recall, duration: 40 ms, plasticity: {p: false}}
recordings:
  s: {population: exc, variable: spikes}
  v: {population: exc, variable: v, nodes: [0, 2], every: 1 ms}
  w: {projection: p, variable: weight}
  noise: {population: noise, variable: spikes}
output: {path: FOLDER/story.h5}
"""


@pytest.fixture
def story(tmp_path):
    """Write a configuration and give it, with whatever is changed."""

    def make(*overrides: str, text: str = STORY):
        path = tmp_path / "story.yaml"
        path.write_text(text.replace("FOLDER", str(tmp_path)))
        return load(path, overrides)

    return make


@pytest.mark.slow  # compiles the loop of each phase, with one thread and with two
def test_threads_of_a_configuration_change_no_number(story, monkeypatch, tmp_path):
    monkeypatch.setattr("neuro.device.threads.region.LEAST_STEP", 0)
    monkeypatch.setattr("neuro.device.threads.region.LEAST_REGION", 0)
    found = []
    for n_threads in (1, 2):
        wanted = ("simulation.engine=numba", f"simulation.threads={n_threads}")
        path = run(story(*wanted, f"output.path={tmp_path}/{n_threads}.h5"))
        with read(path) as recording:
            assert recording.provenance["engine_options"]["threads"] == n_threads
            trace, weights = recording.report("v", "exc"), recording.weights("p")
            found.append([*recording.spikes("exc"), trace.data, weights.data])
    assert len(found[0][0]) > 0
    for one, two in zip(*found, strict=True):
        np.testing.assert_array_equal(one, two)


def test_a_run_leaves_one_file_that_says_everything(story):
    lines = StringIO()
    path = run(story(), PlainLines(lines), target="numpy")
    assert path.name == "story.h5"
    with read(path) as recording:
        assert recording.status == Status.OK
        assert recording.config_source.startswith("name: story\n")
        assert recording.provenance["engine"] == "brian2"
        assert recording.provenance["target"] == "numpy"
        assert recording.seeds["root"] == 1
        assert "projections.p.connectivity" in recording.seeds["streams"]
        assert [(p.name, p.t_start_ms, p.t_stop_ms, p.plasticity) for p in recording.phases()] == [
            ("learn", 0.0, pytest.approx(60.0), True),
            ("recall", pytest.approx(60.0), pytest.approx(100.0), False),
        ]
        times, nodes = recording.spikes("exc")
        rate = float(recording.metric("rate/exc"))
        assert rate == pytest.approx(times.size / (4 * 0.1))
        assert set(np.unique(nodes)) <= set(range(4))
        trace = recording.report("v", "exc")
        assert trace.data.shape == (100, 2)
        assert trace.data[0] == pytest.approx([-70.0, -70.0], rel=SINGLE)
        history = recording.weights("p")
        np.testing.assert_allclose(history.times_ms, [0.0, 60.0, 100.0])
        assert (history.data[0] == 40e-12).all()
        assert (history.data[1] != history.data[0]).any()
        np.testing.assert_array_equal(history.data[1], history.data[2])
        edges = recording.edges("p")
        assert edges.source_ids.size == 80
        assert (edges.delay_ms == 1.5).all()
        assert (edges.weight_unit, edges.weight[0]) == ("amp", 40e-12)
    text = lines.getvalue()
    assert text.index("build") < text.index("learn (0.06 s)") < text.index("recall")


def test_the_same_configuration_gives_the_same_bits(story, tmp_path):
    results = []
    for name in ("one", "two"):
        path = run(story(f"output.path={tmp_path}/{name}.h5"), target="numpy")
        with read(path) as recording:
            results.append((*recording.spikes("noise"), recording.weights("p").data))
    for left, right in zip(*results, strict=True):
        np.testing.assert_array_equal(left, right)
    with read(run(story("seed=2"), target="numpy")) as recording:
        assert not np.array_equal(results[0][0], recording.spikes("noise")[0])


def test_an_explicit_path_is_not_overwritten_unless_told(story):
    path = run(story(), target="numpy")
    with pytest.raises(EnvironmentFault, match=r"exists; .* output.overwrite=true"):
        run(story(), target="numpy")
    assert run(story("output.overwrite=true"), target="numpy") == path


def test_a_run_id_is_new_for_every_run(story, tmp_path):
    spec = replace(story().spec, output=Output(path=str(tmp_path / "{name}" / "{run_id}.h5")))
    now = datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
    first = output_path(spec, now)
    assert first == tmp_path / "story" / "20250102-030405.h5"
    first.parent.mkdir()
    first.write_text("")
    assert output_path(spec, now).name == "20250102-030405-2.h5"


def test_braces_written_twice_are_braces(story, tmp_path):
    path = tmp_path / "{run_id}.h5"
    spec = replace(story().spec, output=Output(path=str(tmp_path / "{{run_id}}.h5")))
    assert output_path(spec) == path
    path.touch()
    with pytest.raises(EnvironmentFault, match="exists"):
        output_path(spec)


@pytest.mark.parametrize("path", ["{nmae}.h5", "{name.h5", "{name:>9}.h5", "{name.__class__}.h5"])
def test_a_wrong_placeholder_is_refused(story, path):
    with pytest.raises(SpecError, match=r"output\.path"):
        output_path(replace(story().spec, output=Output(path=path)))


@pytest.mark.parametrize("path", ["runs/", "runs/{run_id}/", "runs/.", "there/.."])
def test_a_path_that_ends_like_a_folder_is_refused(story, path):
    with pytest.raises(SpecError, match=r"needed: a file, such as runs/\{name\}\.h5"):
        output_path(replace(story().spec, output=Output(path=path)))


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_folder_is_no_place_for_a_recording(story, tmp_path, overwrite):
    (tmp_path / "runs").mkdir()
    output = Output(path=str(tmp_path / "runs"), overwrite=overwrite)
    with pytest.raises(EnvironmentFault, match="is a folder; needed in"):
        output_path(replace(story().spec, output=output))


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_network_that_cannot_be_built_leaves_the_path_as_it_was(story, tmp_path, overwrite):
    configuration = story(f"output.overwrite={str(overwrite).lower()}")
    before = run(configuration, target="numpy").read_bytes() if overwrite else None
    wrong = {"x": Recording("x", population="exc", variable="vv")}
    broken = replace(configuration, spec=replace(configuration.spec, recordings=wrong))
    with pytest.raises(SpecError, match="has no variable 'vv'"):
        run(broken, target="numpy")
    left = {path.name: path for path in tmp_path.iterdir()}
    assert set(left) == ({"story.yaml", "story.h5"} if overwrite else {"story.yaml"})
    assert before is None or left["story.h5"].read_bytes() == before
    with read(run(configuration, target="numpy")) as recording:
        assert recording.status == Status.OK


def test_a_refused_run_leaves_no_folder_that_it_made(story, tmp_path):
    (tmp_path / "there").mkdir()
    for place in ("deep/er", "there/new"):
        configuration = story(f"output.path={tmp_path}/{place}/x.h5")
        wrong = {"x": Recording("x", population="exc", variable="vv")}
        broken = replace(configuration, spec=replace(configuration.spec, recordings=wrong))
        with pytest.raises(SpecError, match="has no variable 'vv'"):
            run(broken, target="numpy")
    left = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*"))
    assert left == ["story.yaml", "there"]


@dataclass(frozen=True)
class Question:
    """An experiment: its answer, and what keeps it from being asked."""

    answer: int = 42
    complaint: str = ""

    def objections(self, _described):
        if self.complaint:
            yield Objection(("experiment", "complaint"), self.complaint)

    def quick(self):
        return replace(self, answer=7)


@pytest.fixture
def ask(story, monkeypatch):
    """Run the story with an experiment in place of its simulation."""

    def answer(configuration, recorder, progress):
        progress.notice("thinking")
        recorder.metric("answer", configuration.spec.experiment.answer, "what was asked for")

    module = ModuleType("experiments_of_the_test")
    module.run = answer
    monkeypatch.setitem(sys.modules, module.__name__, module)
    entry = SimpleNamespace(settings=Question, module=module.__name__, figures=(), resumes=False)
    table = {"question": entry}
    monkeypatch.setattr("experiments.EXPERIMENTS", table)

    def run_it(question, *words, **given):
        configuration = story(*words)
        asked = replace(configuration, spec=replace(configuration.spec, experiment=question))
        return run(asked, **{"target": "numpy", **given})

    return run_it


def test_an_experiment_gets_the_recorder_and_the_active_engine(ask):
    lines = StringIO()
    with read(ask(Question(), progress=PlainLines(lines))) as recording:
        assert recording.metric("answer") == 42
    assert lines.getvalue() == "thinking\n"


def test_an_experiment_without_cells_does_not_load_brian2(tmp_path):
    config = Path(__file__).resolve().parents[2] / "data/configs/memory/cliques.yaml"
    words = ["run", str(config), "quick=true", f"output.path={tmp_path}/run.h5", "-q"]
    story = f"import sys; from experiments.cli import invoke; invoke({words}); "
    done = subprocess.run(
        [sys.executable, "-c", f"{story}print('brian2' in sys.modules)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.endswith("False\n")
    with read(tmp_path / "run.h5") as recording:
        assert recording.provenance["engine"] is None


def test_an_experiment_is_handed_its_quick_form_if_that_is_asked_for(ask):
    with read(ask(Question(), "quick=true")) as recording:
        assert recording.metric("answer") == 7


def test_a_quick_form_does_not_wait_for_a_compiler(ask, monkeypatch):
    monkeypatch.setattr("neuro.engines.activation.choose_target", lambda: ("cython", ""))
    with read(ask(Question(), "quick=true", target=None)) as recording:
        assert recording.provenance["target"] == "numpy"


def test_an_experiment_that_objects_is_not_run_and_leaves_no_file(ask, tmp_path):
    with pytest.raises(SpecError, match=r"^experiment\.complaint: never$"):
        ask(Question(complaint="never"), "quick=true")
    assert not (tmp_path / "story.h5").exists()


def test_git_tells_commit_and_changes(tmp_path):
    assert git_state(tmp_path) == ("", None)
    for words in (
        ("init", "-q"),
        ("-c", "user.name=x", "-c", "user.email=x@y", "commit", "-q", "--allow-empty", "-m", "x"),
    ):
        subprocess.run(["git", *words], cwd=tmp_path, check=True, capture_output=True)
    commit, is_dirty = git_state(tmp_path)
    assert len(commit) == 40
    assert is_dirty is False


LONG_RUN = """
import sys
from experiments.runner import run
from networks.config import load
from neuro.errors import NeuroError
configuration = load(sys.argv[1])


class Shown:
    def __enter__(self): return self
    def __exit__(self, *error): pass
    def notice(self, text): pass
    def stage(self, name, total=0.0, unit=""): print("stage", name, flush=True)
    def advance(self, done, more=""):
        if done > 0: print("advance", done, flush=True)

try:
    run(configuration, Shown(), target="numpy")
except NeuroError as error:
    print(type(error).__name__, error)
    sys.exit(error.exit_code)
"""


@pytest.fixture
def long_run(tmp_path):
    """Start a run of 1000 s in a process of its own."""
    (tmp_path / "long.yaml").write_text(
        "name: long\nsimulation: {dt: 0.1 ms, duration: 1000 s}\n"
        "populations: {noise: {model: poisson, size: 100, parameters: {rate: 10 Hz}}}\n"
        "recordings: {s: {population: noise, variable: spikes}}\n"
        f"output: {{path: {tmp_path}/long.h5}}\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", LONG_RUN, str(tmp_path / "long.yaml")],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])},
        stdout=subprocess.PIPE,
        text=True,
    )
    yield child
    if child.poll() is None:
        child.kill()
    child.communicate()


def wait_for(child: subprocess.Popen, word: str) -> None:
    assert child.stdout is not None
    for line in child.stdout:
        if line.startswith(word):
            return
    raise AssertionError(f"the child ended before it said '{word}'")


@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_seals_what_was_recorded(long_run, tmp_path, times):
    wait_for(long_run, "advance")
    begin = time.monotonic()
    for _ in range(times):
        long_run.send_signal(signal.SIGINT)
        time.sleep(0.02)
    output, _ = long_run.communicate(timeout=60)
    assert time.monotonic() - begin < STOP_PATIENCE
    assert long_run.returncode == 130
    assert "Interrupted stopped by Ctrl+C at" in output
    with read(tmp_path / "long.h5") as recording:
        assert recording.status == Status.INTERRUPTED
        spikes, _ = recording.spikes("noise")
        reached = recording.phases()[0].t_stop_ms
        assert spikes.size > 0
        # Everything up to the last step: at 1000 spikes a second none is missing at the end.
        assert reached - 50.0 < spikes.max() < reached
    assert not (tmp_path / "long.h5.parts").exists()


def test_ctrl_c_while_building_is_an_interruption_too(long_run, tmp_path):
    wait_for(long_run, "stage build")
    long_run.send_signal(signal.SIGINT)
    output, _ = long_run.communicate(timeout=60)
    assert long_run.returncode == 130, output
    with read(tmp_path / "long.h5") as recording:
        assert recording.status == Status.INTERRUPTED


@pytest.mark.parametrize("convert", [lambda graph: graph, networkx.to_scipy_sparse_array])
def test_a_graph_handed_over_takes_the_place_of_the_rule(story, convert):
    text = STORY.replace("size: 20,", "size: 4,")
    wanted = [(0, 1), (1, 2), (3, 0)]
    graph = convert(networkx.DiGraph(wanted))
    path = run(story(text=text), target="numpy", graphs={"p": graph})
    with read(path) as recording:
        edges = recording.edges("p")
        found = zip(edges.source_ids.tolist(), edges.target_ids.tolist(), strict=True)
        assert sorted(found) == wanted
        assert recording.provenance["graphs"] == {"p": type(graph).__name__}


def test_a_graph_for_no_projection_is_refused_with_the_nearest_name(story, tmp_path):
    with pytest.raises(SpecError, match="unknown projection 'pp'; did you mean 'p'"):
        run(story(), target="numpy", graphs={"pp": networkx.path_graph(4)})
    assert not (tmp_path / "story.h5").exists()


def test_an_experiment_takes_no_graphs(ask):
    with pytest.raises(SpecError, match="graphs: an experiment builds"):
        ask(Question(), graphs={"p": networkx.path_graph(4)})
