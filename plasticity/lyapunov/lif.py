"""Declare a network of leaky integrate-and-fire neurons whose spike times are exact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse
from numpy.typing import ArrayLike, NDArray

from neuro.errors import SpecError

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, init=False)
class LifNetwork:
    """Declare neurons with tau dv/dt = -v + s + I, coupled by their spikes.

    At v = threshold a neuron spikes: its v is the reset potential, for as long as it is refractory
    too, and each of its targets gets a pulse. Without `tau_syn` a pulse moves the potential, v += J
    (nothing happens to a refractory neuron); with it, it moves the synaptic current, s += J, which
    decays, tau_syn ds/dt = -s. A pulse that lifts a neuron to threshold makes it spike at once.

    Attributes
    ----------
    indptr, targets, weights : arrays, shapes (n + 1,), (n_synapses,), (n_synapses,)
        The synapses by source, in compressed rows.
    tau : array of floats, shape (n,)
        Membrane time constants, s.
    current : array of floats, shape (n,)
        I, in units of the potential.
    threshold, reset : arrays of floats, shape (n,)
        Potentials.
    refractory : array of floats, shape (n,)
        Refractory periods, s.
    tau_syn : array of floats, shape (n,) or (0,)
        Time constants of the synaptic currents, s; empty where pulses move the potential.
    """

    indptr: Array
    targets: Array
    weights: Array
    tau: Array
    current: Array
    threshold: Array
    reset: Array
    refractory: Array
    tau_syn: Array

    def __init__(
        self,
        coupling: Any,
        tau: ArrayLike,
        current: ArrayLike,
        threshold: ArrayLike = 1.0,
        reset: ArrayLike = 0.0,
        refractory: ArrayLike = 0.0,
        tau_syn: ArrayLike | None = None,
    ) -> None:
        """Check the parts and give each neuron its own values.

        Parameters
        ----------
        coupling : array or SciPy sparse matrix of floats, shape (n, n)
            J; sources are its rows.
        tau, current, threshold, reset, refractory, tau_syn : float or array of floats, shape (n,)
            As the attributes.

        Raises
        ------
        SpecError
            If the matrix is not square or couples a neuron to itself, a shape does not fit, a time
            constant is not above 0, a refractory period is below, or a reset is at threshold.
        """
        matrix = scipy.sparse.csr_array(coupling).astype(np.float64)
        matrix.sum_duplicates()
        matrix.eliminate_zeros()
        n = matrix.shape[0]
        if matrix.shape != (n, n):
            raise SpecError(f"a coupling of shape {matrix.shape}; needed: (n, n)")
        if np.any(matrix.diagonal()):
            own = int(np.flatnonzero(matrix.diagonal())[0])
            raise SpecError(f"neuron {own} is coupled to itself; needed: no autapses")
        values = {
            "indptr": matrix.indptr.astype(np.int64),
            "targets": matrix.indices.astype(np.int64),
            "weights": matrix.data,
            "tau": _each("tau", tau, n),
            "current": _each("current", current, n),
            "threshold": _each("threshold", threshold, n),
            "reset": _each("reset", reset, n),
            "refractory": _each("refractory", refractory, n),
            "tau_syn": np.empty(0) if tau_syn is None else _each("tau_syn", tau_syn, n),
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)
        self._check()

    def _check(self) -> None:
        for name in ("tau", "tau_syn"):
            if np.any(getattr(self, name) <= 0):
                raise SpecError(f"{name} of {getattr(self, name).min()} s; needed: above 0")
        if np.any(self.refractory < 0):
            raise SpecError(f"a refractory period of {self.refractory.min()} s; needed: 0 or more")
        if np.any(self.reset >= self.threshold):
            raise SpecError("a reset potential at or above threshold; needed: below")

    @property
    def size(self) -> int:
        """Return the number of neurons."""
        return len(self.tau)

    @property
    def dimension(self) -> int:
        """Return the number of coordinates: a potential a neuron, and its synaptic current."""
        return self.size + len(self.tau_syn)


def _each(name: str, value: ArrayLike, n: int) -> Array:
    """Give each neuron a value of its own."""
    try:
        spread = np.array(np.broadcast_to(np.asarray(value, dtype=np.float64), n))
    except ValueError:
        raise SpecError(f"{name} of shape {np.shape(value)}; needed: () or ({n},)") from None
    if not np.all(np.isfinite(spread)):
        raise SpecError(f"{name} has values that are no numbers")
    return spread
