"""Settings of continual learning; light, because every validation reads them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from neuro.errors import SpecError

Method = Literal["sequential", "joint", "hlop", "svd", "replay"]
Kind = Literal["domain", "class", "task", "task_free"]
# What a method must be told, which some scenarios hide.
NEEDS_BOUNDARIES = ("joint", "hlop", "svd")
NEEDS_IDENTITY: tuple[str, ...] = ()
Made = Literal["permuted", "rotated", "split"]


@dataclass(frozen=True, slots=True)
class Stream:
    """Say which tasks come one after the other.

    Attributes
    ----------
    data : str
        mnist, digits (8 x 8, of scikit-learn), or a folder of idx files named as those of MNIST.
    tasks : {"permuted", "rotated", "split"}
        The same classes with pixels permuted or images turned; or a few classes in each task.
    number : int
        Number of tasks.
    kind : {"domain", "class", "task", "task_free"}
        Whether the network is told which task an image belongs to (task), must tell all classes
        apart (class), or only what the classes of every task have in common (domain); or whether
        it is told nothing at all, not even that a task begins (task_free). Permuted and rotated
        tasks have the same classes each: they are not of kind class.
    first_is_plain : bool
        Leave the first of permuted tasks as it is.
    enlarge : int
        Repeat every pixel so many times in both directions.
    train, test : int
        Images of each task, drawn once; 0 for all.
    """

    data: str = "mnist"
    tasks: Made = "permuted"
    number: int = 10
    kind: Kind = "domain"
    first_is_plain: bool = False
    enlarge: int = 1
    train: int = 0
    test: int = 0

    def __post_init__(self) -> None:
        if self.number < 1 or self.enlarge < 1 or min(self.train, self.test) < 0:
            raise SpecError(
                f"number {self.number}, enlarge {self.enlarge}, train {self.train}, test "
                f"{self.test}; needed: at least 1 task and pixel, 0 images or more"
            )
        if self.tasks != "split" and self.kind == "class":
            raise SpecError(
                f"kind 'class': {self.tasks} tasks have the same classes each; needed: domain, "
                "task or task_free"
            )


@dataclass(frozen=True, slots=True)
class Laterals:
    """Say how subspaces are learnt, by method hlop; svd takes as many rows.

    Attributes
    ----------
    rows : tuple of tuple of int
        Rows that each task adds, one number for each layer of weights; the last entry serves all
        later tasks.
    rates : tuple of float
        Learning rate of the lateral synapses of each layer.
    burst : int
        Most spikes in a subspace neuron's answer; 0 for graded answers.
    local : bool
        Leave the rows as learnt at the end of a task, not made orthonormal.
    """

    rows: tuple[tuple[int, ...], ...] = ((80, 200, 100), (70, 70, 70))
    rates: tuple[float, ...] = (0.001, 0.01, 0.01)
    burst: int = 0
    local: bool = False


@dataclass(frozen=True, slots=True)
class ContinualLearning:
    """Learn tasks one after the other, and test all tasks after each.

    Attributes
    ----------
    stream : Stream
        The tasks.
    method : str
        What guards old tasks: sequential (nothing), hlop, svd (the exact subspace), replay (a
        reservoir of old images), or joint (all tasks so far at once: an upper bound).
    trainer : {"ottt", "dsr", "bptt"}
        How gradients come about.
    feedback : {"bp", "fa", "sign"}
        Route of the error.
    hidden : tuple of int
        Cells of each hidden layer.
    steps : int
        T, steps of one presentation.
    epochs, batch : int
        Passes over a task, images of one update.
    rate : float
        Learning rate of the weights.
    buffer : int
        Images that replay keeps.
    laterals : Laterals
        How subspaces are learnt.
    """

    stream: Stream = field(default_factory=Stream)
    method: Method = "hlop"
    trainer: Literal["ottt", "dsr", "bptt"] = "ottt"
    feedback: Literal["bp", "fa", "sign"] = "bp"
    hidden: tuple[int, ...] = (800, 800)
    steps: int = 6
    epochs: int = 1
    batch: int = 64
    rate: float = 0.1
    buffer: int = 2000
    laterals: Laterals = field(default_factory=Laterals)

    def __post_init__(self) -> None:
        if not self.hidden or min(*self.hidden, self.steps, self.epochs, self.batch) < 1:
            raise SpecError("hidden layers, steps, epochs and batch must be at least 1")
        if self.rate <= 0 or self.buffer < 1:
            raise SpecError(f"rate {self.rate}, buffer {self.buffer}; needed: above 0, at least 1")
        self._refuse_hidden()
        n_layers = len(self.hidden) + 1
        uneven = [row for row in self.laterals.rows if len(row) != n_layers]
        if not self.laterals.rows or uneven or len(self.laterals.rates) != n_layers:
            raise SpecError(
                f"laterals: rows and rates need one number for each of the {n_layers} layers of "
                "weights"
            )

    def _refuse_hidden(self) -> None:
        """Refuse a method that must be told what the scenario hides."""
        method, kind = self.method, self.stream.kind
        if method in NEEDS_IDENTITY and kind != "task":
            raise SpecError(
                f"method '{method}' must be told which task an image belongs to, which "
                f"stream.kind '{kind}' hides; needed: stream.kind 'task', or another method"
            )
        if kind == "task_free" and method in NEEDS_BOUNDARIES:
            raise SpecError(
                f"method '{method}' must be told where tasks begin and end, which stream.kind "
                "'task_free' hides; needed: another kind, or another method"
            )
        if kind == "task_free" and self.epochs != 1:
            raise SpecError(
                f"epochs {self.epochs}: a stream of kind 'task_free' goes by once; needed: 1"
            )

    def quick(self) -> ContinualLearning:
        """Return the same experiment at the size of a test: few tasks, images and cells."""
        stream = replace(self.stream, number=min(3, self.stream.number), train=640, test=200)
        rows = tuple(tuple(min(n, 12) for n in row) for row in self.laterals.rows)
        hidden = tuple(min(n, 60) for n in self.hidden)
        laterals = replace(self.laterals, rows=rows)
        return replace(
            self, stream=stream, hidden=hidden, epochs=min(2, self.epochs), laterals=laterals
        )
