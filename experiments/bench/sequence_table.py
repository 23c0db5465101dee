"""Time the HTM temporal memory beside its pseudo-code in plain Python, on one stream."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from experiments.bench.plain_temporal_memory import PlainTemporalMemory, Segment
from experiments.bench.report import number
from experiments.progress import PlainLines
from experiments.tables import show_table
from networks.inputs.sequences import LetterStream
from networks.memories.temporal_memory import TemporalMemory, TemporalMemoryCells
from networks.streams import generator

Element = NDArray[np.int64]
SEQUENCES = ("XABCDE", "YCBEAF", "GHIJKL", "WABCMN", "ZDBCAE")
WANTED = 20.0  # times as fast as plain Python
KEPT = 0.99  # of the exponential average of the accuracy


@dataclass(frozen=True, slots=True)
class Course:
    """Say what is shown: the first task of Hawkins & Ahmad (2016).

    Attributes
    ----------
    n_elements : int
        Length of the stream, every element predicted and learnt.
    seed : int
        Root of the stream and of the memory's choices.
    """

    n_elements: int = 3000
    seed: int = 1

    def draw(self) -> list[Element]:
        """Return the active columns of each element."""
        rng = generator(self.seed, "bench.elements")
        return list(islice(LetterStream().elements(SEQUENCES, rng), self.n_elements))


COURSE = Course()
QUICK = Course(n_elements=150)


class Learner(Protocol):
    """Predict columns, and learn the element that came."""

    @property
    def predicted(self) -> Any:
        """Return the predicted columns, as flags or as a set."""
        ...

    def step(self, columns: Element, /) -> None:
        """Show one element and learn from it."""
        ...


@dataclass(slots=True)
class Courses:
    """Hold the times of both memories, in seconds for the whole stream, and what they learnt.

    The reference is run once: its repetitions would add minutes, and it is slow by a factor that
    the noise of a busy machine does not reach.
    """

    course: Course
    ours_wall: list[float] = field(default_factory=list)
    ours_cpu: list[float] = field(default_factory=list)
    plain_wall: float = float("nan")
    plain_cpu: float = float("nan")
    accuracy: float = float("nan")
    n_segments: int = 0
    fault: str = ""

    @property
    def ratio(self) -> float:
        """Return how many times less CPU time than plain Python, by our median; NaN if void."""
        if self.fault or not self.ours_cpu:
            return float("nan")
        return self.plain_cpu / statistics.median(self.ours_cpu)

    def plain(self) -> Mapping[str, Any]:
        """Return what JSON can hold, but for NaN."""
        return {**asdict(self), "cpu_ratio": self.ratio, "wanted": WANTED}


def measure(found: Courses, repeats: int) -> None:
    """Show the stream to both memories, and compare all that they predict and learn.

    Parameters
    ----------
    found : Courses
        Where the times are put as they are measured.
    repeats : int
        Repetitions of the compiled memory, half of them before the reference and half after.
    """
    elements, seed = found.course.draw(), found.course.seed
    progress = PlainLines()
    progress.stage("learn a stream of elements", repeats + 1, "repetitions")
    with threadpool_limits(1):
        _follow(_ours(seed), elements[:2])  # compiles
        expected = None
        for repetition in range(repeats + 1):
            if repetition == repeats // 2:
                plain = PlainTemporalMemory(TemporalMemory(), generator(seed, "bench.sequence"))
                seconds, foretold = _follow(plain, elements)
                found.plain_wall, found.plain_cpu = seconds
                answer = (foretold, [_told(each) for each in plain.segments])
                found.accuracy = average(foretold, elements)
                found.n_segments = len(plain.segments)
            else:
                ours = _ours(seed)
                seconds, foretold = _follow(ours, elements)
                found.ours_wall.append(seconds[0])
                found.ours_cpu.append(seconds[1])
                answer = (foretold, ours.segments())
            expected = expected or answer
            if answer != expected:
                found.fault = "void: predicts or learns something else"
            progress.advance(repetition + 1)


def average(foretold: list[set[int]], elements: list[Element]) -> float:
    """Return the exponential average of the share of predicted columns that became active."""
    found = 0.0
    for columns, element in zip(foretold, elements, strict=True):
        share = len(columns & set(element.tolist())) / max(1, len(columns))
        found = KEPT * found + (1 - KEPT) * share
    return found


def _ours(seed: int) -> TemporalMemoryCells:
    return TemporalMemory().empty(generator(seed, "bench.sequence"))


def _told(segment: Segment) -> tuple[int, dict[int, int]]:
    return segment.cell, segment.synapses


def _follow(memory: Learner, elements: list[Element]) -> tuple[tuple[float, float], list[set[int]]]:
    """Return wall and processor time of all steps, and the columns predicted before each."""
    kept = []
    began = time.perf_counter(), time.process_time()
    for element in elements:
        kept.append(memory.predicted)
        memory.step(element)
    wall, cpu = time.perf_counter() - began[0], time.process_time() - began[1]
    columns = [
        each if isinstance(each, set) else set(np.flatnonzero(each).tolist()) for each in kept
    ]
    return (wall, cpu), columns


def show(found: Courses) -> None:
    """Print a row for each memory."""
    ours = [statistics.median(each) if each else float("nan")
            for each in (found.ours_cpu, found.ours_wall)]  # fmt: skip
    rows = (
        ("compiled", *map(number, ours), number(found.ratio), str(len(found.ours_cpu)),
         found.fault),
        ("plain Python", number(found.plain_cpu), number(found.plain_wall), "1", "1", ""),
    )  # fmt: skip
    title = (
        f"HTM temporal memory, {found.course.n_elements} elements, {found.n_segments} segments, "
        f"accuracy {found.accuracy:.3f} in both; at least {WANTED:g} times is wanted"
    )
    show_table(title, ("memory", "cpu s", "s", "x plain (cpu)", "n", ""), rows)
