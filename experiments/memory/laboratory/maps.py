"""Maps: one quantity over two axes, measured in several networks, with the line of a theory."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.memory.laboratory.curves import Axis, write_axis
from neuro.errors import SpecError
from neuro.recording import Recorder

Array = NDArray[np.float64]
MAPS = "maps/panels"


@dataclass(frozen=True, slots=True)
class Map:
    """Hold one quantity, measured in each network at each place of two axes.

    Attributes
    ----------
    name : str
        Of the metric.
    x, y : Axis
        Across and upwards; their fine places are those of the theory.
    values : array, shape (n_networks, n_y, n_x)
        What was measured.
    definition : str
        How it is computed.
    theory : array, shape (n_y, n_x)
        What a closed form predicts there.
    theory_fine : array, shape (n_y_fine, n_x_fine)
        The same at the fine places, where its line is drawn.
    theory_definition : str
        The closed form.
    level : float
        Value of the quantity along which lines are drawn, of simulation and of theory.
    quantity, title : str
        Beside the colours, and above the map.
    """

    name: str
    x: Axis
    y: Axis
    values: Array
    definition: str
    theory: Array
    theory_fine: Array
    theory_definition: str
    level: float
    quantity: str
    title: str

    def __post_init__(self) -> None:
        places = len(self.y.values), len(self.x.values)
        if self.values.shape[1:] != places or self.theory.shape != places:
            raise SpecError(f"{self.name} of shape {self.values.shape}; needed: [network, y, x]")


def over(x: Axis, y: Axis, closed: Callable[[Any, Any], float]) -> tuple[Array, Array]:
    """Compute a closed form of x and y where was measured, and where it is drawn."""
    both = (x.values, y.values), (x.values if x.fine is None else x.fine,
                                  y.values if y.fine is None else y.fine)  # fmt: skip
    coarse, fine = (
        np.array([[closed(across, up) for across in xs.tolist()] for up in ys.tolist()])
        for xs, ys in both
    )
    return coarse, fine


def write_maps(recorder: Recorder, maps: Sequence[Map]) -> None:
    """Record some maps, and how they are to be drawn."""
    for each in maps:
        for axis in (each.x, each.y):
            write_axis(recorder, axis)
        where = f"{each.y.name}, {each.x.name}"
        recorder.metric(each.name, each.values, f"[network, {where}]: {each.definition}")
        recorder.metric(f"{each.name}_theory", each.theory, f"[{where}]: {each.theory_definition}")
        recorder.metric(
            f"{each.name}_theory_fine", each.theory_fine,
            f"[{each.y.name}_fine, {each.x.name}_fine]: {each.theory_definition}",
        )  # fmt: skip
    notes = [_note(each) for each in maps]
    recorder.array(MAPS, json.dumps(notes), "1", "JSON: panels of the figure `maps`")


def _note(each: Map) -> dict[str, Any]:
    axes = {
        letter: {"name": axis.name, "label": axis.label, "scale": axis.scale}
        for letter, axis in (("x", each.x), ("y", each.y))
    }
    own = {"level": each.level, "quantity": each.quantity, "title": each.title}
    return {"name": each.name, **own, **axes}
