"""The table of the atlas: what is recorded of all points and sets, and what is printed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.memory.atlas.contenders import CONTENDERS, NOT_COMPARED
from experiments.memory.atlas.points import RECALLED, Found, Point
from experiments.memory.atlas.sets import SET_KINDS, WRONG, FoundSet
from experiments.memory.atlas.settings import CapacityAtlas, SetName
from experiments.tables import show_table
from networks.memories.intervals import t_interval
from neuro.recording import Recorder

Points = Mapping[Point, Found]
Sets = Mapping[tuple[SetName, int], FoundSet]
AXES, SET_AXES = "[memory, bytes, patterns, damage]", "[set, bytes]"
LEGEND = "atlas/legend"
KEPT, LOST = 0.5, 0.1  # of what is recalled at capacity: graceful from, catastrophic up to
COLUMNS = (
    "memory", "bytes", "patterns", "damage", "N", "active", "capacity", "bits/synapse", "bits/byte",
    "at 2 x", "beyond", "op/store", "op/recall", "us/store", "us/recall",
)  # fmt: skip
SET_COLUMNS = (
    "set", "bytes", "m", "items", "bits an item", "wrong at 2 x", "op/store", "op/answer",
    "us/store", "us/answer",
)  # fmt: skip
# Metric -> definition, unit, and how it is computed: a number, or one of each network.
PER_NETWORK: Mapping[str, tuple[str, str, Callable[[Found], NDArray[np.float64]]]] = {
    "capacity": (
        f"patterns stored where half of the cues are recalled ({RECALLED}); 0 if at no load, a "
        "lower bound where is_bracketed is 0",
        "1", lambda each: each.capacity,
    ),
    "bits_per_synapse": (
        "bits that recall adds to the cues of recalled patterns, most up to the capacity, by "
        "plastic synapses",
        "bit", lambda each: each.added / each.synapses,
    ),
    "bits_per_byte": (
        "bits that recall adds to the cues of recalled patterns, most up to the capacity, by "
        "the bytes of the full memory",
        "bit", lambda each: each.added / each.bytes,
    ),
    "retained": (
        "patterns recalled at twice the capacity, over those recalled at the capacity",
        "1", lambda each: each.retained,
    ),
}  # fmt: skip
PLAIN: Mapping[str, tuple[str, str, Callable[[Found], float]]] = {
    "size": ("units of a pattern", "1", lambda each: each.size),
    "active": ("active units of a pattern", "1", lambda each: each.active),
    "synapses": ("plastic synapses of the full memory", "1", lambda each: each.synapses),
    "bytes": ("everything that the full memory keeps", "byte", lambda each: each.bytes),
    "is_bracketed": (
        "1 if recall falls below one half within the loads", "1",
        lambda each: float(each.is_bracketed),
    ),
    "operations_store": (
        "synapses read and written to store a pattern, counted, at the capacity", "1",
        lambda each: each.cost("operations_store"),
    ),
    "operations_recall": (
        "synapses read and written to recall a cue, counted, at the capacity", "1",
        lambda each: each.cost("operations_recall"),
    ),
    "seconds_store": (
        "wall-clock time to store a pattern, at the capacity, least of networks", "s",
        lambda each: each.cost("seconds_store"),
    ),
    "seconds_recall": (
        "wall-clock time to recall a cue, at the capacity, least of networks", "s",
        lambda each: each.cost("seconds_recall"),
    ),
}  # fmt: skip


def write_atlas(recorder: Recorder, settings: CapacityAtlas, points: Points, sets: Sets) -> None:
    """Record the table: an array of each quantity, and the names of its axes.

    Parameters
    ----------
    recorder : Recorder
        The recording.
    settings : CapacityAtlas
        What was asked.
    points : mapping of Point to Found
        All points.
    sets : mapping of (str, int) to FoundSet
        All sets, by kind and by the bytes of the memories that they stand beside.
    """
    legend = {
        "memory": list(settings.memories),
        "label": [CONTENDERS[each].label for each in settings.memories],
        "keeps": [CONTENDERS[each].keeps for each in settings.memories],
        "bytes": list(settings.bytes),
        "patterns": list(settings.patterns),
        "damage": [each.name for each in settings.damages],
        "set": list(settings.sets),
        "networks": settings.networks,
        "not compared": dict(NOT_COMPARED),
    }
    recorder.array(LEGEND, json.dumps(legend), "1", "JSON: axes of the table of the atlas")
    grid = _grid(settings)
    for name, (definition, unit, value) in PER_NETWORK.items():
        ends = np.array([t_interval(value(points[each])) for each in grid.flat])
        means = ends[:, 0].reshape(grid.shape)
        recorder.metric(f"table/{name}", means, f"{AXES}: {definition}; mean of networks", unit)
        shown = np.maximum(ends[:, 1:], 0.0).reshape(*grid.shape, 2)
        told = f"{AXES[:-1]}, low and high]: 95 % interval (Student) across networks of {name}"
        recorder.metric(f"table/{name}_ci", shown, told, unit)
    for name, (definition, unit, number) in PLAIN.items():
        values = np.array([number(points[each]) for each in grid.flat]).reshape(grid.shape)
        recorder.metric(f"table/{name}", values, f"{AXES}: {definition}", unit)
    _write_curves(recorder, grid, points)
    if sets:
        _write_sets(recorder, settings, sets)


def _grid(settings: CapacityAtlas) -> NDArray[Any]:
    axes = settings.memories, settings.bytes, settings.patterns, settings.damages
    grid = np.empty([len(axis) for axis in axes], dtype=object)
    for place, names in zip(np.ndindex(grid.shape), product(*axes), strict=True):
        grid[place] = Point(*names)
    return grid


def _write_curves(recorder: Recorder, grid: NDArray[Any], points: Points) -> None:
    """Record recall over load; rows are as long as the longest, NaN beyond their end."""
    most = max(len(found.load) for found in points.values())
    networks = len(next(iter(points.values())).rows["recall"])
    load = np.full((*grid.shape, most), np.nan)
    rows = {name: np.full((*grid.shape, networks, most), np.nan) for name in ("recall", "added")}
    for place, point in np.ndenumerate(grid):
        found = points[point]
        load[place][: len(found.load)] = found.load
        for name, table in rows.items():
            table[place][:, : len(found.load)] = found.rows[name]
    told = {
        "recall": f"fraction of cues for which {RECALLED}",
        "added": "bits that recall adds to the cues of recalled patterns",
    }
    recorder.metric("load", load, f"{AXES[:-1]}, load]: patterns stored; NaN beyond the last")
    for name, table in rows.items():
        recorder.metric(name, table, f"{AXES[:-1]}, network, load]: {told[name]}")


def _write_sets(recorder: Recorder, settings: CapacityAtlas, sets: Sets) -> None:
    shape = len(settings.sets), len(settings.bytes)
    found = [sets[each] for each in product(settings.sets, settings.bytes)]
    told = f"most items of which at most {WRONG:.0%} of answers (half members) are wrong"
    columns: dict[str, tuple[str, str, list[float]]] = {
        "items": (f"{told}; mean of networks", "1", [each.items.mean() for each in found]),
        "bytes": ("everything that the set keeps", "byte", [each.bytes for each in found]),
        "size": ("m, width of an item", "1", [each.size for each in found]),
        "wrong_beyond": (
            "share of wrong answers at twice as many items", "1",
            [each.wrong_beyond.mean() for each in found],
        ),
    }  # fmt: skip
    for name in found[0].costs:
        unit = "s" if name.startswith("seconds") else "1"
        told = f"{name.replace('_', ' to ')} an item or to answer for one"
        columns[name] = told, unit, [each.costs[name] for each in found]
    for name, (definition, unit, values) in columns.items():
        table = np.array(values, dtype=np.float64).reshape(shape)
        recorder.metric(f"sets/{name}", table, f"{SET_AXES}: {definition}", unit)


def beyond(retained: float) -> str:
    """Say how a memory behaves beyond its capacity.

    Parameters
    ----------
    retained : float
        Patterns recalled at twice the capacity, over those at capacity; NaN if it has none.
    """
    if np.isnan(retained):
        return "-"
    return "graceful" if retained >= KEPT else "steep" if retained > LOST else "catastrophic"


def show_atlas(settings: CapacityAtlas, points: Points, sets: Sets) -> None:
    """Print a row for each point, and a row for each set."""
    rows = [_row(each, points[each]) for each in _grid(settings).flat]
    title = f"{settings.networks} network(s) a point"
    show_table(f"capacity atlas: {title}", COLUMNS, rows)
    if sets:
        show_table(
            f"sets: most items with {WRONG:.0%} of answers wrong", SET_COLUMNS,
            [_set_row(*each, sets[each]) for each in product(settings.sets, settings.bytes)],
        )  # fmt: skip


def _row(point: Point, found: Found) -> tuple[str, ...]:
    retained = float(found.retained.mean())
    return (
        CONTENDERS[point.memory].label, str(found.bytes), point.patterns, point.damage.name,
        str(found.size), str(found.active),
        f"{'' if found.is_bracketed else '> '}{found.capacity.mean():.4g}",
        f"{(found.added / found.synapses).mean():.3g}", f"{(found.added / found.bytes).mean():.3g}",
        "-" if np.isnan(retained) else f"{retained:.2f}", beyond(retained),
        f"{found.cost('operations_store'):.3g}", f"{found.cost('operations_recall'):.3g}",
        f"{1e6 * found.cost('seconds_store'):.3g}", f"{1e6 * found.cost('seconds_recall'):.3g}",
    )  # fmt: skip


def _set_row(name: SetName, _bytes: int, found: FoundSet) -> tuple[str, ...]:
    items = float(found.items.mean())
    each = 8 * found.bytes / items if items else np.inf
    return (
        SET_KINDS[name].label, str(found.bytes), str(found.size), f"{items:.4g}", f"{each:.3g}",
        f"{found.wrong_beyond.mean():.3f}",
        *(f"{found.costs[name]:.3g}" for name in ("operations_store", "operations_recall")),
        *(f"{1e6 * found.costs[name]:.3g}" for name in ("seconds_store", "seconds_recall")),
    )  # fmt: skip
