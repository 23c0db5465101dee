"""Time memories beside what is plain: bits and dense NumPy matrices, sequences in plain Python."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from threadpoolctl import threadpool_limits

from experiments.bench import dense_table, sequence_table
from experiments.bench.dense_table import Overlaps, Sweeps
from experiments.bench.report import machine, number, show_machine, write
from experiments.bench.sequence_table import Course, Courses
from experiments.bench.stores import PEERS, STORES, Bits, Store
from experiments.progress import PlainLines
from experiments.tables import show_table
from networks.inputs.patterns import corrupt, fixed_k
from networks.streams import generator

Clock = Literal["wall", "cpu"]
MICRO = 1e6


@dataclass(frozen=True, slots=True)
class Task:
    """Say what is stored and recalled.

    Attributes
    ----------
    size : int
        N; N^2 synapses.
    active : int
        k, active units of a pattern.
    erase : int
        Units that a cue lacks; a unit must hear all others.
    n_patterns : int
        Patterns stored, and cues recalled, in one repetition.
    seed : int
        Root of patterns and cues.
    """

    size: int = 3163
    active: int = 12
    erase: int = 6
    n_patterns: int = 1000
    seed: int = 1

    @property
    def n_synapses(self) -> int:
        """Return N^2."""
        return self.size**2

    def draw(self) -> tuple[Bits, Bits]:
        """Return patterns and cues, shape (n_patterns, N)."""
        rng = generator(self.seed, "bench.memory")
        patterns = fixed_k(self.n_patterns, self.size, self.active, rng)
        return patterns, corrupt(patterns, self.erase, 0, rng)


TASK = Task()
QUICK = Task(size=632, n_patterns=100)


@dataclass(slots=True)
class Times:
    """Hold what one store did: seconds for an operation, one number for each repetition."""

    store_wall: list[float] = field(default_factory=list)
    store_cpu: list[float] = field(default_factory=list)
    recall_wall: list[float] = field(default_factory=list)
    recall_cpu: list[float] = field(default_factory=list)
    bytes: int = 0
    fault: str = ""

    def median(self, operation: str, clock: Clock) -> float:
        """Return the median of the seconds for `store` or `recall`; NaN without any."""
        seconds = getattr(self, f"{operation}_{clock}")
        return statistics.median(seconds) if seconds and not self.fault else float("nan")


@dataclass(slots=True)
class Found:
    """Hold everything that was measured so far."""

    host: Mapping[str, Any]
    task: Task
    stores: dict[str, Times] = field(default_factory=dict)
    sequence: Courses | None = None
    dense: Sweeps | None = None

    def ratio(self, name: str, operation: str, clock: Clock) -> float:
        """Return how many times faster than the fastest dense matrix; NaN without one."""
        peers = [self.stores[p].median(operation, clock) for p in PEERS if p in self.stores]
        best = min((seconds for seconds in peers if seconds == seconds), default=float("nan"))
        return best / self.stores[name].median(operation, clock)

    def plain(self) -> dict[str, Any]:
        """Return what JSON can hold, but for NaN."""
        return {
            "machine": self.host,
            "task": {**asdict(self.task), "n_synapses": self.task.n_synapses},
            "stores": {
                name: {**asdict(times), "summary": STORES[name][1], **self._medians(name)}
                for name, times in self.stores.items()
            },
            "sequence": self.sequence.plain() if self.sequence else None,
            "dense": self.dense.told() if self.dense else None,
        }

    def _medians(self, name: str) -> dict[str, float]:
        found = {}
        for operation in ("store", "recall"):
            for clock in ("wall", "cpu"):
                seconds = self.stores[name].median(operation, clock)
                found[f"{operation}_{clock}_us"] = MICRO * seconds
                found[f"{operation}_{clock}_ratio"] = self.ratio(name, operation, clock)
        return found


def measure(task: Task, course: Course, overlaps: Overlaps, repeats: int, output: Path) -> None:
    """Measure, print the tables, write the JSON file, also when interrupted.

    Parameters
    ----------
    task : Task
        What is stored and recalled.
    course : Course
        What the memory of sequences is shown.
    overlaps : Overlaps
        What the dense memory recalls.
    repeats : int
        Repetitions of each store, taken in turns; of the plain memory of sequences one.
    output : Path
        The JSON file.
    """
    found = Found(machine(), task)
    try:
        _measure(found, repeats, PlainLines())
        found.sequence = Courses(course)
        sequence_table.measure(found.sequence, repeats)
        found.dense = Sweeps(overlaps)
        dense_table.measure(found.dense, repeats)
    finally:
        write(output, found)
        show(found)
        if found.sequence is not None:
            sequence_table.show(found.sequence)
        if found.dense is not None:
            dense_table.show(found.dense)
        show_machine(found.host)


def _measure(found: Found, repeats: int, progress: PlainLines) -> None:
    patterns, cues = found.task.draw()
    expected: tuple[Bits, Bits] | None = None
    progress.stage("store and recall", repeats, "repetitions")
    # One thread each: the kernels of bits have no other, and a machine is seldom idle.
    with threadpool_limits(1):
        # Repetition 0 compiles, warms caches, and compares what is stored and recalled.
        for repetition in range(repeats + 1):
            for name, (make, _) in STORES.items():
                times = found.stores.setdefault(name, Times())
                memory = make(found.task.size, found.task.active - found.task.erase)
                seconds, states = _time(memory, patterns, cues)
                if repetition:
                    _add(times, seconds, len(patterns))
                    continue
                times.bytes = memory.bytes
                answer = (memory.weight, states)
                expected = expected or answer
                if not all(map(np.array_equal, answer, expected)):
                    times.fault = "void: stores or recalls something else"
            progress.advance(repetition)


def _time(memory: Store, patterns: Bits, cues: Bits) -> tuple[tuple[float, ...], Bits]:
    """Return wall and processor time of storing and of recalling all, and what was recalled."""
    clocks = [(time.perf_counter(), time.process_time())]
    memory.store(patterns)
    clocks.append((time.perf_counter(), time.process_time()))
    states = memory.recall(cues)
    clocks.append((time.perf_counter(), time.process_time()))
    return tuple(float(each) for each in np.diff(clocks, axis=0).ravel()), states


def _add(times: Times, seconds: tuple[float, ...], number_of: int) -> None:
    columns = (times.store_wall, times.store_cpu, times.recall_wall, times.recall_cpu)
    for column, each in zip(columns, seconds, strict=True):
        column.append(each / number_of)


def show(found: Found) -> None:
    """Print a row for each store."""
    task = found.task
    columns = (
        "memory", "store us", "cpu us", "x best dense (cpu)", "recall us", "cpu us",
        "x best dense (cpu)", "MB", "n", "",
    )  # fmt: skip
    rows = []
    for name, times in found.stores.items():
        cells = []
        for operation in ("store", "recall"):
            wall, cpu = (MICRO * times.median(operation, clock) for clock in ("wall", "cpu"))
            cells += [number(wall), number(cpu), number(found.ratio(name, operation, "cpu"))]
        megabytes = f"{times.bytes / 1e6:.3g}"
        rows.append((STORES[name][1], *cells, megabytes, str(len(times.store_wall)), times.fault))
    title = (
        f"{task.n_synapses / 1e6:.4g} million synapses, N = {task.size}, k = {task.active}, "
        f"{task.n_patterns} patterns, cues of {task.active - task.erase}; median for an operation"
    )
    show_table(title, columns, rows)
