"""Points with intervals across networks over the curve of a theory: what is written of them.

Anything measured against something in several independent networks is a `Series`; series over one
axis share a `Panel`. `write_panels` records them by name and leaves a note of the panels, from
which the figure `curves` is drawn.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from networks.memories.intervals import mean_intervals
from neuro.errors import SpecError
from neuro.recording import Recorder

Array = NDArray[np.float64]
Scale = Literal["linear", "log"]
PANELS = "curves/panels"
DECADE = 10
N_FINE = 33  # places at which a closed form is drawn: few loads would make it an angle
STUDENT = "Student; of no width where all networks are equal"
RATE = "Student; where all networks are equal, Wilson over the trials of all of them"
SIMULATION, THEORY = "simulation", "theory"


@dataclass(frozen=True, slots=True)
class Axis:
    """Say against what is measured.

    Attributes
    ----------
    name : str
        Of the metric that holds the values.
    values : array, shape (n,)
        Where was measured.
    definition, label : str
        What it is, for a reader of the file and on the axis of the figure.
    unit : str
        "1" for plain numbers.
    scale : {"linear", "log"}
        How it is drawn.
    fine : array, shape (n_fine,), optional
        Where closed forms are drawn; without it where was measured.
    """

    name: str
    values: NDArray[Any]
    definition: str
    label: str
    unit: str = "1"
    scale: Scale = "linear"
    fine: NDArray[Any] | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """Hold one quantity, measured in each network at each place of an axis.

    Attributes
    ----------
    name : str
        Of the metric.
    values : array, shape (n_networks, n)
        What was measured.
    definition : str
        How it is computed.
    unit : str
        "1" for plain numbers.
    theory : array, shape (n,), optional
        What a closed form predicts.
    theory_definition : str
        The closed form, and what it assumes; needed with a theory.
    theory_fine : array, shape (n_fine,), optional
        The same at the fine places of the axis.
    trials : int or array of int, shape (n,), optional
        Of a fraction of counted trials: how many each network has at a place; in the file the
        attribute `trials`.
    size : int, optional
        Units of the network; in the file the attribute `N`.
    label : str
        In the legend of the figure.
    bounds : tuple of float
        What an interval cannot exceed.
    dashed : str
        What the theory is called in the legend; of an aim or a chance, not "theory".
    """

    name: str
    values: Array
    definition: str
    unit: str = "1"
    theory: Array | None = None
    theory_definition: str = ""
    label: str = SIMULATION
    bounds: tuple[float, float] = (0.0, np.inf)
    dashed: str = THEORY
    theory_fine: Array | None = None
    trials: int | NDArray[np.int64] | None = None
    size: int | None = None

    def __post_init__(self) -> None:
        if self.values.ndim != 2:
            raise SpecError(f"{self.name} of shape {self.values.shape}; needed: [network, place]")
        if self.theory is not None and self.theory.shape != self.values.shape[1:]:
            raise SpecError(f"{self.name}: theory of shape {self.theory.shape}")

    @property
    def mean(self) -> Array:
        """Return the mean across networks, shape (n,)."""
        return np.asarray(self.values.mean(axis=0))

    @property
    def ends(self) -> Array:
        """Return low and high ends of the 95 % interval of the mean, shape (n, 2)."""
        ends = [each[1:] for each in mean_intervals(self.values, self.trials)]
        return np.clip(np.array(ends).reshape(-1, 2), *self.bounds)

    @property
    def theory_name(self) -> str:
        """Return the name of the metric of the theory: `theory` itself for recall."""
        folder, slash, last = self.name.rpartition("/")
        return f"{folder}{slash}theory" if last == "recall" else f"{self.name}_theory"


@dataclass(frozen=True, slots=True)
class Panel:
    """Put series over one axis.

    Attributes
    ----------
    axis : Axis
        Against what.
    quantity : str
        What the series are, on the vertical axis; the unit is theirs.
    series : tuple of Series
        Drawn beside each other, each with its theory dashed.
    scale : {"linear", "log"}
        Of the vertical axis.
    title : str
        Above the panel.
    """

    axis: Axis
    quantity: str
    series: tuple[Series, ...]
    scale: Scale = "linear"
    title: str = ""


def join(panels: Sequence[Panel]) -> Panel:
    """Put the series of panels of one axis and quantity into one panel."""
    return replace(panels[0], series=tuple(each for panel in panels for each in panel.series))


def load_axis(loads: Sequence[int]) -> Axis:
    """Return the axis of the number of stored patterns, logarithmic if it spans a decade."""
    is_wide = loads[-1] > DECADE * loads[0]
    between = (np.geomspace if is_wide else np.linspace)(loads[0], loads[-1], N_FINE)
    fine = np.unique(np.rint(between).astype(np.int64))
    label = "stored patterns P"
    scale: Scale = "log" if is_wide else "linear"
    return Axis("load", np.array(loads), f"number of {label}", label, scale=scale, fine=fine)


def along(axis: Axis, closed: Callable[[Any], float] | None) -> tuple[Array | None, Array | None]:
    """Compute a closed form where was measured, and where it is drawn.

    Parameters
    ----------
    axis : Axis
        The places.
    closed : callable, optional
        Takes a place, returns what is predicted there.

    Returns
    -------
    theory, theory_fine : array of float64 or None
        As a `Series` takes them; None without a closed form.
    """
    if closed is None:
        return None, None
    places = axis.values if axis.fine is None else axis.fine
    theory, fine = (
        np.array([closed(place) for place in each.tolist()], dtype=np.float64)
        for each in (axis.values, places)
    )
    return theory, fine


def write_panels(recorder: Recorder, panels: Sequence[Panel], prefix: str = "") -> None:
    """Record all series of some panels, and how they are to be drawn.

    Parameters
    ----------
    recorder : Recorder
        The recording.
    panels : sequence of Panel
        From top to bottom; a later call replaces the note of the panels.
    prefix : str
        Put before the name of each metric.
    """
    for panel in panels:
        write_axis(recorder, panel.axis, prefix)
        for series in panel.series:
            write_series(recorder, series, prefix, panel.axis.name)
    notes = [_note(panel, prefix) for panel in panels]
    recorder.array(PANELS, json.dumps(notes), "1", "JSON: panels of the figure `curves`")


def write_axis(recorder: Recorder, axis: Axis, prefix: str = "") -> None:
    """Record where was measured, and where theory is drawn."""
    recorder.metric(f"{prefix}{axis.name}", axis.values, axis.definition, axis.unit)
    if axis.fine is not None:
        definition = f"{axis.definition}, finely, for curves of theory"
        recorder.metric(f"{prefix}{axis.name}_fine", axis.fine, definition, axis.unit)


def write_series(
    recorder: Recorder, series: Series, prefix: str = "", against: str = "load"
) -> None:
    """Record one series: each network, the interval of their mean, and theory.

    Parameters
    ----------
    recorder : Recorder
        The recording.
    series : Series
        What was measured.
    prefix : str
        Put before the name of each metric.
    against : str
        Name of the axis, for the definitions.
    """
    name = f"{prefix}{series.name}"
    definition = f"[network, {against}]: {series.definition}"
    size = {} if series.size is None else {"N": series.size}
    trials = {} if series.trials is None else {"trials": np.asarray(series.trials)}
    recorder.metric(name, series.values, definition, series.unit, **size, **trials)
    definition = (
        f"[{against}, low and high]: 95 % interval of the mean of {series.name} across "
        f"independent networks ({STUDENT if series.trials is None else RATE})"
    )
    recorder.metric(f"{name}_ci", series.ends, definition, series.unit, **size)
    for theory, fine in ((series.theory, ""), (series.theory_fine, "_fine")):
        if theory is not None:
            recorder.metric(
                f"{prefix}{series.theory_name}{fine}",
                theory,
                f"[{against}{fine}]: {series.theory_definition}",
                series.unit,
                **size,
            )


def _note(panel: Panel, prefix: str) -> dict[str, Any]:
    axis = panel.axis
    return {
        "x": f"{prefix}{axis.name}",
        "x_fine": "" if axis.fine is None else f"{prefix}{axis.name}_fine",
        "x_label": axis.label,
        "x_scale": axis.scale,
        "quantity": panel.quantity,
        "scale": panel.scale,
        "title": panel.title,
        "series": [
            {
                "y": f"{prefix}{each.name}",
                "label": each.label,
                "theory": "" if each.theory is None else f"{prefix}{each.theory_name}",
                "fine": each.theory_fine is not None,
                "dashed": each.dashed,
            }
            for each in panel.series
        ],
    }
