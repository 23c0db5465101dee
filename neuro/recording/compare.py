"""Compare two recordings: what was asked, what ran it, and the first place where results part."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from neuro.recording.contents import Metric
from neuro.recording.difference import Difference, difference
from neuro.recording.read import Recording, read

Loader: TypeAlias = Callable[[], Any]

# How a run was started says nothing of what it computes; where it writes to neither.
ASIDE = ("argv", "output.path")
ABSENT = "absent"
EDGES = ("source_ids", "target_ids", "weight", "delay_ms")
WEIGHTS = ("times_ms", "data", "alive")
REPORT = ("node_ids", "times_ms", "data")


@dataclass(frozen=True, slots=True)
class Change:
    """Say what one key is in both files: plain values, or "absent"."""

    key: str
    a: Any
    b: Any


@dataclass(frozen=True, slots=True)
class FirstSpike:
    """Name a spike that one file has and the other has not.

    Attributes
    ----------
    population : str
        Whose spike.
    time_ms : float
        When.
    neuron : int
        Id of the node.
    only_in : {"a", "b"}
        Which file has it.
    """

    population: str
    time_ms: float
    neuron: int
    only_in: str


@dataclass(frozen=True, slots=True)
class SpikeDifference:
    """Say that the spikes of a population differ, how many there are, and from where on."""

    population: str
    n_a: int
    n_b: int
    first: FirstSpike


@dataclass(frozen=True, slots=True)
class Comparison:
    """Say how two recordings differ.

    Attributes
    ----------
    a, b : str
        What was opened.
    status : Change or None
        How far the runs came, where that differs.
    simulated_ms : Change or None
        Simulated time, where that differs.
    configuration, provenance : tuple of Change
        By dotted key; provenance with seeds, without the command line.
    spikes : tuple of SpikeDifference
        Populations whose spikes differ.
    arrays : tuple of Difference
        Metrics, weights, traces, synapses, nodes, phases and data that differ.
    only_in_a, only_in_b : tuple of str
        What one file alone has.
    ignored : tuple of str
        What was left out.
    """

    a: str
    b: str
    status: Change | None
    simulated_ms: Change | None
    configuration: tuple[Change, ...]
    provenance: tuple[Change, ...]
    spikes: tuple[SpikeDifference, ...]
    arrays: tuple[Difference, ...]
    only_in_a: tuple[str, ...]
    only_in_b: tuple[str, ...]
    ignored: tuple[str, ...]

    @property
    def is_equal(self) -> bool:
        """Return whether results are bit-equal, whatever asked for them and computed them."""
        parted = self.spikes or self.arrays or self.only_in_a or self.only_in_b
        return not (parted or self.status or self.simulated_ms)

    @property
    def first_spike(self) -> FirstSpike | None:
        """Return the earliest spike, of all populations, that one file alone has."""
        first = [each.first for each in self.spikes]
        return min(first, key=lambda spike: (spike.time_ms, spike.population), default=None)

    def below(self, *groups: str) -> tuple[Difference, ...]:
        """Return the arrays of some groups ("metrics", "weights") that differ."""
        return tuple(each for each in self.arrays if each.name.split("/")[0] in groups)


def compare(a: str | Path, b: str | Path, ignore: Sequence[str] = ()) -> Comparison:
    """Compare two recordings, sealed or not.

    Parameters
    ----------
    a, b : path
        As for `read`.
    ignore : sequence of str
        Patterns of what is left out: "metrics/seconds_*". Names are those that the answer uses.

    Returns
    -------
    Comparison
        Complete: what differs in the end is listed too.

    Raises
    ------
    DamagedFileError
        When one cannot be opened, is hostile, or no recording.
    EnvironmentFault
        When one is missing or may not be read.
    """
    with read(a) as one, read(b) as other:
        spikes_a, spikes_b = ({f"spikes/{p}" for p in each.spiking} for each in (one, other))
        arrays_a, arrays_b = dict(_arrays(one)), dict(_arrays(other))
        names_a, names_b = spikes_a | arrays_a.keys(), spikes_b | arrays_b.keys()
        ignored = {n for n in names_a | names_b if any(fnmatchcase(n, each) for each in ignore)}
        shared = sorted((names_a & names_b) - ignored)
        parted = [
            _placed(found, one)
            for name in shared
            if name in arrays_a and (found := difference(name, arrays_a[name](), arrays_b[name]()))
        ]
        trains = [name.removeprefix("spikes/") for name in shared if name in spikes_a]
        return Comparison(
            a=str(one.path),
            b=str(other.path),
            status=_changed("status", one.status.name.lower(), other.status.name.lower()),
            simulated_ms=_changed("simulated_ms", one.progress[0], other.progress[0]),
            configuration=changes(one.configuration, other.configuration),
            provenance=changes(_origin(one), _origin(other)),
            spikes=tuple(filter(None, (_spikes(name, one, other) for name in trains))),
            arrays=tuple(parted),
            only_in_a=tuple(sorted(names_a - names_b - ignored)),
            only_in_b=tuple(sorted(names_b - names_a - ignored)),
            ignored=tuple(sorted(ignored)),
        )


def changes(a: Mapping[str, Any], b: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return the dotted keys at which two nested mappings differ, sorted.

    Parameters
    ----------
    a, b : mapping
        Of mappings, lists and plain values, as JSON gives them.

    Returns
    -------
    tuple of Change
        Lists are one value; elements of lists of mappings are numbered: "tasks[2].name".
    """
    flat_a, flat_b = dict(_flat(a)), dict(_flat(b))
    keys = sorted((flat_a.keys() | flat_b.keys()) - set(ASIDE))
    pairs = ((key, flat_a.get(key, ABSENT), flat_b.get(key, ABSENT)) for key in keys)
    return tuple(found for pair in pairs if (found := _changed(*pair)))


