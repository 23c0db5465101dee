"""One point of the atlas: a memory of some bytes, a kind of items, a damage; as any other study.

Pilot networks find about how many patterns are recalled; fresh networks are then measured at a
quarter of that number to four times of it, through the loop of all memories
(`experiments.memory.laboratory.study`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.memory.atlas.contenders import Fitted, fit
from experiments.memory.atlas.information import added_bits, correlated
from experiments.memory.atlas.items import Items, draw_items
from experiments.memory.atlas.settings import CapacityAtlas, Damage, Kind, MemoryName
from experiments.memory.laboratory.study import Measure, Probing, Study, begin, measure
from experiments.memory.polar import RETRIEVED, Tries
from networks.streams import generator

Array = NDArray[np.float64]
HALF = 0.5
STEPS = range(-4, 5)  # of loads, in powers of sqrt(2) of what pilots hold
PILOT_MOST, MOST_LOAD = 1 << 17, 1 << 18
PILOT_LEAST = 4  # patterns; pilots are asked for as many at least
PILOT_PROBES = 40
PILOTS = 3  # networks
RECALLED = f"the correlation of recalled and stored units is above {RETRIEVED}"


class Point(NamedTuple):
    """Name a point of the atlas.

    Attributes
    ----------
    memory : str
        Which.
    bytes : int
        What it may use.
    patterns : str
        Kind of items.
    damage : Damage
        Of cues.
    """

    memory: MemoryName
    bytes: int
    patterns: Kind
    damage: Damage

    @property
    def name(self) -> str:
        """Return the name of the part of the run."""
        return f"{self.memory}/{self.bytes}/{self.patterns}/{self.damage.name}"


@dataclass(frozen=True, slots=True)
class Found:
    """Hold what was measured at a point.

    Attributes
    ----------
    size, active : int
        Units of a pattern, and those that are active.
    synapses, bytes : float
        Of the memory, full.
    room : int
        Patterns after which it turns others away; 0 for none.
    load : array, shape (n_loads,)
        Patterns stored.
    rows : dict of str to array, shape (n_networks, n_loads)
        By metric: recall, added (bits that recall adds to the cues of all patterns), costs.
    """

    size: int
    active: int
    synapses: float
    bytes: int
    room: int
    load: NDArray[np.int64]
    rows: dict[str, Array] = field(default_factory=dict)

    @property
    def capacity(self) -> Array:
        """Return the load at which half of the cues are recalled, shape (n_networks,)."""
        return np.array([half_load(self.load, row) for row in self.rows["recall"]])

    @property
    def is_bracketed(self) -> bool:
        """Return whether recall falls to a half within the loads, in all networks."""
        return bool((self.rows["recall"][:, -1] < HALF).all())

    @property
    def retained(self) -> Array:
        """Return patterns recalled at twice the capacity, over those at capacity, (n_networks,)."""
        rows = zip(self.capacity, self.rows["recall"], strict=True)
        return np.array([2 * at(self.load, row, 2 * c) / HALF if c else np.nan for c, row in rows])

    @property
    def added(self) -> Array:
        """Return the bits that recall adds to the cues of all patterns, (n_networks,).

        At the load at which they are most, on average across networks, up to the capacity.
        """
        mean = self.rows["added"].mean(axis=0)
        capacity = self.capacity.mean()
        if capacity:
            # The next step above the capacity is further from it than half a step.
            mean = np.where(self.load <= capacity * 2**0.25, mean, -1.0)
        return np.asarray(self.rows["added"][:, mean.argmax()])

    def cost(self, name: str) -> float:
        """Return a cost near the capacity; of storing, while there is room.

        Operations are means of networks, seconds the least: other processes only add to them.
        """
        wanted = max(1.0, float(self.capacity.mean()))
        load = self.load.astype(np.float64)
        if name.endswith("store") and self.room:
            load = np.where(self.load <= max(self.room, self.load[0]), load, np.inf)
        place = np.abs(np.log(load) - np.log(wanted)).argmin()
        costs = self.rows[name][:, place]
        return float(costs.min() if name.startswith("seconds") else costs.mean())


def half_load(load: NDArray[Any], recall: Array) -> float:
    """Return the load at which recall falls through one half, by lines over the log of the load.

    Of several crossings it is the last; 0 if half are recalled at no load, the last load if they
    are at the last one.
    """
    above = np.flatnonzero(recall >= HALF)
    if not len(above):
        return 0.0
    last = int(above[-1])
    if last == len(load) - 1:
        return float(load[-1])
    share = (recall[last] - HALF) / (recall[last] - recall[last + 1])
    return float(load[last] * (load[last + 1] / load[last]) ** share)


def at(load: NDArray[Any], values: Array, place: float) -> float:
    """Interpolate over the log of the load; NaN beyond the last load."""
    return float(np.interp(np.log(place), np.log(load), values, right=np.nan))


def measure_point(settings: CapacityAtlas, seed: int, point: Point) -> Found:
    """Measure one point.

    Parameters
    ----------
    settings : CapacityAtlas
        How much is tried.
    seed : int
        Root seed; networks draw from streams of their own, which are the same for all damages.
    point : Point
        Which.

    Returns
    -------
    Found
        What came out.
    """
    fitted = fit(point.memory, point.bytes)
    held, most = _pilot(settings, seed, point, fitted)
    loads = _loads(held, most)
    tries = Tries(loads, 1, settings.probes)
    outcome = begin(tries)
    for network in range(settings.networks):
        asked = _study(settings, seed, point, fitted, f"atlas.{network}")[0]
        measure(asked, tries, seed, outcome)
    names = ("recall", "added", "operations_store", "operations_recall", "seconds_store",
             "seconds_recall")  # fmt: skip
    rows = {name: outcome.table(name) for name in names}
    synapses = float(outcome.table("synapses").max())
    return Found(
        fitted.code.size, fitted.code.active, synapses, fitted.bytes, fitted.most,
        np.array(loads), rows,
    )  # fmt: skip


def _loads(held: int, most: int) -> tuple[int, ...]:
    if not held:
        return tuple(2**step for step in range(PILOT_LEAST))
    wanted = {round(held * 2 ** (step / 2)) for step in STEPS}
    return tuple(sorted({min(max(1, load), most, MOST_LOAD) for load in wanted}))


def _pilot(settings: CapacityAtlas, seed: int, point: Point, fitted: Fitted) -> tuple[int, int]:
    """Return about how many patterns some networks hold, and how many items there are."""
    asked = [_study(settings, seed, point, fitted, f"atlas.pilot.{each}") for each in range(PILOTS)]
    most = asked[0][1].most
    loads, recall = list[int](), list[float]()
    while not loads or (2 * loads[-1] <= min(most, PILOT_MOST) and not _is_over(loads, recall)):
        loads.append(2 * loads[-1] if loads else 1)
        tries = Tries((loads[-1],), 1, min(PILOT_PROBES, settings.probes))
        outcome = begin(tries)
        for study, _items in asked:
            measure(study, tries, seed, outcome)
        recall.append(float(outcome.table("recall").mean()))
    return round(half_load(np.array(loads), np.array(recall))), most


def _is_over(loads: list[int], recall: list[float]) -> bool:
    """Say whether recall has fallen for good: below a quarter, or twice below a half."""
    falls = recall[-1] < HALF / 2 or max(recall[-2:]) < HALF
    return loads[-1] >= PILOT_LEAST and falls


def _study(
    settings: CapacityAtlas, seed: int, point: Point, fitted: Fitted, stream: str
) -> tuple[Study, Items]:
    """Return what one network of a point is asked, and its items."""
    code = fitted.code
    shared = generator(seed, f"{stream}.items")
    items = draw_items(point.patterns, code, settings.correlation, shared)
    return Study(
        size=code.size,
        make=fitted.make,
        draw=items.draw,
        damage=lambda patterns, rng: items.damage(patterns, point.damage, rng),
        recalled=lambda states, wanted: correlated(states > 0, wanted > 0),
        recalled_definition=RECALLED,
        bits=lambda _states, _wanted, _load: 0.0,
        measures=(
            Measure("added", "bits added to the cues of all patterns", partial(_added, items), ""),
            Measure("synapses", "plastic synapses", lambda each: each.memory.n_synapses, ""),
        ),
        is_incremental=fitted.is_incremental,
        stream=stream,
    ), items


def _added(items: Items, probing: Probing) -> float:
    wanted = probing.wanted > 0
    expected = items.class_of(wanted) if len(items.prototypes) else None
    told = added_bits(items.code, probing.states > 0, probing.cues > 0, wanted, expected)
    return probing.load * float(told.mean())
