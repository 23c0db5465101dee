"""Settings of the study of one pruned network that serves many tasks; light."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal, get_args

from networks.objections import Described, Objection, engine_objections
from neuro.errors import SpecError
from neuro.units import Dim, Quantity, parse

Time = Annotated[Quantity, Dim("second")]
Rate = Annotated[Quantity, Dim("hertz")]
Current = Annotated[Quantity, Dim("amp")]
Method = Literal[
    "unpruned", "noise", "noise_plain", "lnp", "lnp_lyapunov", "random", "random_rescaled",
    "magnitude", "magnitude_uniform", "activity", "sketch", "random_search", "rewind", "gradual",
    "search_memory", "search_lorenz", "search_rows",
]  # fmt: skip
Task = Literal["memory", "processing", "lorenz", "roessler", "rows", "parity", "match", "reber"]
#: Methods that a task has a part in, and which.
CHOSEN_FOR = {
    "search_memory": "memory", "search_lorenz": "lorenz", "search_rows": "rows",
    "rewind": "parity", "gradual": "parity",
}  # fmt: skip
POPULATIONS = ("exc", "inh")
QUICK_HOLD, QUICK_SETTLING, QUICK_SPECTRUM = parse("5 ms"), parse("20 ms"), parse("100 ms")


@dataclass(frozen=True, slots=True)
class Images:
    """Say which images are shown row by row, and how.

    Attributes
    ----------
    data : str
        mnist, digits (8 x 8, of scikit-learn), or a folder of idx files named as those of MNIST.
    train, validation, test : int
        Images of each kind.
    hold : Quantity
        How long a row is shown.
    pause : int
        Empty rows between two images.
    readout : {"ridge", "logistic"}
        Regression to 1 for the class and 0 for the others, or of the logarithms of their odds.
    """

    data: str = "mnist"
    train: int = 300
    validation: int = 100
    test: int = 200
    hold: Time = parse("4 ms")
    pause: int = 1
    readout: Literal["ridge", "logistic"] = "ridge"

    def __post_init__(self) -> None:
        if min(self.train, self.validation, self.test) < 2 or self.pause < 0:
            raise SpecError(
                f"train {self.train}, validation {self.validation}, test {self.test}, pause "
                f"{self.pause}; needed: at least 2 images of each kind, a pause of 0 rows or more"
            )


@dataclass(frozen=True, slots=True)
class Lessons:
    """Say how networks of rates learn on the mask.

    Attributes
    ----------
    batches, epochs : int
        Batches of an epoch, and epochs, of parity and match.
    sequences : int
        In a batch.
    last : int
        The largest N of parity and match.
    curriculum : {"multi", "single"}
        All N up to the newest through heads of their own, or one N after the other through one.
    strings, passes : int
        Strings of Reber's grammar to learn from, half as many test; and how often they are shown.
    rounds : float
        The share of synapses that a round of `rewind` keeps.
    """

    batches: int = 50
    epochs: int = 12
    sequences: int = 32
    last: int = 6
    curriculum: Literal["multi", "single"] = "multi"
    strings: int = 1000
    passes: int = 5
    rounds: float = 0.5

    def __post_init__(self) -> None:
        if min(self.batches, self.epochs, self.sequences, self.passes) < 1 or self.last < 2:
            raise SpecError("batches, epochs, sequences, passes at least 1, last at least 2")
        if self.strings < 4 or self.strings % 4 or not 0 < self.rounds < 1:
            raise SpecError(
                f"strings {self.strings}, rounds {self.rounds}; needed: a multiple of 4, above 0 "
                "and below 1"
            )


@dataclass(frozen=True, slots=True)
class LnpTransfer:
    """Prune a spiking network once, then ask all tasks of what is left.

    The network is that of the description: populations `exc` and `inh` of model lif, whose bias
    I_e and synapses are drawn. One run is one method at one density.

    Attributes
    ----------
    method : str
        Who prunes; see `experiments.transfer.methods`.
    density : float
        Share of the synapses that stay; of `unpruned` all do.
    homogeneous : bool
        Give all neurons of a population the mean of what their parameters are drawn from.
    tasks : tuple of str
        What is asked.
    rate : Quantity
        Mean rate of all neurons that stay, to which the bias of every network is set.
    close : float
        Share of that rate by which it may be missed.
    hold : Quantity
        How long a value of a series lasts.
    drive : Quantity
        Deviation of the current that an input brings to the neurons that have any.
    receiving : float
        Share of the neurons that have inputs; LNP does not remove them.
    trace : Quantity
        Time constant of the filtered spikes that are read out beside potentials.
    steps, washout : int
        Values of a series, and those at its beginning that are not read.
    delays : int
        To which memory is measured.
    starts, free : int
        Forecasts that go on by themselves, and their steps.
    counted : int
        Steps over which rates are counted to match them.
    exponents : int
        Leading Lyapunov exponents; 0 for none.
    spectrum, settling : Quantity
        Time that exponents are averaged over, and before, in which state and vectors settle.
    search : int
        Masks that `random_search` and `search_...` choose from.
    trials : int
        Distributions of time constants that LNP tries in its last step; a homogeneous network
        remains so.
    images : Images
        The rows.
    lessons : Lessons
        How parity, match and Reber are learnt, and by `rewind` and `gradual`.
    """

    method: Method = "lnp"
    density: float = 0.25
    homogeneous: bool = False
    tasks: tuple[Task, ...] = ("memory", "lorenz", "rows")
    rate: Rate = parse("12 Hz")
    close: float = 0.005
    hold: Time = parse("10 ms")
    drive: Current = parse("40 pA")
    receiving: float = 0.4
    trace: Time = parse("20 ms")
    steps: int = 1500
    washout: int = 100
    delays: int = 25
    starts: int = 8
    free: int = 150
    counted: int = 150
    exponents: int = 20
    spectrum: Time = parse("30 s")
    settling: Time = parse("1 s")
    search: int = 4
    trials: int = 20
    images: Images = field(default_factory=Images)
    lessons: Lessons = field(default_factory=Lessons)

    def __post_init__(self) -> None:
        if not 0 < self.density <= 1 or not 0 < self.receiving <= 1:
            raise SpecError(
                f"density {self.density}, receiving {self.receiving}; needed: above 0, at most 1"
            )
        if len(set(self.tasks)) < len(self.tasks):
            raise SpecError(f"tasks {', '.join(self.tasks)}; needed: each once")
        if not 1 <= self.delays <= self.washout < self.steps - 20:
            raise SpecError(
                f"delays {self.delays}, washout {self.washout}, steps {self.steps}; needed: delays "
                "up to the washout, and at least 20 steps after it"
            )
        counts = (self.starts, self.free, self.counted, self.search, self.trials)
        if min(counts) < 1 or self.exponents < 0:
            raise SpecError(
                "starts, free, counted, search and trials must be at least 1, exponents 0 or more"
            )
        for name in ("rate", "hold", "trace", "spectrum", "settling"):
            if getattr(self, name).value <= 0:
                raise SpecError(f"{name} must be above 0")
        if not 0 < self.close < 1:
            raise SpecError(f"close {self.close}; needed: above 0 and below 1")

    def objections(self, described: Described) -> Iterator[Objection]:
        """Yield everything that would keep the experiment from running on a network."""
        yield from engine_objections(described, "inputs that a network answers to")
        for name in POPULATIONS:
            if name not in described.populations:
                yield Objection(("experiment",), f"needs population '{name}'", (("populations",),))
        for name, projection in described.projections.items():
            if projection is not None and projection.plasticity is not None:
                yield Objection(
                    ("projections", name, "plasticity"),
                    "weights are frozen once they are pruned; needed: no plasticity",
                )
        n = sum(each.size for each in described.populations.values() if each)
        if self.exponents > 2 * n:
            yield Objection(
                ("experiment", "exponents"), f"{self.exponents} exponents; there are {2 * n}"
            )

    def quick(self) -> LnpTransfer:
        """Return the same experiment at the size of a test."""
        images = replace(self.images, data="digits", train=10, validation=10, test=10)
        lessons = replace(self.lessons, batches=4, epochs=2, last=3, strings=200, passes=1)
        return replace(
            self, close=0.05, hold=QUICK_HOLD, steps=140, washout=20, delays=10, starts=1, free=20,
            counted=15, exponents=min(self.exponents, 4), spectrum=QUICK_SPECTRUM,
            settling=QUICK_SETTLING, search=2, trials=2, images=images, lessons=lessons,
        )  # fmt: skip


TASKS: tuple[str, ...] = get_args(Task)
METHODS: tuple[str, ...] = get_args(Method)
