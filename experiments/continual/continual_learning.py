"""Ask what a network still knows of its first tasks after it has learnt the last one.

A stream of tasks (`tasks`) is learnt by one method (`learner`); after each task the network is
tested on all of them. The file holds the whole accuracy matrix, the measures made of it
(`measures`), the weights after each task, the subspaces and what was explained by them, rates and
counted operations.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from experiments.continual import measures
from experiments.continual.learner import Answers, Learner
from experiments.continual.settings import ContinualLearning
from experiments.continual.tasks import Scenario, make_scenario
from experiments.progress import Progress
from experiments.tables import show_table
from networks.streams import generator
from neuro.recording import Recorder

COLUMNS = ("method", "ACC", "BWT", "FWT", "forgetting", "learning", "kept", "learning time")


@dataclass(slots=True)
class Course:
    """Hold what was measured so far; rows of tasks not learnt yet are missing."""

    initial: list[float] = field(default_factory=list)
    rows: list[list[float]] = field(default_factory=list)
    rates: list[Any] = field(default_factory=list)
    operations: list[float] = field(default_factory=list)
    bytes_kept: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


def run(configuration: Any, recorder: Recorder, progress: Progress) -> None:
    """Learn the stream, record the matrix and all that belongs to it.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is a `ContinualLearning`.
    recorder : Recorder
        The recording; what is complete is in it whatever ends the run.
    progress : Progress
        Who shows how far it is.
    """
    spec = configuration.spec
    settings: ContinualLearning = spec.experiment.quick() if spec.quick else spec.experiment
    # One thread: the same bits on every machine, and no pool beside that of the kernels.
    with threadpool_limits(1):
        scenario = make_scenario(settings.stream, spec.seed)
        rng = generator(spec.seed, "experiment.learner")
        n_pixels = scenario.tasks[0].train.shape[1]
        learner = Learner(settings, n_pixels, scenario.n_classes, rng)
        course = Course()
        try:
            _learn_all(learner, scenario, course, recorder, progress)
        finally:
            _write(learner, scenario, course, recorder)
    matrix = np.array(course.rows)
    show_table(f"{len(scenario.tasks)} tasks", COLUMNS, [_row(settings, course, matrix)])


def _learn_all(
    learner: Learner, scenario: Scenario, course: Course, recorder: Recorder, progress: Progress
) -> None:
    course.initial = [answer.accuracy for answer in _test(learner, scenario)]
    for number, task in enumerate(scenario.tasks):
        progress.stage(task.name, learner.n_images(task), "images")
        began = time.process_time()
        for done in learner.learn(task):
            progress.advance(done)
        course.seconds.append(time.process_time() - began)
        answers = _test(learner, scenario)
        course.rows.append([answer.accuracy for answer in answers])
        course.rates.append(np.mean([answer.rates for answer in answers], axis=0))
        course.operations.append(float(np.mean([answer.operations for answer in answers])))
        course.bytes_kept.append(learner.bytes_kept)
        for layer, weight in enumerate(learner.weights):
            recorder.array(
                f"layers/{layer}/weights/{number}", weight, "1",
                f"[before, after]: weights of layer {layer} after task {number}",
            )  # fmt: skip


def _test(learner: Learner, scenario: Scenario) -> list[Answers]:
    """Test all tasks; their outputs are told only where the scenario allows it."""
    return [
        learner.answer(
            task.test, task.test_labels, scenario.outputs(number) if scenario.ids_at_test else None
        )
        for number, task in enumerate(scenario.tasks)
    ]


def _write(learner: Learner, scenario: Scenario, course: Course, recorder: Recorder) -> None:
    if not course.rows:
        return
    matrix = np.full((len(scenario.tasks),) * 2, np.nan)
    matrix[: len(course.rows)] = course.rows
    metric = recorder.metric
    metric(
        "accuracy_matrix", matrix,
        "R[k, j]: test accuracy on task j after task k was learnt; NaN if it was not",
    )  # fmt: skip
    metric("initial_accuracy", np.array(course.initial), "R0[j]: test accuracy before learning")
    metric("rates", np.array(course.rates), "[task, hidden layer]: spikes per cell and step, tests")
    metric(
        "operations", np.array(course.operations), "[task]: synaptic operations of one test image"
    )
    metric(
        "bytes_kept",
        np.array(course.bytes_kept),
        "[task]: weights, subspaces and images kept",
        "byte",
    )
    metric("seconds", np.array(course.seconds), "[task]: processor time of learning", "s")
    recorder.array("tasks", np.array([task.name for task in scenario.tasks]), "1", "names of tasks")
    for layer, projector in enumerate(learner.projectors):
        recorder.array(
            f"layers/{layer}/rows", projector.rows, "1", "[row, cell]: protected directions"
        )
    if len(course.rows) == len(scenario.tasks):
        _write_measures(course, np.array(course.rows), recorder)


def _write_measures(course: Course, matrix: Any, recorder: Recorder) -> None:
    initial = np.array(course.initial)
    recorder.metric("acc", measures.accuracy(matrix), "mean over j of R[K-1, j]")
    recorder.metric(
        "bwt", measures.backward_transfer(matrix), "mean over j < K-1 of R[K-1,j] - R[j,j]"
    )
    recorder.metric(
        "fwt", measures.forward_transfer(matrix, initial), "mean over j >= 1 of R[j-1,j] - R0[j]"
    )
    recorder.metric(
        "forgetting",
        measures.forgetting(matrix),
        "mean over j < K-1 of max_l<K-1 R[l,j] - R[K-1,j]",
    )
    recorder.metric(
        "learning_accuracy", measures.learning_accuracy(matrix), "mean over j of R[j, j]"
    )
    recorder.metric(
        "average_incremental_accuracy", measures.average_incremental_accuracy(matrix),
        "mean over k of the mean over j <= k of R[k, j]",
    )  # fmt: skip


def _row(settings: ContinualLearning, course: Course, matrix: Any) -> tuple[str, ...]:
    return (
        settings.method,
        f"{measures.accuracy(matrix):.4f}",
        f"{measures.backward_transfer(matrix):+.4f}",
        f"{measures.forward_transfer(matrix, np.array(course.initial)):+.4f}",
        f"{measures.forgetting(matrix):.4f}",
        f"{measures.learning_accuracy(matrix):.4f}",
        f"{course.bytes_kept[-1] / 1e6:.2f} MB",
        f"{sum(course.seconds):.1f} s",
    )


if __name__ == "__main__":
    from experiments.script import main

    main("continual", "continual/digits-stream.yaml")
