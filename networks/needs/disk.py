"""Estimate what a simulation will write to disk, and refuse before anything is built."""

from __future__ import annotations

import math
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from networks.needs.memory import n_synapses
from networks.spec import Distribution, Recording, Spec, phases_of
from neuro.errors import EnvironmentFault
from neuro.recording.layout import CHUNK

# Layout of the file (docs/recording.md): type, group and index of a node; type, ends, weight and
# delay of a synapse; float32 of a trace; time, node of a spike.
# A snapshot has weight and `alive` of every synapse.
BYTES_PER_NODE = 16
BYTES_PER_SYNAPSE = 33
BYTES_PER_SAMPLE = 4
BYTES_PER_TIME = 8
BYTES_PER_SPIKE = 16
BYTES_PER_WEIGHT = 9
# Spikes per second of a neuron whose rate the description does not say.
ASSUMED_RATE = 10.0
# Segments lie on the disk until the file that is made of them is sealed.
COPIES_AT_SEAL = 2


@dataclass(frozen=True, slots=True)
class DiskNeed:
    """Say how large the file of a simulation will be, without compression.

    Attributes
    ----------
    fixed : float
        Bytes of what the description fixes: network, traces, weights.
    spikes : float
        Bytes of recorded spikes, at the rate of Poisson sources and 10 Hz of all other neurons.
    """

    fixed: float
    spikes: float


def disk_need(spec: Spec, counts: Mapping[str, int] | None = None) -> DiskNeed:
    """Estimate the size of the file that a simulation leaves.

    Parameters
    ----------
    spec : Spec
        The description.
    counts : mapping of str to int, optional
        Numbers of synapses that are known, by projection.

    Returns
    -------
    DiskNeed
        In bytes.
    """
    synapses = {name: _whole(n_synapses(spec, name, counts or {})) for name in spec.projections}
    fixed = sum(BYTES_PER_NODE * _whole(each.size) for each in spec.populations.values())
    fixed += BYTES_PER_SYNAPSE * sum(synapses.values())
    spikes = 0.0
    for recording in spec.recordings.values():
        if recording.projection:
            row = BYTES_PER_WEIGHT * synapses.get(recording.projection, 0.0) + BYTES_PER_TIME
            fixed += _n_snapshots(spec, recording) * row
        elif recording.variable == "spikes":
            rate = _rate(spec, recording.population)
            spikes += BYTES_PER_SPIKE * _whole(rate * _duration(spec) * _n_nodes(spec, recording))
        else:
            row = BYTES_PER_SAMPLE * _whole(_n_nodes(spec, recording)) + BYTES_PER_TIME
            fixed += _n_samples(spec, recording) * row
    return DiskNeed(fixed, spikes)


def _whole(n: float) -> float:
    """Return how many elements chunks take that hold `n`."""
    return float(n) if n <= CHUNK else math.ceil(n / CHUNK) * float(CHUNK)


def _duration(spec: Spec) -> float:
    return float(sum(phase.duration.value for phase in phases_of(spec)))


def _n_samples(spec: Spec, recording: Recording) -> float:
    every = recording.every or spec.simulation.dt
    return _duration(spec) / every.value if every.value > 0 else 0.0


def _n_snapshots(spec: Spec, recording: Recording) -> float:
    if recording.every is not None:
        return _n_samples(spec, recording)
    # Before the first phase and after every one.
    return 1.0 + len(phases_of(spec))


def _n_nodes(spec: Spec, recording: Recording) -> int:
    if recording.nodes:
        return len(recording.nodes)
    known = spec.populations.get(recording.population)
    return 0 if known is None else known.size


def _rate(spec: Spec, population: str) -> float:
    known = spec.populations.get(population)
    rate = None if known is None or known.model.name != "poisson" else known.parameters.get("rate")
    return ASSUMED_RATE if rate is None or isinstance(rate, Distribution) else rate.value


def check_disk(spec: Spec, folder: Path, counts: Mapping[str, int] | None = None) -> str:
    """Refuse a simulation whose file will not fit on the disk.

    Parameters
    ----------
    spec : Spec
        The description.
    folder : Path
        Where the file goes; it may have to be made.
    counts : mapping of str to int, optional
        Numbers of synapses that are known, by projection.

    Returns
    -------
    str
        A warning if the spikes, whose number can only be guessed, would be too many; else "".

    Raises
    ------
    EnvironmentFault
        If what the description fixes needs more than is free.
    """
    need = disk_need(spec, counts)
    there = next(above for above in (folder, *folder.absolute().parents) if above.exists())
    free = float(shutil.disk_usage(there).free)
    copies = 1 if spec.output.compression == "gzip" else COPIES_AT_SEAL
    fixed, whole = copies * need.fixed, copies * (need.fixed + need.spikes)
    if fixed > free:
        raise EnvironmentFault(
            f"the recordings of '{spec.name}' would need about {_told(fixed)} in {folder}, where "
            f"{_told(free)} are free: record fewer neurons, or less often (recordings.NAME.every)"
        )
    if whole > free:
        return (
            f"at {ASSUMED_RATE:g} spikes per second of each neuron the recordings would need about "
            f"{_told(whole)} in {folder}, where {_told(free)} are free"
        )
    return ""


def _told(n_bytes: float) -> str:
    return f"{n_bytes / 1e9:.3g} GB"
