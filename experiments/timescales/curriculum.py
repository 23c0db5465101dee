"""In which order tasks of growing N are taught, and through which head each is answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from neuro.errors import SpecError

FIRST = 2
MASTERED = 0.98


@dataclass(frozen=True, slots=True)
class Stage:
    """Hold what is taught together.

    Attributes
    ----------
    tasks : tuple of int
        N, ascending.
    heads : tuple of int
        Which head answers each.
    """

    tasks: tuple[int, ...]
    heads: tuple[int, ...]


class Curriculum(Protocol):
    """Say what is taught first, and what once that is mastered."""

    @property
    def n_heads(self) -> int:
        """Return the number of heads that are needed to the end."""
        ...

    def head(self, n: int) -> int:
        """Return the head that answers N."""
        ...

    def first(self) -> Stage:
        """Return the stage to begin with."""
        ...

    def after(self, stage: Stage, accuracy: Sequence[float]) -> Stage | None:
        """Return what comes next.

        Parameters
        ----------
        stage : Stage
            What has been taught.
        accuracy : sequence of float
            On each of its tasks, by data that did not train.

        Returns
        -------
        Stage or None
            The same stage until it is mastered; None once the last N is.
        """
        ...


@dataclass(frozen=True, slots=True)
class SingleHead:
    """Teach one N after the other through the same head.

    Attributes
    ----------
    last : int
        N to end with.
    mastered : float
        Accuracy to exceed.
    begin : int
        N to begin with; begun with the last, there is no curriculum.
    """

    last: int
    mastered: float = MASTERED
    begin: int = FIRST

    def __post_init__(self) -> None:
        if not FIRST <= self.begin <= self.last:
            raise SpecError(
                f"N from {self.begin} to {self.last}; needed: ascending, from {FIRST} on"
            )

    @property
    def n_heads(self) -> int:
        """Return 1."""
        return 1

    def head(self, n: int) -> int:  # noqa: ARG002
        """Return the one head."""
        return 0

    def first(self) -> Stage:
        """Return the N to begin with."""
        return Stage((self.begin,), (0,))

    def after(self, stage: Stage, accuracy: Sequence[float]) -> Stage | None:
        """Return N + 1 once N is mastered."""
        if accuracy[-1] <= self.mastered:
            return stage
        return None if stage.tasks[-1] == self.last else Stage((stage.tasks[-1] + 1,), (0,))


@dataclass(frozen=True, slots=True)
class MultiHead:
    """Teach all N up to the newest together, each through a head of its own.

    Attributes
    ----------
    last : int
        N to end with.
    mastered : float
        What the mean accuracy and that on the newest N have to exceed.
    width : int
        Most heads taught together; the oldest are left alone. 0 sets no bound.
    step : int
        Heads that are added at once.
    """

    last: int
    mastered: float = MASTERED
    width: int = 0
    step: int = 1

    def __post_init__(self) -> None:
        if self.last < FIRST:
            raise SpecError(f"last N {self.last}; needed: at least {FIRST}")
        if self.step < 1 or (self.width and self.width < self.step) or self.width < 0:
            raise SpecError(
                f"step {self.step}, width {self.width}; needed: a step from 1 to the width"
            )

    @property
    def n_heads(self) -> int:
        """Return one for each N."""
        return self.last - FIRST + 1

    def head(self, n: int) -> int:
        """Return the head of this N."""
        return n - FIRST

    def first(self) -> Stage:
        """Return the smallest N, as many as a step adds."""
        return self._up_to(FIRST + self.step - 1)

    def after(self, stage: Stage, accuracy: Sequence[float]) -> Stage | None:
        """Add heads once the newest, and all in the mean, are mastered."""
        if min(accuracy[-1], sum(accuracy) / len(accuracy)) <= self.mastered:
            return stage
        return None if stage.tasks[-1] == self.last else self._up_to(stage.tasks[-1] + self.step)

    def _up_to(self, newest: int) -> Stage:
        newest = min(newest, self.last)
        oldest = max(FIRST, newest - self.width + 1) if self.width else FIRST
        tasks = tuple(range(oldest, newest + 1))
        return Stage(tasks, tuple(map(self.head, tasks)))
