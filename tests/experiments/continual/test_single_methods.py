"""What each method does that no other does, on made-up images whose answer is known."""

from dataclasses import replace

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

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
from experiments.continual.settings import ContinualLearning, Stream
from experiments.continual.tasks import Identity, Lesson
from plasticity.gradient.loss import cross_entropy

N_IN, HIDDEN, N_OUT = 10, 6, 4
SETTINGS = ContinualLearning(
    method="sequential",
    stream=Stream(data="digits", number=2, kind="task"),
    trainer="dsr",
    hidden=(HIDDEN,),
    steps=8,
    laterals=Laterals(rows=((3, 2),), rates=(0.1, 0.1)),
)


@pytest.fixture(autouse=True)
def one_thread():
    with threadpool_limits(1):
        yield


def new(method, **changed):
    settings = replace(SETTINGS, method=method, **changed)
    return Learner(settings, N_IN, N_OUT, np.random.default_rng(3))


def lesson_of(images, outputs=tuple(range(N_OUT))):
    labels = np.random.default_rng(5).choice(outputs, len(images))
    return Lesson(np.asarray(images, dtype=np.float32), labels, Identity(0, outputs))


def noise(n, scale=1.0):
    return scale * np.random.default_rng(4).standard_normal((n, N_IN))


def observe(learner, lesson):
    """Let a method see the activity of a batch, without a step of the weights."""
    network, part = learner.network, learner.method.part
    network.gradient(network.weights, lesson.images, lesson.labels, part=part)


def test_joint_learns_every_image_so_far():
    method = new("joint").method
    lessons = [lesson_of(noise(n, scale=n)) for n in (5, 3)]
    for n_begun in (1, 2):
        method.begin_task(lessons[n_begun - 1])
        images, labels = method.material(lessons[n_begun - 1])
        begun = lessons[:n_begun]
        assert np.array_equal(images, np.concatenate([each.images for each in begun]))
        assert np.array_equal(labels, np.concatenate([each.labels for each in begun]))


@pytest.mark.parametrize("method", ["replay", "view_batch"])
def test_as_many_old_images_as_new_ones_join_a_batch(method):
    """Old images are 7 all over, of class 2; new ones 1, of class 3."""
    method = new(method, view_batch=ViewSettings(noise=0.0)).method
    old, fresh = (np.full((4, N_IN), level, dtype=np.float32) for level in (7, 1))
    fresh_labels = np.full(4, 3)
    images, labels = method.batch(fresh, fresh_labels)
    assert np.array_equal(images, fresh)
    assert np.array_equal(labels, fresh_labels)
    method.first_seen(old, np.full(4, 2))
    images, labels = method.batch(fresh, fresh_labels)
    assert np.array_equal(images, np.concatenate([fresh, old]))
    assert labels.tolist() == [3] * 4 + [2] * 4


def test_synapses_of_kwta_tire_by_the_sum_of_all_squares():
    """Gradients 3 and 4: steps 0.2 * 3 / 3 and 0.2 * 4 / 5, where 5^2 = 3^2 + 4^2."""
    kwta = WinnerSettings(rate=0.2, start=1e-9, largest=0.17)
    learner = new("kwta", kwta=kwta, rate=0.1)
    for size, step in ((3, 0.17), (-4, -0.16)):
        gradient = [np.full_like(weight, size) for weight in learner.network.weights]
        learner.method.gradient(gradient)
        for each in gradient:
            # The owner multiplies by the rate; the first step is cut off.
            np.testing.assert_allclose(0.1 * each, step, rtol=1e-5)


def test_kwta_centres_the_synapses_onto_a_hidden_cell_and_gives_them_length_one():
    """(1, 2, 6) is (-2, -1, 3) about its mean, of length sqrt(14)."""
    settings = replace(SETTINGS, method="kwta", hidden=(2,))
    learner = Learner(settings, 3, N_OUT, np.random.default_rng(3))
    first, last = learner.network.weights
    first[:] = np.array([[1, 0], [2, 10], [6, 5]])
    read_out = last.copy()
    learner.method.after_step()
    expected = np.array([[-2, -1, 3], [-5, 5, 0]]).T / np.sqrt([14, 50])
    np.testing.assert_allclose(first, expected, rtol=1e-6, atol=1e-7)
    assert np.array_equal(last, read_out)


