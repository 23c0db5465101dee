"""Hebbian orthogonal projection: subspace neurons that learn laterally what must not change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from neuro.errors import NumericalError, SpecError

Array = NDArray[Any]
# Above it the mean update of a batch is cut off.
LARGEST_UPDATE = 10.0
# The spectral norm of orthonormal rows is 1; local learning reaches 2.1 in good runs, of which the
# user is told.
NORM_SOUND, NORM_LIMIT = 1.2, 2.5


@dataclass(frozen=True, slots=True)
class HebbianSettings:
    """Say how subspace neurons learn.

    Attributes
    ----------
    rate : float
        Learning rate of the lateral synapses.
    momentum : float
        What an update keeps of the one before, as a running mean.
    iterations : int
        Updates on the same batch.
    burst : int
        Most spikes of a subspace neuron's answer in either direction; 0 for graded answers.
    clip : float
        Largest answer that spikes can carry.
    local : bool
        Keep the rows as learnt; otherwise they are made orthonormal at the end of each task.
    """

    rate: float = 0.01
    momentum: float = 0.9
    iterations: int = 5
    burst: int = 0
    clip: float = 20.0
    local: bool = False

    def __post_init__(self) -> None:
        if self.rate <= 0 or not 0 <= self.momentum < 1 or self.iterations < 1:
            raise SpecError(
                f"rate {self.rate}, momentum {self.momentum}, iterations {self.iterations}; "
                "needed: above 0, from 0 to below 1, at least 1"
            )
        if self.burst < 0 or self.clip <= 0:
            raise SpecError(f"burst {self.burst}, clip {self.clip}; needed: 0 or more, above 0")


class HebbianSubspace:
    """Learn the principal subspace of activity by Hebbian and anti-Hebbian lateral synapses.

    Subspace neurons answer y = x H^T and feed back -y H. Their synapses change by
    y^T x - y^T (y H), Oja's subspace rule as two local terms; rows of finished tasks are frozen,
    and because they feed back too, new rows turn to what the old ones do not explain.

    Parameters
    ----------
    width : int
        n, presynaptic cells.
    settings : HebbianSettings
        How to learn.
    dtype : type
        float32 or float64.

    References
    ----------
    Xiao et al., "Hebbian learning based orthogonal projection for continual learning of spiking
    neural networks", ICLR 2024, section 4. Oja, "Neural networks, principal components, and
    subspaces", International Journal of Neural Systems 1 (1989).
    """

    def __init__(self, width: int, settings: HebbianSettings, dtype: Any = np.float32) -> None:
        self.settings = settings
        self._rows = np.zeros((0, width), dtype=dtype)
        self._momentum = np.zeros((0, width), dtype=dtype)
        self._n_protected = 0
        self._norm_learnt = 0.0

    @property
    def rows(self) -> Array:
        """Return the subspace so far, shape (k, n)."""
        return self._rows

    @property
    def n_protected(self) -> int:
        """Return the number of frozen rows."""
        return self._n_protected

    @property
    def norm_learnt(self) -> float:
        """Return the spectral norm of all rows as the last task left them; 0 before the first."""
        return self._norm_learnt

    @property
    def is_linear(self) -> bool:
        """Return whether answers are graded; bursts of spikes round them."""
        return not self.settings.burst

    def begin_task(self, n_rows: int, rng: np.random.Generator) -> None:
        """Add rows: random, orthonormal among themselves.

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
        basis, _ = np.linalg.qr(rng.standard_normal((width, n_rows)))
        new = np.ascontiguousarray(basis.T, dtype=self._rows.dtype)
        self._rows = np.concatenate([self._rows, new])
        self._momentum = np.zeros_like(new)

    def project(self, factor: Array) -> Array:
        """Return the part of a presynaptic factor that lies outside of the frozen rows."""
        if not self._n_protected:
            return factor
        frozen = self._rows[: self._n_protected]
        rest: Array = factor - self._answer(factor @ frozen.T) @ frozen
        return rest

    def observe(self, activity: Array) -> Array | None:
        """Let the new rows learn from a batch, shape (n_samples, n).

        The frozen rows answer the same in every iteration: their part is taken out once.

        Returns
        -------
        array, shape (n_samples, n), or None
            The batch outside of the frozen rows; None if there are no new ones to learn.
        """
        new = self._rows[self._n_protected :]
        if not len(new):
            return None
        rest = self.project(activity)
        settings = self.settings
        numbers = (
            1 / len(activity), LARGEST_UPDATE, settings.momentum, 1 - settings.momentum,
            settings.rate,
        )  # fmt: skip
        constants = [new.dtype.type(each) for each in numbers]
        for _ in range(settings.iterations):
            answer = self._answer(activity @ new.T)
            left = answer @ new
            np.subtract(rest, left, out=left)
            _move(new, self._momentum, answer.T @ left, *constants)
        return rest

    def end_task(self) -> None:
        """Freeze all rows, made orthonormal unless `local`.

        Raises
        ------
        NumericalError
            If learning ran away.
        """
        norm = self.norm()
        if not norm <= NORM_LIMIT:
            raise NumericalError(
                f"lateral synapses ran away: their spectral norm is {norm:.3g}, at most "
                f"{NORM_LIMIT} is sound; lower their learning rate"
            )
        self._norm_learnt = norm
        new = self._rows[self._n_protected :]
        if not self.settings.local and len(new):
            new[:] = _orthonormal(new, self._rows[: self._n_protected])
        self._n_protected = len(self._rows)

    def underway(self) -> dict[str, Array]:
        """Return the rows that learn, and their momentum."""
        return {"new": self._rows[self._n_protected :], "momentum": self._momentum}

    def take_up(self, underway: dict[str, Array]) -> None:
        """Take them back."""
        self._rows = np.concatenate([self._rows[: self._n_protected], underway["new"]])
        self._momentum = underway["momentum"].copy()

    def restore(self, rows: Array) -> None:
        """Protect the rows of finished tasks, shape (k, n), and no others."""
        self._rows = rows.astype(self._rows.dtype)
        self._n_protected = len(rows)

    def norm(self) -> float:
        """Return the spectral norm of all rows; 1 if they are orthonormal."""
        return float(np.linalg.norm(self._rows, 2)) if self._rows.size else 0.0

    def _answer(self, answer: Array) -> Array:
        """Send an answer as a burst of spikes of either sign, or as it is."""
        burst, clip = self.settings.burst, self.settings.clip
        if not burst:
            return answer
        scale = answer.dtype.type(burst / clip)
        spikes: Array = np.rint(np.clip(answer, -clip, clip) * scale) / scale
        return spikes


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _move(
    rows: Any, momentum: Any, total: Any, share: Any, largest: Any, keep: Any, take: Any, rate: Any
) -> None:
    """Move rows along the running mean of clipped mean changes, in one pass."""
    for k in range(rows.shape[0]):
        for i in range(rows.shape[1]):
            change = total[k, i] * share
            if change > largest:
                change = largest
            elif change < -largest:
                change = -largest
            momentum[k, i] = keep * momentum[k, i] + take * change
            rows[k, i] += rate * momentum[k, i]


def _orthonormal(new: Array, old: Array) -> Array:
    """Return an orthonormal basis of the span of `new` outside of orthonormal rows `old`.

    Twice is enough: once would leave what rounding lost to near-parallel rows.
    """
    rest = new.astype(np.float64)
    for _ in range(2):
        rest = rest - (rest @ old.T) @ old
    basis, triangle = np.linalg.qr(rest.T)
    return np.asarray((basis * np.sign(np.diag(triangle))).T, dtype=new.dtype)
