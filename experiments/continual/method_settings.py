"""Settings of single methods of continual learning; light, because every validation reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from neuro.errors import SpecError


def _above_zero(**given: float) -> None:
    for name, value in given.items():
        if not value > 0:
            raise SpecError(f"{name} {value}; needed: above 0")


def _shares(**given: float) -> None:
    for name, value in given.items():
        if not 0 < value <= 1:
            raise SpecError(f"{name} {value}; needed: above 0, at most 1")


@dataclass(frozen=True, slots=True)
class Laterals:
    """Say how subspaces are learnt, by method hlop; svd takes as many rows.

    Attributes
    ----------
    rows : tuple of tuple of int
        Rows that each task adds, one number for each layer of weights; the last entry serves all
        later tasks. Rows of all tasks together should stay below three quarters of the cells.
    rates : tuple of float
        Learning rate of the lateral synapses of each layer.
    burst : int
        Most spikes in a subspace neuron's answer; 0 for graded answers.
    local : bool
        Leave the rows as learnt at the end of a task, not made orthonormal.
    """

    rows: tuple[tuple[int, ...], ...] = (
        (80, 200, 100), *[(70,) * 3] * 2, *[(50,) * 3] * 3, *[(30,) * 3] * 3, (10,) * 3,
    )  # fmt: skip
    rates: tuple[float, ...] = (0.001, 0.01, 0.01)
    burst: int = 0
    local: bool = False

    def __post_init__(self) -> None:
        if any(n < 0 for row in self.rows for n in row):
            raise SpecError(f"rows {[list(row) for row in self.rows]}; needed: 0 or more each")
        if any(not rate > 0 for rate in self.rates):
            raise SpecError(f"rates {list(self.rates)}; needed: above 0")
        if self.burst < 0:
            raise SpecError(f"burst {self.burst}; needed: 0 or more spikes")

    def check(self, n_layers: int) -> None:
        """Refuse rows or rates that are not one for each layer of weights.

        Raises
        ------
        SpecError
            If they are not.
        """
        uneven = [row for row in self.rows if len(row) != n_layers]
        if not self.rows or uneven or len(self.rates) != n_layers:
            raise SpecError(
                f"laterals need rows and rates of one number for each of the {n_layers} layers of "
                "weights"
            )


@dataclass(frozen=True, slots=True)
class EnergySettings:
    """Say how many directions method gpm protects.

    Attributes
    ----------
    energy : tuple of float
        Share of the second moment of a layer's activity that its rows must explain, one for each
        layer of weights; the last serves later layers.
    images : int
        Images of each finished task whose activity is looked at.
    """

    energy: tuple[float, ...] = (0.95, 0.99)
    images: int = 300

    def __post_init__(self) -> None:
        if not self.energy:
            raise SpecError("energy: no number; needed: at least 1")
        _shares(**{f"energy[{layer}]": share for layer, share in enumerate(self.energy)})
        _above_zero(images=self.images)


@dataclass(frozen=True, slots=True)
class FisherSettings:
    """Say how method ewc ties weights to those of old tasks.

    Attributes
    ----------
    strength : float
        Of the penalty beside the loss.
    images : int
        Images of each finished task from which the Fisher information is estimated.
    decay : float
        What a further task leaves of the importance so far, from 0 to 1.
    """

    strength: float = 100.0
    images: int = 500
    decay: float = 1.0

    def __post_init__(self) -> None:
        _above_zero(strength=self.strength, images=self.images)
        if not 0 <= self.decay <= 1:
            raise SpecError(f"decay {self.decay}; needed: 0 to 1")


@dataclass(frozen=True, slots=True)
class PathSettings:
    """Say how method si ties weights to those of old tasks.

    Attributes
    ----------
    strength : float
        Of the penalty beside the loss.
    damping : float
        xi, added to the squared way of each weight.
    """

    strength: float = 1.0
    damping: float = 0.01

    def __post_init__(self) -> None:
        _above_zero(strength=self.strength, damping=self.damping)


@dataclass(frozen=True, slots=True)
class MaskSettings:
    """Say which synapses take part in a task, with methods wsn and random_masks.

    Attributes
    ----------
    density : float
        Share of the synapses: of each layer with wsn, of all layers together with random_masks.
    rate : float
        Learning rate of the scores of wsn.
    """

    density: float = 0.3
    rate: float = 10.0

    def __post_init__(self) -> None:
        _shares(density=self.density)
        _above_zero(rate=self.rate)


@dataclass(frozen=True, slots=True)
class WinnerSettings:
    """Say how sparse the hidden codes of method kwta are, and how its synapses tire.

    Attributes
    ----------
    winners : float
        Share of each hidden layer that may fire.
    rate : float
        Learning rate of Adagrad, in place of the plain one.
    start : float
        Squared gradient that every synapse begins with.
    largest : float
        Largest change of a weight by one batch.
    """

    winners: float = 0.05
    rate: float = 0.002
    start: float = 1e-6
    largest: float = 0.01

    def __post_init__(self) -> None:
        _shares(winners=self.winners)
        _above_zero(rate=self.rate, start=self.start, largest=self.largest)


@dataclass(frozen=True, slots=True)
class FineTuning:
    """Say how method kfpf fine-tunes thresholds and read-out at the end of each task.

    Attributes
    ----------
    steps : int
        Batches, drawn from the buffer.
    rate : float
        Learning rate of both.
    """

    steps: int = 100
    rate: float = 0.05

    def __post_init__(self) -> None:
        _above_zero(steps=self.steps, rate=self.rate)


@dataclass(frozen=True, slots=True)
class ViewSettings:
    """Say how method view_batch fills a batch.

    Attributes
    ----------
    views : int
        V: a batch of B images is made of B / V images, V times each.
    noise : float
        Deviation of the noise on each pixel of a view, in deviations of all pixels.
    """

    views: int = 4
    noise: float = 0.3

    def __post_init__(self) -> None:
        if self.views < 1:
            raise SpecError(f"views {self.views}; needed: at least 1")
        if self.noise < 0:
            raise SpecError(f"noise {self.noise}; needed: 0 or more")


@dataclass(frozen=True, slots=True)
class Timescales:
    """Say how fast and slow parts of synapses flow together, of method two_timescales.

    Attributes
    ----------
    fast, slow : float
        Time constants in batches: how long the fast part keeps what it has learnt, and how long
        the slow part takes to follow.
    """

    fast: float = 100.0
    slow: float = 1000.0

    def __post_init__(self) -> None:
        if min(self.fast, self.slow) <= 0 or 1 / self.fast + 1 / self.slow > 1:
            raise SpecError(
                f"fast {self.fast}, slow {self.slow}; needed: above 0, and 1 / fast + 1 / slow "
                "at most 1"
            )


# What a method must be told, which some scenarios hide.
NEEDS_IDENTITY = ("wsn", "random_masks")
NEEDS_BOUNDARIES = ("joint", "hlop", "svd", "gpm", "ewc", "si", "kfpf")


def refuse_hidden(settings: Any) -> None:
    """Refuse a method that must be told what the scenario hides.

    Parameters
    ----------
    settings : ContinualLearning
        Method and stream.

    Raises
    ------
    SpecError
        Naming the method, what it needs and which kinds of stream tell it.
    """
    method, kind = settings.method, settings.stream.kind
    if method in NEEDS_IDENTITY and kind != "task":
        raise SpecError(
            f"method '{method}' must be told which task an image belongs to, which stream.kind "
            f"'{kind}' hides; needed: stream.kind 'task', or another method"
        )
    if kind == "task_free" and method in NEEDS_BOUNDARIES:
        raise SpecError(
            f"method '{method}' must be told where tasks begin and end, which stream.kind "
            "'task_free' hides; needed: another kind, or another method"
        )
    if kind == "task_free" and settings.epochs != 1:
        raise SpecError(
            f"epochs {settings.epochs}: a stream of kind 'task_free' goes by once; needed: 1"
        )