@pytest.mark.parametrize("slow", [0, 1])
def test_hlop_learns_each_layer_at_its_own_rate(slow):
    rates = (1e-9, 0.1) if slow == 0 else (0.1, 1e-9)
    learner = new("hlop", laterals=replace(SETTINGS.laterals, rates=rates))
    lesson = lesson_of(noise(50))
    learner.method.begin_task(lesson)
    drawn = [each.rows.copy() for each in learner.method.projectors]
    observe(learner, lesson)
    moved = [
        np.abs(each.rows - rows).max()
        for each, rows in zip(learner.method.projectors, drawn, strict=True)
    ]
    assert moved[slow] < 1e-6
    assert moved[1 - slow] > 1e-3


@pytest.mark.parametrize("burst", [0, 4])
def test_hlop_with_bursts_answers_in_whole_spikes(burst):
    learner = new("hlop", laterals=replace(SETTINGS.laterals, burst=burst))
    lesson = lesson_of(noise(50))
    for _ in learner.learn(lesson):
        pass
    projector, factor = learner.method.projectors[0], noise(20, scale=8.0).astype(np.float32)
    # Rows are orthonormal; 4 spikes say 20, so that each says 5.
    spikes = (factor - projector.project(factor)) @ projector.rows.T / 5
    assert np.abs(spikes).max() > 1
    assert (np.abs(spikes - np.rint(spikes)).max() < 1e-4) == (burst > 0)


@pytest.mark.parametrize("local", [False, True])
def test_hlop_leaves_rows_as_learnt_if_it_is_to_be_local(local):
    learner = new("hlop", laterals=replace(SETTINGS.laterals, local=local))
    for _ in learner.learn(lesson_of(noise(50))):
        pass
    rows = learner.method.projectors[0].rows
    assert (np.abs(rows @ rows.T - np.eye(3)).max() < 1e-6) == (not local)


def test_gpm_looks_at_some_images_once_their_task_is_learnt():
    """Each image lights a pixel of its own: rows tell which images were seen."""
    learner = new("gpm", gpm=EnergySettings(energy=(0.99,), images=3))
    lesson = lesson_of(np.eye(N_IN)[:5])
    learner.method.begin_task(lesson)
    observe(learner, lesson_of(np.eye(N_IN)[5:]))
    learner.method.end_task(lesson)
    rows = learner.method.projectors[0].rows
    seen = np.abs(rows).sum(axis=0) > 1e-6
    assert len(rows) == seen[:5].sum() == 3
    assert not seen[5:].any()


@pytest.mark.parametrize(("decay", "summed"), [(1.0, 3.0), (0.5, 2.5)])
def test_importance_is_summed_over_tasks_and_the_anchor_is_the_last(decay, summed):
    learner = new("ewc", ewc=FisherSettings(decay=decay))
    weights, method = learner.network.weights, learner.method
    method.hold([np.ones_like(weight) for weight in weights])
    for weight in weights:
        weight += 1
    method.hold([np.full_like(weight, 2) for weight in weights])
    for layer, weight in enumerate(weights):
        assert (method.kept()[f"importance/{layer}"] == summed).all()
        assert np.array_equal(method.kept()[f"anchor/{layer}"], weight)


