"""Recipes of memories for digits: what pixels become, and the levels that learn it; light."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

from experiments.memory.trials import QUICK_NETWORKS
from networks.bounds import check_range
from networks.memories.sparsey.settings import CriticalPeriod, Selection
from networks.objections import Described, Objection, Path
from neuro.errors import SpecError

Lines = Literal["skeletons", "strokes", "upright strokes", "edges"]
SHAPES: Mapping[Lines, tuple[int, ...]] = MappingProxyType(
    {
        "skeletons": (24, 16),
        "strokes": (28, 28),
        "upright strokes": (28, 28),
        "edges": (4, 28, 28),
    }
)
MAX_SAMPLES = 4000  # of each class; no class has fewer that may be learnt
QUICK_RECIPES = 2  # and those with a curve
CURED = Selection(g_min=0.3, gamma=2.0, chi=3.0, s2=60.0, s3=0.9)


@dataclass(frozen=True, slots=True)
class Macs:
    """Describe one level: a square grid of equal macs over the image, or one over all below.

    Attributes
    ----------
    modules, units : int
        Q and K of each.
    grid : int
        Macs in each direction; levels above the first have one mac that sees all codes below.
    side : int
        Pixels of a receptive field in each direction.
    gate : bool
        Whether the label acts as D signal while learning.
    selection : Selection
        How codes are drawn.
    period : CriticalPeriod
        When synapses freeze.
    """

    modules: int = 100
    units: int = 200
    grid: int = 1
    side: int = 28
    gate: bool = True
    selection: Selection = CURED
    period: CriticalPeriod = field(default_factory=lambda: CriticalPeriod("unit", 0.52))

    def __post_init__(self) -> None:
        check_range(self, "modules", "units", "grid", "side", low=1)


@dataclass(frozen=True, slots=True)
class Recipe:
    """Say how a memory for digits is built; the defaults are the cured form.

    Attributes
    ----------
    name : str
        In the table and the figure.
    lines : {"upright strokes", "strokes", "skeletons", "edges"}
        What pixels become: thinned strokes two pixels wider, upright or as written; skeletons of
        16 x 24 pixels; or edges of upright digits in four directions, four pixels wider.
    paired : bool
        Whether the first level sees each line as on and off.
    levels : tuple of Macs
        From the lowest to the highest.
    curve : bool
        Whether accuracy is measured against samples per class too.
    """

    name: str
    lines: Lines = "upright strokes"
    paired: bool = True
    levels: tuple[Macs, ...] = (Macs(),)
    curve: bool = False

    def __post_init__(self) -> None:
        if not self.levels:
            raise SpecError(f"levels []; '{self.name}' needs at least one")

    def misfits(self) -> Iterator[tuple[Path, str]]:
        """Yield path below the recipe and message of levels that cannot be built."""
        first, *above = self.levels
        shape = SHAPES[self.lines][-2:]
        if first.side > min(shape) and (first.grid > 1 or first.side < max(shape)):
            height, width = shape
            message = f"fields of {first.side} pixels in {self.lines} of {height} x {width}"
            yield ("levels", 0, "side"), message
        for number, macs in enumerate(above, start=1):
            if macs.grid > 1:
                yield ("levels", number, "grid"), "only the first one can be a grid"


@dataclass(frozen=True, slots=True)
class SparseyMnist:
    """Learn handwritten digits in one presentation each, and tell their class.

    Attributes
    ----------
    recipes : tuple of Recipe
        Memories that are compared; the first one is reported in full.
    samples : int
        Training digits of each class.
    curve : tuple of int
        Samples of each class at which accuracy is measured besides, on
        about 2000 digits, ascending.
    networks : int
        Independent networks, each with its own draw of training digits.
    tested : int
        Digits of the test set, at most 10,000.
    workers : int
        Processes; results do not depend on it.
    judged_on : {"test", "validation"}
        The test set, or as many training digits that no network learns: the only ones on which
        parameters may be chosen.
    """

    recipes: tuple[Recipe, ...]
    samples: int = 200
    curve: tuple[int, ...] = (10, 20, 50, 100, 200, 400, 800)
    networks: int = 3
    tested: int = 10000
    workers: int = 2
    judged_on: Literal["test", "validation"] = "test"

    def __post_init__(self) -> None:
        if not self.recipes:
            raise SpecError("recipes []; needed: at least one")
        if list(self.curve) != sorted(set(self.curve)) or not all(n > 0 for n in self.curve):
            raise SpecError(f"curve {list(self.curve)}; needed: ascending numbers from 1")
        check_range(self, "networks", "workers", low=1)
        check_range(self, "tested", low=1, high=10000, what="digits")
        check_range(self, "samples", "curve", low=1, high=MAX_SAMPLES, what="of each class")

    def objections(self, _described: Described) -> Iterator[Objection]:
        """Yield recipes of one name, and those that cannot be built."""
        names = [recipe.name for recipe in self.recipes]
        for number, recipe in enumerate(self.recipes):
            at = ("experiment", "recipes", number)
            if recipe.name in names[:number]:
                yield Objection((*at, "name"), f"two recipes are called '{recipe.name}'")
            for steps, message in recipe.misfits():
                yield Objection((*at, *steps), message)

    def alone(self) -> SparseyMnist:
        """Return the same experiment, run by this process."""
        return replace(self, workers=1)

    def quick(self) -> SparseyMnist:
        """Return the same experiment at the size of a test."""
        recipes = [
            recipe for n, recipe in enumerate(self.recipes) if n < QUICK_RECIPES or recipe.curve
        ]
        return replace(
            self, recipes=tuple(recipes), samples=10, curve=(5, 10), networks=QUICK_NETWORKS,
            tested=100, workers=1,
        )  # fmt: skip
