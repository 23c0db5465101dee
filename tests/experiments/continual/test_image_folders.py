"""Folders of idx files: what does not fit together is told, never learnt from."""

import numpy as np
import pytest

from experiments import SETTINGS, runner
from experiments.continual.settings import ContinualLearning, Stream
from experiments.continual.tasks import make_scenario
from networks.config import load
from networks.inputs.digits import FILES
from neuro.errors import DamagedFileError, SpecError
from neuro.recording import read

N_TRAIN, N_TEST, N_CLASSES = 12, 8, 4


def images(n, height=6, width=6):
    return np.random.default_rng(n).integers(0, 256, (n, height, width), dtype=np.uint8)


def labels(n, n_classes=N_CLASSES):
    return (np.arange(n) % n_classes).astype(np.uint8)


def write(folder, train=None, train_labels=None, test=None, test_labels=None):
    """Write four idx files, uncompressed; what is not given fits the rest."""
    train = images(N_TRAIN) if train is None else train
    test = images(N_TEST) if test is None else test
    train_labels = labels(len(train)) if train_labels is None else train_labels
    test_labels = labels(len(test)) if test_labels is None else test_labels
    arrays = {"train": (train, train_labels), "test": (test, test_labels)}
    for split, pair in FILES.items():
        for (name, _), array in zip(pair, arrays[split], strict=True):
            header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">i4").tobytes()
            (folder / name.removesuffix(".gz")).write_bytes(header + array.tobytes())
    return str(folder)


def scenario(folder, **stream):
    return make_scenario(Stream(**{"data": str(folder), "number": 2} | stream), 1)


@pytest.mark.parametrize("tasks", ["permuted", "rotated", "split"])
def test_a_sound_folder_gives_its_tasks(tmp_path, tasks):
    found = scenario(write(tmp_path), tasks=tasks)
    assert (len(found.tasks), found.tasks[0].train.shape[1]) == (2, 36)


@pytest.mark.parametrize("tasks", ["permuted", "rotated", "split"])
@pytest.mark.parametrize("size", [(7, 7), (5, 5), (4, 9)])
def test_tests_of_another_size_are_refused(tmp_path, size, tasks):
    write(tmp_path, test=images(N_TEST, *size))
    told = f"6 x 6 pixels, test images of {size[0]} x {size[1]}"
    with pytest.raises(DamagedFileError, match=told):
        scenario(tmp_path, tasks=tasks)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"train_labels": labels(N_TRAIN)[:, None]}, r"labels of shape \(12, 1\)"),
        ({"test_labels": labels(N_TEST - 1)}, r"t10k.* \(8, 6, 6\), labels of shape \(7,\)"),
        ({"train": images(0)}, "train.*: 0 images"),
        ({"test": images(0)}, "t10k.*: 0 images"),
        ({"test": images(N_TEST, 6, 0), "train": images(N_TRAIN, 6, 0)}, "of 6 x 0 pixels"),
        ({"test_labels": labels(N_TEST, 6)}, "test images of class 4, 5, of which"),
    ],
)
def test_files_that_do_not_fit_together_are_refused(tmp_path, given, told):
    write(tmp_path, **given)
    with pytest.raises(DamagedFileError, match=told):
        scenario(tmp_path)


@pytest.mark.parametrize("grey", [0, 255, 100])
def test_images_that_are_all_alike_are_refused(tmp_path, grey):
    write(tmp_path, train=np.full((N_TRAIN, 6, 6), grey, dtype=np.uint8))
    with pytest.raises(SpecError, match="all pixels of the 12 training images"):
        scenario(tmp_path)


def test_pixels_are_normalised_by_the_training_images_alone(tmp_path):
    """Half of the training pixels are 0 and half 1, so that 0 becomes -1 and 1 becomes 1."""
    train, test = np.zeros((N_TRAIN, 6, 6), dtype=np.uint8), np.full((N_TEST, 6, 6), 255, np.uint8)
    train[::2] = 255
    (task,) = scenario(write(tmp_path, train=train, test=test), number=1).tasks
    assert set(task.train.ravel()) == {-1, 1}
    assert set(task.test.ravel()) == {1}