def _flat(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and (value or not key):
        for name, inner in value.items():
            yield from _flat(inner, f"{key}.{name}" if key else name)
    elif isinstance(value, list) and any(isinstance(each, Mapping) for each in value):
        for place, inner in enumerate(value):
            yield from _flat(inner, f"{key}[{place}]")
    else:
        yield key, value


def _changed(key: str, a: Any, b: Any) -> Change | None:
    # In JSON 1 and true differ, and so do they here.
    return None if json.dumps(a) == json.dumps(b) else Change(key, a, b)


def _origin(recording: Recording) -> dict[str, Any]:
    return {**recording.provenance, "seeds": recording.seeds}


def _spikes(population: str, a: Recording, b: Recording) -> SpikeDifference | None:
    (times_a, ids_a), (times_b, ids_b) = a.spikes(population), b.spikes(population)
    n = min(times_a.size, times_b.size)
    apart = (times_a[:n] != times_b[:n]) | (ids_a[:n] != ids_b[:n])
    if not apart.any() and times_a.size == times_b.size:
        return None
    at = int(np.argmax(apart)) if apart.any() else n
    # Both are sorted by time, then neuron: what comes first is missing in the other one.
    heads = [
        (float(times[at]), int(ids[at]), name)
        for times, ids, name in ((times_a, ids_a, "a"), (times_b, ids_b, "b"))
        if at < times.size
    ]
    time, neuron, only_in = min(heads)
    first = FirstSpike(population, time, neuron, only_in)
    return SpikeDifference(population, times_a.size, times_b.size, first)


def _arrays(recording: Recording) -> Iterator[tuple[str, Loader]]:
    """Yield the name of everything but spikes with a function that loads it."""
    # Fields of one group follow each other: they are read together, and one group is held.
    once = lru_cache(maxsize=1)(_loaded)
    for name, metric in recording.metrics().items():
        yield f"metrics/{name}", partial(np.asarray, metric.value)
        yield f"metrics/{name}:definition", partial(_told, metric)
    for name in recording.arrays:
        yield f"data/{name}", partial(recording.array, name)
    for name, nodes in recording.nodes.items():
        yield f"nodes/{name}", partial(np.asarray, f"{nodes.size} x {nodes.model}")
    groups: list[tuple[str, Loader, tuple[str, ...]]] = [
        (f"edges/{name}", partial(recording.edges, name), EDGES) for name in recording.projections
    ]
    groups += [
        (f"weights/{name}", partial(recording.weights, name), WEIGHTS) for name in recording.weighed
    ]
    groups += [
        (f"reports/{name}/{population}", partial(recording.report, name, population), REPORT)
        for name in recording.reports
        for population in recording.reported(name)
    ]
    for root, load, fields in groups:
        for field in fields:
            yield f"{root}/{field}", partial(_field, once, load, field)
    yield "phases", lambda: np.asarray([str(phase) for phase in recording.phases()], dtype=np.str_)


def _told(metric: Metric) -> NDArray[Any]:
    return np.asarray(f"{metric.definition} ({metric.unit})")


def _field(once: Callable[..., Any], load: Loader, name: str) -> NDArray[Any]:
    return np.asarray(getattr(once(load), name))


def _loaded(load: Loader) -> Any:
    return load()


def _placed(found: Difference, recording: Recording) -> Difference:
    """Say in words where the largest difference of weights, synapses and traces is."""
    group, name, *rest = (*found.name.split("/"), "")
    if found.index is None:
        return found
    if group == "weights" and rest[0] in ("data", "alive"):
        snapshot, synapse = found.index
        time = recording.weights(name).times_ms[snapshot]
        return replace(found, place=f"{time:g} ms, {_synapse(recording, name, synapse)}")
    if group == "edges":
        return replace(found, place=_synapse(recording, name, found.index[0]))
    if group == "reports" and rest[1] == "data":
        report = recording.report(name, rest[0])
        row, column = found.index
        place = f"{report.times_ms[row]:g} ms, neuron {report.node_ids[column]}"
        return replace(found, place=place)
    return found


def _synapse(recording: Recording, projection: str, synapse: int) -> str:
    if projection not in recording.projections:
        return f"synapse {synapse}"
    edges = recording.edges(projection)
    return f"synapse {synapse} ({edges.source_ids[synapse]} -> {edges.target_ids[synapse]})"
