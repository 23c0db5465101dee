"""Settings of read-outs that learn classes one after the other from fixed codes; light."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from experiments.continual.objections import N_CLASSES, PIXELS
from neuro.errors import SpecError

SPIKING = ("counts", "delta")


@dataclass(frozen=True, slots=True)
class Code:
    """Say what an image becomes before anything is learnt from its label.

    Attributes
    ----------
    kind : {"pixels", "race", "keys"}
        Intensities; the first spikes of cells that weigh pixels at random; or those of cells each
        of which is tuned to a prototype.
    upright : bool
        Shear images upright and centre them by their moments, each by itself.
    cells : int
        Cells that race; prototypes.
    active : int
        Spikes that end the race.
    unlabelled : {"all tasks", "first task"}
        Images on which prototypes are learnt, without labels and before the stream begins. With
        "all tasks" they have seen the images of tasks to come.
    passes : int
        Times that prototypes see each of these images.
    """

    kind: Literal["pixels", "race", "keys"] = "race"
    upright: bool = False
    cells: int = 4000
    active: int = 200
    unlabelled: Literal["all tasks", "first task"] = "all tasks"
    passes: int = 2

    def __post_init__(self) -> None:
        if not 1 <= self.active <= self.cells or self.passes < 1:
            raise SpecError(
                f"active {self.active} of {self.cells} cells, passes {self.passes}; needed: 1 to "
                "as many as there are cells, at least 1"
            )


@dataclass(frozen=True, slots=True)
class ReadoutRecipe:
    """Say how classes are learnt from a code.

    Attributes
    ----------
    name : str
        In the table and the figure.
    code : Code
        What is learnt from.
    readout : {"counts", "delta", "means", "discriminant"}
        Coincidences of spikes and classes, scored by log probabilities; the delta rule on class
        probabilities; class means; or means with the covariance that classes share.
    """

    name: str
    code: Code = field(default_factory=Code)
    readout: Literal["counts", "delta", "means", "discriminant"] = "counts"

    def __post_init__(self) -> None:
        if self.readout in SPIKING and self.code.kind == "pixels":
            raise SpecError(f"readout '{self.readout}' learns from spikes, and pixels have none")


@dataclass(frozen=True, slots=True)
class KeyValueStudy:
    """Learn classes one after the other on fixed codes, without replay and identities of tasks.

    Attributes
    ----------
    recipes : tuple of ReadoutRecipe
        What is compared; metrics of the first one stand without a prefix too.
    networks : int
        Independent draws of random cells, prototypes and order of images within a task.
    data : str
        "mnist", "digits" (8 x 8), or a folder of idx files.
    tasks : int
        Into which the classes are split, in their order.
    judged_on : {"test", "validation"}
        The test set, or the last sixth of the training images, which are never learnt then.
    train, test : int
        Images learnt and judged, the first ones; 0 for all.
    batch : int
        Images of one step of learning.
    """

    recipes: tuple[ReadoutRecipe, ...]
    networks: int = 3
    data: str = "mnist"
    tasks: int = 5
    judged_on: Literal["test", "validation"] = "test"
    train: int = 0
    test: int = 0
    batch: int = 500

    def __post_init__(self) -> None:
        names = [recipe.name for recipe in self.recipes]
        if not names or len(set(names)) < len(names):
            raise SpecError(f"recipes {names}; needed: at least one, each name once")
        if min(self.networks, self.tasks, self.batch) < 1 or min(self.train, self.test) < 0:
            raise SpecError(
                f"networks {self.networks}, tasks {self.tasks}, batch {self.batch}, train "
                f"{self.train}, test {self.test}; needed: at least 1, images 0 or more"
            )
        if self.data in PIXELS and N_CLASSES % self.tasks:
            raise SpecError(f"tasks {self.tasks}: ten digits do not split into so many")

    def quick(self) -> KeyValueStudy:
        """Return the same experiment at the size of a test: few images, cells and networks."""
        recipes = tuple(
            replace(
                recipe,
                code=replace(
                    recipe.code,
                    cells=min(200, recipe.code.cells),
                    active=max(1, recipe.code.active * min(200, recipe.code.cells)
                               // recipe.code.cells),
                ),
            )
            for recipe in self.recipes
        )  # fmt: skip
        return replace(self, recipes=recipes, networks=2, train=2000, test=500)
