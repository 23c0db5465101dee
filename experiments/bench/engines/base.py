"""What every engine of a benchmark offers to the process that measures it."""

from __future__ import annotations

import resource
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, final

# Linux counts ru_maxrss in kibibytes, macOS in bytes.
RSS_UNIT = 1 if sys.platform == "darwin" else 1024


@final
@dataclass(frozen=True, slots=True)
class Sample:
    """Hold one repetition.

    Parameters
    ----------
    wall, cpu : float
        Seconds of the time loop: of the clock, and of the processor over all threads.
    n_spikes : int
        Spikes of all neurons meanwhile.
    window : int
        Which stretch of model time it was: 0 follows the settling, 1 follows 0, ... Rates are
        compared over equal windows, because the activity of a network drifts.
    """

    wall: float
    cpu: float
    n_spikes: int
    window: int


@final
@dataclass(frozen=True, slots=True)
class Inventory:
    """Hold what a built network consists of.

    Parameters
    ----------
    n_neurons, n_synapses : int
        Sizes.
    n_visits : float
        Mean number of synapses that one spike of the recorded neurons visits.
    peak_bytes : int
        Greatest resident memory of the process that simulates.
    base_bytes : int
        Resident memory before the network was made: the interpreter and what it imported.
    synapse_bytes : dict of str to float
        Pathway -> bytes a synapse that the time loop holds; empty where it cannot be told. For
        the device these are the arrays of its compiled loop, indices of targets among them; for
        Brian2 the variables of its synapses.
    pair_bytes : float
        Bytes a synapse of Brian2's own lists of sources and targets, counted apart.
    """

    n_neurons: int
    n_synapses: int
    n_visits: float
    peak_bytes: int
    base_bytes: int
    synapse_bytes: dict[str, float]
    pair_bytes: float


class Engine(Protocol):
    """Run one network again and again."""

    def build(self) -> None:
        """Make the network, compile, and simulate until rates have settled."""
        ...

    def run(self) -> Sample:
        """Simulate the model time of one repetition."""
        ...

    def inventory(self) -> Inventory:
        """Count what was built."""
        ...


def resident_memory() -> int:
    """Return the resident memory of this process in bytes, the greatest where that is all."""
    return _status("VmRSS") or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * RSS_UNIT


def _status(field: str) -> int:
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    rows = (row.split() for row in status.read_text().splitlines())
    return next((int(row[1]) * 1024 for row in rows if row[0] == f"{field}:"), 0)


def peak_memory() -> int:
    """Return the greatest resident memory of this process in bytes."""
    # Not ru_maxrss first: on Linux it begins with what the parent had at the time of the fork.
    if peak := _status("VmHWM"):
        return peak
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * RSS_UNIT
