"""Settings of the study of timescales; light, because every validation reads them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from experiments.timescales.curriculum import FIRST, Curriculum, MultiHead, SingleHead
from networks.objections import Described, Objection
from neuro.errors import SpecError
from plasticity.gradient import rates
from plasticity.gradient.spikes import Dynamics, Spiking


@dataclass(frozen=True, slots=True)
class Training:
    """Set how long and how fast a network learns.

    Attributes
    ----------
    n_sequences : int
        In a batch.
    n_batches, n_tests : int
        Batches of an epoch, and batches by which it is judged.
    rate, momentum : float
        Of the steps, which look ahead (Nesterov).
    largest : float
        Bound on the norm of a gradient.
    """

    n_sequences: int = 64
    n_batches: int = 300
    n_tests: int = 20
    rate: float = 0.05
    momentum: float = 0.1
    largest: float = 2.0

    def __post_init__(self) -> None:
        if min(self.n_sequences, self.n_batches, self.n_tests) < 1:
            raise SpecError("sequences, batches and tests must be at least 1")
        if min(self.rate, self.largest) <= 0 or not 0 <= self.momentum < 1:
            raise SpecError(
                f"rate {self.rate}, largest {self.largest}, momentum {self.momentum}; needed: "
                "above 0, above 0, 0 to below 1"
            )


@dataclass(frozen=True, slots=True)
class Probes:
    """Set what is measured of a network that has learnt.

    Attributes
    ----------
    trials, steps, burn_in : int
        Runs with random bits by which the timescale of the network is measured, their length, and
        steps at their beginning that are left out.
    lags : int
        To which autocorrelations are fitted.
    ablated : tuple of float
        Shares of the units that are taken out, those of the longest time constants first.
    shaken : tuple of float
        Deviations of noise on weights, in deviations of the weights, and on log tau.
    draws : int
        How often noise, and random units to take out, are drawn.
    batches : int
        Of sequences that test each damage.
    relearn : int
        Sequences from which a head is learnt anew; half as many test it.
    """

    trials: int = 8
    steps: int = 4000
    burn_in: int = 500
    lags: int = 30
    ablated: tuple[float, ...] = (0.0, 0.05, 0.1, 0.2, 0.4)
    shaken: tuple[float, ...] = (0.0, 0.02, 0.05, 0.1, 0.2)
    draws: int = 3
    batches: int = 8
    relearn: int = 2000

    def __post_init__(self) -> None:
        if self.lags < 8 or self.steps <= self.burn_in + self.lags or self.burn_in < 0:
            raise SpecError(
                f"{self.lags} lags of {self.steps} steps less {self.burn_in}; needed: at least 8 "
                "lags, more steps than lags and burn-in"
            )
        if min(self.trials, self.draws, self.batches) < 1 or self.relearn < 20:
            raise SpecError("trials, draws and batches must be at least 1, relearn at least 20")
        if not all(0 <= share < 1 for share in self.ablated) or min(self.shaken, default=0) < 0:
            raise SpecError(
                f"ablated {self.ablated}, shaken {self.shaken}; needed: 0 to below 1, 0 or more"
            )
        if not self.ablated or not self.shaken:
            raise SpecError("ablated and shaken are empty; needed: at least one share, one size")


@dataclass(frozen=True, slots=True)
class TimescaleStudy:
    """Teach recurrent networks to remember ever more bits, one N after the other or together.

    Attributes
    ----------
    task : {"parity", "match"}
        Sum of the last N bits modulo 2, or whether the last is that of N - 1 steps before.
    curriculum : {"single", "multi", "none"}
        One N after the other through one head; all N so far, each through its own; the last N from
        the beginning.
    cells : {"rate", "spiking"}
        Leaky rates taught through time, or adaptive spiking cells taught by `spiking`.
    units, networks : int
        Units of each of so many independent networks.
    last : int
        N to end with.
    width, step : int
        Of curriculum multi: most heads taught together, 0 for all, and how many are added at once.
    epochs : int
        At most.
    mastered : float
        Accuracy above which the next N is due.
    training : Training
        How long an epoch is, and how fast it goes.
    spiking : Spiking
        The spiking cells, and whether e-prop teaches them.
    probes : Probes
        What is measured.
    """

    task: Literal["parity", "match"] = "parity"
    curriculum: Literal["single", "multi", "none"] = "multi"
    cells: Literal["rate", "spiking"] = "rate"
    units: int = 100
    networks: int = 3
    last: int = 12
    width: int = 0
    step: int = 1
    epochs: int = 25
    mastered: float = 0.98
    training: Training = field(default_factory=Training)
    spiking: Spiking = field(default_factory=Spiking)
    probes: Probes = field(default_factory=Probes)

    def __post_init__(self) -> None:
        if self.units < 2 or min(self.networks, self.epochs) < 1:
            raise SpecError(
                f"{self.units} units, {self.networks} networks, {self.epochs} epochs; needed: at "
                "least 2, 1 and 1"
            )
        if not 0.5 <= self.mastered < 1:
            raise SpecError(f"mastered {self.mastered}; needed: 0.5 to below 1")
        # Whether there is such a curriculum is for the curriculum to say.
        _ = self.course

    @property
    def course(self) -> Curriculum:
        """Return the curriculum."""
        if self.curriculum == "multi":
            return MultiHead(self.last, self.mastered, self.width, self.step)
        begin = self.last if self.curriculum == "none" else FIRST
        return SingleHead(self.last, self.mastered, begin)

    @property
    def dynamics(self) -> Dynamics:
        """Return what units do."""
        return self.spiking if self.cells == "spiking" else rates

    def objections(self, _described: Described) -> Iterator[Objection]:
        """Yield a window of heads where there is one head."""
        if self.curriculum != "multi" and self.width:
            yield Objection(
                ("experiment", "width"),
                f"a window of {self.width} heads; curriculum '{self.curriculum}' has one head: 0",
                (("experiment", "curriculum"),),
            )

    def quick(self) -> TimescaleStudy:
        """Return the same experiment at the size of a test: small networks, few batches."""
        training = replace(self.training, n_batches=min(50, self.training.n_batches), n_tests=5)
        probes = replace(
            self.probes, trials=2, steps=600, burn_in=100, ablated=self.probes.ablated[:2],
            shaken=self.probes.shaken[:2], draws=1, batches=3, relearn=200,
        )  # fmt: skip
        return replace(
            self, units=min(self.units, 40), networks=2, last=min(self.last, 4),
            width=min(self.width, 3), step=1, epochs=min(self.epochs, 4), training=training,
            probes=probes,
        )  # fmt: skip
