"""Follow the weights of a projection from snapshot to snapshot."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neuro.errors import SpecError
from neuro.recording.item import Item


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Hold the weights of a projection at one time.

    Attributes
    ----------
    t_ms : float
        Time in ms.
    values : ndarray
        Weights in the order of /edges, shape [E].
    alive : ndarray of uint8 or None
        1 where the synapse is there, 0 where it was pruned; None: never pruned so far.
    """

    t_ms: float
    values: NDArray[Any]
    alive: NDArray[np.uint8] | None


@dataclass(slots=True)
class WeightTrack:
    """Check the snapshots of one projection against each other.

    Attributes
    ----------
    projection, unit : str
        Whose weights, in what unit.
    n_edges : int or None
        Number of synapses, pruned ones included; the first snapshot or /edges sets it.
    """

    projection: str
    unit: str = ""
    n_edges: int | None = None
    _dtype: np.dtype[Any] | None = field(default=None, init=False)
    _alive: NDArray[np.uint8] | None = field(default=None, init=False)

    @property
    def is_begun(self) -> bool:
        """Return whether a snapshot was taken."""
        return self._dtype is not None

    def snapshot(self, t_ms: float, values: ArrayLike, alive: ArrayLike | None) -> Snapshot:
        """Return a checked snapshot.

        Parameters
        ----------
        t_ms : float
            Time in ms.
        values : array_like
            Weights, shape [E].
        alive : array_like of bool, optional
            Without it, the last one given still holds.

        Returns
        -------
        Snapshot
            Copies of what was given.

        Raises
        ------
        SpecError
            For another number of synapses or another dtype than before.
        """
        array = np.array(values)
        self._check(array)
        if alive is not None:
            bits = np.asarray(alive)
            if bits.shape != array.shape:
                raise SpecError(f"weights of '{self.projection}': alive has shape {bits.shape}")
            self._alive = (bits != 0).astype(np.uint8)
        self.n_edges, self._dtype = array.size, array.dtype
        return Snapshot(float(t_ms), array, self._alive)

    def _check(self, array: NDArray[Any]) -> None:
        where = f"weights of '{self.projection}'"
        if array.ndim != 1 or array.dtype.kind not in "fiu":
            raise SpecError(f"{where}: {array.dtype} {array.shape} given, numbers [E] needed")
        if self.n_edges is not None and array.size != self.n_edges:
            raise SpecError(
                f"{where}: {array.size} values for {self.n_edges} edges;"
                " pruned synapses keep their place and are marked in `alive`"
            )
        if self._dtype is not None and array.dtype != self._dtype:
            raise SpecError(f"{where}: {array.dtype} after {self._dtype}")


def weight_items(projection: str, unit: str, snapshots: list[Snapshot]) -> list[Item]:
    """Return /weights/{projection}.

    Parameters
    ----------
    projection, unit : str
        Whose weights, in what unit.
    snapshots : list of Snapshot
        At least one, in the order of time.

    Returns
    -------
    list of Item
        `data` [S, E], `t` [S] and, once something was pruned, `alive` [S, E].
    """
    root = f"/weights/{projection}"
    items = [
        Item(root, None, {"order": f"/edges/{projection}"}),
        Item(f"{root}/data", np.stack([s.values for s in snapshots]), {"units": unit}),
        Item(f"{root}/t", np.array([s.t_ms for s in snapshots]), {"units": "ms"}),
    ]
    if any(s.alive is not None for s in snapshots):
        whole = np.ones(snapshots[0].values.size, dtype=np.uint8)
        bits = [whole if s.alive is None else s.alive for s in snapshots]
        items.append(Item(f"{root}/alive", np.stack(bits)))
    return items