@pytest.mark.parametrize(
    ("classes", "number", "empty"),
    [
        ((1, 2, 3, 4), 5, "classes 0-0"),
        ((0, 3), 4, "classes 1-1"),
        ((0, 1, 4, 5), 3, "classes 2-3"),
    ],
)
def test_a_task_without_images_is_named(tmp_path, classes, number, empty):
    train, test = (np.resize(np.array(classes, dtype=np.uint8), n) for n in (N_TRAIN, N_TEST))
    write(tmp_path, train_labels=train, test_labels=test)
    for kind in ("class", "domain", "task"):
        with pytest.raises(SpecError, match=f"'{empty}' has none of the 12 training images"):
            scenario(tmp_path, tasks="split", number=number, kind=kind)


def test_tests_too_few_for_every_task_are_refused():
    stream = Stream(data="digits", tasks="split", number=5, kind="class", train=200, test=3)
    with pytest.raises(SpecError, match=r"task 'classes \d-\d' has none of the 3 test images"):
        make_scenario(stream, 5)


def test_a_class_that_no_drawn_image_has_keeps_its_output():
    found = make_scenario(Stream(data="digits", number=1, train=4), 1)
    assert len(np.unique(found.tasks[0].train_labels)) < found.n_classes == 10


@pytest.mark.parametrize(
    ("asked", "sizes"),
    [
        ({}, (12, 8)),
        ({"train": 5, "test": 3}, (5, 3)),
        ({"validation": True}, (10, 2)),
        ({"validation": True, "train": 11, "test": 1}, (11, 1)),
    ],
)
def test_the_quick_form_takes_no_more_images_than_asked_for_and_there(tmp_path, asked, sizes):
    stream = Stream(data=write(tmp_path), number=1, **asked)
    quick = ContinualLearning(stream=stream).quick().stream
    assert (quick.train, quick.test) == (asked.get("train", 640), asked.get("test", 200))
    (task,) = make_scenario(quick, 1, takes_fewer=True).tasks
    assert (len(task.train), len(task.test)) == sizes


@pytest.mark.parametrize(
    ("experiment", "shape"),
    [
        ("{kind: continual, method: sequential, stream: {data: '%s', number: 2, train: 100}, ", 2),
        ("{kind: rewiring, method: er, data: '%s', train: 100, test: 8, ", 1),
    ],
)
def test_a_quick_run_of_a_small_folder_comes_to_its_end(tmp_path, experiment, shape):
    file = tmp_path / "small.yaml"
    file.write_text(
        f"experiment: {experiment % write(tmp_path)} trainer: dsr, hidden: [4], steps: 4}}\n"
        f"output: {{path: '{tmp_path}/run.h5'}}\n"
    )
    with pytest.raises(SpecError, match="100 and 8 images asked for"):
        runner.run(load(file, experiments=SETTINGS))
    with read(runner.run(load(file, ["quick=true"], experiments=SETTINGS))) as recording:
        name = "accuracy_matrix" if shape == 2 else "accuracy_by_pass"
        assert recording.metric(name).shape == (2,) * shape


@pytest.mark.parametrize("n_held", [N_TRAIN, N_TRAIN + 5])
def test_validation_leaves_an_image_to_train(tmp_path, n_held):
    write(tmp_path)
    with pytest.raises(SpecError, match=f"{n_held} of 12 training images held out"):
        scenario(tmp_path, validation=True, test=n_held)
    few = np.ones(5, dtype=np.uint8)
    write(tmp_path, train=images(5), train_labels=few, test_labels=few[:1], test=images(1))
    with pytest.raises(SpecError, match="0 of 5 training images held out"):
        scenario(tmp_path, validation=True)
