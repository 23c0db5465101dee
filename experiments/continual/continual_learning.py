"""Ask what a network still knows of its first tasks after it has learnt the last one.

A stream of tasks (`tasks`) is taught and tested (`evaluator`) to a learner (`learner`), which
guards the old ones by one of the `methods`. The file holds the whole accuracy matrix, the measures
made of it (`measures`), the weights after each task, subspaces, rates and counted operations.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from experiments.continual.evaluator import Evaluator
from experiments.continual.learner import Learner
from experiments.continual.measures import MEASURES
from experiments.continual.settings import ContinualLearning
from experiments.continual.tasks import make_scenario
from experiments.progress import Progress
from experiments.tables import show_table
from networks.streams import generator
from neuro.recording import Recorder

COLUMNS = ("method", *(each.heading for each in MEASURES), "kept", "learning time")


@dataclass(slots=True)
class Course:
    """Hold what was measured so far, an entry for each task learnt."""

    initial: Any = ()
    rows: list[Any] = field(default_factory=list)
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
    settings: ContinualLearning = spec.experiment
    # One thread: the same bits on every machine, and no pool beside that of the kernels.
    with threadpool_limits(1):
        scenario = make_scenario(settings.stream, spec.seed)
        rng = generator(spec.seed, "experiment.learner")
        n_pixels = scenario.tasks[0].train.shape[1]
        learner = Learner(settings, n_pixels, scenario.n_classes, rng)
        evaluator, course = Evaluator(scenario), Course()
        try:
            _learn_all(learner, evaluator, course, recorder, progress)
        finally:
            _write(learner, evaluator, course, recorder)
    title = f"{len(scenario.tasks)} tasks, kind {settings.stream.kind}"
    show_table(title, COLUMNS, [_row(settings, course)])


def _learn_all(
    learner: Learner, evaluator: Evaluator, course: Course, recorder: Recorder, progress: Progress
) -> None:
    course.initial = evaluator.examine(learner).accuracy
    for number, task in enumerate(evaluator.scenario.tasks):
        began = time.process_time()
        for done, total in evaluator.teach(learner, number):
            if done <= learner.settings.batch:
                progress.stage(task.name, total, "images")
            progress.advance(done)
        course.seconds.append(time.process_time() - began)
        marks = evaluator.examine(learner)
        course.rows.append(marks.accuracy)
        course.rates.append(marks.rates)
        course.operations.append(marks.operations)
        course.bytes_kept.append(learner.bytes_kept)
        for layer, weight in enumerate(learner.network.weights):
            recorder.array(
                f"layers/{layer}/weights/{number}", weight, "1",
                f"[before, after]: weights of layer {layer} after task {number}",
            )  # fmt: skip


def _write(learner: Learner, evaluator: Evaluator, course: Course, recorder: Recorder) -> None:
    if not course.rows:
        return
    tasks = evaluator.scenario.tasks
    matrix = np.full((len(tasks),) * 2, np.nan)
    matrix[: len(course.rows)] = course.rows
    metric = recorder.metric
    metric(
        "accuracy_matrix", matrix,
        "R[k, j]: test accuracy on task j after task k was learnt; NaN if it was not",
    )  # fmt: skip
    metric("initial_accuracy", course.initial, "R0[j]: test accuracy before learning")
    metric("rates", np.array(course.rates), "[task, hidden layer]: spikes per cell and step, tests")
    metric(
        "operations", np.array(course.operations), "[task]: synaptic operations of one test image"
    )
    metric(
        "bytes_kept",
        np.array(course.bytes_kept),
        "[task]: all that is kept from this task to the next: weights and whatever the method adds",
        "byte",
    )
    metric("seconds", np.array(course.seconds), "[task]: processor time of learning", "s")
    recorder.array("tasks", np.array([task.name for task in tasks]), "1", "names of tasks")
    for layer, projector in enumerate(learner.method.projectors):
        recorder.array(
            f"layers/{layer}/rows", projector.rows, "1", "[row, cell]: protected directions"
        )
    if len(course.rows) == len(tasks):
        for measure in MEASURES:
            recorder.metric(measure.name, measure.of(matrix, course.initial), measure.definition)


def _row(settings: ContinualLearning, course: Course) -> tuple[str, ...]:
    matrix = np.array(course.rows)
    return (
        settings.method,
        *(f"{measure.of(matrix, course.initial):.4f}" for measure in MEASURES),
        f"{course.bytes_kept[-1] / 1e6:.2f} MB",
        f"{sum(course.seconds):.1f} s",
    )


if __name__ == "__main__":
    from experiments.script import main

    main("continual", "continual/digits-stream.yaml")
