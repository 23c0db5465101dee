"""Time recording: spikes to disk beside plain h5py, and what it adds to a simulation."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from experiments.bench.recorded_run import Run, measure_run
from experiments.bench.recorders import PEER, RECORDERS, Nodes, Times, held
from experiments.bench.report import machine, number, show_machine, write
from experiments.progress import PlainLines
from experiments.tables import show_table
from networks.streams import generator

SPIKE_BYTES = 16  # a time and a node
MILLION = 1e6


@dataclass(frozen=True, slots=True)
class Task:
    """Say what is recorded.

    Attributes
    ----------
    n_blocks, block : int
        Calls, and spikes of each.
    size : int
        Neurons that spike.
    model_seconds : float
        Of one stretch of the simulated network.
    seed : int
        Root of all draws.
    """

    n_blocks: int = 100
    block: int = 100_000
    size: int = 1000
    model_seconds: float = 40.0
    seed: int = 1

    @property
    def n_spikes(self) -> int:
        """Return how many are recorded in one repetition."""
        return self.n_blocks * self.block

    def draw(self) -> tuple[Times, Nodes]:
        """Return times in ms within one second, sorted, and nodes; each shape (block,)."""
        rng = generator(self.seed, "bench.recording")
        return np.sort(rng.random(self.block)) * 1e3, rng.integers(self.size, size=self.block)


TASK = Task()
QUICK = Task(n_blocks=5, model_seconds=0.2)


@dataclass(slots=True)
class Cost:
    """Hold what one way of recording took: one number for each repetition.

    Attributes
    ----------
    wall, cpu : list of float
        Seconds until the file was complete and durable.
    bytes : int
        Size of the file.
    fault : str
        Why its times do not count.
    """

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    bytes: int = 0
    fault: str = ""

    def rate(self, clock: str, n_spikes: int) -> float:
        """Return million spikes per second, the median; NaN without any."""
        seconds: list[float] = getattr(self, clock)
        if not seconds or self.fault:
            return float("nan")
        return n_spikes / statistics.median(seconds) / MILLION


@dataclass(slots=True)
class Found:
    """Hold everything that was measured so far."""

    host: Mapping[str, Any]
    task: Task
    costs: dict[str, Cost] = field(default_factory=dict)
    run: Run | None = None

    def ratio(self, name: str, clock: str) -> float:
        """Return how many times faster than plain h5py with checksums; NaN without it."""
        if PEER not in self.costs:
            return float("nan")
        rates = [self.costs[each].rate(clock, self.task.n_spikes) for each in (name, PEER)]
        return rates[0] / rates[1]

    def plain(self) -> dict[str, Any]:
        """Return what JSON can hold, but for NaN."""
        n = self.task.n_spikes
        return {
            "machine": self.host,
            "task": {**asdict(self.task), "n_spikes": n},
            "recorders": {
                name: {
                    **asdict(cost),
                    "summary": RECORDERS[name][1],
                    "spikes_per_second_wall": MILLION * cost.rate("wall", n),
                    "spikes_per_second_cpu": MILLION * cost.rate("cpu", n),
                    "ratio_wall": self.ratio(name, "wall"),
                    "ratio_cpu": self.ratio(name, "cpu"),
                    "size_to_raw": cost.bytes / (SPIKE_BYTES * n),
                }
                for name, cost in self.costs.items()
            },
            "run": None if self.run is None else self.run.plain(),
        }


def measure(task: Task, repeats: int, output: Path) -> None:
    """Measure, print the tables, write the JSON file, also when interrupted.

    Parameters
    ----------
    task : Task
        What is recorded.
    repeats : int
        Repetitions, taken in turns.
    output : Path
        The JSON file; recordings go into a temporary folder beside it, so on its disk.
    """
    found = Found(machine(), task)
    output.parent.mkdir(parents=True, exist_ok=True)
    progress = PlainLines()
    try:
        with TemporaryDirectory(dir=output.parent, prefix="bench-recording-") as folder:
            _measure(found, repeats, Path(folder), progress)
            progress.stage("a network with and without recording", repeats, "repetitions")
            found.run = measure_run(
                task.model_seconds, repeats, task.seed, Path(folder), progress.advance
            )
    finally:
        write(output, found)
        show(found)
        show_machine(found.host)


def _measure(found: Found, repeats: int, folder: Path, progress: PlainLines) -> None:
    times, nodes = found.task.draw()
    progress.stage("spikes to disk", repeats, "repetitions")
    # Repetition 0 warms caches and compares what is read with what was recorded.
    for repetition in range(repeats + 1):
        for name, (opened, _) in RECORDERS.items():
            cost = found.costs.setdefault(name, Cost())
            path = folder / f"{name}.h5"
            started = (time.perf_counter(), time.process_time())
            with opened(path) as append:
                for block in range(found.task.n_blocks):
                    append(times + 1e3 * block, nodes)
            ended = (time.perf_counter(), time.process_time())
            if repetition:
                cost.wall.append(ended[0] - started[0])
                cost.cpu.append(ended[1] - started[1])
            else:
                cost.bytes = path.stat().st_size
                cost.fault = _fault(name, path, found.task, times, nodes)
            path.unlink()
        progress.advance(repetition)


def _fault(name: str, path: Path, task: Task, times: Times, nodes: Nodes) -> str:
    if not name.startswith("recorder"):
        return ""
    given = np.concatenate([times + 1e3 * block for block in range(task.n_blocks)])
    kept = held(path)
    is_same = np.array_equal(kept[0], given) and np.array_equal(
        np.sort(kept[1].reshape(task.n_blocks, -1)), np.tile(np.sort(nodes), (task.n_blocks, 1))
    )
    return "" if is_same else "void: reads back as something else"


def show(found: Found) -> None:
    """Print a row for each way of recording, and one of the simulation."""
    n = found.task.n_spikes
    columns = (
        "recorder", "Mspikes/s", "cpu", "x h5py checked", "cpu", "MB", "x raw bytes", "n", "",
    )  # fmt: skip
    rows = [
        (
            RECORDERS[name][1],
            number(cost.rate("wall", n)),
            number(cost.rate("cpu", n)),
            number(found.ratio(name, "wall")),
            number(found.ratio(name, "cpu")),
            f"{cost.bytes / MILLION:.4g}",
            f"{cost.bytes / (SPIKE_BYTES * n):.3f}",
            str(len(cost.wall)),
            cost.fault,
        )
        for name, cost in found.costs.items()
    ]
    title = f"{n / MILLION:.3g} million spikes in {found.task.n_blocks} blocks; median, to the end"
    show_table(title, columns, rows)
    if found.run is not None:
        found.run.show()
