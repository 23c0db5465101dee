"""Settings of the study of rewiring; light, because every validation reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

from experiments.continual.objections import PIXELS
from networks.objections import Described, Objection
from neuro.errors import SpecError
from neuro.layers.cells import RateCell, StepCell

Method = Literal[
    "dense", "narrow", "er", "index", "random", "mixer", "index_hebb", "index_set_hebb", "set",
    "rigl", "srigl",
]  # fmt: skip
# method -> where synapses are at first, and the rule of `plasticity.rewiring.RULES` that moves any.
METHODS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "dense": ("whole", ""),
        "narrow": ("narrow", ""),
        "er": ("er", ""),
        "index": ("index", ""),
        "random": ("random", ""),
        "mixer": ("mixer", ""),
        "index_hebb": ("index", "hebb"),
        "index_set_hebb": ("index", "set_hebb"),
        "set": ("er", "set"),
        "rigl": ("er", "rigl"),
        "srigl": ("fan_in", "srigl"),
    }
)
GROUPED = ("index", "random", "mixer")


@dataclass(frozen=True, slots=True)
class Moves:
    """Say when synapses move, and how many.

    Attributes
    ----------
    every : int
        Batches from one rewiring to the next.
    share : float
        Of the synapses of a layer, those that move at first.
    until : float
        Share of training after which none move any more; the share that moves falls to 0 until
        then as a half cosine. 0 for the same share to the end.
    window : int
        Batches before a rewiring whose activities count; 0 for all since the last one.
    """

    every: int = 100
    share: float = 0.1
    until: float = 0.75
    window: int = 0

    def __post_init__(self) -> None:
        if self.every < 1 or self.window < 0:
            raise SpecError(
                f"every {self.every}, window {self.window}; needed: at least 1, 0 or more"
            )
        if not 0 <= self.share <= 1 or not 0 <= self.until <= 1:
            raise SpecError(f"share {self.share}, until {self.until}; needed: 0 to 1")


@dataclass(frozen=True, slots=True)
class RewiringStudy:
    """Teach a sparse network images, and let its synapses move meanwhile.

    Attributes
    ----------
    method : str
        dense; narrow (dense, as many synapses as the sparse ones); er (synapses anywhere); index,
        random, mixer (groups of neighbours, drawn groups, groups that mix); index_hebb,
        index_set_hebb (index, rewired by activities, the least alike or the weakest go); set (er,
        the weakest go, chance grows), rigl (er, the weakest go, gradients grow), srigl (rigl with
        the same number of synapses onto each cell). All but dense have the same expected number
        of synapses. The read-out is dense.
    data : str
        mnist, digits (8 x 8, of scikit-learn), or a folder of idx files named as those of MNIST.
    enlarge : int
        Repeat every pixel so many times in both directions.
    train, test : int
        Images, drawn once; 0 for all.
    validation : bool
        Test on training images that are held out of training, a sixth of all if `test` is 0, and
        leave the test images alone: for choosing any other setting.
    hidden : tuple of int
        Cells of each hidden layer.
    groups : int
        Groups of each layer, for index, random and mixer.
    between : float
        Chance of a synapse between groups; within a group there are all. Sets the density of every
        method.
    trainer : {"dsr", "bptt"}
        How gradients come about.
    steps : int
        T, steps of one presentation.
    epochs, batch : int
        Passes over the images, images of one update.
    rate, momentum : float
        Learning rate of the weights, and what a step leaves of the last one.
    moves : Moves
        When synapses move, for methods that move any.
    rate_cell : RateCell
        The cells of trainer dsr.
    step_cell : StepCell
        The cells of trainer bptt.
    """

    method: Method = "index_hebb"
    data: str = "mnist"
    enlarge: int = 1
    train: int = 6000
    test: int = 4000
    validation: bool = False
    hidden: tuple[int, ...] = (256, 256)
    groups: int = 8
    between: float = 0.15
    trainer: Literal["dsr", "bptt"] = "dsr"
    steps: int = 10
    epochs: int = 8
    batch: int = 50
    rate: float = 0.02
    momentum: float = 0.9
    moves: Moves = field(default_factory=Moves)
    rate_cell: RateCell = field(default_factory=RateCell)
    step_cell: StepCell = field(default_factory=StepCell)

    def __post_init__(self) -> None:
        if not self.hidden or min(*self.hidden, self.steps, self.epochs, self.batch) < 1:
            raise SpecError("hidden layers, steps, epochs and batch must be at least 1")
        if self.rate <= 0 or not 0 <= self.momentum < 1:
            raise SpecError(
                f"rate {self.rate}, momentum {self.momentum}; needed: above 0, 0 to below 1"
            )
        if self.groups < 1 or not 0 <= self.between <= 1:
            raise SpecError(
                f"groups {self.groups}, between {self.between}; needed: at least 1, 0 to 1"
            )
        if self.enlarge < 1 or min(self.train, self.test) < 0:
            raise SpecError(
                f"enlarge {self.enlarge}, train {self.train}, test {self.test}; needed: at least "
                "1 pixel, 0 images or more"
            )

    @property
    def wiring(self) -> tuple[str, str]:
        """Return where synapses are at first, and the name of the rule that moves them."""
        return METHODS[self.method]

    def objections(self, _described: Described) -> Iterator[Objection]:
        """Yield layers that groups do not divide, as far as their sizes are known by now."""
        if self.wiring[0] not in GROUPED:
            return
        for n in self.hidden:
            if n % self.groups:
                yield Objection(
                    ("experiment", "hidden"),
                    f"{self.groups} groups do not divide a layer of {n} cells; needed for method "
                    f"'{self.method}': a multiple of {self.groups}",
                    (("experiment", "groups"),),
                )
        n_pixels = PIXELS.get(self.data, 0) * self.enlarge**2
        if n_pixels % self.groups:
            yield Objection(
                ("experiment", "groups"),
                f"{self.groups} groups do not divide {n_pixels} pixels; needed for method "
                f"'{self.method}': a divisor",
                (("experiment", "data"),),
            )

    def quick(self) -> RewiringStudy:
        """Return the same experiment at the size of a test: few images, small layers."""
        hidden = tuple(min(n, 8 * self.groups) for n in self.hidden)
        moves = replace(self.moves, every=min(self.moves.every, 4))
        return replace(
            self, train=640, test=200, hidden=hidden, epochs=min(2, self.epochs), moves=moves
        )
