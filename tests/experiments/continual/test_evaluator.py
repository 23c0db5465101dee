"""Who is told what: identities and boundaries reach a learner only where they may."""

from dataclasses import fields, replace

import numpy as np
import pytest

from experiments.continual.evaluator import Evaluator
from experiments.continual.learner import Answers, Step
from experiments.continual.settings import ContinualLearning, Laterals, Stream
from experiments.continual.tasks import Lesson, make_scenario
from neuro.errors import SpecError

SPLIT = Stream(data="digits", tasks="split", number=5)
BATCH = 64


class Listener:
    """Note all that is handed over; answer with the first class."""

    def __init__(self):
        self.lessons, self.boundaries, self.told, self.asked = [], [], [], []

    def learn(self, lesson, has_boundaries=True, done=0):
        self.lessons.append(lesson)
        self.boundaries.append(has_boundaries)
        yield Step(len(lesson.images), len(lesson.images), len(lesson.images))

    def answer(self, images, identity=None):
        self.told.append(identity)
        self.asked.append(images)
        return Answers(np.zeros(len(images), dtype=np.int64), np.array([0.5]), 3.0)


def heard(kind):
    scenario = make_scenario(replace(SPLIT, kind=kind), 1)
    listener, evaluator = Listener(), Evaluator(scenario, BATCH, 1)
    for number in range(5):
        list(evaluator.teach(listener, number))
    return listener, evaluator.examine(listener)


@pytest.mark.parametrize("kind", ["domain", "class", "task_free"])
def test_hidden_identities_reach_no_learner(kind):
    listener, _ = heard(kind)
    assert set(listener.told) == {None}
    assert {lesson.identity for lesson in listener.lessons} == {None}
    assert set(listener.boundaries) == {kind != "task_free"}


def test_a_stream_without_boundaries_comes_in_batches_that_show_none():
    listener, _ = heard("task_free")
    tasks = make_scenario(replace(SPLIT, kind="task_free"), 1).tasks
    *sizes, last = [len(lesson.images) for lesson in listener.lessons]
    assert set(sizes) == {BATCH}
    assert 0 < last <= BATCH
    for part in ("images", "labels"):
        came = np.concatenate([getattr(lesson, part) for lesson in listener.lessons])
        field = {"images": "train", "labels": "train_labels"}[part]
        assert np.array_equal(came, np.concatenate([getattr(task, field) for task in tasks]))
    joins = [lesson for lesson in listener.lessons if np.ptp(lesson.labels) > 1]
    assert len(joins) >= 3, "batches that go across the end of a task"


@pytest.mark.parametrize("kind", ["domain", "class", "task_free"])
def test_tests_of_hidden_tasks_come_mixed(kind):
    listener, _ = heard(kind)
    tasks = make_scenario(replace(SPLIT, kind=kind), 1).tasks
    first = {image.tobytes() for image in tasks[0].test}
    shares = [np.mean([i.tobytes() in first for i in asked]) for asked in listener.asked]
    assert max(shares) < 0.5
    asked = np.concatenate(listener.asked)
    expected = np.concatenate([task.test for task in tasks])
    assert sorted(i.tobytes() for i in asked) == sorted(i.tobytes() for i in expected)


def test_told_identities_reach_it():
    listener, _ = heard("task")
    assert [told.number for told in listener.told] == list(range(5))
    assert [lesson.identity.outputs[0] for lesson in listener.lessons] == [0, 2, 4, 6, 8]


def test_a_lesson_holds_no_test_image_and_no_name():
    assert {field.name for field in fields(Lesson)} == {"images", "labels", "identity"}


def test_marks_are_the_shares_of_right_answers():
    _, marks = heard("class")
    expected = [np.mean(task.test_labels == 0) for task in make_scenario(SPLIT, 1).tasks]
    assert marks.accuracy[0] == expected[0] > 0.3
    assert list(marks.accuracy[1:]) == [0.0] * 4
    assert (marks.rates, marks.operations) == (np.array([0.5]), 3.0)


def test_marks_weigh_every_image_alike():
    """Each of n images asked for together is said to cost n: sum n^2 / sum n, not the mean n."""

    class Slow(Listener):
        def answer(self, images, identity=None):
            answers, n = super().answer(images, identity), float(len(images))
            return replace(answers, rates=np.array([n, 2 * n]), operations=n)

    scenario = make_scenario(replace(SPLIT, kind="task"), 1)
    sizes = np.array([len(task.test) for task in scenario.tasks])
    marks, expected = Evaluator(scenario, BATCH, 1).examine(Slow()), sizes @ sizes / sizes.sum()
    assert expected > sizes.mean() + 0.05
    assert marks.rates == pytest.approx([expected, 2 * expected])
    assert marks.operations == pytest.approx(expected)


@pytest.mark.parametrize(
    ("method", "kind", "message"),
    [
        ("hlop", "task_free", "where tasks begin"),
        ("sequential", "task_free", "goes by once"),
    ],
)
def test_methods_are_refused_by_name_where_what_they_need_is_hidden(method, kind, message):
    epochs = 2 if method == "sequential" else 1
    with pytest.raises(SpecError, match=message):
        ContinualLearning(
            stream=replace(SPLIT, kind=kind), method=method, hidden=(9, 9), epochs=epochs,
            laterals=Laterals(),
        )  # fmt: skip
