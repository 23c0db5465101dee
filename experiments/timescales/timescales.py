"""Ask how networks come to remember for long, by which curriculum, and what that costs.

Recurrent networks, of rates or of spiking cells, are taught N-parity or N-delayed match for growing
N. One run is one curriculum in several independent networks; `engram sweep` compares them. The file
holds what was mastered by epoch; time constants, the timescale of the network and accuracy on every
N when each N was mastered; at the end what cells taken out and noise do, and what a head learnt
anew finds of every N. After each epoch a checkpoint lies beside the file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from experiments.progress import Progress
from experiments.tables import show_table
from experiments.tasks.bits import BIT_TASKS
from experiments.timescales.curriculum import FIRST, Stage
from experiments.timescales.probes import endurance, milestone
from experiments.timescales.results import write
from experiments.timescales.settings import TimescaleStudy
from experiments.timescales.training import Epoch, Lesson
from networks.streams import generator
from neuro.recording import Checkpoint, Recorder, write_checkpoint
from plasticity.gradient.rates import RateNetwork, draw_network

Array = NDArray[Any]


@dataclass(slots=True)
class Pupil:
    """Hold a network, its lesson, and what it has come to: an entry of `course` for each epoch.

    Attributes
    ----------
    number : int
        Of the network.
    lesson : Lesson
        Holds the network and the generator.
    course : dict
        `mastered`, `accuracy`, `loss`, `tau` by epoch.
    milestones : dict
        `n`, and what `probes.milestone` gives, for each N that was mastered.
    """

    number: int
    lesson: Lesson
    course: dict[str, list[Any]] = field(default_factory=dict)
    milestones: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def mastered(self) -> int:
        """Return the largest N that was mastered, 1 for none."""
        return int(max(self.milestones.get("n", ()), default=FIRST - 1))

    def found(self) -> dict[str, Array]:
        """Return all that was measured while it learnt."""
        found = {f"course/{name}": np.array(each) for name, each in self.course.items()}
        return found | {f"milestones/{n}": np.array(each) for n, each in self.milestones.items()}


def run(
    configuration: Any, recorder: Recorder, progress: Progress, begun: Checkpoint | None = None
) -> None:
    """Teach networks one after the other, record what they came to.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is a `TimescaleStudy`.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    begun : Checkpoint, optional
        Of the same configuration: the run goes on after its last epoch.
    """
    study, seed = configuration.spec.experiment, configuration.spec.seed
    found: list[dict[str, Array]] = []
    # One thread: the same bits on every machine.
    with threadpool_limits(1):
        pupil = None if begun is None else _restored(study, seed, begun, found)
        try:
            for number in range(len(found), study.networks):
                pupil = pupil or _begin(study, seed, number)
                _teach(study, seed, pupil, found, recorder, progress)
                found.append(_finish(study, seed, pupil))
                pupil = None
        finally:
            if found:
                write(recorder, study, found)
    _show(study, found)


def _begin(study: TimescaleStudy, seed: int, number: int) -> Pupil:
    """Draw a network; those of both curricula differ in their heads only."""
    rng = generator(seed, "experiment.network", number)
    network = draw_network(study.units, rng, n_heads=study.course.n_heads)
    mask = ~np.eye(study.units, dtype=np.bool_)
    rng = generator(seed, "experiment.lesson", number)
    return Pupil(
        number,
        Lesson(
            network, mask, BIT_TASKS[study.task], study.course, rng, study.training, study.dynamics
        ),
    )


def _teach(
    study: TimescaleStudy,
    seed: int,
    pupil: Pupil,
    found: list[dict[str, Array]],
    recorder: Recorder,
    progress: Progress,
) -> None:
    """Teach a network to the end of its curriculum or of its epochs."""
    begun = len(pupil.course.get("loss", ()))
    name = f"{study.task}, {study.curriculum}, network {pupil.number + 1} of {study.networks}"
    progress.stage(name, study.epochs, "epochs")
    for number, epoch in enumerate(pupil.lesson.epochs(study.epochs - begun), begun + 1):
        _note(study, seed, pupil, epoch)
        _checkpoint(pupil, found, recorder)
        progress.advance(number, f"N = {pupil.mastered} mastered")


def _note(study: TimescaleStudy, seed: int, pupil: Pupil, epoch: Epoch) -> None:
    newest = epoch.stage.tasks[-1]
    if epoch.is_mastered:
        rng = generator(seed, f"experiment.milestone.{newest}", pupil.number)
        measured = milestone(study, pupil.lesson.network, rng) | {"n": newest}
        for name, value in measured.items():
            pupil.milestones.setdefault(name, []).append(value)
    entry = {
        "mastered": pupil.mastered,
        "accuracy": epoch.accuracy[-1],
        "loss": epoch.loss,
        "tau": epoch.tau,
    }
    for name, value in entry.items():
        pupil.course.setdefault(name, []).append(value)


def _finish(study: TimescaleStudy, seed: int, pupil: Pupil) -> dict[str, Array]:
    """Measure a network that learns no more."""
    rng = generator(seed, "experiment.endurance", pupil.number)
    newest = max(FIRST, pupil.mastered)
    end = milestone(study, pupil.lesson.network, rng)
    last = endurance(study, pupil.lesson.network, newest, rng)
    return (
        pupil.found()
        | {f"end/{name}": value for name, value in (end | last).items()}
        | {"n": np.array(pupil.mastered)}
    )


def _checkpoint(pupil: Pupil, found: list[dict[str, Array]], recorder: Recorder) -> None:
    """Put all that it takes to go on beside the recording."""
    lesson = pupil.lesson
    arrays = {f"found/{k}/{n}": x for k, each in enumerate(found) for n, x in each.items()}
    arrays |= {f"pupil/{name}": array for name, array in pupil.found().items()}
    names = [each.name for each in fields(RateNetwork)]
    arrays |= {f"network/{name}": getattr(lesson.network, name) for name in names}
    arrays |= {f"moment/{n}": m for n, m in zip(names, lesson.moments, strict=True)}
    stage = lesson.stage and [lesson.stage.tasks, lesson.stage.heads]
    note = {"random": lesson.rng.bit_generator.state, "stage": stage}
    recorder.flush()
    write_checkpoint(recorder.path, Checkpoint(json.dumps(note), arrays))


def _restored(
    study: TimescaleStudy, seed: int, begun: Checkpoint, found: list[dict[str, Array]]
) -> Pupil:
    """Fill in what was found of earlier networks, and return the one that was being taught."""
    roots: dict[str, dict[str, Array]] = {}
    for path, array in begun.arrays.items():
        root, _, name = path.partition("/")
        roots.setdefault(root, {})[name] = array
    for path, array in roots.get("found", {}).items():
        number, _, name = path.partition("/")
        found.extend({} for _ in range(int(number) + 1 - len(found)))
        found[int(number)][name] = array
    note = json.loads(begun.note)
    pupil = _begin(study, seed, len(found))
    lesson = pupil.lesson
    for name, array in roots["network"].items():
        getattr(lesson.network, name)[:] = array
    lesson.moments = [roots["moment"][each.name].copy() for each in fields(RateNetwork)]
    lesson.rng.bit_generator.state = note["random"]
    lesson.stage = note["stage"] and Stage(*(tuple(each) for each in note["stage"]))
    for path, array in roots["pupil"].items():
        root, _, name = path.partition("/")
        getattr(pupil, root)[name] = list(array)
    return pupil


def _show(study: TimescaleStudy, found: list[dict[str, Array]]) -> None:
    """Print a row for each network."""
    rows = [
        (
            str(number), str(each["n"]), str(len(each["course/loss"])),
            f"{each['end/tau'][0]:.2f} +- {each['end/tau'][1]:.2f}",
            f"{each['end/timescale'][0]:.2f}", f"{each['end/accuracy'][0]:.3f}",
            f"{each['end/relearnt'][0]:.3f}",
        )
        for number, each in enumerate(found)
    ]  # fmt: skip
    columns = ("network", "N mastered", "epochs", "tau, steps", "timescale, steps",
               f"N = {FIRST} at the end", "by a new head")  # fmt: skip
    show_table(f"{study.task}, curriculum {study.curriculum}, {study.cells}", columns, rows)


if __name__ == "__main__":
    from experiments.script import main

    main("timescales", "timescales/parity.yaml")
