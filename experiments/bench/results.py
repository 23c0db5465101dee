"""Hold what was measured, and compute what the tables show."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from experiments.bench.cases import Case
from experiments.bench.contenders import CONTENDERS
from experiments.bench.engines.base import Inventory, Sample

#: Rates may differ from the reference by this share; the networks are chaotic, so single spikes do.
RATE_TOLERANCE = 0.02
#: Time step of all networks in seconds: Brian2's default.
STEP = 1e-4
#: Whose rates are the reference: the first of these that could be measured.
REFERENCES = ("brian2-cython", "standalone-1", "nest-1")

Clock = Literal["wall", "cpu"]


@dataclass(slots=True)
class Entry:
    """Hold what one contender did on one network; filled while it is measured.

    Parameters
    ----------
    build : float
        Seconds to make the network, compile and settle; NaN before.
    samples : list of Sample
        One for each repetition.
    inventory : Inventory, optional
        What the network consists of.
    fault : str
        Why there is no more; empty if all went well.
    """

    build: float = float("nan")
    samples: list[Sample] = field(default_factory=list)
    inventory: Inventory | None = None
    fault: str = ""


@dataclass(slots=True)
class Row:
    """Hold all contenders on one network.

    Parameters
    ----------
    case : Case
        The network.
    entries : dict of str to Entry
        By the name of the contender.
    """

    case: Case
    entries: dict[str, Entry] = field(default_factory=dict)

    def seconds(self, name: str, clock: Clock) -> float:
        """Return the median of seconds per model second; NaN without samples."""
        samples = self.entries[name].samples
        if not samples:
            return float("nan")
        times = [s.wall if clock == "wall" else s.cpu for s in samples]
        return statistics.median(times) / self.case.model_seconds

    def rate(self, name: str, windows: Sequence[int] | None = None) -> float:
        """Return spikes per second and neuron, over the given windows or all; NaN without any."""
        samples = self.entries[name].samples
        counts = [s.n_spikes for s in samples if windows is None or s.window in windows]
        if not counts:
            return float("nan")
        return statistics.fmean(counts) / (self.case.size * self.case.model_seconds)

    def reference(self) -> str | None:
        """Return the engine whose rates are the reference, if one was measured."""
        return next((name for name in REFERENCES if self._is_measured(name)), None)

    def _is_measured(self, name: str) -> bool:
        return bool(name in self.entries and self.entries[name].samples)

    def deviation(self, name: str) -> float:
        """Return by how much a rate differs from the reference's over the same windows."""
        reference = self.reference()
        if reference is None:
            return float("nan")
        expected = self.rate(reference, [s.window for s in self.entries[name].samples])
        return self.rate(name) / expected - 1.0 if expected else float("nan")

    def verdict(self, name: str) -> str:
        """Return "" if a time may be compared, else why it is void."""
        entry = self.entries[name]
        if entry.fault:
            return entry.fault
        if not entry.samples:
            return "not measured"
        deviation = self.deviation(name)
        if abs(deviation) <= RATE_TOLERANCE:
            return ""
        if deviation != deviation:
            return "void: no reference rate"
        return f"void: rate {deviation:+.1%}"

    def best_peer(self, clock: Clock, threads: int = 1) -> str | None:
        """Return the fastest valid peer with so many threads, if there is one."""
        peers = [
            name
            for name in self.entries
            if CONTENDERS[name].is_peer
            and CONTENDERS[name].threads == threads
            and not self.verdict(name)
        ]
        return min(peers, key=lambda name: self.seconds(name, clock), default=None)

    def ratio(self, name: str, clock: Clock, peer: str | None = "") -> float:
        """Return how many times faster than the named peer, or the best with as many threads.

        NaN if one of the two is void.
        """
        peer = peer or self.best_peer(clock, CONTENDERS[name].threads)
        if peer not in self.entries or self.verdict(peer) or self.verdict(name):
            return float("nan")
        return self.seconds(peer, clock) / self.seconds(name, clock)

    def event_ns(self, name: str) -> float:
        """Return processor time in ns for each synapse that a spike visits, all time counted."""
        return self._per(name, lambda sample, found: sample.n_spikes * found.n_visits)

    def update_ns(self, name: str) -> float:
        """Return processor time in ns for each step of each neuron, all time counted."""
        n_steps = self.case.model_seconds / STEP
        return self._per(name, lambda *_: self.case.size * n_steps)

    def _per(self, name: str, number: Callable[[Sample, Inventory], float]) -> float:
        entry = self.entries[name]
        if entry.inventory is None or not entry.samples:
            return float("nan")
        counts = [number(sample, entry.inventory) for sample in entry.samples]
        if not all(counts):
            return float("nan")
        times = [sample.cpu for sample in entry.samples]
        return statistics.median(1e9 * t / n for t, n in zip(times, counts, strict=True))

    def plain(self) -> dict[str, Any]:
        """Return what JSON can hold: everything measured, and what follows from it."""
        return {
            "case": asdict(self.case),
            "reference": self.reference(),
            "engines": {name: self._plain(name) for name in self.entries},
            "best_peer_1_thread": {clock: self.best_peer(clock) for clock in ("wall", "cpu")},
        }

    def _plain(self, name: str) -> dict[str, Any]:
        return {
            **asdict(self.entries[name]),
            "wall_per_model_second": self.seconds(name, "wall"),
            "cpu_per_model_second": self.seconds(name, "cpu"),
            "ns_per_event": self.event_ns(name),
            "ns_per_update": self.update_ns(name),
            "rate_hz": self.rate(name),
            "rate_deviation": self.deviation(name),
            "verdict": self.verdict(name),
            "speedup_wall": self.ratio(name, "wall"),
            "speedup_cpu": self.ratio(name, "cpu"),
        }
