"""The working point of a network: a bias at which it fires as all others do, and its exponents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array

from experiments.transfer.reservoir import Circuit, Reservoir
from experiments.transfer.settings import LnpTransfer
from networks.build import build
from networks.build.rates import find_shift
from networks.build.recurrent import Recurrent, recurrent
from networks.streams import generator
from networks.variants import mean
from neuro.errors import SpecError
from plasticity.lyapunov import LifNetwork, Spectrum, Trajectory, spectrum

Array = NDArray[Any]
#: Biases are moved by at most so many times the current that brings a neuron to threshold.
LOWEST, HIGHEST = -1.0, 1.0
N_BEFORE = 10  # steps before rates are counted
FEW_SPIKES = 1000  # that are not worth compiling for


def input_weights(
    settings: LnpTransfer, seed: int, task: str, n_channels: int, n_neurons: int
) -> Array:
    """Draw the current that an input of 1 brings to each neuron, A, shape (n_channels, n_neurons).

    The same neurons receive in all tasks and whatever is pruned. Inputs are of deviation 1
    together, so that the drive of a neuron is as strong whatever their number.
    """
    receives = receiving(settings, seed, n_neurons)
    rng = generator(seed, f"experiment.{task}.weights")
    drawn = rng.standard_normal((n_channels, n_neurons)) / np.sqrt(n_channels)
    return np.asarray(settings.drive.value * drawn * receives)


def receiving(settings: LnpTransfer, seed: int, n_neurons: int) -> NDArray[np.bool_]:
    """Draw which neurons have inputs."""
    chosen = np.zeros(n_neurons, dtype=bool)
    order = generator(seed, "experiment.receiving").permutation(n_neurons)
    chosen[order[: max(1, round(settings.receiving * n_neurons))]] = True
    return chosen


def matched(circuit: Circuit, settings: LnpTransfer, seed: int) -> tuple[Reservoir, Array]:
    """Move the bias of a network until its neurons fire at the rate of the settings.

    Its input meanwhile is independent from step to step, the same for all networks.

    Returns
    -------
    reservoir : Reservoir
        The network with the shift that was found, ready for series of the settings.
    rate : array of floats, shape (n_neurons,)
        Of each neuron then, 1/s.
    """
    n_counted = settings.counted
    inputs = generator(seed, "experiment.matching").standard_normal((N_BEFORE + n_counted, 1))
    weight = input_weights(settings, seed, "matching", 1, len(circuit.stays))
    longest = max(settings.steps, len(inputs))
    reservoir = Reservoir(circuit, settings.hold.value, settings.trace.value, longest)
    rates: dict[float, Array] = {}

    def rate_at(shift: float) -> float:
        reservoir.shift_to(shift)
        counted = reservoir.spikes(inputs, weight)[N_BEFORE:]
        rates[shift] = counted.sum(axis=0) / (n_counted * settings.hold.value)
        return float(rates[shift][circuit.stays].mean())

    to_threshold = _rheobase(circuit)
    ends = LOWEST * to_threshold, HIGHEST * to_threshold
    rate = settings.rate.value
    try:
        shift = find_shift(rate_at, rate, ends, "I_e of all neurons", settings.close * rate)
    except SpecError as fault:
        raise SpecError(f"experiment.rate: {fault}") from None
    reservoir.shift_to(shift)
    return reservoir, rates[shift]


def _rheobase(circuit: Circuit) -> float:
    """Return the current that brings a neuron of the first population to threshold, A."""
    own = circuit.spec.populations[circuit.populations[0]].parameters
    threshold, rest, resistance = (mean(own[name]).value for name in ("V_th", "E_L", "R"))
    return float((threshold - rest) / resistance)


def taken(circuit: Circuit) -> Recurrent:
    """Return a network as arrays, its bias moved as the circuit says."""
    found = recurrent(build(circuit.spec, graphs=circuit.graphs), circuit.populations)
    return replace(found, current=found.current + circuit.shift * found.resistance)


def exact_network(network: Recurrent, stays: NDArray[np.bool_]) -> LifNetwork:
    """Return the neurons that stay as a network whose spikes are exact."""
    n = network.graph.size
    ends = network.graph.source, network.graph.target
    coupling = coo_array((network.weight, ends), shape=(n, n)).tocsr()[stays][:, stays]
    parts = (
        network.tau, network.current, network.threshold, network.reset, network.refractory,
        network.tau_syn,
    )  # fmt: skip
    return LifNetwork(coupling, *(each[stays] for each in parts))


class Driven:
    """Carry a network on under inputs that are held; a `System`.

    Parameters
    ----------
    trajectory : Trajectory
        The network.
    currents : callable
        Of no argument: the currents from outside in the next step, V, shape (n,).
    hold : float
        Length of a step, s.
    """

    def __init__(self, trajectory: Trajectory, currents: Callable[[], Array], hold: float) -> None:
        self._trajectory, self._currents, self._hold = trajectory, currents, hold

    @property
    def dimension(self) -> int:
        """Return the number of coordinates."""
        return self._trajectory.dimension

    def advance(self, basis: Array, pace: float) -> float:  # noqa: ARG002
        """Go on by one step, whatever the pace: its input is one."""
        before = self._trajectory.time
        self._trajectory.hold(self._currents())
        # As many spikes as there may be: a step ends when its time does.
        n = self._trajectory.network.size
        while self._trajectory.time < before + self._hold:
            self._trajectory.run(n, before + self._hold, basis)
        return self._trajectory.time - before


def trajectory_of(
    network: Recurrent, stays: NDArray[np.bool_], *, compiled: bool = True
) -> Trajectory:
    """Return the exact network, at rest."""
    found = exact_network(network, stays)
    at_rest = np.minimum(found.reset, found.threshold - 1e-6)
    return Trajectory(found, at_rest, compiled=compiled)


def exponents(
    network: Recurrent, stays: NDArray[np.bool_], settings: LnpTransfer, seed: int
) -> Spectrum:
    """Measure the leading exponents of a network under the input by which rates are matched.

    The network is that of exact spikes and without delays; inputs that are given do not count as
    directions, so that there is no exponent of 0 for a shift in time.
    """
    n = len(stays)
    weight = input_weights(settings, seed, "matching", 1, n)[0] * network.resistance
    rng = generator(seed, "experiment.exponents")

    def currents() -> Array:
        return np.asarray((network.current + rng.standard_normal() * weight)[stays])

    time, settling = settings.spectrum.value, settings.settling.value
    n_spikes = settings.rate.value * stays.sum() * (time + settling)
    trajectory = trajectory_of(network, stays, compiled=bool(n_spikes > FEW_SPIKES))
    system = Driven(trajectory, currents, settings.hold.value)
    asked = min(settings.exponents, system.dimension)
    return spectrum(system, asked, time, generator(seed, "experiment.vectors"), settling)
