"""Ask what a network still knows of its first tasks after it has learnt the last one.

A stream of tasks (`tasks`) is taught and tested (`evaluator`) to a learner (`learner`), which
guards the old ones by one of the `methods`. The file holds the whole accuracy matrix, the measures
made of it (`measures`), the weights after each task, subspaces, rates and counted operations.
After each task, and after a pass of a long one, a checkpoint lies beside the file, from which
`resume` goes on, bit for bit.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from experiments.continual.course import Course
from experiments.continual.evaluator import Evaluator
from experiments.continual.learner import Learner, Step
from experiments.continual.measures import MEASURES
from experiments.continual.objections import crowded_rows, known_pixels, too_many_rows
from experiments.continual.settings import ContinualLearning
from experiments.continual.subspaces import fits
from experiments.continual.tasks import Lesson, make_scenario
from experiments.progress import Progress
from experiments.tables import show_table
from networks.objections import refuse
from networks.streams import generator
from neuro.recording import Checkpoint, Recorder, write_checkpoint

# Seconds since the last checkpoint after which a pass through a task ends with one too.
PATIENCE = 30.0


@dataclass(slots=True)
class Study:
    """Hold what a run works with, and where it was taken up or saved last."""

    settings: ContinualLearning
    seed: int
    evaluator: Evaluator
    learner: Learner
    course: Course
    recorder: Recorder
    progress: Progress
    done: int = 0
    is_warned: bool = False
    spent: float = 0.0
    saved: float = field(default_factory=time.monotonic)


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
        Of the same configuration: the run goes on after its last task or pass.
    """
    spec = configuration.spec
    settings: ContinualLearning = spec.experiment
    # One thread: the same bits on every machine, and no pool beside that of the kernels.
    with threadpool_limits(1):
        scenario = make_scenario(settings.stream, spec.seed, takes_fewer=spec.quick)
        evaluator = Evaluator(scenario, settings.batch, spec.seed)
        _check_rows(settings, evaluator, progress)
        learner = _learner(settings, evaluator, spec.seed, "experiment.learner")
        study = Study(settings, spec.seed, evaluator, learner, Course(), recorder, progress)
        if begun is not None:
            _restore(study, begun)
        try:
            _learn_all(study)
        finally:
            _write(study)
    _show(study)


def _check_rows(settings: ContinualLearning, evaluator: Evaluator, progress: Progress) -> None:
    """Refuse rows that do not fit images whose size was not known before they were read."""
    n_pixels = evaluator.scenario.tasks[0].train.shape[1]
    refuse(too_many_rows(settings, n_pixels))
    if known_pixels(settings) is None:
        for path, message in crowded_rows(settings, n_pixels):
            progress.notice(f"{path}: {message}")


def _learner(settings: ContinualLearning, evaluator: Evaluator, seed: int, stream: str) -> Learner:
    scenario = evaluator.scenario
    n_pixels = scenario.tasks[0].train.shape[1]
    return Learner(settings, n_pixels, scenario.n_classes, generator(seed, stream))


def _learn_all(study: Study) -> None:
    course, evaluator, learner = study.course, study.evaluator, study.learner
    if not len(course.initial):
        course.initial = evaluator.examine(learner).accuracy
    for number in range(course.n_learnt, len(evaluator.scenario.tasks)):
        n_old = [projector.n_protected for projector in learner.method.projectors]
        seconds = _teach(study, number)
        _warn(study, number)
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
    """Let the learner learn one task, or go on with it; return the processor time it took."""
    began = time.process_time() - study.spent
    tasks, is_shown = study.evaluator.scenario.tasks, False
    for step in study.evaluator.teach(study.learner, number, study.done):
        if not is_shown:
            name = f"{tasks[number].name} (task {number + 1} of {len(tasks)})"
            study.progress.stage(name, step.total, "images")
            is_shown = True
        study.progress.advance(step.done, _passes(step))
        if step.ends_pass and time.monotonic() - study.saved >= PATIENCE:
            study.spent = time.process_time() - began
            _checkpoint(study, step.done)
    study.done, study.spent = 0, 0.0
    return time.process_time() - began


def _warn(study: Study, number: int) -> None:
    """Tell once in a run what the method has to say of a task."""
    warning = study.learner.method.warning()
    if warning and not study.is_warned:
        study.progress.notice(f"{study.evaluator.scenario.tasks[number].name}: {warning}")
        study.is_warned = True


def _passes(step: Step) -> str:
    """Tell which pass it is, if there are several."""
    n_passes = -(-step.total // step.of_pass)
    return f"pass {-(-step.done // step.of_pass)} of {n_passes}" if n_passes > 1 else ""


def _joint(study: Study) -> Any:
    """Return the accuracies of a network that learns all tasks at once, without a guard."""
    scenario = study.evaluator.scenario
    settings = replace(study.settings, method="sequential")
    learner = _learner(settings, study.evaluator, study.seed, "experiment.reference")
    images = np.concatenate([task.train for task in scenario.tasks])
    labels = np.concatenate([task.train_labels for task in scenario.tasks])
    study.progress.stage("all tasks at once", settings.epochs * len(images), "images")
    for step in learner.learn(Lesson(images, labels)):
        study.progress.advance(step.done, _passes(step))
    return study.evaluator.examine(learner).accuracy


def _checkpoint(study: Study, done: int = 0) -> None:
    """Put all that it takes to go on beside the recording, `done` images into a task."""
    learner = study.learner
    arrays = {f"learner/{name}": array for name, array in learner.stored().items()}
    if done:
        underway = learner.method.underway()
        arrays |= {f"underway/{name}": array for name, array in underway.items()}
    state = learner.network.rng.bit_generator.state
    note = json.dumps({"random": state, "done": done, "spent": study.spent})
    study.recorder.flush()
    write_checkpoint(study.recorder.path, Checkpoint(note, arrays | study.course.arrays()))
    study.saved = time.monotonic()


def _restore(study: Study, begun: Checkpoint) -> None:
    """Take up what a checkpoint holds, and record again what was recorded by then."""
    study.course = Course.of(begun.arrays)
    note, n_learnt = json.loads(begun.note), study.course.n_learnt
    study.done, study.spent = note["done"], note["spent"]
    scenario, learner = study.evaluator.scenario, study.learner
    lessons = [scenario.lesson(number) for number in range(n_learnt)]
    learner.restore(_below(begun, "learner/"), lessons)
    if study.done:
        learner.method.take_up(scenario.lesson(n_learnt), _below(begun, "underway/"))
    learner.network.rng.bit_generator.state = note["random"]
    for number in range(n_learnt):
        study.course.write_weights(study.recorder, number)


def _below(begun: Checkpoint, root: str) -> dict[str, Any]:
    """Return the arrays of a checkpoint whose names begin with `root`, without it."""
    return {n.removeprefix(root): x for n, x in begun.arrays.items() if n.startswith(root)}


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
