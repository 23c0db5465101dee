"""Who gives lessons and tests: all that a scenario hides stays here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from experiments.continual.learner import N_ANSWERED, Answers, Step
from experiments.continual.tasks import Array, Floats, Identity, Lesson, Scenario
from networks.streams import generator


class Student(Protocol):
    """Learn lessons and answer to images: a learner of any make."""

    def learn(self, lesson: Lesson, has_boundaries: bool = True, done: int = 0) -> Iterator[Step]:
        """Learn a task, or go on with it, yielding after each batch how far it is."""
        ...

    def answer(self, images: Floats, identity: Identity | None = None) -> Answers:
        """Answer to images; `identity` is None where the scenario hides it."""
        ...


@dataclass(frozen=True, slots=True)
class Marks:
    """Hold how well the tasks are known.

    Attributes
    ----------
    accuracy : array, shape (n_tasks,)
        Share of test images of each task that were told right.
    rates : array, shape (n_hidden_layers,)
        Spikes per cell and step, mean over test images.
    operations : float
        Synaptic operations per image, mean over test images.
    """

    accuracy: NDArray[np.float64]
    rates: NDArray[Any]
    operations: float


class Evaluator:
    """Teach and test; labels of tests, and identities that are hidden, are never handed over.

    Where identities are hidden the test images of all tasks come mixed. Where not even boundaries
    are told, training images come as one stream of batches, which go across the ends of tasks.

    Parameters
    ----------
    scenario : Scenario
        Tasks, and what may be told of them.
    batch : int
        Training images in a batch of a stream without boundaries.
    seed : int
        Root seed: mixes the test images.
    """

    def __init__(self, scenario: Scenario, batch: int, seed: int) -> None:
        self.scenario = scenario
        self._batch = batch
        ends = np.cumsum([len(task.test) for task in scenario.tasks])
        # The numbers, among the tests of all tasks, of those of each, and of those asked together.
        self._of_tasks = np.split(np.arange(ends[-1]), ends[:-1])
        self._parts = self._of_tasks
        if not scenario.tells_identity:
            mixed = generator(seed, "experiment.tests").permutation(ends[-1])
            self._parts = np.split(mixed, range(N_ANSWERED, len(mixed), N_ANSWERED))

    def teach(self, student: Student, number: int, done: int = 0) -> Iterator[Step]:
        """Let a student learn one task, or go on with it, yielding how far it is."""
        if self.scenario.tells_boundaries:
            yield from student.learn(self.scenario.lesson(number), True, done)
            return
        batches = list(self._batches(number))
        total = sum(map(len, batches))
        for numbers in batches:
            for step in student.learn(self._passing(numbers), False):
                yield Step(done + step.done, total, total)
            done += len(numbers)

    def examine(self, student: Student) -> Marks:
        """Test a student on all tasks."""
        tasks, answers = self.scenario.tasks, []
        labels = np.concatenate([task.test_labels for task in tasks])
        is_right = np.empty(len(labels), dtype=bool)
        for number, part in enumerate(self._parts):
            told = self.scenario.identity(number) if self.scenario.tells_identity else None
            answers.append(student.answer(_gathered([task.test for task in tasks], part), told))
            is_right[part] = answers[-1].classes == labels[part]
        sizes = [len(part) for part in self._parts]
        return Marks(
            np.array([np.mean(is_right[of_task]) for of_task in self._of_tasks]),
            np.average([answer.rates for answer in answers], axis=0, weights=sizes),
            float(np.average([answer.operations for answer in answers], weights=sizes)),
        )

    def _batches(self, number: int) -> Iterator[NDArray[np.int64]]:
        """Yield the numbers, in the whole stream, of the batches that a task completes."""
        ends = np.cumsum([0, *(len(task.train) for task in self.scenario.tasks)])
        first, last = ends[number : number + 2] // self._batch * self._batch
        if number + 1 == len(self.scenario.tasks):
            last = ends[-1]
        for begin in range(first, last, self._batch):
            yield np.arange(begin, min(begin + self._batch, last))

    def _passing(self, numbers: NDArray[np.int64]) -> Lesson:
        """Return images of the whole stream."""
        tasks = self.scenario.tasks
        return Lesson(
            _gathered([task.train for task in tasks], numbers),
            _gathered([task.train_labels for task in tasks], numbers),
        )


def _gathered(arrays: list[Array], numbers: NDArray[np.int64]) -> Array:
    """Return rows of arrays that lie one behind the other, without joining them."""
    ends = np.cumsum([0, *map(len, arrays)])
    places = np.searchsorted(ends, numbers, side="right") - 1
    found = np.empty((len(numbers), *arrays[0].shape[1:]), arrays[0].dtype)
    for place in np.unique(places):
        here = places == place
        found[here] = arrays[place][numbers[here] - ends[place]]
    return found
