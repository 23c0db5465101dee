"""Follow a regularly sampled trace from block to block."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neuro.errors import SpecError
from neuro.recording import sonata
from neuro.recording.item import Item
from neuro.recording.layout import checked_text

# Part of a step by which a sample may be off: step * k rounds to 1e-7 of a step after 1e9 steps.
SAMPLING_TOLERANCE = 1e-3


@dataclass(slots=True)
class Trace:
    """Hold a report's columns, and the last sample seen.

    Attributes
    ----------
    name, population, variable, unit : str
        What is sampled.
    node_ids : ndarray of uint64
        Node of every column, shape [n].
    element_ids : ndarray of uint32
        Compartment of every column, shape [n].
    last : float or None
        Time of the last sample in ms.
    step : float or None
        Sampling step in ms, known after the second sample.
    """

    name: str
    population: str
    variable: str
    unit: str
    node_ids: sonata.Ids
    element_ids: NDArray[np.uint32]
    last: float | None = field(default=None, init=False)
    step: float | None = field(default=None, init=False)

    @property
    def root(self) -> str:
        """Return the path of the report's population."""
        return f"/reports/{self.name}/{self.population}"

    def check_same(self, other: Trace) -> None:
        """Refuse a block that belongs to another trace.

        Parameters
        ----------
        other : Trace
            As described by the later call.

        Raises
        ------
        SpecError
            When variable, unit or columns differ.
        """
        for what in ("variable", "unit", "node_ids", "element_ids"):
            if not np.array_equal(getattr(self, what), getattr(other, what)):
                raise SpecError(f"report '{self.name}': its {what} changed between two calls")

    def block(self, times_ms: ArrayLike, data: ArrayLike) -> tuple[sonata.Float, NDArray[Any]]:
        """Return checked samples, and step the trace forward.

        Parameters
        ----------
        times_ms : array_like
            Sample times in ms, shape [T].
        data : array_like
            Samples, shape [T, n].

        Returns
        -------
        tuple of ndarray
            Times as float64, samples as float32; both are copies.

        Raises
        ------
        SpecError
            For a shape that does not fit, or samples that do not go on regularly.
        """
        times = sonata.reals_of(f"report '{self.name}': times", times_ms)
        # SONATA reports are float32; a value beyond its range becomes infinite, as documented.
        with np.errstate(over="ignore"):
            rows = np.array(data).astype(np.float32)
        if rows.shape != (times.size, self.node_ids.size):
            needed = (times.size, self.node_ids.size)
            raise SpecError(f"report '{self.name}': data {rows.shape} given, {needed} needed")
        self._check_regular(times)
        return times, rows

    def _check_regular(self, times: sonata.Float) -> None:
        known = times if self.last is None else np.append(self.last, times)
        steps = np.diff(known)
        step = self.step if self.step is not None or not steps.size else float(steps[0])
        if step is not None and steps.size:
            wrong = np.abs(steps - step) > SAMPLING_TOLERANCE * abs(step)
            if step <= 0 or wrong.any():
                at = float(known[int(np.argmax(wrong)) + 1])
                raise SpecError(
                    f"report '{self.name}': the sample at {at} ms does not follow at {step:g} ms;"
                    " a trace with a gap is two reports"
                )
        if times.size:
            self.last, self.step = float(times[-1]), step

    def items(self, times: sonata.Float, rows: NDArray[Any]) -> list[Item]:
        """Return the trace, or a part of it, as SONATA lays it out.

        Parameters
        ----------
        times : ndarray of float64
            Sample times in ms, shape [T].
        rows : ndarray of float32
            Samples, shape [T, n].

        Returns
        -------
        list of Item
            Data, times and mapping; NXdata attributes let H5Web and silx draw it.
        """
        root = self.root
        axes = {"NX_class": "NXdata", "signal": "data", "axes": ["time", "node"]}
        return [
            Item(root, None, {**axes, "variable": self.variable}),
            Item(f"{root}/data", rows, {"units": self.unit, "long_name": self.variable}),
            Item(f"{root}/time", times, {"units": "ms"}),
            Item(f"{root}/mapping/time", sonata.time_axis(times), {"units": "ms"}),
            *sonata.mapping(root, self.node_ids, self.element_ids),
        ]


def trace(
    name: str,
    population: str,
    variable: str,
    unit: str,
    node_ids: ArrayLike,
    element_ids: ArrayLike | None = None,
) -> Trace:
    """Return a trace before its first sample.

    Parameters
    ----------
    name, population, variable, unit : str
        What is sampled.
    node_ids : array_like
        Node of every column, shape [n].
    element_ids : array_like, optional
        Compartment of every column; 0 (the soma) by default.

    Returns
    -------
    Trace
        Checked.

    Raises
    ------
    SpecError
        When the columns cannot be mapped.
    """
    nodes = sonata.ids_of(f"report '{name}': node ids", node_ids)
    if not nodes.size:
        raise SpecError(f"report '{name}': no columns")
    if element_ids is None:
        elements = np.zeros(nodes.size, dtype=np.uint32)
    else:
        elements = sonata.ids_of(f"report '{name}': elements", element_ids).astype(np.uint32)
    if elements.size != nodes.size:
        raise SpecError(f"report '{name}': {elements.size} elements for {nodes.size} columns")
    checked_text(f"report '{name}': variable", variable)
    checked_text(f"report '{name}': unit", unit)
    made = Trace(name, population, variable, unit, nodes, elements)
    sonata.mapping(made.root, nodes, elements)
    return made
