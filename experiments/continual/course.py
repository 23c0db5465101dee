"""What was measured after each task, as it goes into the file and into checkpoints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.continual.measures import MEASURES
from experiments.continual.subspaces import Fit
from neuro.recording import Recorder

Array = NDArray[Any]
# Name, definition and unit of what is measured after each task.
PER_TASK = (
    ("rates", "[task, hidden layer]: spikes per cell and step, tests", "1"),
    ("operations", "[task]: synaptic operations of one test image", "1"),
    (
        "bytes_kept",
        "[task]: all that is kept from this task to the next: weights and whatever the method adds",
        "byte",
    ),
    ("seconds", "[task]: processor time of learning", "s"),
)
OF_SUBSPACES = (
    (
        "explained_variance",
        "[task, layer]: share of the second moment of the task's activity inside all rows",
        "1",
    ),
    (
        "explained_variance_exact",
        "[task, layer]: the same, the best rows of equal number in place of the task's own",
        "1",
    ),
    (
        "principal_angle",
        "[task, layer]: largest angle between the task's rows and the best ones of equal number",
        "rad",
    ),
    (
        "principal_angle_median",
        "[task, layer]: median angle between the task's rows and the best ones of equal number",
        "rad",
    ),
)


@dataclass(slots=True)
class Course:
    """Hold what was measured so far; each series has an entry for each task learnt.

    Attributes
    ----------
    series : dict of str to list
        By name: "accuracy" (a row of the matrix), those of `PER_TASK` and `OF_SUBSPACES`, and
        "weights/LAYER".
    initial : array, shape (n_tasks,)
        Accuracy before learning.
    joint : array, shape (n_tasks,), or None
        Accuracy of a network that learnt all tasks at once.
    """

    series: dict[str, list[Any]] = field(default_factory=dict)
    initial: Any = ()
    joint: Any = None

    @property
    def n_learnt(self) -> int:
        """Return the number of tasks learnt."""
        return len(self.series.get("accuracy", ()))

    def add(self, **measured: Any) -> None:
        """Add an entry to some series."""
        for name, value in measured.items():
            self.series.setdefault(name, []).append(value)

    def add_fits(self, fits: list[Fit]) -> None:
        """Add how well the subspaces fit."""
        if fits:
            columns = ("explained", "explained_exact", "angle", "median_angle")
            for (name, _, _), column in zip(OF_SUBSPACES, columns, strict=True):
                self.add(**{name: np.array([getattr(each, column) for each in fits])})

    def arrays(self) -> dict[str, Array]:
        """Return all as arrays by name, for a checkpoint."""
        found = {f"series/{name}": np.array(values) for name, values in self.series.items()}
        return found | {"initial": np.array(self.initial)}

    @classmethod
    def of(cls, arrays: Mapping[str, Array]) -> Course:
        """Return the course of which `arrays` gave these."""
        series = {
            name.removeprefix("series/"): list(values)
            for name, values in arrays.items()
            if name.startswith("series/")
        }
        return cls(series, arrays["initial"])

    def measures(self) -> dict[str, tuple[float, str]]:
        """Return value and definition of each measure of the whole stream, by name."""
        matrix = np.array(self.series["accuracy"])
        return {
            each.name: (each.of(matrix, self.initial, self.joint), each.definition)
            for each in MEASURES
            if not each.needs_joint or self.joint is not None
        }

    def write(self, recorder: Recorder, names: list[str]) -> None:
        """Record all, and the measures if every task was learnt.

        Parameters
        ----------
        recorder : Recorder
            The recording.
        names : list of str
            Of all tasks, learnt or not.
        """
        if not self.n_learnt:
            return
        matrix = np.full((len(names),) * 2, np.nan)
        matrix[: self.n_learnt] = self.series["accuracy"]
        definition = "R[k, j]: test accuracy on task j after task k was learnt; NaN if it was not"
        recorder.metric("accuracy_matrix", matrix, definition)
        recorder.metric("initial_accuracy", self.initial, "R0[j]: test accuracy before learning")
        for name, definition, unit in (*PER_TASK, *OF_SUBSPACES):
            if name in self.series:
                recorder.metric(name, np.array(self.series[name]), definition, unit)
        recorder.array("tasks", np.array(names), "1", "names of tasks")
        if self.joint is not None:
            definition = "J[j]: test accuracy of a network that learnt all tasks at once"
            recorder.metric("joint_accuracy", self.joint, definition)
        if self.n_learnt == len(names):
            kept = self.series["bytes_kept"][-1]
            recorder.metric("bytes_kept_last", kept, "bytes_kept after the last task", "byte")
            for name, (value, definition) in self.measures().items():
                recorder.metric(name, value, definition)

    def write_weights(self, recorder: Recorder, number: int) -> None:
        """Record the weights after a task."""
        layer = 0
        while f"weights/{layer}" in self.series:
            recorder.array(
                f"layers/{layer}/weights/{number}", self.series[f"weights/{layer}"][number], "1",
                f"[before, after]: weights of layer {layer} after task {number}",
            )  # fmt: skip
            layer += 1
