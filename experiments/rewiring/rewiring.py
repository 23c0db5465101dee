"""Ask whether it matters where the synapses of a sparse network are, and whether they may move.

A network that has a quarter of all synapses, in groups or anywhere, learns images by gradients;
rules move synapses towards cells that are active together, or as weights and gradients tell. One
run is one method; `engram sweep` compares them. The file holds accuracy after every pass (of the
last one in the table: none is chosen on test images), synapses, synaptic operations, masks before
and after, and what became of the groups. After each pass a checkpoint lies beside the file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from experiments.continual.settings import Stream
from experiments.continual.tasks import Task, make_scenario
from experiments.progress import Progress
from experiments.rewiring.network import SparseNetwork
from experiments.rewiring.settings import RewiringStudy
from experiments.tables import show_table
from networks.streams import generator
from neuro.recording import Checkpoint, Recorder, write_checkpoint

Array = NDArray[Any]
# Name, definition and unit of what is measured after each pass.
PER_PASS = (
    ("accuracy_by_pass", "[pass]: share of test images told right", "1"),
    ("operations_by_pass", "[pass]: synaptic operations of one test image", "1"),
    ("rates", "[pass, hidden layer]: spikes per cell and step, test images", "1"),
    ("synapses_by_layer", "[pass, layer]: synapses that there are", "1"),
    (
        "cells_reached",
        "[pass, hidden layer]: share of the cells that have synapses from before",
        "1",
    ),
    (
        "first_synapses_left",
        "[pass, hidden layer]: share of the synapses at first that are still, or again, there",
        "1",
    ),
    ("moved", "[pass]: synapses moved so far", "1"),
)


@dataclass(slots=True)
class Study:
    """Hold what a run works with and what it has measured: an entry of each series for a pass."""

    settings: RewiringStudy
    seed: int
    task: Task
    network: SparseNetwork
    first: list[Array]
    series: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def n_passes(self) -> int:
        """Return the number of passes so far."""
        return len(self.series.get("moved", ()))


def run(
    configuration: Any, recorder: Recorder, progress: Progress, begun: Checkpoint | None = None
) -> None:
    """Learn images, record what came of synapses and accuracy.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is a `RewiringStudy`.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    begun : Checkpoint, optional
        Of the same configuration: the run goes on after its last pass.
    """
    spec = configuration.spec
    # One thread: the same bits on every machine, and no pool beside that of the kernels.
    with threadpool_limits(1):
        study = _begin(spec.experiment, spec.seed, spec.quick)
        if begun is not None:
            _restore(study, begun)
        try:
            _learn(study, recorder, progress)
        finally:
            _write(study, recorder)
    _show(study)


def _begin(settings: RewiringStudy, seed: int, takes_fewer: bool) -> Study:
    """Load the images and draw the network."""
    task = images(settings, seed, takes_fewer)
    n_batches = settings.epochs * -(-len(task.train) // settings.batch)
    shape = task.train.shape[1], len(task.classes)
    network = SparseNetwork(settings, *shape, n_batches, seed)
    return Study(settings, seed, task, network, [mask.copy() for mask in network.masks[:-1]])


def images(settings: RewiringStudy, seed: int, takes_fewer: bool = False) -> Task:
    """Return images whose pixels are 0 or more, in units of the deviation of all pixels.

    `takes_fewer` as of `make_scenario`.
    """
    stream = Stream(
        settings.data, number=1, first_is_plain=True, enlarge=settings.enlarge,
        train=settings.train, test=settings.test, validation=settings.validation,
    )  # fmt: skip
    (task,) = make_scenario(stream, seed, takes_fewer).tasks
    # Silent where nothing is drawn: similarities are then those of what is there.
    for part in (task.test, task.train):
        part -= task.train.min()
    return task


def _learn(study: Study, recorder: Recorder, progress: Progress) -> None:
    settings, task, n = study.settings, study.task, len(study.task.train)
    done = study.n_passes * n
    progress.stage(f"learning ({settings.method})", settings.epochs * n, "images")
    for number in range(study.n_passes, settings.epochs):
        # Every pass has an order of its own, the same for all methods.
        order = generator(study.seed, "experiment.order", number).permutation(n)
        for first in range(0, n, settings.batch):
            chosen = order[first : first + settings.batch]
            study.network.learn(task.train[chosen], task.train_labels[chosen])
            done += len(chosen)
            progress.advance(done, f"pass {number + 1} of {settings.epochs}")
        _measure(study)
        _checkpoint(study, recorder)


def _measure(study: Study) -> None:
    """Add an entry to each series."""
    network, task = study.network, study.task
    answers, masks = network.answer(task.test), network.masks
    hidden = masks[:-1]
    left = [(now & then).sum() / then.sum() for now, then in zip(hidden, study.first, strict=True)]
    found = {
        "accuracy_by_pass": float(np.mean(answers.classes == task.test_labels)),
        "operations_by_pass": answers.operations,
        "rates": answers.rates,
        "synapses_by_layer": np.array([mask.sum() for mask in masks]),
        "cells_reached": np.array([mask.any(axis=0).mean() for mask in hidden]),
        "first_synapses_left": np.array(left),
        "moved": network.wiring.n_moved,
    }
    for name, value in found.items():
        study.series.setdefault(name, []).append(value)


def _checkpoint(study: Study, recorder: Recorder) -> None:
    """Put all that it takes to go on beside the recording."""
    arrays = {f"network/{name}": array for name, array in study.network.state().items()}
    arrays |= {f"series/{name}": np.array(values) for name, values in study.series.items()}
    note = json.dumps({"random": study.network.wiring.rng.bit_generator.state})
    recorder.flush()
    write_checkpoint(recorder.path, Checkpoint(note, arrays))


def _restore(study: Study, begun: Checkpoint) -> None:
    """Take up what a checkpoint holds."""
    below: dict[str, dict[str, Array]] = {"network": {}, "series": {}}
    for name, array in begun.arrays.items():
        root, _, rest = name.partition("/")
        below[root][rest] = array
    study.network.restore(below["network"])
    study.series = {name: list(values) for name, values in below["series"].items()}
    study.network.wiring.rng.bit_generator.state = json.loads(begun.note)["random"]


def _write(study: Study, recorder: Recorder) -> None:
    """Record all passes, and the measures of the last one if there was one."""
    if not study.n_passes:
        return
    for name, definition, unit in PER_PASS:
        recorder.metric(name, np.array(study.series[name]), definition, unit)
    for name, (value, definition) in _last(study).items():
        recorder.metric(name, value, definition)
    network = study.network
    for layer, (mask, first) in enumerate(zip(network.masks[:-1], study.first, strict=True)):
        recorder.array(f"layers/{layer}/first", first, "1", "[before, after]: synapses at first")
        recorder.array(f"layers/{layer}/last", mask, "1", "[before, after]: synapses now")
    for layer, weight in enumerate(network.weights):
        recorder.array(f"layers/{layer}/weights", weight, "1", "[before, after]: weights")


def _last(study: Study) -> dict[str, tuple[float, str]]:
    """Return value and definition of what is compared, by name."""
    series, network = study.series, study.network
    n_synapses, n_pairs = (
        series["synapses_by_layer"][-1].sum(),
        sum(w.size for w in network.weights),
    )
    return {
        "accuracy": (series["accuracy_by_pass"][-1], "share of test images told right, last pass"),
        "synapses": (float(n_synapses), "synapses that there are, read-out included"),
        "density": (float(n_synapses / n_pairs), "synapses / pairs of cells of all layers"),
        "synaptic_operations": (
            series["operations_by_pass"][-1],
            "of one test image: synapses crossed by a spike, or by a pixel above 0 once",
        ),
        "synapses_moved": (float(series["moved"][-1]), "synapses moved in all"),
    }


def _show(study: Study) -> None:
    """Print the row of the run."""
    found = {name: value for name, (value, _) in _last(study).items()}
    tested = "held-out training images" if study.settings.validation else "test images"
    show_table(
        f"{len(study.task.train)} images, {study.n_passes} passes, {tested}",
        ("method", "accuracy", "synapses", "density", "synaptic operations", "moved"),
        [
            (
                study.settings.method, f"{found['accuracy']:.4f}", f"{found['synapses']:.0f}",
                f"{found['density']:.3f}", f"{found['synaptic_operations']:.0f}",
                f"{found['synapses_moved']:.0f}",
            )
        ],
    )  # fmt: skip


if __name__ == "__main__":
    from experiments.script import main

    main("rewiring", "pruning/rewiring.yaml")
