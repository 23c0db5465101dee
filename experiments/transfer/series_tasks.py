"""Tasks for a network whose weights are frozen: series go in, and a ridge regression reads out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.tasks.forecast import Scale, one_step, valid_time
from experiments.tasks.memory_capacity import memory_capacity
from experiments.tasks.processing_capacity import processing_capacity
from experiments.tasks.readout import divide
from experiments.tasks.rows import Rows, classify, draw_rows
from experiments.transfer.matching import input_weights
from experiments.transfer.reservoir import Reservoir
from experiments.transfer.settings import LnpTransfer
from networks.inputs.images import Images, load_images
from networks.streams import generator
from plasticity.lyapunov import Attractor, Lorenz, Roessler
from plasticity.lyapunov.attractors import LORENZ_EXPONENT, ROESSLER_EXPONENT, series

Array = NDArray[Any]
FREE_WARM_UP = 50  # true values before a forecast goes on by itself
#: Of read-outs: a neuron that spikes once while they are learnt is not to decide later.
PENALTIES = (1e-4, 1e-3, 1e-2, 1e-1, 1.0)
#: The largest delay of products of degree 1, 2, 3.
REACH = (20, 8, 4)
#: An image is read out after each quarter of its rows.
LOOKS = 4
Scores = dict[str, Any]
Readout = Callable[[Array], Array]


@dataclass(frozen=True, slots=True)
class Answer:
    """Hold what a network did under independent inputs.

    Attributes
    ----------
    inputs : array of floats, shape (n_steps,)
        Uniform from -1 to 1.
    states : array of floats, shape (n_steps, 2 * n_staying)
        As of `Reservoir.present`.
    counts : array, shape (n_neurons,)
        Spikes of each neuron.
    """

    inputs: Array
    states: Array
    counts: Array


# No slots: what is asked twice is kept.
@dataclass(frozen=True)
class Asked:
    """Hold a network and the data that it is asked about.

    Attributes
    ----------
    reservoir : Reservoir
        The network, under steps of the settings' length.
    settings : LnpTransfer
        Sizes.
    seed : int
        Root seed: all methods get the same data.
    replicate : int
        0 for what is reported; 1 for other data, of which no test image is one, by which a mask
        may be chosen.
    """

    reservoir: Reservoir
    settings: LnpTransfer
    seed: int
    replicate: int = 0

    def rng(self, task: str) -> np.random.Generator:
        """Return the generator of the data of a task."""
        return generator(self.seed, f"experiment.{task}", self.replicate)

    def weight(self, task: str, n_channels: int) -> Array:
        """Return what the inputs of a task bring to each neuron; see `input_weights`."""
        n = len(self.reservoir.circuit.stays)
        return input_weights(self.settings, self.seed, task, n_channels, n)

    @cached_property
    def answer(self) -> Answer:
        """Return the answer to independent inputs; computed once."""
        inputs = self.rng("memory").uniform(-1, 1, self.settings.steps)
        # Of deviation 1, as all inputs.
        given = np.sqrt(3) * inputs[:, None], self.weight("memory", 1)
        states, counts = self.reservoir.present(*given)
        return Answer(inputs, states, counts.sum(axis=0))


@dataclass(frozen=True, slots=True)
class Range:
    """Hold states to the range that they had while a read-out was trained.

    A neuron that was nearly silent then would decide by a single spike later: its deviation, in
    which the read-out counts, is next to nothing.

    Attributes
    ----------
    low, high : array of floats, shape (n_units,)
        Ends.
    """

    low: Array
    high: Array

    @staticmethod
    def of(part: Array) -> Range:
        """Return the range of a part of the states, shape (n_steps, n_units)."""
        return Range(part.min(axis=0), part.max(axis=0))

    def __call__(self, states: Array) -> Array:
        """Return the nearest states within the range."""
        return np.asarray(np.clip(states, self.low, self.high))


def memory(asked: Asked) -> Scores:
    """Measure linear memory, and what it costs: rates and synaptic operations of the series."""
    settings, answer = asked.settings, asked.answer
    division = divide(settings.steps, settings.washout)
    states = Range.of(answer.states[division.train])(answer.states)
    found = memory_capacity(states, answer.inputs, settings.delays, division, PENALTIES)
    seconds = settings.steps * settings.hold.value
    return {
        "mc": found.total,
        "mc_by_delay": found.by_delay,
        "spikes": answer.counts / seconds,
    }


def processing(asked: Asked) -> Scores:
    """Measure which products of past inputs the filtered spikes span, on the series of memory."""
    states = asked.answer.states
    spikes = states[:, states.shape[1] // 2 :]
    found = processing_capacity(spikes, asked.answer.inputs, REACH, asked.settings.washout)
    degrees = [found.of_degree(k) for k in range(1, len(REACH) + 1)]
    return {"ipc": found.total, "ipc_by_degree": degrees}


@dataclass(frozen=True, slots=True)
class Chaos:
    """Name a series that is forecast.

    Attributes
    ----------
    name : str
        Of its metrics.
    attractor : Attractor
        What makes it.
    dt : float
        Time between values, of the attractor.
    exponent : float
        Its largest Lyapunov exponent.
    """

    name: str
    attractor: Attractor
    dt: float
    exponent: float

    def __call__(self, asked: Asked) -> Scores:
        """Forecast one step ahead, and then from own forecasts."""
        values, scale, readout, error = self.learn(asked)
        times = [
            self._valid(asked, readout, scale.standard(part))
            for part in np.split(values, asked.settings.starts)
        ]
        return {f"{self.name}_nrmse": error, f"{self.name}_valid_time": float(np.mean(times))}

    def learn(self, asked: Asked) -> tuple[Array, Scale, Readout, float]:
        """Learn to forecast one step ahead; return the rest of the series too, and the error."""
        settings = asked.settings
        n_free = settings.starts * (FREE_WARM_UP + settings.free)
        found = series(self.attractor, self.dt, settings.steps + n_free, asked.rng(self.name))
        values, rest = np.split(found, [settings.steps])
        division = divide(settings.steps, settings.washout)
        scale = Scale.of(values[division.train])
        standard = scale.standard(values)
        states, _ = asked.reservoir.present(standard, asked.weight(self.name, 3))
        held = Range.of(states[division.train])
        readout, error = one_step(held(states), standard, division, PENALTIES)
        return rest, scale, lambda state: readout(held(state)), error

    def _valid(self, asked: Asked, readout: Readout, truth: Array) -> float:
        """Return how long a forecast is valid that goes on by itself after some true values.

        In units of the deviation of the series.
        """
        said: list[Array] = []

        def drive(step: int, state: Array) -> Array:
            if step < FREE_WARM_UP:
                return np.asarray(truth[step])
            said.append(readout(state))
            return said[-1]

        asked.reservoir.forecast(len(truth), drive, asked.weight(self.name, 3))
        actual = truth[FREE_WARM_UP:]
        return valid_time(np.array(said), actual, np.ones(3), self.dt, self.exponent).value


def rows(asked: Asked) -> Scores:
    """Show images row by row, one after the other, and read their classes out."""
    settings = asked.settings
    shown = _images(asked)
    n_images, n_rows, n_columns = shown.inputs.shape
    blank = np.zeros((n_images, settings.images.pause, n_columns))
    # Pixels are of deviation 1 where they vary most, so that few of them drive as one input does.
    lines = np.concatenate([shown.inputs / shown.inputs.std(), blank], axis=1)
    lines = lines.reshape(-1, n_columns)
    hold, trace = settings.images.hold.value, settings.trace.value
    reservoir = Reservoir(asked.reservoir.circuit, hold, trace, len(lines))
    states, _ = reservoir.present(lines, asked.weight("rows", n_columns))
    spikes = states[:, states.shape[1] // 2 :].reshape(n_images, n_rows + settings.images.pause, -1)
    looks = np.linspace(0, n_rows, LOOKS + 1)[1:].astype(int) - 1
    features = spikes[:, looks].reshape(n_images, -1)
    features = Range.of(features[shown.division.train])(features)
    found = classify(features, shown, settings.images.readout, PENALTIES)
    return {"rows_accuracy": found.accuracy}


@lru_cache(maxsize=1)
def _loaded(data: str) -> Images:
    """Return images, which a process that runs many points reads once."""
    return load_images(data)


def _images(asked: Asked) -> Rows:
    """Draw the images; those by which a mask is chosen are training images throughout."""
    given, images = asked.settings.images, _loaded(asked.settings.images.data)
    if asked.replicate:
        half = len(images.train) // 2
        images = type(images)(
            images.train[:half], images.train_labels[:half],
            images.train[half:], images.train_labels[half:], images.shape,
        )  # fmt: skip
    return draw_rows(images, given.train, given.validation, given.test, asked.rng("rows"))


LORENZ = Chaos("lorenz", Lorenz(), 0.02, LORENZ_EXPONENT)
ROESSLER = Chaos("roessler", Roessler(), 0.2, ROESSLER_EXPONENT)
SERIES_TASKS: Mapping[str, Callable[[Asked], Scores]] = MappingProxyType(
    {
        "memory": memory, "processing": processing, "lorenz": LORENZ, "roessler": ROESSLER,
        "rows": rows,
    }
)  # fmt: skip
#: Of networks by which a mask is chosen: the higher the better.
CHOICES: Mapping[str, Callable[[Asked], float]] = MappingProxyType(
    {
        "memory": lambda asked: float(memory(asked)["mc"]),
        "lorenz": lambda asked: -LORENZ.learn(asked)[-1],
        "rows": lambda asked: float(rows(asked)["rows_accuracy"]),
    }
)
