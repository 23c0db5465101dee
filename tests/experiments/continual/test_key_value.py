"""Classes in turn on fixed codes: what is learnt, judged and kept."""

from dataclasses import replace

import numpy as np
import pytest

from experiments.continual import codes
from experiments.continual.codes import make_encoder
from experiments.continual.key_value import Stream, learn_all, make_stream
from experiments.continual.key_value_results import saw_ahead
from experiments.continual.key_value_settings import Code, KeyValueStudy, ReadoutRecipe
from networks.inputs.images import Images, load_images
from networks.winners import k_winners
from neuro.errors import SpecError
from plasticity.readout import keys

RACE = Code("race", cells=400, active=16)
KEYS = Code("keys", cells=60, active=1)
RECIPES = (
    ReadoutRecipe("counts", RACE),
    ReadoutRecipe("delta", RACE, "delta"),
    ReadoutRecipe("means", Code("pixels"), "means"),
    ReadoutRecipe("keys", KEYS),
)
STUDY = KeyValueStudy(RECIPES, train=1500, test=500, networks=1)


@pytest.fixture(scope="module")
def found():
    results = {}
    for _ in learn_all(STUDY, make_stream(STUDY), 0, 0, results):
        pass
    return results


def test_counts_do_not_forget_and_the_delta_rule_does(found):
    assert found["counts"].accuracy > 0.6
    assert found["delta"].accuracy < 0.45
    assert found["counts"].row()["bwt"] > found["delta"].row()["bwt"] + 0.3


def test_classes_not_seen_yet_are_never_the_answer(found):
    for name in ("counts", "means", "keys"):
        assert np.all(np.triu(found[name].matrix, k=1) == 0)


def test_all_that_is_learnt_is_counted(found):
    assert found["counts"].bytes_kept == 10 * 400 * 4
    assert found["counts"].bytes_fixed == 784 * 400 * 4
    assert found["delta"].bytes_kept == 10 * 400 * 4
    assert found["means"].bytes_kept == 10 * 784 * 4 + 10 * 8
    assert found["keys"].bytes_kept == 60 * 784 * 4 + 10 * 60 * 4
    assert found["counts"].activity == pytest.approx(16 / 400)


def test_random_cells_race_as_the_largest_drives(found):
    images = load_images("mnist").test[:50]
    encoder = make_encoder(RACE, {"all tasks": images}, np.random.default_rng(0))
    code = encoder.encode(images).dense(bool)
    assert np.array_equal(code, k_winners(encoder.drive(images), RACE.active))


def test_the_nearest_prototype_spikes_first():
    images = load_images("mnist").test[:300]
    encoder = make_encoder(KEYS, {"all tasks": images}, np.random.default_rng(0))
    distance = ((images[:, None] - encoder.weight.T) ** 2).sum(axis=2)
    assert np.array_equal(encoder.encode(images).cells, distance.argmin(axis=1))


def test_validation_images_are_never_learnt():
    chosen, judged = (
        make_stream(replace(STUDY, judged_on=which, train=0, test=0))
        for which in ("validation", "test")
    )
    assert len(chosen.images.train) == 50_000
    assert np.array_equal(chosen.images.test, judged.images.train[50_000:])
    assert np.array_equal(chosen.images.train, judged.images.train[:50_000])


def test_small_images_are_learnt_too():
    recipes = ReadoutRecipe("upright", replace(RACE, upright=True)), ReadoutRecipe("keys", KEYS)
    study = replace(STUDY, recipes=recipes, data="digits", train=0, test=0)
    stream, found = make_stream(study), {}
    assert stream.images.shape == (8, 8)
    assert [len(stream.images.train), len(stream.images.test)] == [1437, 360]
    assert list(learn_all(study, stream, 0, 0, found)) == [1, 2]
    assert min(each.accuracy for each in found.values()) > 0.7


def test_classes_of_a_folder_make_the_tasks(monkeypatch):
    digits = load_images("digits")
    few = np.isin(digits.train_labels, range(6))
    images = replace(digits, train=digits.train[few], train_labels=digits.train_labels[few])
    monkeypatch.setattr("experiments.continual.key_value.load_images", lambda name: images)
    study = replace(STUDY, data="folder", train=0, test=0, tasks=3)
    assert make_stream(study).tasks == ((0, 1), (2, 3), (4, 5))
    with pytest.raises(SpecError, match="6 classes do not split"):
        make_stream(replace(study, tasks=4))
    with pytest.raises(SpecError, match="there are"):
        make_stream(replace(study, train=5000))
    assert len(make_stream(replace(study, train=5000), takes_fewer=True).images.train) == few.sum()


def test_prototypes_of_all_tasks_are_said_to_have_seen_coming_images():
    assert [saw_ahead(recipe) for recipe in RECIPES] == [False, False, False, True]
    assert not saw_ahead(ReadoutRecipe("first", replace(KEYS, unlabelled="first task")))


@pytest.mark.parametrize(("unlabelled", "n_seen"), [("all tasks", 12), ("first task", 5)])
def test_prototypes_see_the_images_that_they_are_said_to_see(unlabelled, n_seen, monkeypatch):
    seen = []

    def learn_keys(images, *others):
        seen.append(images)
        return keys.learn_keys(images, *others)

    monkeypatch.setattr(codes, "learn_keys", learn_keys)
    labels = np.array([0, 2, 1, 3, 1, 0, 4, 5, 6, 7, 8, 1])
    pixels = np.random.default_rng(0).random((len(labels), 784), dtype=np.float32)
    stream = Stream(
        Images(pixels, labels, pixels, labels, (28, 28)), ((0, 1), (2, 3, 4, 5, 6, 7, 8))
    )
    recipe = ReadoutRecipe("keys", Code("keys", cells=3, active=1, unlabelled=unlabelled))
    assert list(learn_all(KeyValueStudy((recipe,), networks=1), stream, 0, 0, {}))
    (found,) = seen
    assert np.array_equal(found, pixels if n_seen == 12 else pixels[np.isin(labels, (0, 1))])
    assert len(found) == n_seen


def test_spikes_are_not_learnt_from_pixels():
    with pytest.raises(SpecError, match="learns from spikes"):
        ReadoutRecipe("x", Code("pixels"), "counts")
    with pytest.raises(SpecError, match="do not split"):
        replace(STUDY, tasks=3)
