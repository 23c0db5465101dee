"""Settings of continual learning; light, because every validation reads them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from experiments.continual.method_settings import (
    EnergySettings,
    FineTuning,
    FisherSettings,
    Laterals,
    MaskSettings,
    PathSettings,
    Timescales,
    ViewSettings,
    WinnerSettings,
    refuse_hidden,
)
from experiments.continual.objections import crowded_rows, known_pixels, objections
from experiments.continual.trainer_settings import (
    RecurrentSettings,
    n_weights,
    refuse_untrainable,
)
from networks.objections import Described, Objection
from neuro.errors import SpecError
from neuro.layers.cells import RateCell, StepCell

Method = Literal[
    "sequential", "joint", "replay", "hlop", "svd", "gpm", "ewc", "si", "wsn", "random_masks",
    "kwta", "kfpf", "view_batch", "two_timescales",
]  # fmt: skip
Kind = Literal["domain", "class", "task", "task_free"]
Made = Literal["permuted", "rotated", "split"]
# Rows of a task and cells of a layer in the quick form, in which rows fill three quarters at most.
QUICK_ROWS, QUICK_CELLS = 12, 60
QUICK_TRAIN, QUICK_TEST = 640, 200  # images of a task in the quick form, at most


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
    validation : bool
        Test on training images that are held out of training, a sixth of all if `test` is 0, and
        leave the test images alone: for choosing any other setting.
    """

    data: str = "mnist"
    tasks: Made = "permuted"
    number: int = 10
    kind: Kind = "domain"
    first_is_plain: bool = False
    enlarge: int = 1
    train: int = 0
    test: int = 0
    validation: bool = False

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
class ContinualLearning:
    """Learn tasks one after the other, and test all tasks after each.

    Attributes
    ----------
    stream : Stream
        The tasks.
    method : str
        What guards old tasks: sequential (nothing), joint (all tasks so far at once: an upper
        bound), replay (a reservoir of old images), view_batch (replay with longer intervals),
        kfpf (fine-tuning on a reservoir), hlop (Hebbian subspaces), svd (as many exact rows), gpm
        (as many as a share of energy needs), ewc, si (penalties), two_timescales (slow synapses),
        kwta (sparse codes), wsn, random_masks (a subnetwork of each task).
    trainer : {"ottt", "dsr", "bptt", "eprop"}
        How gradients come about; eprop is that of one recurrent layer.
    feedback : {"bp", "fa", "sign"}
        Route of the error.
    hidden : tuple of int
        Cells of each hidden layer; of the recurrent one with eprop.
    steps : int
        T, steps of one presentation.
    epochs, batch : int
        Passes over a task, images of one update.
    rate : float
        Learning rate of the weights.
    joint_reference : bool
        Let another network learn all tasks at once at the end, for the measure intransigence.
    buffer : int
        Images that replay, view_batch and kfpf keep.
    step_cell : StepCell
        The cells of trainers ottt and bptt.
    surrogate : {"sigmoid", "triangle", "fast_sigmoid", "atan"}
        What stands for the derivative of their spikes, and of those of eprop.
    per_step : bool
        Let subspaces observe ottt's traces of every step, several times slower; otherwise the last
        ones of a batch.
    rate_cell : RateCell
        The cells of trainer dsr.
    recurrent : RecurrentSettings
        The layer of trainer eprop.
    laterals, gpm, ewc, si, masks, kwta, kfpf, view_batch, two_timescales : block
        Settings of single methods.
    """

    stream: Stream = field(default_factory=Stream)
    method: Method = "hlop"
    trainer: Literal["ottt", "dsr", "bptt", "eprop"] = "ottt"
    feedback: Literal["bp", "fa", "sign"] = "bp"
    hidden: tuple[int, ...] = (800, 800)
    steps: int = 6
    epochs: int = 1
    batch: int = 64
    rate: float = 0.1
    joint_reference: bool = False
    buffer: int = 2000
    step_cell: StepCell = field(default_factory=StepCell)
    surrogate: Literal["sigmoid", "triangle", "fast_sigmoid", "atan"] = "sigmoid"
    per_step: bool = False
    rate_cell: RateCell = field(default_factory=RateCell)
    recurrent: RecurrentSettings = field(default_factory=RecurrentSettings)
    laterals: Laterals = field(default_factory=Laterals)
    gpm: EnergySettings = field(default_factory=EnergySettings)
    ewc: FisherSettings = field(default_factory=FisherSettings)
    si: PathSettings = field(default_factory=PathSettings)
    masks: MaskSettings = field(default_factory=MaskSettings)
    kwta: WinnerSettings = field(default_factory=WinnerSettings)
    kfpf: FineTuning = field(default_factory=FineTuning)
    view_batch: ViewSettings = field(default_factory=ViewSettings)
    two_timescales: Timescales = field(default_factory=Timescales)

    def __post_init__(self) -> None:
        if min(self.hidden, default=0) < 1:
            raise SpecError(f"hidden {list(self.hidden)}; needed: layers of at least 1 cell")
        for name in ("steps", "epochs", "batch", "buffer"):
            if getattr(self, name) < 1:
                raise SpecError(f"{name} {getattr(self, name)}; needed: at least 1")
        if self.rate <= 0:
            raise SpecError(f"rate {self.rate}; needed: above 0")
        refuse_hidden(self)
        if self.method in ("hlop", "svd"):
            self.laterals.check(n_weights(self))
        refuse_untrainable(self)

    def objections(self, _described: Described) -> Iterator[Objection]:
        """Yield what would end the stream before its last task, as far as it is known by now."""
        return objections(self)

    def notices(self) -> Iterator[tuple[str, str]]:
        """Yield, as path and message, where rows leave later tasks little room."""
        return crowded_rows(self, known_pixels(self))

    def quick(self) -> ContinualLearning:
        """Return the same experiment at the size of a test: few tasks, images and cells."""
        # Classes split evenly into as many tasks as they do at full size.
        number = self.stream.number if self.stream.tasks == "split" else min(3, self.stream.number)
        n_train, n_test = (
            min(asked or most, most)
            for asked, most in ((self.stream.train, QUICK_TRAIN), (self.stream.test, QUICK_TEST))
        )
        stream = replace(self.stream, number=number, train=n_train, test=n_test)
        most = min(QUICK_ROWS, 3 * QUICK_CELLS // (4 * number))
        rows = tuple(tuple(min(n, most) for n in row) for row in self.laterals.rows)
        hidden = tuple(min(n, QUICK_CELLS) for n in self.hidden)
        laterals = replace(self.laterals, rows=rows)
        return replace(
            self, stream=stream, hidden=hidden, epochs=min(2, self.epochs), laterals=laterals
        )
