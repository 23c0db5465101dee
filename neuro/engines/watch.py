"""Watch state variables while they run: NaN, infinity and runaway end a run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuro.errors import NumericalError


@dataclass(frozen=True, slots=True)
class Watched:
    """Name a state variable and the size that it cannot have in earnest.

    Attributes
    ----------
    group, variable : str
        Population and variable.
    read : callable
        Returns the values of all neurons now, in SI.
    limit : float
        Absolute value in SI beyond which the variable has run away; infinite for none.
    """

    group: str
    variable: str
    read: Callable[[], NDArray[np.float64]]
    limit: float = np.inf


def check(watched: Iterable[Watched], time: float, last_good: float) -> None:
    """Raise if a watched variable is no longer a sensible number.

    Parameters
    ----------
    watched : iterable of Watched
        The variables.
    time, last_good : float
        Model time now and at the last check that passed, in s.

    Raises
    ------
    NumericalError
        With variable, neuron, value and time.
    """
    for item in watched:
        # A comparison with NaN is false, so this catches NaN as well.
        values = item.read()
        fine = np.abs(values) <= item.limit
        if np.isinf(item.limit):
            fine &= np.isfinite(values)
        if fine.all():
            continue
        neuron = int(np.flatnonzero(~fine)[0])
        value = float(values[neuron])
        kind = "ran away" if np.isfinite(value) else "is not a number any more"
        raise NumericalError(
            f"variable '{item.variable}' of neuron {neuron} of '{item.group}' {kind}: {value:g} "
            f"(SI) at {time * 1e3:.6g} ms, in order at {last_good * 1e3:.6g} ms; "
            f"{int((~fine).sum())} of {fine.size} neurons are affected; "
            f"try a shorter simulation.dt or weaker synapses"
        )
