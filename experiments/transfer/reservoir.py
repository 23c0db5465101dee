"""A spiking network of the description that is driven by series, and its states after each step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.build import build
from networks.build.callbacks import call_every
from networks.build.network import listen
from networks.build.recurrent import neuron_values
from networks.spec import Spec
from neuro.engines.brian import brian2
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


def _mixed(values: Array, weight: Array) -> Array:
    """Return `values @ weight`, to the same bits whether steps come together or one by one."""
    total = np.zeros((*values.shape[:-1], weight.shape[1]))
    for channel, brought in enumerate(weight):
        total += values[..., channel, None] * brought
    return total


def _nothing() -> None:
    return None


class Reservoir:
    """Run a network, each time from its beginning, under inputs that are held for a while each.

    An input becomes a current to each neuron. States are potentials in V from E_L on at the end of
    a step, and spikes filtered by an exponential: at the end of a step each spike in it counts 1.
    All inputs that are known before are given in one stretch of compiled steps.

    Parameters
    ----------
    circuit : Circuit
        The network; its engine is active.
    hold, trace : float
        Length of a step and time constant of the filter, s.
    longest : int
        The most steps of a series.
    """

    def __init__(self, circuit: Circuit, hold: float, trace: float, longest: int) -> None:
        self.circuit, self._hold, self._fade = circuit, hold, np.exp(-hold / trace)
        self._built = build(circuit.spec, graphs=circuit.graphs, counts=False)
        names = circuit.populations
        self._groups = [self._built.groups[name] for name in names]
        self._bias = np.concatenate([neuron_values(self._built, name, "I_e") for name in names])
        self._rest = np.concatenate([neuron_values(self._built, name, "E_L") for name in names])
        self._first = np.cumsum([0, *map(len, self._groups)])
        self._spikes = [listen(self._built, name) for name in names]
        self._per_step = round(hold / circuit.spec.simulation.dt.value)
        parts = [self._follower(group, longest) for group in self._groups]
        self._series, self._followers, self._potentials = map(list, zip(*parts, strict=True))
        # Who is called must not lead back to the network: the device keeps what a network runs as
        # long as there is the network.
        asked = self._asked = [_nothing]
        self._asking = call_every(self._built, hold, lambda: asked[0]())
        self._built.network.store()

    def _follower(self, group: Any, longest: int) -> tuple[Array, Any, Any]:
        """Let a population follow the values of an array; record its potentials before each."""
        values, second = np.zeros((longest, len(group))), brian2.second
        series = brian2.TimedArray(values * brian2.amp, dt=self._hold * second)
        # Currents are set in place: the code made of them serves all series.
        group.namespace["given_current"] = series
        follower = group.run_regularly(
            "I_e = given_current(t, i)", dt=self._hold * second, when="start"
        )
        potential = brian2.StateMonitor(
            group, "v", record=True, dt=self._hold * second, when="start"
        )
        self._built.network.add(potential)
        return series.values, follower, potential

    def shift_to(self, shift: float) -> None:
        """Add another current to each bias, A."""
        self.circuit = replace(self.circuit, shift=shift)

    def present(self, series: Array, weight: Array) -> tuple[Array, Array]:
        """Present a series.

        Parameters
        ----------
        series : array of floats, shape (n_steps, n_channels)
            Inputs.
        weight : array of floats, shape (n_channels, n_neurons)
            Current that an input of 1 brings to each neuron, A.

        Returns
        -------
        states : array of float64, shape (n_steps, 2 * n_staying)
            After each step: potentials, then filtered spikes.
        counts : array of int64, shape (n_steps, n_neurons)
            Spikes of each neuron in each step.
        """
        counts = self.spikes(series, weight)
        seen = [monitor.variables["v"].get_value()[1:] for monitor in self._potentials]
        last = [group.variables["v"].get_value()[None] for group in self._groups]
        potential = np.concatenate(
            [np.concatenate(each) for each in zip(seen, last, strict=True)], axis=1
        )
        trace = counts.astype(np.float64)
        for before, now in pairwise(trace):
            now += self._fade * before
        stays = self.circuit.stays
        states = np.concatenate([(potential - self._rest)[:, stays], trace[:, stays]], axis=1)
        return states, counts

    def spikes(self, series: Array, weight: Array) -> Array:
        """Present a series and return the spikes alone; see `present`."""
        self._begin(is_followed=True)
        currents = _mixed(series, weight) + (self.circuit.shift + self._bias)
        for values, first, after in zip(
            self._series, self._first[:-1], self._first[1:], strict=True
        ):
            values[: len(series)] = currents[:, first:after]
        self._go_on(len(series))
        return self._counts(len(series))

    def forecast(self, n_steps: int, drive: Drive, weight: Array) -> None:
        """Ask for the input of each step when it begins: of the state after the one before.

        Parameters
        ----------
        n_steps : int
            How many.
        drive : callable
            The input of each step, counted from 0, when there is no state yet.
        weight : array of floats, shape (n_channels, n_neurons)
            As of `present`.
        """
        self._begin(is_followed=False)
        stays = self.circuit.stays
        trace, seen = np.zeros(len(stays)), np.zeros(len(stays))
        n_asked = 0

        def ask() -> None:
            nonlocal trace, seen, n_asked
            state = np.zeros(0)
            if n_asked:
                counts = np.concatenate([m.variables["count"].get_value() for m in self._spikes])
                trace, seen = self._fade * trace + (counts - seen), counts.astype(np.float64)
                v = np.concatenate([group.variables["v"].get_value() for group in self._groups])
                state = np.concatenate([(v - self._rest)[stays], trace[stays]])
            given = _mixed(np.asarray(drive(n_asked, state)), weight)
            current = given + (self.circuit.shift + self._bias)
            for group, first in zip(self._groups, self._first, strict=False):
                group.variables["I_e"].set_value(current[first : first + len(group)])
            n_asked += 1

        self._asked[0] = ask
        try:
            self._go_on(n_steps)
        finally:
            self._asked[0] = _nothing

    def _begin(self, *, is_followed: bool) -> None:
        self._built.network.restore()
        for each in (*self._followers, *self._potentials):
            each.active = is_followed
        self._asking.active = not is_followed

    def _go_on(self, n_steps: int) -> None:
        simulate(self._built.network, [Stretch("series", n_steps * self._hold)])

    def _counts(self, n_steps: int) -> Array:
        """Return the spikes of each neuron in each step."""
        n = len(self.circuit.stays)
        counts = np.zeros((n_steps, n), dtype=np.int64)
        dt = self.circuit.spec.simulation.dt.value
        for monitor, first in zip(self._spikes, self._first, strict=False):
            step = np.rint(np.asarray(monitor.variables["t"].get_value()) / dt).astype(np.int64)
            neuron = np.asarray(monitor.variables["i"].get_value()) + first
            np.add.at(counts, (step // self._per_step, neuron), 1)
        return counts
