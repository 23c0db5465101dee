"""The command `bench continual`: trainers learn, are timed, and are compared with their peer."""

import json

import numpy as np
import pytest

from experiments.bench.process import Worker, environment
from experiments.bench.training.contenders import CONTENDERS, COURSES, QUICK, Course
from experiments.bench.training.house import House
from experiments.bench.training.material import material
from experiments.bench.training_table import Entry, Found, show_goals


# Three processes, each of which imports and warms up.
@pytest.mark.slow
def test_trainers_are_timed_and_learn_and_torch_says_if_it_is_not_there(engram, tmp_path):
    output = tmp_path / "bench.json"
    words = [word for name in ("dsr-1", "ottt+hlop-1", "torch-1") for word in ("--only", name)]
    answer = engram("bench", "continual", "--quick", "--repeats", 5, "-o", output, *words)
    assert answer.code == 0, answer.err
    assert answer.last_line == str(output)
    assert output.with_suffix(".png").stat().st_size > 1000
    held = json.loads(output.read_text())
    entries = held["entries"]["T = 6"]
    assert set(entries) == {"dsr-1", "ottt+hlop-1", "torch-1"}
    for name in ("dsr-1", "ottt+hlop-1"):
        assert entries[name]["verdict"] == ""
        assert len(entries[name]["cpu"]) == 5
        assert entries[name]["activity"]["operations"] > 0
    assert set(entries["dsr-1"]["memory"]) == {"6", "20", "100"}
    assert held["machine"]["packages"]["torch"]
    if held["machine"]["packages"]["torch"] == "absent":
        assert entries["torch-1"]["verdict"] == "torch is not installed"
        assert entries["dsr-1"]["ratio_cpu"] is None
    else:
        assert entries["dsr-1"]["ratio_cpu"] > 0


def test_every_contender_has_its_peer():
    for name, contender in CONTENDERS.items():
        assert CONTENDERS[contender.peer].threads == contender.threads
        assert CONTENDERS[contender.peer].hlop == contender.hlop
        assert name == f"{contender.family}{'+hlop' * contender.hlop}-{contender.threads}"


def test_courses_have_the_published_layers():
    assert {course.steps for course in COURSES.values()} == {6, 20}
    assert all(course.hidden == (800, 800) for course in COURSES.values())


@pytest.mark.parametrize("name", ["dsr+hlop-1", "bptt-1"])
def test_a_course_with_subspaces_is_one_task_after_others(name):
    course = Course(4, hidden=(30, 30), warm=1, rows=((5, 4, 3), (2, 2, 2)))
    digits = material(course)
    trainee = House(course, CONTENDERS[name], digits)
    for repetition in range(3):
        trainee.train(*digits.batches(2, 64, after=2 * repetition))
        subspaces = trainee.learner.method.projectors
        protected = [subspace.n_protected for subspace in subspaces]
        rows = [len(subspace.rows) for subspace in subspaces]
        assert protected == ([5, 4, 3] if "hlop" in name else [])
        assert rows == ([7, 6, 5] if "hlop" in name else [])


def test_batches_begin_anew_where_there_are_no_more():
    digits = material(QUICK["T = 6"])
    images, labels = digits.batches(3, 64, after=199)
    assert np.array_equal(images[64:], digits.images[: 2 * 64])
    assert np.array_equal(labels[:64], digits.labels[-64:])


def test_what_has_not_learnt_has_no_time(capsys):
    found = Found({}, {"T = 20": Course(20)})
    good = Entry(accuracy=0.9, cpu=[2e-4, 1e-4, 3e-4], wall=[1e-4], memory={20: 10, 100: 11})
    found.entries["T = 20"] = {
        "ottt-1": good,
        "torch-1": Entry(accuracy=0.9, cpu=[3e-4], wall=[3e-4]),
        "bptt-1": Entry(accuracy=0.1, cpu=[1e-4], wall=[1e-4]),
    }
    assert found.ratio("T = 20", "ottt-1", "cpu") == pytest.approx(1.5)
    assert np.isnan(found.ratio("T = 20", "bptt-1", "cpu"))
    assert [goal[1:] for goal in found.goals()] == [
        (1.3, pytest.approx(1.5)), (1.2, pytest.approx(1.1)),
    ]  # fmt: skip
    show_goals(found)
    assert "activity memory" in capsys.readouterr().out


def test_a_worker_of_training_that_fails_says_why():
    task = {"course": {"steps": 4, "hidden": [], "rows": []}, "contender": {"family": "none"}}
    worker = Worker("experiments.bench.training.worker", task, environment(1))
    try:
        assert worker.ask("", 60) == {"ready": True}
        with pytest.raises(Exception, match=r"hidden .*needed: layers of at least 1 cell"):
            worker.ask("build", 60)
    finally:
        worker.close()
