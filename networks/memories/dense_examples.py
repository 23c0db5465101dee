"""The dense memory of class averages: couplings of P units, learnt from labelled noisy examples."""

from __future__ import annotations

from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.kernels import inner, kernel
from networks.memories.dense import Dense
from networks.memories.polar import Polar, check_polar, follow
from networks.memories.protocol import Operations
from neuro.errors import SpecError

Array = NDArray[np.float64]


class SupervisedMemory:
    """Hold the averages of the examples of each class, [unit, class], as patterns of real numbers.

    Unlabelled examples are patterns of `networks.memories.dense.DenseMemory`, one each. Energy and
    dynamics are those of `Dense` over tuples of different units, with averages for the patterns:
    a unit hears sum_mu x_i e_{P-1}, the elementary symmetric polynomial of the products x_j s_j of
    the other units. The scale of averages does not matter.

    Parameters
    ----------
    settings : Dense
        Size, order and sweeps; tuples are distinct.
    """

    def __init__(self, settings: Dense) -> None:
        if settings.tuples != "distinct":
            raise SpecError(f"tuples {settings.tuples}; needed: distinct, as of averages")
        self.settings = settings
        self._averages = np.zeros((settings.size, 0))
        self._operations = Operations()

    def store(self, examples: Polar, /) -> None:
        """Add classes, each by the average of its examples, shape (K, M, N); M may be 1."""
        if examples.ndim != 3:
            raise SpecError(f"examples of shape {examples.shape}; needed: (classes, examples, N)")
        check_polar(examples[:, 0], self.settings.size)
        averages = examples.mean(axis=1, dtype=np.float64).T
        self._averages = np.ascontiguousarray(np.concatenate([self._averages, averages], axis=1))
        self._operations += Operations(writes=examples.size)

    def recall(self, cues: Polar, /) -> Polar:
        """Let every cue settle for at most `sweeps` sweeps, shape (P, N)."""
        check_polar(cues, self.settings.size)
        states = cues.copy()
        n_reads = settle(self._averages, self.settings.order, states, self.settings.sweeps)
        self._operations += Operations(reads=int(n_reads))
        return states

    def fields(self, states: Polar) -> Array:
        """Return h_i of all units in each state, shape (P, N)."""
        check_polar(states, self.settings.size)
        drive = np.empty(states.shape)
        listen(self._averages, self.settings.order, states, drive)
        return drive * states

    def step(self, states: Polar) -> Polar:
        """Return what all units would become at once, shape (P, N)."""
        return follow(self.fields(states), states)

    @property
    def bytes(self) -> int:
        """Return the size of the averages."""
        return self._averages.nbytes

    @property
    def n_synapses(self) -> int:
        """Return the number of couplings of P different units; none of them is kept."""
        return comb(self.settings.size, self.settings.order)

    @property
    def operations(self) -> Operations:
        """Return the numbers of averages read, and of examples taken in."""
        return self._operations


@inner()
def sum_powers(averages: Any, order: int, state: Any, power: Any) -> None:
    """Write sum_i (x_i s_i)^k of each class into row k of `power`, k below the order."""
    n_units, n_classes = averages.shape
    for k in range(order):
        for number in range(n_classes):
            power[k, number] = 0.0
    for unit in range(n_units):
        for number in range(n_classes):
            product = averages[unit, number] * state[unit]
            grown = product
            for k in range(1, order):
                power[k, number] += grown
                grown *= product


@inner()
def elementary(power: Any, order: int, polynomial: Any) -> None:
    """Write the elementary symmetric polynomials of degree below the order (Newton)."""
    for number in range(power.shape[1]):
        polynomial[0, number] = 1.0
        for degree in range(1, order):
            total = 0.0
            sign = 1.0
            for k in range(1, degree + 1):
                total += sign * polynomial[degree - k, number] * power[k, number]
                sign = -sign
            polynomial[degree, number] = total / degree


@inner()
def hear(row: Any, sign: Any, polynomial: Any, order: int) -> Any:
    """Sum x_i s_i e_{P-1} of the other units over classes: e_k without i is e_k - x e_{k-1}."""
    total = 0.0
    for number in range(len(row)):
        product = row[number] * sign
        value = 1.0
        for degree in range(1, order):
            value = polynomial[degree, number] - product * value
        total += product * value
    return total


@kernel()
def listen(averages: Any, order: int, states: Any, drive: Any) -> None:
    """Write s_i h_i of all units of all states, none of which changes."""
    power = np.empty((order, averages.shape[1]))
    polynomial = np.empty_like(power)
    for number in range(len(states)):
        state = states[number]
        sum_powers(averages, order, state, power)
        elementary(power, order, polynomial)
        for unit in range(len(averages)):
            drive[number, unit] = hear(averages[unit], state[unit], polynomial, order)


@kernel()
def settle(averages: Any, order: int, states: Any, most: int) -> int:
    """Let all states settle in place; return how many numbers were read."""
    n_units, n_classes = averages.shape
    power = np.empty((order, n_classes))
    polynomial = np.empty_like(power)
    n_reads = 0
    for number in range(len(states)):
        state = states[number]
        sum_powers(averages, order, state, power)
        elementary(power, order, polynomial)
        n_reads += n_units * n_classes
        for _ in range(most):
            n_flips = 0
            for unit in range(n_units):
                if hear(averages[unit], state[unit], polynomial, order) < 0:
                    for mu in range(n_classes):
                        product = averages[unit, mu] * state[unit]
                        grown = product
                        for k in range(1, order):
                            # Even powers do not change with the sign.
                            if k % 2:
                                power[k, mu] -= 2 * grown
                            grown *= product
                    state[unit] = -state[unit]
                    elementary(power, order, polynomial)
                    n_flips += 1
            n_reads += (n_units + n_flips) * n_classes
            if n_flips == 0:
                break
    return n_reads
