"""Recipes of memories for digits: what pixels become, and the levels that learn it; light."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from experiments.memory.trials import QUICK_NETWORKS
from networks.memories.sparsey.settings import CriticalPeriod, Selection
from neuro.errors import SpecError

Lines = Literal["skeletons", "strokes", "upright strokes", "edges"]
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
        if min(self.modules, self.units, self.grid, self.side) < 1:
            raise SpecError("modules, units, grid and side must be at least 1")


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
            raise SpecError(f"levels of '{self.name}': at least one")


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
        names = [recipe.name for recipe in self.recipes]
        if not names or len(set(names)) < len(names):
            raise SpecError("recipes: at least one, each with a name of its own")
        if list(self.curve) != sorted(set(self.curve)) or not all(n > 0 for n in self.curve):
            raise SpecError(f"curve {list(self.curve)}; needed: ascending numbers from 1")
        if self.workers < 1:
            raise SpecError(f"workers {self.workers}; needed: at least 1")
        if self.networks < 1 or not 0 < self.tested <= 10000:
            raise SpecError(
                f"networks {self.networks}, tested {self.tested}; needed: 1, and 1 to 10000"
            )
        if not 0 < max((self.samples, *self.curve)) <= 4000:
            raise SpecError(f"samples {self.samples}; needed: 1 to 4000 of each class")

    def quick(self) -> SparseyMnist:
        """Return the same experiment at the size of a test."""
        recipes = [
            recipe for n, recipe in enumerate(self.recipes) if n < QUICK_RECIPES or recipe.curve
        ]
        return replace(
            self, recipes=tuple(recipes), samples=10, curve=(5, 10), networks=QUICK_NETWORKS,
            tested=100, workers=1,
        )  # fmt: skip
