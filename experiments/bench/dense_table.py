"""Time sweeps of a dense memory of four-unit interactions beside the same in plain NumPy."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from experiments.bench.report import number
from experiments.tables import show_table
from networks.inputs.patterns import rademacher
from networks.memories.dense import Dense
from networks.streams import generator

Polar = NDArray[np.int8]
WANTED = 500.0  # million products of a unit and a pattern, in a second and thread
MILLION = 1e6


@dataclass(frozen=True, slots=True)
class Overlaps:
    """Say what is stored and recalled: from stored patterns, so that few units flip.

    Attributes
    ----------
    size, n_patterns : int
        N and K.
    cues : int
        Cues in one repetition.
    seed : int
        Root of the patterns.
    """

    size: int = 100
    n_patterns: int = 10_000
    cues: int = 200
    seed: int = 1

    def draw(self) -> Polar:
        """Return the patterns, shape (K, N)."""
        rng = generator(self.seed, "bench.overlaps")
        return rademacher(self.n_patterns, self.size, rng)


OVERLAPS = Overlaps()
QUICK = Overlaps(size=60, n_patterns=1000, cues=20)


@dataclass(slots=True)
class Sweeps:
    """Hold the rates of both, in million products of a unit and a pattern a second of CPU."""

    task: Overlaps
    ours: list[float] = field(default_factory=list)
    plain: float = float("nan")
    fault: str = ""

    def told(self) -> Mapping[str, Any]:
        """Return what JSON can hold, but for NaN."""
        return {**asdict(self), "wanted": WANTED}


def measure(found: Sweeps, repeats: int) -> None:
    """Recall the first patterns by both, one unit at a time, and compare where they end.

    Parameters
    ----------
    found : Sweeps
        Where the rates are put as they are measured.
    repeats : int
        Repetitions of the compiled memory; plain NumPy recalls a tenth of the cues once.
    """
    task, patterns = found.task, found.task.draw()
    memory = Dense(task.size).empty()
    memory.store(patterns)
    cues = patterns[: task.cues]
    with threadpool_limits(1):
        memory.recall(cues[:1])  # compiles
        for _ in range(repeats):
            before, began = memory.operations, time.process_time()
            ends = memory.recall(cues)
            seconds = time.process_time() - began
            found.ours.append((memory.operations - before).reads / seconds / MILLION)
        some = cues[: max(1, task.cues // 10)]
        began = time.process_time()
        n_products, plain = recall_plainly(patterns, some)
        found.plain = n_products / (time.process_time() - began) / MILLION
    if not np.array_equal(plain, ends[: len(some)]):
        found.fault = "void: recalls something else"


def recall_plainly(patterns: Polar, cues: Polar) -> tuple[int, Polar]:
    """Let cues settle as the definition reads, four units at a time; count the products."""
    columns = np.ascontiguousarray(patterns.T.astype(np.float64))
    n_units, n_patterns = columns.shape
    ends, n_products = cues.copy(), 0
    for state in ends:
        overlap = state @ columns
        n_flips, n_products = 1, n_products + columns.size
        while n_flips:
            n_flips = 0
            for unit in range(n_units):
                rest = overlap - columns[unit] * state[unit]
                # 3! e_3 of N - 1 signs with the sum q: q^3 - (3 (N - 1) - 2) q.
                drive = columns[unit] @ (rest**3 - (3 * (n_units - 1) - 2) * rest)
                if drive * state[unit] < 0:
                    state[unit] = -state[unit]
                    overlap = rest + columns[unit] * state[unit]
                    n_flips += 1
            n_products += (n_units + n_flips) * n_patterns
    return n_products, ends


def show(found: Sweeps) -> None:
    """Print a row for each."""
    task = found.task
    ours = statistics.median(found.ours) if found.ours else float("nan")
    rows = (
        ("compiled, bits", number(ours), number(ours / found.plain), str(len(found.ours)),
         found.fault),
        ("plain NumPy", number(found.plain), "1", "1", ""),
    )  # fmt: skip
    title = (
        f"dense memory, P = 4, N = {task.size}, {task.n_patterns} patterns, one unit at a time; "
        f"million products a second and thread (cpu), at least {WANTED:g} wanted"
    )
    show_table(title, ("memory", "million / s", "x plain", "n", ""), rows)
