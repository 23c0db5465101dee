"""Every method: what it keeps, that it goes on from that alone, and what is its own."""

from dataclasses import replace

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from experiments.continual.evaluator import Evaluator
from experiments.continual.learner import Learner
from experiments.continual.method_settings import (
    EnergySettings,
    FineTuning,
    FisherSettings,
    Laterals,
    MaskSettings,
    PathSettings,
    Timescales,
    ViewSettings,
    WinnerSettings,
)
from experiments.continual.methods import METHODS
from experiments.continual.settings import ContinualLearning, Stream
from experiments.continual.tasks import make_scenario
from neuro.errors import SpecError

N_IN, HIDDEN, N_OUT = 64, 30, 10
SETTINGS = ContinualLearning(
    method="sequential",
    stream=Stream(data="digits", number=3, kind="task", train=300, test=100),
    trainer="dsr",
    hidden=(HIDDEN,),
    steps=8,
    epochs=2,
    buffer=50,
    laterals=Laterals(rows=((10, 8), (5, 4)), rates=(0.001, 0.01)),
    gpm=EnergySettings(energy=(0.8, 0.9), images=50),
    ewc=FisherSettings(strength=50.0, images=20),
    si=PathSettings(strength=1.0),
    masks=MaskSettings(density=0.5),
    kwta=WinnerSettings(winners=0.3, rate=0.02, largest=0.1),
    two_timescales=Timescales(fast=50.0, slow=20.0),
    kfpf=FineTuning(steps=3),
    view_batch=ViewSettings(views=3),
)
N_WEIGHTS = N_IN * HIDDEN + HIDDEN * N_OUT
FLOAT, IMAGE = 4, 4 * N_IN + 8
BITS = N_IN * HIDDEN // 8 + (HIDDEN * N_OUT + 7) // 8
# What is kept after two tasks besides the weights themselves.
KEPT = {
    "sequential": 0,
    "joint": 2 * 300 * IMAGE,
    "replay": 50 * IMAGE + 8,
    "view_batch": 50 * IMAGE + 8,
    "kfpf": 50 * IMAGE + 8,
    "hlop": (15 * N_IN + 12 * HIDDEN) * FLOAT,
    "svd": (15 * N_IN + 12 * HIDDEN) * FLOAT,
    "ewc": 2 * N_WEIGHTS * FLOAT,
    "si": 2 * N_WEIGHTS * FLOAT,
    "two_timescales": N_WEIGHTS * FLOAT,
    "kwta": N_WEIGHTS * FLOAT,
    "random_masks": 2 * BITS,
    "wsn": 2 * BITS,
}


@pytest.fixture(autouse=True)
def one_thread():
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="module")
def scenario():
    return make_scenario(SETTINGS.stream, 1)


def new(method, seed=3, **changed):
    return Learner(
        replace(SETTINGS, method=method, **changed), N_IN, N_OUT, np.random.default_rng(seed)
    )


def teach(learner, scenario, *numbers):
    for number in numbers:
        for _ in learner.learn(scenario.lesson(number)):
            pass
    return learner


@pytest.mark.parametrize("method", METHODS)
def test_all_bytes_are_counted(method, scenario):
    learner = teach(new(method), scenario, 0, 1)
    kept = KEPT.get(method)
    if method == "gpm":
        kept = sum(projector.rows.nbytes for projector in learner.method.projectors)
        assert kept > 0
    assert learner.bytes_kept == N_WEIGHTS * FLOAT + kept


@pytest.mark.parametrize(
    ("method", "feedback"), [*((method, "bp") for method in METHODS), ("hlop", "fa")]
)
def test_what_is_kept_is_all_that_it_takes_to_go_on(method, feedback, scenario):
    learner = teach(new(method, feedback=feedback), scenario, 0, 1)
    other = new(method, seed=99, feedback=feedback)
    kept = {name: array.copy() for name, array in learner.kept().items()}
    other.restore(kept, [scenario.lesson(0), scenario.lesson(1)])
    other.network.rng.bit_generator.state = learner.network.rng.bit_generator.state
    for each in (learner, other):
        teach(each, scenario, 2)
    found, expected = other.kept(), learner.kept()
    assert found.keys() == expected.keys()
    for name, array in expected.items():
        assert np.array_equal(found[name], array), name
    assert not np.array_equal(kept["weights/0"], found["weights/0"])


@pytest.mark.parametrize("method", METHODS)
def test_a_task_goes_on_between_two_passes_from_what_is_stored_and_underway(method, scenario):
    views = ViewSettings(views=2)  # a pass shows each image twice
    learner, other = (new(method, seed, epochs=5, view_batch=views) for seed in (3, 99))
    teach(learner, scenario, 0)
    lesson, saved = scenario.lesson(1), None
    for step in learner.learn(lesson):
        if step.ends_pass:
            parts = learner.stored(), learner.method.underway()
            arrays = [{name: np.array(x) for name, x in part.items()} for part in parts]
            saved = arrays, learner.network.rng.bit_generator.state, step.done
    (stored, underway), state, done = saved
    assert 600 <= done < step.total
    other.restore(stored, [scenario.lesson(0)])
    other.method.take_up(lesson, underway)
    other.network.rng.bit_generator.state = state
    for _ in other.learn(lesson, done=done):
        pass
    found, expected = other.kept(), learner.kept()
    assert found.keys() == expected.keys()
    for name, array in expected.items():
        assert np.array_equal(found[name], array), name
    assert not np.array_equal(stored["weights/0"], found["weights/0"])


