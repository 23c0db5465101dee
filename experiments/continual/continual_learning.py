"""Ask what a network still knows of its first tasks after it has learnt the last one.

A stream of tasks (`tasks`) is taught and tested (`evaluator`) to a learner (`learner`), which
guards the old ones by one of the `methods`. The file holds the whole accuracy matrix, the measures
made of it (`measures`), the weights after each task, subspaces, rates and counted operations.
After each task a checkpoint lies beside the file, from which `resume` goes on, bit for bit.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from experiments.continual.course import Course
from experiments.continual.evaluator import Evaluator
from experiments.continual.learner import Learner
from experiments.continual.measures import MEASURES
from experiments.continual.settings import ContinualLearning
from experiments.continual.subspaces import fits
from experiments.continual.tasks import Lesson, make_scenario
from experiments.progress import Progress
from experiments.tables import show_table
from networks.streams import generator
from neuro.recording import Checkpoint, Recorder, write_checkpoint


@dataclass(slots=True)
class Study:
    """Hold what a run works with."""

    settings: ContinualLearning
    seed: int
    evaluator: Evaluator
    learner: Learner
    course: Course
    recorder: Recorder
    progress: Progress


def run(
    configuration: Any, recorder: Recorder, progress: Progress, begun: Checkpoint | None = None
) -> None:
    """Learn the stream, record the matrix and all that belongs to it.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is a `ContinualLearning`.
    recorder : Recorder
        The recording; what is complete is in it whatever ends the run.
    progress : Progress
        Who shows how far it is.
    begun : Checkpoint, optional
        Of the same configuration: the run goes on after its last task.
    """
    spec = configuration.spec
    settings: ContinualLearning = spec.experiment
    # One thread: the same bits on every machine, and no pool beside that of the kernels.
    with threadpool_limits(1):
        evaluator = Evaluator(make_scenario(settings.stream, spec.seed))
        learner = _learner(settings, evaluator, spec.seed, "experiment.learner")
        study = Study(settings, spec.seed, evaluator, learner, Course(), recorder, progress)
        if begun is not None:
            _restore(study, begun)
        try:
            _learn_all(study)
        finally:
            _write(study)
    _show(study)


def _learner(settings: ContinualLearning, evaluator: Evaluator, seed: int, stream: str) -> Learner:
    scenario = evaluator.scenario
    n_pixels = scenario.tasks[0].train.shape[1]
    return Learner(settings, n_pixels, scenario.n_classes, generator(seed, stream))


def _learn_all(study: Study) -> None:
    course, evaluator, learner = study.course, study.evaluator, study.learner
    if not course.n_learnt:
        course.initial = evaluator.examine(learner).accuracy
    for number in range(course.n_learnt, len(evaluator.scenario.tasks)):
        n_old = [len(projector.rows) for projector in learner.method.projectors]
        seconds = _teach(study, number)
        marks = evaluator.examine(learner)
        course.add(
            accuracy=marks.accuracy, rates=marks.rates, operations=marks.operations,
            bytes_kept=learner.bytes_kept, seconds=seconds,
        )  # fmt: skip
        lesson, subspaces = evaluator.scenario.lesson(number), learner.method.projectors
        course.add_fits(fits(learner.network, subspaces, n_old, lesson) if subspaces else [])
        for layer, weight in enumerate(learner.network.weights):
            course.add(**{f"weights/{layer}": weight.copy()})
        course.write_weights(study.recorder, number)
        _checkpoint(study)
    if study.settings.joint_reference:
        course.joint = _joint(study)


def _teach(study: Study, number: int) -> float:
    """Let the learner learn one task; return the processor time it took."""
    began, is_shown = time.process_time(), False
    for done, total in study.evaluator.teach(study.learner, number):
        if not is_shown:
            study.progress.stage(study.evaluator.scenario.tasks[number].name, total, "images")
            is_shown = True
        study.progress.advance(done)
    return time.process_time() - began


def _joint(study: Study) -> Any:
    """Return the accuracies of a network that learns all tasks at once, without a guard."""
    scenario = study.evaluator.scenario
    settings = replace(study.settings, method="sequential")
    learner = _learner(settings, study.evaluator, study.seed, "experiment.reference")
    images = np.concatenate([task.train for task in scenario.tasks])
    labels = np.concatenate([task.train_labels for task in scenario.tasks])
    study.progress.stage("all tasks at once", settings.epochs * len(images), "images")
    for done, _ in learner.learn(Lesson(images, labels)):
        study.progress.advance(done)
    return study.evaluator.examine(learner).accuracy


def _checkpoint(study: Study) -> None:
    """Put all that it takes to go on beside the recording."""
    learner = study.learner
    state = {f"learner/{name}": array for name, array in learner.stored().items()}
    note = json.dumps(learner.network.rng.bit_generator.state)
    study.recorder.flush()
    write_checkpoint(study.recorder.path, Checkpoint(note, state | study.course.arrays()))


def _restore(study: Study, begun: Checkpoint) -> None:
    """Take up what a checkpoint holds, and record again what was recorded by then."""
    study.course = Course.of(begun.arrays)
    stored = {
        name.removeprefix("learner/"): array
        for name, array in begun.arrays.items()
        if name.startswith("learner/")
    }
    scenario, learner = study.evaluator.scenario, study.learner
    learner.restore(stored, [scenario.lesson(k) for k in range(study.course.n_learnt)])
    learner.network.rng.bit_generator.state = json.loads(begun.note)
    for number in range(study.course.n_learnt):
        study.course.write_weights(study.recorder, number)


def _write(study: Study) -> None:
    names = [task.name for task in study.evaluator.scenario.tasks]
    study.course.write(study.recorder, names)
    for layer, projector in enumerate(study.learner.method.projectors):
        study.recorder.array(
            f"layers/{layer}/rows", projector.rows, "1", "[row, cell]: protected directions"
        )


def _show(study: Study) -> None:
    """Print the row of the run."""
    course, stream = study.course, study.settings.stream
    found = course.measures()
    headings = [each.heading for each in MEASURES if each.name in found]
    row = (
        study.settings.method,
        *(f"{value:.4f}" for value, _ in found.values()),
        f"{course.series['bytes_kept'][-1] / 1e6:.2f} MB",
        f"{sum(course.series['seconds']):.1f} s",
    )
    tested = "held-out training images" if stream.validation else "test images"
    title = f"{course.n_learnt} tasks, kind {stream.kind}, {tested}"
    show_table(title, ("method", *headings, "kept", "learning time"), [row])


if __name__ == "__main__":
    from experiments.script import main

    main("continual", "continual/digits-stream.yaml")
