"""The exact subspace: leading eigenvectors of the activity's second moment, the oracle of HLOP."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh, eigvalsh

from neuro.errors import SpecError

Array = NDArray[Any]


class ExactSubspace:
    """Protect the leading principal directions of what the finished rows do not explain.

    The second moment of a task's activity is summed (it is not centred: the mean direction is
    protected too); at the end of the task its leading eigenvectors outside of the old rows join
    them: as many as were asked for, or as many as explain a share of the moment, which is gradient
    projection memory.

    Parameters
    ----------
    width : int
        n, presynaptic cells.
    dtype : type
        float32 or float64.
    energy : float, optional
        Share of the trace of a task's second moment that old and new rows must explain; the
        number of rows asked for is then of no account.

    References
    ----------
    Saha, Garg & Roy, "Gradient projection memory for continual learning", ICLR 2021.
    """

    def __init__(self, width: int, dtype: Any = np.float32, energy: float | None = None) -> None:
        self.energy = energy
        self._rows = np.zeros((0, width), dtype=dtype)
        self._moment = np.zeros((width, width))
        self._n_new = 0

    @property
    def rows(self) -> Array:
        """Return the protected directions, shape (k, n), orthonormal."""
        return self._rows

    @property
    def n_protected(self) -> int:
        """Return the number of rows."""
        return len(self._rows)

    @property
    def is_linear(self) -> bool:
        """Return True: eigenvectors answer by a product."""
        return True

    def begin_task(self, n_rows: int, rng: np.random.Generator) -> None:  # noqa: ARG002
        """Ask for `n_rows` directions of the coming task; nothing is drawn.

        Raises
        ------
        SpecError
            If there would be more rows than cells.
        """
        width = self._rows.shape[1]
        if n_rows < 0 or len(self._rows) + n_rows > width:
            raise SpecError(
                f"{len(self._rows)} + {n_rows} rows of {width} cells; needed: at most {width}"
            )
        self._n_new = n_rows
        self._moment[:] = 0

    def project(self, factor: Array) -> Array:
        """Return the part of a presynaptic factor that lies outside of the rows."""
        if not len(self._rows):
            return factor
        rest: Array = factor - (factor @ self._rows.T) @ self._rows
        return rest

    def observe(self, activity: Array) -> None:
        """Add the second moment of a batch, shape (n_samples, n)."""
        self._moment += activity.T @ activity

    def end_task(self) -> None:
        """Take the leading eigenvectors of the rest of the moment as new rows."""
        if not self._n_new and self.energy is None:
            return
        old = self._rows.astype(np.float64)
        outside = np.eye(len(self._moment)) - old.T @ old
        rest = outside @ self._moment @ outside
        last = len(rest) - 1
        n_new = self._n_new if self.energy is None else self._needed(rest)
        if n_new:
            _, vectors = eigh(rest, subset_by_index=(last - n_new + 1, last))
            new = vectors[:, ::-1].T.astype(self._rows.dtype)
            self._rows = np.concatenate([self._rows, new])
        self._n_new = 0

    def _needed(self, rest: Array) -> int:
        """Return the smallest number of directions of the rest that reaches the energy."""
        total = float(np.trace(self._moment))
        values = np.maximum(eigvalsh(rest)[::-1], 0)
        explained = total - float(np.trace(rest)) + np.concatenate([[0.0], np.cumsum(values)])
        n_left = len(rest) - len(self._rows)
        return min(int(np.searchsorted(explained, (self.energy or 0.0) * total)), n_left)

    def underway(self) -> dict[str, Array]:
        """Return the moment so far, and how many rows are asked for."""
        return {"moment": self._moment, "n_new": np.array(self._n_new)}

    def take_up(self, underway: dict[str, Array]) -> None:
        """Take them back."""
        self._moment[:] = underway["moment"]
        self._n_new = int(underway["n_new"])

    def restore(self, rows: Array) -> None:
        """Protect the rows of finished tasks, shape (k, n), and no others."""
        self._rows = rows.astype(self._rows.dtype)
