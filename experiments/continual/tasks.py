"""The tasks of a stream: images, labels, and who may know which task it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import rotate

from experiments.continual.settings import Stream
from networks.inputs.images import Images, load_images
from networks.streams import generator
from neuro.errors import SpecError

Array = NDArray[Any]
Floats = NDArray[np.float32]
Labels = NDArray[np.int64]
HELD_OUT = 6  # one of so many training images is held out for validation
QUARTER = 90.0  # degrees over which rotated tasks are spread


@dataclass(frozen=True, slots=True)
class Task:
    """Hold one task.

    Attributes
    ----------
    name : str
        For tables and figures.
    train, test : array of float32, shape (n, n_pixels)
        Images, normalised.
    train_labels, test_labels : array of int64, shape (n,)
        Labels as the network's read-out numbers them.
    classes : tuple of int
        Outputs that this task uses.
    """

    name: str
    train: Floats
    train_labels: Labels
    test: Floats
    test_labels: Labels
    classes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Identity:
    """Name a task to a network, where the scenario tells it.

    Attributes
    ----------
    number : int
        Which task of the stream.
    outputs : tuple of int
        Outputs that it uses, ascending.
    """

    number: int
    outputs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Lesson:
    """Hold what a network is given to learn a task: nothing that it could cheat with.

    Attributes
    ----------
    images : array of float32, shape (n, n_pixels)
        Training images.
    labels : array of int64, shape (n,)
        Their classes.
    identity : Identity or None
        Which task it is; None where the scenario hides it.
    """

    images: Floats
    labels: Labels
    identity: Identity | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """Hold the tasks of a stream and what a network may be told.

    Attributes
    ----------
    tasks : tuple of Task
        In their order.
    n_classes : int
        Outputs of the network.
    tells_identity : bool
        Whether the task of an image may be told.
    tells_boundaries : bool
        Whether the network is told that a task begins or ends.
    """

    tasks: tuple[Task, ...]
    n_classes: int
    tells_identity: bool
    tells_boundaries: bool = True

    def identity(self, number: int) -> Identity:
        """Return the identity of a task.

        Raises
        ------
        SpecError
            If this scenario hides it.
        """
        if not self.tells_identity:
            raise SpecError("this scenario hides which task an image belongs to")
        return Identity(number, self.tasks[number].classes)

    def lesson(self, number: int) -> Lesson:
        """Return what is learnt of a task."""
        task = self.tasks[number]
        identity = self.identity(number) if self.tells_identity else None
        return Lesson(task.train, task.train_labels, identity)


def make_scenario(stream: Stream, seed: int, takes_fewer: bool = False) -> Scenario:
    """Make the tasks of a stream.

    Parameters
    ----------
    stream : Stream
        Which tasks.
    seed : int
        Root seed: draws images and permutations.
    takes_fewer : bool
        Take what there is where more images are asked for, as a quick run does.

    Returns
    -------
    Scenario
        Its tasks; pixels are normalised by mean and deviation of all training pixels.

    Raises
    ------
    SpecError
        If more images are asked for than there are and it does not take fewer, no image is left for
        training or for the tests of a task, or all pixels are alike.
    """
    rng = generator(seed, "experiment.stream")
    loaded = load_images(stream.data)
    if takes_fewer:
        stream = _within(stream, loaded)
    if stream.validation:
        loaded = _held_out(loaded, stream.test or len(loaded.train) // HELD_OUT, rng)
    n_classes = int(loaded.train_labels.max()) + 1
    ready = _normalised(_enlarge(_draw(loaded, stream, rng), stream.enlarge), stream)
    told = stream.kind == "task", stream.kind != "task_free"
    if stream.tasks == "split":
        return Scenario(*_split(ready, stream, n_classes), *told)
    classes = tuple(range(n_classes))
    tasks = []
    for number in range(stream.number):
        if stream.tasks == "rotated":
            now, later = _rotated(ready, stream, number)
        else:
            now, later = _permuted(ready, stream, number, rng)
        tasks.append(
            Task(f"{stream.tasks} {number + 1}", now, ready.train_labels, later,
                 ready.test_labels, classes)
        )  # fmt: skip
    return Scenario(tuple(tasks), len(classes), *told)


def _within(stream: Stream, images: Images) -> Stream:
    """Return a stream that asks for no more images than there are; 0 stays all of them."""
    n_train, n_test = len(images.train), len(images.test)
    if stream.validation:
        n_test = n_train // HELD_OUT
        n_train -= min(stream.test or n_test, n_test)
    return replace(stream, train=min(stream.train, n_train), test=min(stream.test, n_test))


def _held_out(images: Images, n_held: int, rng: np.random.Generator) -> Images:
    """Put some training images in the place of the test images."""
    if not 0 < n_held < len(images.train):
        raise SpecError(
            f"stream.validation: {n_held} of {len(images.train)} training images held out; needed: "
            "at least one to test, and one to train"
        )
    order = rng.permutation(len(images.train))
    now, later = order[n_held:], order[:n_held]
    return Images(
        images.train[now], images.train_labels[now], images.train[later],
        images.train_labels[later], images.shape,
    )  # fmt: skip


def _draw(images: Images, stream: Stream, rng: np.random.Generator) -> Images:
    n_train, n_test = stream.train or len(images.train), stream.test or len(images.test)
    if n_train > len(images.train) or n_test > len(images.test):
        raise SpecError(
            f"stream: {n_train} and {n_test} images asked for; {stream.data} has "
            f"{len(images.train)} and {len(images.test)}"
        )
    now = rng.permutation(len(images.train))[:n_train]
    later = rng.permutation(len(images.test))[:n_test]
    return Images(
        images.train[now], images.train_labels[now], images.test[later], images.test_labels[later],
        images.shape,
    )  # fmt: skip


def _enlarge(images: Images, factor: int) -> Images:
    if factor == 1:
        return images
    shape = images.shape
    grown = [
        part.reshape(-1, *shape).repeat(factor, 1).repeat(factor, 2).reshape(len(part), -1)
        for part in (images.train, images.test)
    ]
    return Images(
        grown[0], images.train_labels, grown[1], images.test_labels,
        (shape[0] * factor, shape[1] * factor),
    )  # fmt: skip


def _normalised(images: Images, stream: Stream) -> Images:
    """Give the training pixels a mean of 0 and a deviation of 1; the others go with them."""
    mean, deviation = images.train.mean(), images.train.std()
    if not images.train.min() < images.train.max():
        raise SpecError(
            f"stream.data: all pixels of the {len(images.train)} training images of {stream.data} "
            f"are {mean:g}; needed: images that differ from their mean"
        )
    train, test = ((part - mean) / deviation for part in (images.train, images.test))
    return Images(train, images.train_labels, test, images.test_labels, images.shape)


def _permuted(
    images: Images, stream: Stream, number: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    order = rng.permutation(images.train.shape[1])
    if number == 0 and stream.first_is_plain:
        order = np.arange(len(order))
    return images.train[:, order], images.test[:, order]


def _rotated(images: Images, stream: Stream, number: int) -> tuple[Floats, Floats]:
    angle = QUARTER * number / max(1, stream.number - 1)
    turned = [
        rotate(part.reshape(-1, *images.shape), angle, axes=(2, 1), reshape=False, order=1,
               mode="nearest").reshape(len(part), -1)
        for part in (images.train, images.test)
    ]  # fmt: skip
    return turned[0], turned[1]


def _split(images: Images, stream: Stream, n_classes: int) -> tuple[tuple[Task, ...], int]:
    """Return the tasks and the number of outputs."""
    if n_classes % stream.number:
        raise SpecError(f"stream.number: {n_classes} classes do not split into {stream.number}")
    size = n_classes // stream.number
    tasks = []
    for number in range(stream.number):
        classes = tuple(range(number * size, (number + 1) * size))
        now, later = (np.isin(x, classes) for x in (images.train_labels, images.test_labels))
        shift = number * size if stream.kind == "domain" else 0
        outputs = tuple(c - shift for c in classes)
        name = f"classes {classes[0]}-{classes[-1]}"
        _refuse_empty(name, now, later)
        tasks.append(
            Task(name, images.train[now],
                 images.train_labels[now] - shift, images.test[later],
                 images.test_labels[later] - shift, outputs)
        )  # fmt: skip
    return tuple(tasks), size if stream.kind == "domain" else n_classes


def _refuse_empty(name: str, now: NDArray[np.bool_], later: NDArray[np.bool_]) -> None:
    """Refuse a task that has no image to learn from, or none to be tested with."""
    for use, chosen in (("training", now), ("test", later)):
        if not chosen.any():
            raise SpecError(
                f"stream: task '{name}' has none of the {len(chosen)} {use} images; needed: at "
                "least one image of each task, so more images, or fewer tasks"
            )
