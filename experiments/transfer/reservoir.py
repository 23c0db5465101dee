"""A spiking network of the description that is driven by series, and its states after each step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.build import build
from networks.build.callbacks import call_every
from networks.build.recurrent import neuron_values
from networks.spec import Spec
from neuro.engines.simulation import Stretch, simulate

Array = NDArray[Any]
#: Of a step and the state after the one before: the input, shape (n_channels,).
Drive = Callable[[int, Array], Array]


@dataclass(frozen=True, slots=True)
class Circuit:
    """Hold a network as it is described, whole or pruned.

    Attributes
    ----------
    spec : Spec
        The description; the bias I_e of each neuron is its own.
    graphs : mapping of str to SciPy sparse array
        Connections of projections that are not drawn by their rules.
    populations : tuple of str
        Whose neurons, in this order.
    stays : array of bool, shape (n_neurons,)
        Neurons that are driven and read; no synapse of the others is left.
    shift : float
        What is added to each bias, A.
    """

    spec: Spec
    graphs: Mapping[str, Any]
    populations: tuple[str, ...]
    stays: NDArray[np.bool_]
    shift: float = 0.0


class Reservoir:
    """Run a network under inputs that are held for a while each.

    At the beginning of a step the state after the one before is read, the input is asked for and
    becomes a current to each neuron, until the next one. States are potentials in V from E_L on,
    and spikes filtered by an exponential: at the end of a step each spike in it counts 1.

    Parameters
    ----------
    circuit : Circuit
        The network; its engine is active.
    weight : array of floats, shape (n_channels, n_neurons)
        Current that an input of 1 brings to each neuron, A.
    hold, trace : float
        Length of a step and time constant of the filter, s.
    """

    def __init__(self, circuit: Circuit, weight: Array, hold: float, trace: float) -> None:
        self.circuit, self._weight, self._hold = circuit, weight, hold
        self.shift = circuit.shift
        self._built = build(circuit.spec, graphs=circuit.graphs)
        names = circuit.populations
        groups = [self._built.groups[name] for name in names]
        self._bias = [np.array(group.variables["I_e"].get_value()) for group in groups]
        self._set_bias = [group.variables["I_e"].set_value for group in groups]
        self._potential = [group.variables["v"].get_value for group in groups]
        self._count = [self._built.counters[name].variables["count"].get_value for name in names]
        self._rest = np.concatenate([neuron_values(self._built, name, "E_L") for name in names])
        self._first = np.cumsum([0, *map(len, groups)])
        self._fade = np.exp(-hold / trace)
        self._trace, self._seen = np.zeros(len(circuit.stays)), self.counts()
        call_every(self._built, hold, self._step)
        self._drive: Drive = lambda *_: np.zeros(len(weight))
        self._states: list[Array] = []
        self._step_number = 0

    def present(self, n_steps: int, drive: Drive) -> Array:
        """Go on for a number of steps.

        Parameters
        ----------
        n_steps : int
            How many.
        drive : callable
            The input of each step, counted from 0.

        Returns
        -------
        array of float64, shape (n_steps, 2 * n_staying)
            The state after each step: potentials, then filtered spikes.
        """
        self._drive, self._states, self._step_number = drive, [], 0
        simulate(self._built.network, [Stretch("series", n_steps * self._hold)])
        self._states.append(self._look())
        return np.array(self._states)

    def counts(self) -> Array:
        """Return the spikes of each neuron so far, shape (n_neurons,)."""
        return np.concatenate([count() for count in self._count])

    def _step(self) -> None:
        """Read the state and set the currents of the step that begins."""
        state = self._look() if self._step_number else np.zeros(0)
        if self._step_number:
            self._states.append(state)
        current = self.shift + self._drive(self._step_number, state) @ self._weight
        for set_bias, bias, first in zip(self._set_bias, self._bias, self._first, strict=False):
            set_bias(bias + current[first : first + len(bias)])
        self._step_number += 1

    def _look(self) -> Array:
        """Return the state at the end of a step, and count its spikes."""
        counts = self.counts()
        self._trace = self._fade * self._trace + (counts - self._seen)
        self._seen = counts
        potential = np.concatenate([read() for read in self._potential]) - self._rest
        stays = self.circuit.stays
        return np.concatenate([potential[stays], self._trace[stays]])


def follow(series: Array) -> Drive:
    """Return what gives the rows of a series, shape (n_steps, n_channels), one after the other."""

    def drive(step: int, _state: Array) -> Array:
        return np.asarray(series[step])

    return drive
