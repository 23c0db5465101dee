"""Streams of tasks: pixels only change places, labels only shift, identities stay hidden."""

from dataclasses import replace

import numpy as np
import pytest

from experiments.continual.reservoir import Reservoir
from experiments.continual.settings import ContinualLearning, Stream
from experiments.continual.tasks import make_scenario
from neuro.errors import SpecError

DIGITS = Stream(data="digits", number=3)


def test_permuted_tasks_are_bijections_of_the_same_images():
    scenario = make_scenario(replace(DIGITS, first_is_plain=True), 1)
    plain, first, second = (task.train for task in scenario.tasks)
    for other in (first, second):
        assert np.array_equal(np.sort(plain, axis=1), np.sort(other, axis=1))
        assert not np.array_equal(plain, other)
    assert not np.array_equal(first, second)
    again = make_scenario(replace(DIGITS, first_is_plain=True), 1)
    assert np.array_equal(again.tasks[2].test, scenario.tasks[2].test)
    assert (len(plain), len(scenario.tasks[0].test)) == (1437, 360)


def test_rotated_tasks_turn_from_upright_to_a_quarter():
    tasks = make_scenario(replace(DIGITS, tasks="rotated"), 1).tasks
    for part in ("train", "test"):
        upright, turned = (getattr(tasks[k], part).reshape(-1, 8, 8) for k in (0, 2))
        for k, is_equal in ((1, True), (-1, False)):
            error = np.abs(turned - np.rot90(upright, k, axes=(1, 2))).max()
            assert (error < 1e-4) == is_equal, part


@pytest.mark.parametrize(("kind", "n_outputs"), [("class", 10), ("task", 10), ("domain", 2)])
def test_split_tasks_have_classes_of_their_own(kind, n_outputs):
    scenario = make_scenario(replace(DIGITS, tasks="split", number=5, kind=kind), 1)
    assert scenario.n_classes == n_outputs
    for number, task in enumerate(scenario.tasks):
        expected = {0, 1} if kind == "domain" else {2 * number, 2 * number + 1}
        assert set(task.train_labels) == set(task.test_labels) == expected
        if kind == "task":
            assert set(scenario.identity(number).outputs) == expected
        else:
            assert scenario.lesson(number).identity is None
            with pytest.raises(SpecError, match="hides"):
                scenario.identity(number)


def test_validation_holds_training_images_out_and_leaves_the_test_images_alone():
    plain = replace(DIGITS, first_is_plain=True)
    task = make_scenario(replace(plain, validation=True), 1).tasks[0]
    full = make_scenario(plain, 1).tasks[0]
    assert (len(task.train), len(task.test)) == (1437 - 239, 239)

    def pictures(images):
        # Normalisation differs between the two: only the order of intensities is compared.
        return {tuple(np.floor(1000.1 * (x - x.min()) / np.ptp(x) + 0.01)) for x in images}

    held, rest, tests = (pictures(x) for x in (task.test, task.train, full.test))
    assert held | rest == pictures(full.train)
    assert not held & (rest | tests)


def test_pixels_are_repeated_in_both_directions():
    small = make_scenario(replace(DIGITS, first_is_plain=True), 1).tasks[0].train
    large = make_scenario(replace(DIGITS, first_is_plain=True, enlarge=2), 1).tasks[0].train
    blocks = large.reshape(-1, 8, 2, 8, 2)
    assert np.ptp(blocks, axis=(2, 4)).max() == 0
    np.testing.assert_allclose(blocks[:, :, 0, :, 0].reshape(len(large), -1), small, atol=1e-5)


@pytest.mark.parametrize(
    "settings",
    [{"tasks": "rotated", "kind": "class"}, {"number": 0}, {"train": -1}],
)
def test_streams_that_cannot_be_are_refused(settings):
    with pytest.raises(SpecError):
        Stream(**settings)


def test_rows_must_fit_the_layers():
    with pytest.raises(SpecError, match="each of the 2 layers"):
        ContinualLearning(hidden=(50,))


def test_a_reservoir_keeps_every_image_with_the_same_chance():
    """200 of 1000, 50 times: counts are hypergeometric; false alarm below 1e-4 by the bound."""
    counts = np.zeros(10)
    for seed in range(50):
        rng = np.random.default_rng(seed)
        kept = Reservoir(200, 1)
        for part in range(10):
            images = np.full((100, 1), part, dtype=np.float32)
            kept.offer(images, np.full(100, part), rng)
        images, labels = kept.draw(5, rng)
        assert np.array_equal(images[:, 0], labels)
        assert len(kept) == 200
        counts += np.bincount(kept._labels, minlength=10)
    # Each count has mean 1000 and a deviation of at most sqrt(1000 * .9 * .8).
    assert np.abs(counts - 1000).max() < 4.5 * np.sqrt(1000 * 0.9 * 0.8)


def pixels(images):
    """Return the images as drawn, 0 to 16, to compare them across runs."""
    low, high = images.min(), images.max()
    return {row.tobytes() for row in np.rint(16 * (images - low) / (high - low)).astype(np.uint8)}


def test_no_image_is_held_out_in_one_run_and_tested_in_another():
    plain = Stream(data="digits", number=1, first_is_plain=True)
    tested = pixels(make_scenario(plain, 1).tasks[0].test)
    assert len(tested) == 360
    for seed in (1, 2):
        held = make_scenario(replace(plain, validation=True), seed).tasks[0]
        assert len(held.test) == (1797 - 360) // 6
        assert not tested & (pixels(held.train) | pixels(held.test))
