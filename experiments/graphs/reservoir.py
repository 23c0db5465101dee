"""A reservoir of rates on a graph, and what it scores in three tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.graphs.settings import Cells, GraphStudy
from experiments.tasks.forecast import Scale, one_step
from experiments.tasks.memory_capacity import memory_capacity
from experiments.tasks.readout import Division, divide, fit
from experiments.tasks.reber import ALPHABET, draw_strings, encode
from networks.streams import generator
from plasticity.lyapunov import Lorenz
from plasticity.lyapunov.attractors import series

Array = NDArray[Any]
#: Time between two samples of Lorenz's flow.
LORENZ_DT = 0.05
N_INPUTS = {"memory": 1, "lorenz": 1, "reber": len(ALPHABET)}
SCORES: Mapping[str, str] = MappingProxyType(
    {
        "memory_capacity": "linear memory of independent inputs, above chance, summed over delays",
        "lorenz_error": "log10 of the NRMSE of forecasts of Lorenz's x from x alone, 0.05 ahead",
        "reber_accuracy": "share of strings of Reber's grammar told right, half of them confused",
    }
)


@dataclass(frozen=True, slots=True)
class Reservoir:
    """Hold the weights of one reservoir.

    Attributes
    ----------
    weight : array of floats, shape (n, n)
        W, from column to row.
    inward : dict of str to array of floats, shape (n, n_inputs)
        W_in of each task.
    bias : array of floats, shape (n,)
        b.
    leak : float
        a.
    """

    weight: Array
    inward: Mapping[str, Array]
    bias: Array
    leak: float

    def step(self, task: str, state: Array, given: Array) -> Array:
        """Return the next states, shape (..., n), of states and inputs, shape (..., n_inputs)."""
        drive = state @ self.weight.T + given @ self.inward[task].T + self.bias
        found: Array = (1 - self.leak) * state + self.leak * np.tanh(drive)
        return found

    def follow(self, task: str, inputs: Array) -> Array:
        """Return the states after each input, shape (n_steps, ..., n), from rest."""
        state = np.zeros((*inputs.shape[1:-1], len(self.bias)))
        states = np.empty((len(inputs), *state.shape))
        for number, given in enumerate(inputs):
            state = states[number] = self.step(task, state, given)
        return states


def draw_reservoir(adjacency: Array, cells: Cells, rng: np.random.Generator) -> Reservoir:
    """Give each edge of a graph a weight in both directions, and each node its inputs.

    Parameters
    ----------
    adjacency : array of bools, shape (n, n)
        Symmetric, without a diagonal.
    cells : Cells
        Sizes of the weights.
    rng : numpy.random.Generator
        Draws; as many numbers whatever the edges, so that graphs differ in their edges alone.
    """
    n = len(adjacency)
    spread = cells.gain / np.sqrt(adjacency.sum() / n)
    weight = np.where(adjacency, spread * rng.standard_normal((n, n)), 0.0)
    inward = {
        task: cells.drive * rng.uniform(-1, 1, (n, n_inputs)) for task, n_inputs in N_INPUTS.items()
    }
    return Reservoir(weight, inward, cells.bias * rng.uniform(-1, 1, n), cells.leak)


@dataclass(frozen=True, slots=True)
class Material:
    """Hold what all reservoirs are given.

    Attributes
    ----------
    inputs : array of floats, shape (n_steps,)
        Uniform in -1..1, for memory capacity.
    flow : array of floats, shape (n_steps, 1)
        Lorenz's x, standardised by its training part: what comes next is not told by x alone.
    series : Division
        Of both.
    letters : array of floats, shape (n_letters, n_strings, 7)
        Strings.
    length : array of ints, shape (n_strings,)
        Letters of each.
    is_valid : array of bools, shape (n_strings,)
        What is asked.
    strings : Division
        Of the strings; every third tests.
    """

    inputs: Array
    flow: Array
    series: Division
    letters: Array
    length: Array
    is_valid: Array
    strings: Division


def draw_material(settings: GraphStudy, seed: int) -> Material:
    """Draw inputs, flow and strings, the same for all graphs."""
    division = divide(settings.steps, settings.washout)
    flow = series(Lorenz(), LORENZ_DT, settings.steps, generator(seed, "experiment.lorenz"), 20, 5)
    flow = flow[:, :1]
    reber = draw_strings(settings.strings, generator(seed, "experiment.reber"))
    letters, length = encode(reber.strings)
    return Material(
        inputs=generator(seed, "experiment.memory").uniform(-1, 1, settings.steps),
        flow=Scale.of(flow[division.train]).standard(flow),
        series=division,
        letters=letters,
        length=length,
        is_valid=reber.is_valid,
        strings=divide(settings.strings, 0, test=1 / 3),
    )


def score(reservoir: Reservoir, material: Material, n_delays: int) -> dict[str, float]:
    """Return the scores of a reservoir, by the names in `SCORES`."""
    remembered = memory_capacity(
        reservoir.follow("memory", material.inputs[:, None]), material.inputs, n_delays,
        material.series,
    )  # fmt: skip
    _, error = one_step(reservoir.follow("lorenz", material.flow), material.flow, material.series)
    return {
        "memory_capacity": remembered.total,
        "lorenz_error": float(np.log10(error)),
        "reber_accuracy": _told_right(reservoir, material),
    }


def _told_right(reservoir: Reservoir, material: Material) -> float:
    """Return the share of test strings told right from the mean state over their letters.

    One step may break a string, so the state at its end alone would have forgotten it.
    """
    states = reservoir.follow("reber", material.letters)
    is_read = np.arange(len(states))[:, None] < material.length
    mean = np.einsum("ts,tsn->sn", is_read, states) / material.length[:, None]
    wanted = np.where(material.is_valid, 1.0, -1.0)[:, None]
    test = material.strings.test
    readout = fit(mean, wanted, material.strings)
    return float(np.mean((readout(mean[test])[:, 0] > 0) == material.is_valid[test]))
