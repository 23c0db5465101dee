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
    synapse_bytes : float
        Bytes a synapse that the time loop reads or writes; NaN where it cannot be told.
    pair_bytes : float
        Bytes a synapse of Brian2's own lists of sources and targets, counted apart.
    """

    n_neurons: int
    n_synapses: int
    n_visits: float
    peak_bytes: int
    synapse_bytes: float
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


def peak_memory() -> int:
    """Return the greatest resident memory of this process in bytes."""
    status = Path("/proc/self/status")
    if status.exists():
        # Not ru_maxrss: a process begins with what its parent had at the time of the fork.
        (line,) = (row for row in status.read_text().splitlines() if row.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * RSS_UNIT