def test_ewc_draws_labels_from_the_answers_of_the_network():
    """One label for each of 400 images: the sum within 5 deviations, false alarm below 1e-6."""
    head = (1, 3)
    learner = new("ewc", ewc=FisherSettings(images=400))
    lesson, (first, last) = lesson_of(noise(400, scale=2.0), head), learner.network.weights
    learner.method.end_task(lesson)
    found = learner.method.kept()["importance/1"]
    # A read-out that hands the rates on shows them.
    rates = learner.network.trainer.predict([first, np.eye(HIDDEN, dtype=np.float32)],
                                            lesson.images).logits.astype(float)  # fmt: skip
    chance = np.exp(rates @ last[:, head])
    chance /= chance.sum(axis=1, keepdims=True)
    # Label c has error 1 - p_c at both outputs.
    square = 2 * (1 - chance) ** 2 * (rates**2).sum(axis=1, keepdims=True)
    mean = (chance * square).sum(axis=1)
    deviation = np.sqrt(np.sum((chance * square**2).sum(axis=1) - mean**2)) / 400
    assert abs(found.sum() - mean.mean()) < 5 * deviation
    assert not found[:, [0, 2]].any()
    # The likelier label of each image, or the less likely one, would be told.
    for certain in (square.min(axis=1), square.max(axis=1)):
        assert abs(certain.mean() - mean.mean()) > 5 * deviation


def test_si_counts_the_fall_of_the_loss_without_the_penalty():
    """A weight 0.3 off its anchor, importance 2: (1 + 5 * 2 * 0.3) / (1 + 0.1 * 5 * 2) = 2."""
    learner = new("si", si=PathSettings(strength=5.0), rate=0.1)
    weights, method = learner.network.weights, learner.method
    method.hold([np.full_like(weight, 2) for weight in weights])
    for weight in weights:
        weight += np.float32(0.3)
    gradient = [np.ones_like(weight) for weight in weights]
    method.gradient(gradient)
    for layer, each in enumerate(gradient):
        np.testing.assert_allclose(each, 2, rtol=1e-5)
        # The step is -0.1 * 2, along a loss that falls by 1 for each unit.
        np.testing.assert_allclose(method.underway()[f"sum/{layer}"], 0.2, rtol=1e-5)


def test_kfpf_tunes_thresholds_and_read_out_to_the_buffer():
    learner = new("kfpf", buffer=40, kfpf=FineTuning(steps=40, rate=0.04))
    lesson, network = lesson_of(noise(40)), learner.network

    def loss():
        return cross_entropy(network.trainer.predict(network.weights, lesson.images).logits,
                             lesson.labels)  # fmt: skip

    learner.method.first_seen(lesson.images, lesson.labels)
    first, last = (weight.copy() for weight in network.weights)
    before = loss()
    learner.method.end_task(lesson)
    assert loss() < 0.9 * before
    # A threshold scales all synapses onto its cell alike.
    scale = network.weights[0] / first
    np.testing.assert_allclose(scale, np.tile(scale[0], (N_IN, 1)), rtol=1e-5)
    assert np.abs(scale[0] - 1).max() > 0.01
    assert not np.array_equal(network.weights[1], last)


def test_wsn_lets_synapses_take_part_that_would_help():
    """Where g * w is -1 a score grows by the rate, 10: more than any that was drawn."""
    learner = new("wsn", masks=MaskSettings(density=0.5, rate=10.0))
    method, weights = learner.method, learner.network.weights
    method.begin_task(lesson_of(noise(4)))
    masks = [method.underway()[f"mask/{layer}"].copy() for layer in range(2)]
    method.gradient([(~m / -w).astype(np.float32) for m, w in zip(masks, weights, strict=True)])
    method.after_step()
    for layer, mask in enumerate(masks):
        assert np.array_equal(method.underway()[f"mask/{layer}"], ~mask)


def test_two_timescales_answer_with_the_slow_part():
    """A slow part that never follows answers as if nothing had been learnt."""
    learner = new("two_timescales", two_timescales=Timescales(fast=1e9, slow=np.inf), epochs=20)
    lesson = lesson_of(noise(60))
    before, start = learner.answer(lesson.images).classes, learner.network.weights[0].copy()
    for _ in learner.learn(lesson):
        pass
    assert not np.array_equal(learner.network.weights[0], start)
    assert np.array_equal(learner.answer(lesson.images).classes, before)
    fast = learner.network.trainer.predict(learner.network.weights, lesson.images)
    assert not np.array_equal(fast.logits.argmax(axis=1), before)
