"""Ask what a spiking network that a file describes remembers of its inputs, on any engine.

Numbers come in as volleys of input cells, the more cells the larger the number; after each the
spikes of the network, summed up with a decay, are its state. Memory capacity is the estimator of
`experiments.tasks.memory_capacity`. Where engines give the same spikes they give the same numbers.
"""

from __future__ import annotations

import gc
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from experiments.memory.laboratory.curves import Axis, Panel, Series, write_panels
from experiments.parts import Parts
from experiments.progress import Progress
from experiments.tables import show_table
from experiments.tasks.memory_capacity import MemoryCapacity, memory_capacity
from experiments.tasks.readout import divide
from experiments.timescales.reservoir_settings import ReservoirMemory
from networks.build import build, listen
from networks.spec import Spec
from networks.streams import generator
from neuro.engines.simulation import Outlets, Stretch, simulate
from neuro.recording import Checkpoint, Recorder

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Remembered:
    """Hold what one network remembers.

    Attributes
    ----------
    capacity : MemoryCapacity
        By delay and in all.
    rate : float
        Mean rate of the cells, in Hz.
    """

    capacity: MemoryCapacity
    rate: float


def run(
    configuration: Any,
    recorder: Recorder,
    progress: Progress,
    begun: Checkpoint | None = None,
) -> None:
    """Measure independent networks, and record what they remember.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is a `ReservoirMemory`; the engine is active.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    begun : Checkpoint, optional
        The networks that are complete already.
    """
    spec: Spec = configuration.spec
    study: ReservoirMemory = spec.experiment
    for population in spec.populations.values():
        recorder.nodes(population.name, population.size, population.model.name)
    found: list[Remembered] = []
    parts = Parts(recorder, begun)
    try:
        for network in range(study.networks):
            progress.stage(f"network {network}", study.inputs * study.hold.value, "s")
            told = Outlets(progress=lambda _name, model, _wall: progress.advance(model))
            learn = partial(remember, spec, network, told)
            found.append(parts(f"{network}", learn, Remembered, MemoryCapacity))
            # A network refers to itself and would stay beside the next one.
            gc.collect()
    finally:
        if found:
            write(recorder, found)
    show_table(
        "memory of past inputs",
        ("network", "memory capacity", "rate"),
        [
            (str(k), f"{each.capacity.total:.4f}", f"{each.rate:.1f} Hz")
            for k, each in enumerate(found)
        ],
    )


def remember(spec: Spec, network: int, outlets: Outlets | None = None) -> Remembered:
    """Drive one network and measure what it remembers.

    Parameters
    ----------
    spec : Spec
        The description; its experiment is a `ReservoirMemory`.
    network : int
        Number of the network.
    outlets : Outlets, optional
        Who is told how far it is.

    Returns
    -------
    Remembered
    """
    study: ReservoirMemory = spec.experiment
    dt, size = spec.simulation.dt.value, spec.populations["cells"].size
    n_steps = round(study.hold.value / dt)
    numbers = generator(spec.seed, "experiment.numbers", network).uniform(-1, 1, study.inputs)
    steps, who = volleys(numbers, spec.populations["input"].size, n_steps)
    built = build(spec, network, spikes={"input": (steps * dt, who)}, counts=False)
    monitor = listen(built, "cells")
    simulate(
        built.network, [Stretch("inputs", study.inputs * study.hold.value)], outlets or Outlets()
    )
    fired = np.rint(np.array(monitor.t_) / dt).astype(np.int64)
    decay = float(np.exp(-dt / study.trace.value))
    states = traces(fired, np.array(monitor.i), (study.inputs, size), n_steps, decay)
    # One thread: the same bits on every machine.
    with threadpool_limits(1):
        capacity = memory_capacity(
            states, numbers, study.delays, divide(study.inputs, study.washout)
        )
    return Remembered(capacity, len(fired) / (size * study.inputs * study.hold.value))


def volleys(numbers: Array, n_cells: int, n_steps: int) -> tuple[Array, Array]:
    """Turn numbers into volleys: of m cells the first round(m (1 + u) / 2) fire once.

    Parameters
    ----------
    numbers : array of floats, shape (n,)
        u, from -1 to 1.
    n_cells : int
        m.
    n_steps : int
        Steps of an interval, at least m; cells fire one after the other, evenly spread.

    Returns
    -------
    steps, cells : arrays of int
        When and who, in order of time.
    """
    counts = np.rint(n_cells * (1 + numbers) / 2).astype(np.int64)
    interval, cell = np.nonzero(np.arange(n_cells) < counts[:, None])
    return interval * n_steps + cell * n_steps // n_cells, cell


def traces(steps: Array, cells: Array, shape: tuple[int, int], n_steps: int, decay: float) -> Array:
    """Return decaying sums of spikes at the end of every interval, shape (n_intervals, n_cells).

    Parameters
    ----------
    steps, cells : arrays of int
        When, in steps from 0, and who.
    shape : tuple of int
        Intervals and cells.
    n_steps : int
        Of an interval.
    decay : float
        What a step leaves.
    """
    found = np.zeros(shape)
    interval, step = np.divmod(steps, n_steps)
    np.add.at(found, (interval, cells), decay ** (n_steps - 1 - step))
    for k in range(1, len(found)):
        found[k] += decay**n_steps * found[k - 1]
    return found


def write(recorder: Recorder, found: list[Remembered]) -> None:
    """Record capacity, in all and by delay, with intervals across networks."""
    by_delay = np.stack([each.capacity.by_delay for each in found])
    axis = Axis("delay", np.arange(1, by_delay.shape[1] + 1), "intervals between input and "
                "read-out", "delay, intervals")  # fmt: skip
    series = Series(
        "mc_by_delay", by_delay, "squared correlation of u(t - d) with its read-out on held-out "
        "data, less the chance floor", bounds=(-1.0, 1.0), label="memory",
    )  # fmt: skip
    write_panels(recorder, (Panel(axis, "memory", (series,), title="memory of past inputs"),))
    recorder.metric(
        "mc", np.array([each.capacity.total for each in found]),
        "[network]: linear memory capacity, mc_by_delay summed over delays",
    )  # fmt: skip
    rates = np.array([each.rate for each in found])
    recorder.metric("rate", rates, "[network]: mean rate of the cells", "Hz")
    penalties = np.array([each.capacity.penalty for each in found])
    recorder.metric("penalty", penalties, "[network]: of the read-out, as validation asked for")


if __name__ == "__main__":
    from experiments.script import main

    main("reservoir_memory", "timescales/memory-capacity.yaml")