@pytest.mark.parametrize("method", METHODS)
def test_a_task_is_learnt(method, scenario):
    learner = teach(new(method, epochs=6), scenario, 0)
    task = scenario.tasks[0]
    answers = learner.answer(task.test, scenario.identity(0))
    # A tenth is chance.
    assert np.mean(answers.classes == task.test_labels) > 0.4


@pytest.mark.parametrize("method", ["wsn", "random_masks"])
def test_masked_tasks_are_answered_bit_for_bit_as_before(method, scenario):
    learner = teach(new(method), scenario, 0)
    told, images = scenario.identity(0), scenario.tasks[0].test

    def logits():
        weights = learner.method.answering(told)
        return learner.network.trainer.predict(weights, images).logits

    before, start = logits(), learner.network.weights[0].copy()
    teach(learner, scenario, 1, 2)
    assert np.array_equal(logits(), before)
    assert not np.array_equal(learner.network.weights[0], start)


def test_masks_are_as_dense_as_asked_for_and_frozen(scenario):
    learner = teach(new("wsn"), scenario, 0)
    mask, frozen = learner.method._finished[0][0], learner.network.weights[0].copy()
    assert mask.sum() == round(0.5 * mask.size)
    teach(learner, scenario, 1)
    changed = learner.network.weights[0] != frozen
    assert not changed[mask].any()
    assert changed.any()


@pytest.mark.parametrize("method", ["ewc", "si"])
def test_a_strong_penalty_holds_the_weights(method, scenario):
    moved = []
    for strength in (1e-6, 1e9):
        block = replace(getattr(SETTINGS, method), strength=strength)
        learner = teach(new(method, **{method: block}), scenario, 0)
        before = learner.network.weights[0].copy()
        teach(learner, scenario, 1)
        moved.append(np.abs(learner.network.weights[0] - before).mean())
    assert moved[1] < moved[0] / 3


def test_views_are_shown_together_and_half_the_images_twice():
    learner = new("view_batch", epochs=1, view_batch=ViewSettings(views=2))
    shown = list(learner.method.schedule(300))
    assert sum(len(part) for part in shown) == 300
    counts = np.bincount(np.concatenate(shown), minlength=300)
    assert set(counts) == {0, 2}
    assert all(len(part) == 64 for part in shown[:-1])
    images, _ = learner.method.batch(np.zeros((4, N_IN), dtype=np.float32), np.arange(4))
    assert images.std() == pytest.approx(SETTINGS.view_batch.noise, rel=0.2)


def test_a_head_learns_alone_where_the_task_is_told():
    split = make_scenario(replace(SETTINGS.stream, tasks="split", number=5, train=0, test=0), 1)
    for feedback in ("bp", "fa", "sign"):
        learner = new("sequential", feedback=feedback)
        start = learner.network.weights[-1].copy()
        teach(learner, split, 1)
        changed = (learner.network.weights[-1] != start).any(axis=0)
        assert np.flatnonzero(changed).tolist() == [2, 3]
        answers = learner.answer(split.tasks[1].test, split.identity(1))
        assert set(answers.classes) == {2, 3}
        assert np.mean(answers.classes == split.tasks[1].test_labels) > 0.9


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"method": "wsn"}, "stream.kind 'task'"),
        ({"method": "random_masks"}, "stream.kind 'task'"),
        ({"method": "kwta", "trainer": "ottt"}, "trainer 'dsr'"),
    ],
)
def test_methods_say_what_they_need(changed, message):
    with pytest.raises(SpecError, match=message):
        replace(SETTINGS, stream=Stream(data="digits"), **changed)


@pytest.mark.parametrize("method", ["sequential", "replay", "view_batch", "kwta", "two_timescales"])
def test_a_stream_without_boundaries_is_learnt_in_one_go(method, monkeypatch):
    stream = replace(SETTINGS.stream, tasks="split", number=5, kind="task_free", train=0, test=0)
    scenario = make_scenario(stream, 1)
    learner = new(method, stream=stream, epochs=1)

    def told(lesson):
        raise AssertionError("a boundary was told")

    monkeypatch.setattr(learner.method, "begin_task", told)
    monkeypatch.setattr(learner.method, "end_task", told)
    start = learner.network.weights[0].copy()
    evaluator = Evaluator(scenario, learner.settings.batch, 1)
    for number in range(5):
        assert list(evaluator.teach(learner, number))
    assert not np.array_equal(learner.network.weights[0], start)
    assert evaluator.examine(learner).accuracy.shape == (5,)


@pytest.mark.parametrize(("trainer", "burst"), [("dsr", 0), ("ottt", 0), ("bptt", 0), ("ottt", 40)])
def test_projecting_sums_is_projecting_rows(scenario, trainer, burst):
    """Many rows are summed before graded laterals project them; those that round take each row."""
    rows = ((10, 8, 8), (5, 4, 4))
    laterals = Laterals(rows=rows, rates=(0.001, 0.01, 0.01), burst=burst)
    learner = new("hlop", trainer=trainer, laterals=laterals, hidden=(HIDDEN, HIDDEN - 5))
    for _ in learner.learn(scenario.lesson(0)):
        pass
    method, network = learner.method, learner.network
    images, labels = scenario.lesson(1).images[:40], scenario.lesson(1).labels[:40]
    expected = [np.zeros_like(weight) for weight in network.weights]
    for update in network.trainer.updates(network.weights, images, labels):
        factor = method.projectors[update.layer].project(update.presynaptic)
        expected[update.layer] += factor.T @ update.error
    found = network.gradient(network.weights, images, labels, part=method.part)
    method.gradient(found)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-5 * np.abs(other).max())
    plain = network.gradient(network.weights, images, labels)
    assert (
        max(np.abs(a - b).max() / np.abs(b).max() for a, b in zip(plain, found, strict=True)) > 0.1
    )
