"""Synapses that learn on and on: each memory is an event of +1 or -1 for every one of them."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from networks.kernels import kernel
from networks.memories.online_theory import Transitions, chain, chain_covariance
from networks.memories.polar import Polar, check_polar
from networks.memories.protocol import Operations
from neuro.errors import SpecError

Array = NDArray[np.float64]
MOST_STATES = 256


class OnlineSynapses(Protocol):
    """Say what a population of such synapses can do."""

    def learn(self, events: Polar, /) -> None:
        """Ask for changes, shape (P, n), one memory after the other."""
        ...

    @property
    def weight(self) -> Array:
        """Return w, shape (n,)."""
        ...

    @property
    def bytes(self) -> int:
        """Return the size of everything that is kept."""
        ...

    @property
    def operations(self) -> Operations:
        """Return the accesses since the synapses were made."""
        ...


class _Population:
    """Count accesses: an event reads a synapse and writes it."""

    def __init__(self, number: int) -> None:
        if number < 1:
            raise SpecError(f"{number} synapses; needed: at least 1")
        self.number, self._seen = number, 0

    @property
    def operations(self) -> Operations:
        """Return the accesses since the synapses were made."""
        return Operations(self._seen * self.number, self._seen * self.number)

    def learn(self, events: Polar, /) -> None:
        """Ask for changes, shape (P, n), one memory after the other."""
        check_polar(events, self.number)
        for event in events:
            self._take(event)
        self._seen += len(events)

    def _take(self, event: Any) -> None:
        raise NotImplementedError


class AdditiveSynapses(_Population):
    """Hold synapses without bounds: w is the sum of all events.

    Parameters
    ----------
    number : int
        n.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self._sum = np.zeros(number, dtype=np.int32)

    @property
    def weight(self) -> Array:
        """Return w, shape (n,)."""
        return self._sum.astype(np.float64)

    @property
    def bytes(self) -> int:
        """Return the size of the sums."""
        return self._sum.nbytes

    def _take(self, event: Any) -> None:
        self._sum += event


class DiscreteSynapses(_Population):
    """Hold synapses of a few states, in equilibrium to begin with.

    Parameters
    ----------
    number : int
        n.
    transitions : Transitions
        The states.
    rng : numpy.random.Generator
        Draws the states to begin with, and the transitions.
    """

    def __init__(self, number: int, transitions: Transitions, rng: np.random.Generator) -> None:
        super().__init__(number)
        n_states = len(transitions.weight)
        if n_states > MOST_STATES:
            raise SpecError(f"{n_states} states of a synapse; needed: at most {MOST_STATES}")
        self._weight, self._rng = transitions.weight, rng
        begun = np.cumsum(transitions.equilibrium)
        drawn = np.searchsorted(begun / begun[-1], rng.random(number), side="right")
        self._state = drawn.astype(np.uint8)
        self._after, self._until = _choices(transitions.chance)

    @property
    def weight(self) -> Array:
        """Return w, shape (n,)."""
        return np.asarray(self._weight[self._state])

    @property
    def bytes(self) -> int:
        """Return the size of the states."""
        return self._state.nbytes

    def _take(self, event: Any) -> None:
        lot = self._rng.random(self.number, dtype=np.float32)
        _move(self._state, event, lot, self._after, self._until)


def _choices(chance: Array) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Return what may follow each event and state, and below what lot each of these does.

    Returns
    -------
    after : array of uint8, shape (2, n_states, most)
        States of a chance above 0.
    until : array of float32, shape (2, n_states, most)
        Their chances, summed up; the last is 1.
    """
    most = int((chance > 0).sum(axis=2).max())
    order = np.argsort(-chance, axis=2, kind="stable")[:, :, :most]
    until = np.cumsum(np.take_along_axis(chance, order, axis=2), axis=2)
    until[:, :, -1] = 1.0
    return order.astype(np.uint8), until.astype(np.float32)


@kernel()
def _move(state: Any, event: Any, lot: Any, after: Any, until: Any) -> None:
    for synapse in range(len(state)):
        kind, now, which = (event[synapse] + 1) // 2, state[synapse], 0
        while lot[synapse] >= until[kind, now, which]:
            which += 1
        state[synapse] = after[kind, now, which]


class ChainSynapses(_Population):
    """Hold the chains of Benna and Fusi, their first variable the weight.

    They begin as after many events: normal, with the covariance that these leave.

    Parameters
    ----------
    number : int
        n.
    variables : int
        m, of each.
    rng : numpy.random.Generator
        Draws what there is to begin with, and how values are rounded.
    step : float
        Values are multiples of this, rounded up or down by chance such that the mean stays; 0 for
        values of any size.
    bound : float
        The largest absolute value.

    References
    ----------
    Benna and Fusi, "Computational principles of synaptic memory consolidation", Nature Neuroscience
    19 (2016).
    """

    def __init__(
        self,
        number: int,
        variables: int,
        rng: np.random.Generator,
        step: float = 0.0,
        bound: float = np.inf,
    ) -> None:
        super().__init__(number)
        if step < 0 or not bound > 0:
            raise SpecError(f"step {step}, bound {bound}; needed: 0 or more, above 0")
        self._rng, self._step, self._bound = rng, step, bound
        matrix = chain(variables)
        self._stay = np.diagonal(matrix).astype(np.float32)
        self._left = np.append(0.0, np.diagonal(matrix, -1)).astype(np.float32)
        self._right = np.append(np.diagonal(matrix, 1), 0.0).astype(np.float32)
        root = np.linalg.cholesky(chain_covariance(variables))
        self._value = (root @ rng.standard_normal((variables, number))).astype(np.float32)
        if step:
            self._value = np.clip(np.rint(self._value / step) * step, -bound, bound)
        self._value = self._value.astype(np.float32)

    @property
    def weight(self) -> Array:
        """Return w, shape (n,)."""
        return np.asarray(self._value[0], dtype=np.float64)

    @property
    def bytes(self) -> int:
        """Return the size of the variables, as they are kept here: four bytes each."""
        return self._value.nbytes

    def _take(self, event: Any) -> None:
        shape = self._value.shape if self._step else (1, 1)
        lot = self._rng.random(shape, dtype=np.float32)
        matrix = self._stay, self._left, self._right
        _flow(self._value, event, *matrix, lot, np.float32(self._step), np.float32(self._bound))


@kernel()
def _flow(
    value: Any, event: Any, stay: Any, left: Any, right: Any, lot: Any, step: Any, bound: Any
) -> None:
    n_variables = len(value)
    for synapse in range(len(event)):
        before = np.float32(0.0)
        for k in range(n_variables):
            now = value[k, synapse]
            after = value[k + 1, synapse] if k + 1 < n_variables else np.float32(0.0)
            new = stay[k] * now + left[k] * before + right[k] * after
            if k == 0:
                new += event[synapse]
            if step > 0.0:
                new = step * np.floor(new / step + lot[k, synapse])
            value[k, synapse] = min(max(new, -bound), bound)
            before = now
