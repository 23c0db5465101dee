"""List who trains: the house's rules and torch, with threads, and with or without subspaces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal, final

Family = Literal["dsr", "ottt", "bptt", "torch", "torch-compiled"]
PEER: Family = "torch"
#: Learning rates of lateral synapses, of the first layer and of all others.
FIRST_RATE, RATE = 0.001, 0.01


@final
@dataclass(frozen=True, slots=True)
class Contender:
    """Describe one way of training.

    Attributes
    ----------
    family : {"dsr", "ottt", "bptt", "torch", "torch-compiled"}
        A trainer of the house; or back-propagation through time by torch's autograd, layer by
        layer over all steps, as it is or compiled by torch.compile.
    threads : int
        That its products may use.
    hlop : bool
        Whether every batch is projected by old subspaces and teaches new ones.
    """

    family: Family
    threads: int = 1
    hlop: bool = False

    @property
    def is_house(self) -> bool:
        """Return whether it is the house's own."""
        return not self.family.startswith("torch")

    @property
    def peer(self) -> str:
        """Return the name of what it is compared with: torch under the same conditions."""
        return name_of(replace(self, family=PEER))


def name_of(contender: Contender) -> str:
    """Return the name of a contender: family, "+hlop", threads."""
    return f"{contender.family}{'+hlop' if contender.hlop else ''}-{contender.threads}"


CONTENDERS: Mapping[str, Contender] = MappingProxyType(
    {
        name_of(contender): contender
        for threads in (1, 2)
        for hlop in (False, True)
        for family in ("dsr", "ottt", "bptt", "torch", "torch-compiled")
        # Subspaces are an update in place after the step, which compiling does not reach.
        if not (hlop and family == "torch-compiled")
        for contender in (Contender(family, threads, hlop),)
    }
)


@final
@dataclass(frozen=True, slots=True)
class Course:
    """Say what is trained.

    Attributes
    ----------
    steps : int
        T of one presentation.
    hidden : tuple of int
        Cells of each hidden layer.
    batch : int
        Images of one update.
    batches : int
        Updates of one repetition.
    warm : int
        Updates before the first one, so that activity is that of a network that has learnt.
    rate : float
        Learning rate.
    rows : tuple of tuple of int
        Subspace rows of each task and layer; the last task is the one that is timed.
    seed : int
        Root of weights and batches.
    """

    steps: int
    hidden: tuple[int, ...] = (800, 800)
    batch: int = 64
    batches: int = 10
    warm: int = 100
    rate: float = 0.1
    rows: tuple[tuple[int, ...], ...] = (
        (80, 200, 100), (70, 70, 70), (70, 70, 70), (50, 50, 50), (50, 50, 50),
    )  # fmt: skip
    seed: int = 1


COURSES: Mapping[str, Course] = MappingProxyType(
    {f"T = {steps}": Course(steps) for steps in (6, 20)}
)
QUICK: Mapping[str, Course] = MappingProxyType(
    {"T = 6": Course(6, hidden=(100, 100), batches=2, warm=20, rows=((10, 10, 10), (10, 10, 10)))}
)
#: Steps at which memory is measured too, untimed.
LONG = 100
