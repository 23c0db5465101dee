"""Time networks before and after pruning, and count the bytes of their synapses."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Any

from experiments.bench.compare import turn
from experiments.bench.process import Worker, WorkerFault, environment
from experiments.bench.report import number
from experiments.progress import Progress
from experiments.tables import show_table

MODULE = "experiments.bench.engines.pruned_worker"
#: Seconds in which a worker's imports must be done, and in which it must answer.
START, PATIENCE = 120.0, 300.0
#: Times less memory, times less time where synaptic events dominate.
GOALS = {"bytes": 5.0, "cpu": 3.0}
#: Share of the time of the whole network from which on synaptic events dominate.
DOMINATING = 0.5
NAMES = ("whole", "pruned")


@dataclass(frozen=True, slots=True)
class PrunedCase:
    """Describe a network and what is kept of it.

    Attributes
    ----------
    size : int
        Neurons.
    chance : float
        Of a synapse between two of them.
    dt_ms : float
        Time step.
    seconds : float
        Model time of a repetition.
    density : float
        Share of the synapses that are kept, drawn at random: which does not matter for time.
    """

    size: int
    chance: float
    dt_ms: float
    seconds: float
    density: float = 0.1


CASES: Mapping[str, PrunedCase] = MappingProxyType(
    {
        "sparse, 0.1 ms": PrunedCase(1000, 0.1, 0.1, 1.0),
        "larger, 0.1 ms": PrunedCase(3000, 0.1, 0.1, 0.5),
        "dense, 0.1 ms": PrunedCase(3000, 0.5, 0.1, 0.5),
        "dense, 1 ms": PrunedCase(3000, 0.5, 1.0, 1.0),
    }
)
QUICK: Mapping[str, PrunedCase] = MappingProxyType({"small": PrunedCase(100, 0.5, 1.0, 0.05)})


@dataclass(slots=True)
class Measured:
    """Hold one of the two networks: seconds for a second of model time, and what it consists of.

    Attributes
    ----------
    cpu, wall : list of float
        One for each repetition.
    rate : list of float
        Spikes of a neuron in a second of model time, of each repetition.
    n_synapses, synapse_bytes : int
        Synapses, and all bytes that are held for them.
    event_share : float
        Share of the loop's time spent at synaptic events, by the device's profile, in a run of its
        own.
    """

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    rate: list[float] = field(default_factory=list)
    n_synapses: int = 0
    synapse_bytes: int = 0
    event_share: float = float("nan")


@dataclass(slots=True)
class Pair:
    """Hold a network before and after pruning."""

    name: str
    case: PrunedCase
    whole: Measured = field(default_factory=Measured)
    pruned: Measured = field(default_factory=Measured)
    fault: str = ""

    def ratio(self, clock: str) -> float:
        """Return how many times less time, or `bytes`, the pruned network takes; NaN without."""
        if self.fault or not (self.whole.cpu and self.pruned.synapse_bytes):
            return float("nan")
        if clock == "bytes":
            return self.whole.synapse_bytes / self.pruned.synapse_bytes
        whole, pruned = (statistics.median(getattr(each, clock)) for each in self._both)
        return float(whole / pruned)

    @property
    def _both(self) -> tuple[Measured, Measured]:
        return self.whole, self.pruned


def pair_plain(pair: Pair) -> dict[str, Any]:
    """Return what JSON can hold, but for NaN."""
    ratios = {f"ratio_{clock}": pair.ratio(clock) for clock in ("cpu", "wall", "bytes")}
    return {**asdict(pair), **ratios}


def measure_pairs(
    cases: Mapping[str, PrunedCase], pairs: list[Pair], repeats: int, progress: Progress
) -> None:
    """Run each network whole and pruned, in turns, each in a process of its own.

    Parameters
    ----------
    cases : mapping of str to PrunedCase
        By name.
    pairs : list of Pair
        Filled as numbers come.
    repeats : int
        Repetitions of each.
    progress : Progress
        Told of every network.
    """
    for name, case in cases.items():
        progress.stage(f"pruned: {name}")
        pairs.append(Pair(name, case))
        try:
            _measure(pairs[-1], repeats)
        except WorkerFault as fault:
            pairs[-1].fault = str(fault)
            progress.notice(f"  {fault}")


def _measure(pair: Pair, repeats: int) -> None:
    with ExitStack() as stack:
        workers = {}
        for name in NAMES:
            task = {"case": asdict(pair.case), "is_pruned": name == "pruned"}
            workers[name] = stack.enter_context(closing(Worker(MODULE, task, environment(1))))
            workers[name].ask("", START)
            told = workers[name].ask("build", PATIENCE)
            held: Measured = getattr(pair, name)
            held.n_synapses, held.synapse_bytes = told["n_synapses"], told["synapse_bytes"]
        for repetition in range(repeats):
            for name in turn(list(NAMES), repetition):
                told = workers[name].ask("run", PATIENCE)
                for series in ("cpu", "wall", "rate"):
                    getattr(getattr(pair, name), series).append(told[series])
        for name in NAMES:
            getattr(pair, name).event_share = workers[name].ask("profile", PATIENCE)["share"]


def show_pairs(pairs: list[Pair]) -> None:
    """Print a row for each network, and the goals."""
    columns = ("network", "neurons", "fan-in", "dt ms", "rates", "share of events", "cpu s/s",
               "x cpu", "x wall", "MB", "x bytes", "n", "")  # fmt: skip
    rows = [_cells(pair) for pair in pairs]
    if rows:
        show_table("whole / pruned to density 0.1; seconds per model second", columns, rows)
    for pair in pairs:
        if pair.whole.event_share >= DOMINATING:
            told = [(f"times less {what}", f"{goal:g}", number(pair.ratio(what)))
                    for what, goal in GOALS.items()]  # fmt: skip
            show_table(f"goals, {pair.name}", ("", "goal", "measured"), told)


def _cells(pair: Pair) -> tuple[str, ...]:
    case, both = pair.case, (pair.whole, pair.pruned)
    fan_in = case.chance * case.size
    middle = [[statistics.median(getattr(each, what) or [float("nan")]) for each in both]
              for what in ("rate", "cpu")]  # fmt: skip
    return (
        pair.name, str(case.size), f"{fan_in:.0f} / {fan_in * case.density:.0f}",
        f"{case.dt_ms:g}", " / ".join(number(each) for each in middle[0]),
        " / ".join(number(each.event_share, ".2f") for each in both),
        " / ".join(number(each) for each in middle[1]),
        *(number(pair.ratio(clock), ".2f") for clock in ("cpu", "wall")),
        " / ".join(f"{each.synapse_bytes / 1e6:.3g}" for each in both),
        number(pair.ratio("bytes"), ".2f"), str(len(pair.whole.cpu)), pair.fault,
    )  # fmt: skip
