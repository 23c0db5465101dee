"""What read-outs of fixed codes did: metrics and the table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from experiments.continual import measures
from experiments.continual.key_value_settings import KeyValueStudy, ReadoutRecipe
from experiments.tables import show_table
from networks.memories.intervals import Interval, t_interval
from neuro.errors import SpecError
from neuro.recording import Recorder, Recording

COLUMNS = (
    "read-out", "accuracy", "95 % interval", "BWT", "kept", "drawn from the seed", "s to learn",
    "saw coming images",
)  # fmt: skip
RECIPES = "recipes/names"
# Metric of every recipe -> definition and unit; each is [network].
MEASURED = {
    "accuracy": ("fraction of all judged images told right after the last task, of ten classes",
                 "1"),
    "acc": ("mean over tasks j of R[K-1, j]", "1"),
    "bwt": ("mean over j < K-1 of R[K-1, j] - R[j, j]; for sums competition between classes", "1"),
    "forgetting": ("mean over j < K-1 of max_l<K-1 R[l, j] - R[K-1, j]", "1"),
    "bytes_kept": ("size of all that was learnt: read-out and learnt prototypes", "byte"),
    "bytes_fixed": ("size of drawn weights of the code, which the seed stands for", "byte"),
    "activity": ("spikes per cell and image; NaN for pixels", "1"),
    "seconds_learn": ("processor time of the read-out's learning, without the code", "s"),
}  # fmt: skip


@dataclass(slots=True)
class Found:
    """Gather what one recipe did in one network.

    Attributes
    ----------
    matrix : list of list of float
        R[k, j]: accuracy on task j after task k.
    accuracy : float
        On all judged images in the end.
    bytes_kept, bytes_fixed : int
        Size of what was learnt, and of what was drawn.
    activity : float
        Spikes per cell and image.
    seconds : float
        Processor time of learning.
    """

    matrix: list[list[float]] = field(default_factory=list)
    accuracy: float = float("nan")
    bytes_kept: int = 0
    bytes_fixed: int = 0
    activity: float = float("nan")
    seconds: float = 0.0

    def row(self) -> dict[str, float]:
        """Return a number for each name of `MEASURED`."""
        matrix = np.array(self.matrix)
        return {
            "accuracy": self.accuracy,
            "acc": measures.accuracy(matrix),
            "bwt": measures.backward_transfer(matrix),
            "forgetting": measures.forgetting(matrix),
            "bytes_kept": float(self.bytes_kept),
            "bytes_fixed": float(self.bytes_fixed),
            "activity": self.activity,
            "seconds_learn": self.seconds,
        }


def write_found(recorder: Recorder, settings: KeyValueStudy, found: list[list[Found]]) -> None:
    """Record all recipes, the first one without a prefix too.

    Parameters
    ----------
    recorder : Recorder
        The recording.
    settings : KeyValueStudy
        What was asked.
    found : list of list of Found
        [network][recipe].
    """
    names = [recipe.name for recipe in settings.recipes]
    recorder.array(RECIPES, np.array(names), "1", "read-outs in the order of the table")
    kinds = [recipe.code.kind for recipe in settings.recipes]
    recorder.array("recipes/codes", np.array(kinds), "1", "kind of code of each read-out")
    for number, name in enumerate(names):
        matrix = np.array([row[number].matrix for row in found])
        for prefix in (f"recipes/{name}/", "") if number == 0 else (f"recipes/{name}/",):
            _write_recipe(recorder, prefix, [row[number] for row in found])
            recorder.metric(
                f"{prefix}accuracy_matrix", matrix.mean(axis=0),
                "R[k, j]: accuracy on task j after task k was learnt, all ten classes possible; "
                "mean across networks",
            )  # fmt: skip


def _write_recipe(recorder: Recorder, prefix: str, found: list[Found]) -> None:
    rows = [each.row() for each in found]
    for metric, (definition, unit) in MEASURED.items():
        values = np.array([row[metric] for row in rows])
        recorder.metric(f"{prefix}{metric}", values, f"[network]: {definition}", unit)
    ends = np.clip(t_interval(np.array([row["accuracy"] for row in rows]))[1:], 0, 1)
    recorder.metric(
        f"{prefix}accuracy_ci", ends,
        "[low and high]: 95 % interval (Student) of the mean of accuracy across networks",
    )  # fmt: skip


def readouts_of(recording: Recording) -> Iterator[tuple[str, float, Interval]]:
    """Yield name, bytes kept and mean accuracy over tasks of each read-out in a recording.

    Raises
    ------
    SpecError
        If it holds no read-outs.
    """
    if RECIPES not in recording.arrays:
        raise SpecError(f"{recording.path}: no read-outs in it; needed: a run of kind 'key_value'")
    for each in recording.array(RECIPES)[()]:
        name = each.decode() if isinstance(each, bytes) else str(each)
        kept = recording.metric(f"recipes/{name}/bytes_kept").mean()
        yield name, float(kept), t_interval(recording.metric(f"recipes/{name}/acc"))


def show_found(settings: KeyValueStudy, found: list[list[Found]]) -> None:
    """Print a row for each recipe."""
    rows = []
    for number, recipe in enumerate(settings.recipes):
        each = [row[number].row() for row in found]
        mean = {name: float(np.mean([row[name] for row in each])) for name in MEASURED}
        _, low, high = t_interval(np.array([row["accuracy"] for row in each]))
        rows.append((
            recipe.name, f"{mean['accuracy']:.4f}",
            "one network" if np.isnan(low) else f"{low:.4f} - {high:.4f}",
            f"{mean['bwt']:+.3f}", _size(mean["bytes_kept"]), _size(mean["bytes_fixed"]),
            f"{mean['seconds_learn']:.1f}", "yes" if saw_ahead(recipe) else "",
        ))  # fmt: skip
    title = f"{settings.tasks} tasks, each image once; judged on {settings.judged_on} images"
    show_table(f"{title}; {settings.networks} networks", COLUMNS, rows)


def saw_ahead(recipe: ReadoutRecipe) -> bool:
    """Say whether the code was learnt on unlabelled images of coming tasks."""
    return recipe.code.kind == "keys" and recipe.code.unlabelled == "all tasks"


def _size(number: Any) -> str:
    return f"{number / 1e6:.2f} MB" if number else ""
