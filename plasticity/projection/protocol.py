"""What a subspace can do, however it is learnt."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Projector(Protocol):
    """Learn a subspace of presynaptic activity, and take it out of a rule's presynaptic factor."""

    @property
    def rows(self) -> Array:
        """Return the subspace so far, shape (k, n), one direction each."""
        ...

    @property
    def n_protected(self) -> int:
        """Return the number of rows of finished tasks: those that `project` takes out."""
        ...

    @property
    def is_linear(self) -> bool:
        """Return whether the projection of a sum is the sum of the projections."""
        ...

    def begin_task(self, n_rows: int, rng: np.random.Generator) -> None:
        """Make room for `n_rows` new directions."""
        ...

    def project(self, factor: Array) -> Array:
        """Return x - (x H^T) H over the rows of finished tasks; shape (n_rows, n)."""
        ...

    def observe(self, activity: Array) -> Array | None:
        """Learn from presynaptic activity, shape (n_rows, n).

        Returns
        -------
        array, shape (n_rows, n), or None
            What `project` makes of it, where learning took that anyway.
        """
        ...

    def end_task(self) -> None:
        """Protect all rows from now on."""
        ...

    def underway(self) -> dict[str, Array]:
        """Return what a task that is being learnt has taught so far, besides protected rows."""
        ...

    def take_up(self, underway: dict[str, Array]) -> None:
        """Go on with a task from what `underway` gave; protected rows are restored before."""
        ...

    def restore(self, rows: Array) -> None:
        """Protect the rows of finished tasks, shape (k, n), and no others."""
        ...
