"""Time Lyapunov exponents of spiking networks beside plain NumPy, and networks that are pruned."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from experiments.bench.pruned_table import Pair, PrunedCase, measure_pairs, pair_plain, show_pairs
from experiments.bench.pulses import NumpyPulses
from experiments.bench.report import machine, number, show_machine, write
from experiments.progress import PlainLines
from experiments.stability.inhibitory import inhibitory_coupling
from experiments.tables import show_table
from networks.streams import generator
from plasticity.lyapunov import LifNetwork, Trajectory, spectrum

Array = NDArray[Any]
Clock = Literal["wall", "cpu"]
#: Spikes to which all times are scaled.
SPIKES = 20_000
#: Relative to the largest exponent: both compute the same sums in another order.
AGREEMENT = 1e-6
GOAL_SECONDS, GOAL_SIZE = 3.0, 200
#: Synapses onto each neuron.
FAN_IN = 20


@dataclass(frozen=True, slots=True)
class Task:
    """Say which exponents of which network are computed.

    Attributes
    ----------
    size : int
        N, neurons.
    count : int
        Exponents; 0 for all.
    synapses : {"delta", "exponential"}
        Pulses move potentials, or currents that decay, whose exponents count too.
    blocks : int
        Spikes for each neuron, with an orthonormalisation after each.
    has_peer : bool
        Whether NumPy computes them too.
    """

    size: int
    count: int = 0
    synapses: Literal["delta", "exponential"] = "delta"
    blocks: int = 10
    has_peer: bool = True

    @property
    def dimension(self) -> int:
        """Return the number of exponents that there are."""
        return self.size * (2 if self.synapses == "exponential" else 1)

    @property
    def name(self) -> str:
        """Return what the row is called."""
        return f"{self.n_exponents} of {self.dimension}, {self.synapses}, N = {self.size}"

    @property
    def n_exponents(self) -> int:
        """Return how many are computed."""
        return self.count or self.dimension

    def network(self) -> LifNetwork:
        """Return inhibitory neurons that all would fire alone, `FAN_IN` synapses onto each."""
        rng = generator(1, "bench.lyapunov", self.size)
        coupling = inhibitory_coupling(self.size, min(FAN_IN, self.size - 1), 0.06, rng)
        tau_syn = 0.005 if self.synapses == "exponential" else None
        return LifNetwork(coupling, rng.uniform(0.008, 0.012, self.size), 2.5, tau_syn=tau_syn)


TASKS = (
    *(Task(n) for n in (50, 100)), Task(GOAL_SIZE, blocks=SPIKES // GOAL_SIZE),
    Task(400, has_peer=False),
    *(Task(n, 20) for n in (250, 500, 1000, 2000)),
    Task(GOAL_SIZE, synapses="exponential", has_peer=False),
)  # fmt: skip
QUICK = (
    *(Task(n, blocks=4) for n in (10, 20)), *(Task(n, 5, blocks=4) for n in (10, 20)),
    Task(10, synapses="exponential", blocks=4, has_peer=False),
)  # fmt: skip


@dataclass(slots=True)
class Times:
    """Hold what one program did with one task: seconds for `SPIKES`, one for each repetition."""

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    exponents: Array = field(default_factory=lambda: np.empty(0))
    n_spikes: int = 0

    def median(self, clock: Clock) -> float:
        """Return the median; NaN without any."""
        seconds = self.cpu if clock == "cpu" else self.wall
        return statistics.median(seconds) if seconds else float("nan")


@dataclass(slots=True)
class Row:
    """Hold both programs on one task."""

    task: Task
    numba: Times = field(default_factory=Times)
    numpy: Times = field(default_factory=Times)

    @property
    def difference(self) -> float:
        """Return the largest difference of exponents, as a share of the largest; NaN alone."""
        ours, theirs = self.numba.exponents, self.numpy.exponents
        if len(ours) != len(theirs) or not len(ours):
            return float("nan")
        return float(np.abs(ours - theirs).max() / np.abs(ours).max())

    @property
    def fault(self) -> str:
        """Return why the comparison does not count, or nothing."""
        return "void: other exponents" if self.difference > AGREEMENT else ""

    def ratio(self, clock: Clock) -> float:
        """Return how many times faster than NumPy; NaN where that is void."""
        if self.fault:
            return float("nan")
        return self.numpy.median(clock) / self.numba.median(clock)


@dataclass(slots=True)
class Found:
    """Hold everything that was measured so far."""

    host: Mapping[str, Any]
    rows: list[Row] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)

    def slopes(self) -> dict[str, float]:
        """Return d log(time of a spike) / d log N for each kind of task with several sizes."""
        kinds: dict[str, list[tuple[int, float]]] = {}
        for row in self.rows:
            kind = f"leading {row.task.count}" if row.task.count else "full spectrum"
            if row.task.synapses == "delta" and row.numba.cpu:
                kinds.setdefault(kind, []).append((row.task.size, row.numba.median("cpu")))
        return {
            f"{kind}, N = {', '.join(str(n) for n, _ in points)}": slope(points)
            for kind, points in kinds.items()
            if len(points) > 1
        }

    def plain(self) -> dict[str, Any]:
        """Return what JSON can hold, but for NaN."""
        rows = []
        for row in self.rows:
            told = {"task": asdict(row.task), "name": row.task.name, "fault": row.fault}
            for name in ("numba", "numpy"):
                times: Times = getattr(row, name)
                told[name] = {
                    "cpu": times.cpu, "wall": times.wall, "n_spikes": times.n_spikes,
                    "cpu_median": times.median("cpu"), "wall_median": times.median("wall"),
                    "largest": times.exponents[:5].tolist(),
                }  # fmt: skip
            ratios = {"ratio_cpu": row.ratio("cpu"), "ratio_wall": row.ratio("wall")}
            rows.append({**told, **ratios, "difference": row.difference})
        return {
            "machine": self.host, "spikes": SPIKES, "exponents": rows, "slopes": self.slopes(),
            "pruned": [pair_plain(pair) for pair in self.pairs],
        }  # fmt: skip


def slope(points: Sequence[tuple[int, float]]) -> float:
    """Return the slope of a line through logarithms, least squares."""
    x, y = np.log(np.array(points, dtype=np.float64)).T
    return float(np.polyfit(x, y, 1)[0])


def measure(
    tasks: Sequence[Task], cases: Mapping[str, PrunedCase], repeats: int, output: Path
) -> None:
    """Measure, print tables, write the JSON file, also when interrupted.

    Parameters
    ----------
    tasks : sequence of Task
        Exponents.
    cases : mapping of str to PrunedCase
        Networks before and after pruning, by name.
    repeats : int
        Repetitions of each, taken in turns.
    output : Path
        The JSON file.
    """
    found = Found(machine())
    progress = PlainLines()
    try:
        with threadpool_limits(1):
            for task in tasks:
                progress.stage(task.name)
                found.rows.append(Row(task))
                measure_row(found.rows[-1], repeats)
                write(output, found)
        measure_pairs(cases, found.pairs, repeats, progress)
    finally:
        write(output, found)
        show(found)
        show_pairs(found.pairs)
        show_machine(found.host)


def measure_row(row: Row, repeats: int) -> None:
    """Time both programs in turns, from the same state; repetition 0 compiles and warms caches."""
    network = row.task.network()
    start = generator(2, "bench.lyapunov", row.task.size).uniform(0, 0.9, row.task.size)
    for repetition in range(repeats + 1):
        _add(row.numba, row.task, Trajectory(network, start), repetition)
        if row.task.has_peer:
            _add(row.numpy, row.task, NumpyPulses(network, start), repetition)


def _add(times: Times, task: Task, system: Any, repetition: int) -> None:
    """Time one computation of exponents."""
    rng = generator(3, "bench.lyapunov")
    begin = time.perf_counter(), time.process_time()
    # The blocks are counted; each has a spike a neuron, whatever time that takes.
    counted = Blocks(system, task.blocks)
    found = spectrum(counted, task.n_exponents, counted.n_blocks, rng)
    wall, cpu = time.perf_counter() - begin[0], time.process_time() - begin[1]
    times.exponents = found.exponents * counted.n_blocks / system.time
    times.n_spikes = system.n_spikes if isinstance(system, NumpyPulses) else system.counts.sum()
    times.n_spikes = int(times.n_spikes)
    if repetition:
        times.wall.append(wall * SPIKES / times.n_spikes)
        times.cpu.append(cpu * SPIKES / times.n_spikes)


@dataclass(slots=True)
class Blocks:
    """Let a system go on block by block, each of which counts as a unit of time."""

    system: Any
    n_blocks: int

    @property
    def dimension(self) -> int:
        """Return that of the system."""
        found: int = self.system.dimension
        return found

    def advance(self, basis: Array, pace: float) -> float:
        """Go on by a block, never by a shorter one: its vectors stay far enough apart."""
        del pace
        self.system.advance(basis, 1.0)
        return 1.0


def show(found: Found) -> None:
    """Print a row for each task, how times grow, and the goal."""
    columns = ("exponents", "cpu s", "wall s", "NumPy cpu s", "wall s", "x NumPy (cpu)",
               "difference", "n", "")  # fmt: skip
    rows = []
    for row in found.rows:
        ours, theirs = row.numba, row.numpy
        seconds = (each.median(clock) for each in (ours, theirs) for clock in ("cpu", "wall"))
        rows.append((
            row.task.name, *(number(each) for each in seconds), number(row.ratio("cpu")),
            number(row.difference, ".1g"), str(len(ours.cpu)), row.fault,
        ))  # fmt: skip
    show_table(f"seconds for {SPIKES} spikes, one thread; median of n repetitions", columns, rows)
    grown = [(kind, number(value, ".2f")) for kind, value in found.slopes().items()]
    if grown:
        show_table("growth of the time of a spike: slope of logarithms", ("", "slope"), grown)
    for row in found.rows:
        task = row.task
        if (task.size, task.count, task.synapses) == (GOAL_SIZE, 0, "delta"):
            cells = (task.name, f"< {GOAL_SECONDS:g} s", number(row.numba.median("cpu")))
            show_table("goal", ("what", "goal", "cpu s"), [cells])
