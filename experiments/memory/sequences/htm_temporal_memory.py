"""Ask how well an HTM temporal memory predicts a stream in which noise and sequences alternate.

Only letters after the first one of a sequence can be predicted: the ceiling. Cells of a column
stand for contexts; a memory with one cell a column is the control that has none. After a while the
sequences change, or cells die, and the memory learns on.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from math import log2
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.memory.laboratory.curves import Axis, Panel, Series, write_panels, write_series
from experiments.memory.sequences.settings import HtmTemporalMemory
from experiments.parts import Parts
from experiments.progress import Progress
from experiments.tables import show_table
from networks.memories.intervals import t_interval
from networks.memories.temporal_memory import TemporalMemory, TemporalMemoryCells
from networks.streams import generator
from neuro.recording import Checkpoint, Recorder

Array = NDArray[np.float64]
KEPT = 0.99  # of the average at each element, as in the source
COLUMNS = ("way", "accuracy", "95 % interval", "of the ceiling")


@dataclass(slots=True)
class Course:
    """Follow one memory: the moving average of its accuracy, and what that cost.

    Attributes
    ----------
    memory : TemporalMemoryCells
        The memory.
    average : float
        Exponential average of the accuracy.
    points : list of float
        Its values at every so many elements.
    seconds : float
        Wall-clock time so far.
    n_elements : int
        Elements shown so far.
    """

    memory: TemporalMemoryCells
    average: float = 0.0
    points: list[float] = field(default_factory=list)
    seconds: float = 0.0
    n_elements: int = 0

    def follow(self, elements: Iterable[NDArray[np.int64]], every: int) -> None:
        """Show elements and note the average."""
        begun = time.perf_counter()
        for element in elements:
            self.average = KEPT * self.average + (1 - KEPT) * accuracy(self.memory, element)
            self.memory.step(element)
            self.n_elements += 1
            if self.n_elements % every == 0:
                self.points.append(self.average)
        self.seconds += time.perf_counter() - begun

    def branch(self, rng: np.random.Generator) -> Course:
        """Return a copy of the memory that goes a way of its own, from this average on."""
        return Course(self.memory.copy(rng), self.average, n_elements=self.n_elements)


def accuracy(memory: TemporalMemoryCells, element: NDArray[np.int64]) -> float:
    """Return the share of the predicted columns that come true; 0 if nothing is predicted."""
    predicted = memory.predicted
    n_predicted = int(predicted.sum())
    return float(predicted[element].sum() / n_predicted) if n_predicted else 0.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """Hold what one network did: points of every way, and the numbers of the intact memory.

    Attributes
    ----------
    intact, first_order : array of float64, shape (n_points,)
        With context, and with one cell a column; both see the switch.
    deaths : array of float64, shape (n_deaths, n_points after the switch)
        After cells died.
    n_segments, n_synapses, bytes : int
        Of the intact memory at the switch.
    seconds : float
        Wall-clock time of one element until then.
    operations : float
        Synapses read and written for one element until then.
    """

    intact: Array
    first_order: Array
    deaths: Array
    n_segments: int
    n_synapses: int
    bytes: int
    seconds: float
    operations: float


def run(
    configuration: Any,
    recorder: Recorder,
    progress: Progress,
    begun: Checkpoint | None = None,
) -> None:
    """Follow several networks, each on all ways.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is a `HtmTemporalMemory`.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    begun : Checkpoint, optional
        The networks that are complete already.
    """
    spec = configuration.spec
    settings: HtmTemporalMemory = spec.experiment
    outcomes: list[Outcome] = []
    parts = Parts(recorder, begun)
    progress.stage("learn, switch, die", settings.networks, "networks")
    try:
        for network in range(settings.networks):
            learn = partial(measure, settings, spec.seed, network)
            outcomes.append(parts(f"{network}", learn, Outcome))
            progress.advance(network + 1)
    finally:
        if outcomes:
            write_outcomes(recorder, settings, outcomes)
            show_table("accuracy at the end of each way", COLUMNS, rows(settings, outcomes))


def measure(settings: HtmTemporalMemory, seed: int, network: int) -> Outcome:
    """Let one network go all ways.

    Parameters
    ----------
    settings : HtmTemporalMemory
        What is shown.
    seed : int
        Root seed.
    network : int
        Number of the network.

    Returns
    -------
    Outcome
        Its accuracy, and the memory.
    """

    def rng(name: str) -> np.random.Generator:
        return generator(seed, f"experiment.htm.{name}", network)

    stream = settings.stream
    rest = settings.elements - settings.switch
    elements = list(islice(stream.elements(settings.sequences, rng("stream")), settings.elements))
    switched = list(islice(stream.elements(settings.switched, rng("switched")), rest))
    intact = Course(describe(settings, settings.cells).empty(rng("memory")))
    flat = Course(describe(settings, 1).empty(rng("first_order")))
    for course in (intact, flat):
        course.follow(elements[: settings.switch], settings.every)
    memory, operations = intact.memory, intact.memory.operations
    costs = (
        memory.n_segments, memory.n_synapses, memory.bytes, intact.seconds / settings.switch,
        (operations.reads + operations.writes) / settings.switch,
    )  # fmt: skip
    deaths = []
    for number, fraction in enumerate(settings.deaths):
        course = intact.branch(rng(f"death.{number}"))
        course.memory.kill(fraction, rng(f"dead.{number}"))
        course.follow(elements[settings.switch :], settings.every)
        deaths.append(course.points)
    for course in (intact, flat):
        course.follow(switched, settings.every)
    return Outcome(
        np.array(intact.points),
        np.array(flat.points),
        np.array(deaths).reshape(len(deaths), -1),
        *costs,
    )


def describe(settings: HtmTemporalMemory, cells: int) -> TemporalMemory:
    """Return the memory that the settings ask for, with so many cells a column."""
    names = ("new_synapses", "initial", "connected", "increment", "decrement", "punishment")
    return TemporalMemory(
        settings.columns,
        cells,
        settings.activation,
        settings.activation,
        **{name: getattr(settings, name) for name in names},
    )


def write_outcomes(
    recorder: Recorder, settings: HtmTemporalMemory, outcomes: Sequence[Outcome]
) -> None:
    """Record all curves with their intervals, and the costs of the intact memory."""
    stream = settings.stream
    ceiling = stream.ceiling(settings.sequences)
    places = settings.every * np.arange(1, settings.elements // settings.every + 1)
    whole = Axis("element", places, "elements shown", "elements")
    late = Axis("element_after", places[places > settings.switch], "elements shown", "elements")
    moving = f"moving average ({KEPT} kept) of predicted columns that come true"
    told = "elements that their past decides, of all"
    intact = Series(
        "accuracy", np.stack([each.intact for each in outcomes]), moving, "1",
        np.full(len(places), ceiling), told, f"{settings.cells} cells a column", (0.0, 1.0),
        dashed="ceiling",
    )  # fmt: skip
    flat = Series(
        "first_order", np.stack([each.first_order for each in outcomes]),
        f"{moving}, one cell a column", label="1 cell a column", bounds=(0.0, 1.0),
    )  # fmt: skip
    dead = [
        Series(
            f"dead_{round(100 * fraction)}",
            np.stack([each.deaths[number] for each in outcomes]),
            f"{moving}, {fraction:g} of all cells dead, sequences as before", "1",
            None if number else np.full(len(late.values), ceiling), told,
            f"{100 * fraction:g} % dead", (0.0, 1.0), dashed="ceiling",
        )
        for number, fraction in enumerate(settings.deaths)
    ]  # fmt: skip
    quantity = "accuracy of prediction"
    title = f"other sequences after {settings.switch}"
    panels = [Panel(whole, quantity, (intact, flat), title=title)]
    if dead:
        panels.append(Panel(late, quantity, tuple(dead), title=f"cells die at {settings.switch}"))
    write_panels(recorder, panels)
    recorder.metric("load", np.array([len(settings.sequences)]), "number of sequences stored")
    for series in _summary(settings, outcomes, ceiling):
        write_series(recorder, series)


def _summary(
    settings: HtmTemporalMemory, outcomes: Sequence[Outcome], ceiling: float
) -> list[Series]:
    """Return one number for each network, of the intact memory at the switch."""
    at = settings.switch // settings.every - 1
    recall = [each.intact[at] / ceiling for each in outcomes]
    n_pairs = len(settings.sequences) * (len(settings.sequences[0]) - 1)
    letters = len(set("".join(settings.sequences)))
    bits = [
        n_pairs * log2(letters) * min(share, 1.0) / each.n_synapses
        for share, each in zip(recall, outcomes, strict=True)
    ]
    known: list[tuple[str, Sequence[float], str, str]] = [
        ("recall", recall, "accuracy at the switch by its ceiling", "1"),
        ("bits_per_synapse", bits, "successors stored, in bits of one letter each, times recall, "
         "by synapses (most of them on noise)", "bit"),
        ("operations_store", [each.operations for each in outcomes],
         "synapses read and written for an element, counted", "1"),
        ("seconds_store", [each.seconds for each in outcomes],
         "wall-clock time of an element, prediction and learning", "s"),
        ("segments", [each.n_segments for each in outcomes], "segments at the switch", "1"),
        ("synapses", [each.n_synapses for each in outcomes], "synapses at the switch", "1"),
        ("bytes", [each.bytes for each in outcomes], "size of all arrays", "byte"),
    ]  # fmt: skip
    return [
        Series(name, np.asarray(values, dtype=np.float64).reshape(-1, 1), definition, unit,
               np.ones(1) if name == "recall" else None,
               "every predictable element is predicted, and nothing else")
        for name, values, definition, unit in known
    ]  # fmt: skip


def rows(settings: HtmTemporalMemory, outcomes: Sequence[Outcome]) -> list[tuple[str, ...]]:
    """Write a row of text for each way, by `COLUMNS`."""
    at = settings.switch // settings.every - 1
    ceiling = settings.stream.ceiling(settings.sequences)
    ways = {
        f"{settings.switch} elements": [each.intact[at] for each in outcomes],
        "right after the switch": [each.intact[at + 1 :].min() for each in outcomes],
        "after the switch": [each.intact[-1] for each in outcomes],
        f"one cell a column, {settings.switch}": [each.first_order[at] for each in outcomes],
        "one cell a column, after the switch": [each.first_order[-1] for each in outcomes],
    }
    for number, fraction in enumerate(settings.deaths):
        lost = f"{100 * fraction:g} % of the cells dead"
        ways[f"{lost}, lowest"] = [each.deaths[number].min() for each in outcomes]
        ways[f"{lost}, end"] = [each.deaths[number, -1] for each in outcomes]
    found: list[tuple[str, ...]] = []
    for name, values in ways.items():
        mean, low, high = t_interval(np.array(values))
        found.append((name, f"{mean:.3f}", f"{low:.3f} - {high:.3f}", f"{mean / ceiling:.2f}"))
    return found


if __name__ == "__main__":
    from experiments.script import main

    main("htm_temporal_memory", "memory/htm-temporal-memory.yaml")
