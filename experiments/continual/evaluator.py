"""Who gives lessons and tests: all that a scenario hides stays here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from experiments.continual.learner import Answers, Step
from experiments.continual.tasks import Floats, Identity, Lesson, Scenario


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
        Spikes per cell and step, mean over tasks.
    operations : float
        Synaptic operations per image, mean over tasks.
    """

    accuracy: NDArray[np.float64]
    rates: NDArray[Any]
    operations: float


class Evaluator:
    """Teach and test; labels of tests, and identities that are hidden, are never handed over.

    Parameters
    ----------
    scenario : Scenario
        Tasks, and what may be told of them.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario

    def teach(self, student: Student, number: int, done: int = 0) -> Iterator[Step]:
        """Let a student learn one task, or go on with it, yielding how far it is."""
        lesson = self.scenario.lesson(number)
        return student.learn(lesson, self.scenario.tells_boundaries, done)

    def examine(self, student: Student) -> Marks:
        """Test a student on all tasks."""
        accuracy, answers = [], []
        for number, task in enumerate(self.scenario.tasks):
            told = self.scenario.identity(number) if self.scenario.tells_identity else None
            answers.append(student.answer(task.test, told))
            accuracy.append(float(np.mean(answers[-1].classes == task.test_labels)))
        return Marks(
            np.array(accuracy),
            np.mean([answer.rates for answer in answers], axis=0),
            float(np.mean([answer.operations for answer in answers])),
        )
