"""Settings of the study of Lyapunov spectra; light, because every validation reads them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from networks.bounds import check_range
from neuro.errors import SpecError


@dataclass(frozen=True, slots=True)
class Pulses:
    """Describe integrate-and-fire neurons that all fire alone and inhibit each other by pulses.

    Attributes
    ----------
    size, fan_in : int
        Neurons, and synapses onto each.
    weight : float
        By how much a pulse lowers a potential, in units of the threshold.
    current : float
        What drives every neuron, in the same units, above 1.
    tau, spread : float
        Mean membrane time constant, s, and half the width of their uniform distribution as a share
        of it.
    spikes, warm_up : int
        Spikes of each neuron to average over, and before, while the state settles.
    """

    size: int = 200
    fan_in: int = 20
    weight: float = 0.06
    current: float = 2.5
    tau: float = 0.01
    spread: float = 0.2
    spikes: int = 100
    warm_up: int = 50

    def __post_init__(self) -> None:
        check_range(self, "size", low=3)
        check_range(self, "fan_in", low=1, high=self.size - 1)
        check_range(self, "spikes", "warm_up", low=1)
        check_range(self, "weight", low=0)
        if self.current <= 1 or self.tau <= 0 or not 0 <= self.spread < 1:
            raise SpecError(
                f"current {self.current}, tau {self.tau}, spread {self.spread}; needed: above 1, "
                "above 0, 0 to below 1"
            )


@dataclass(frozen=True, slots=True)
class Rates:
    """Describe networks of rates, tau dh/dt = -h + g J tanh(h).

    Attributes
    ----------
    size : int
        Units.
    gains : tuple of float
        g, a network each.
    exponents : int
        How many of the leading ones.
    duration, warm_up, dt : float
        In time constants.
    """

    size: int = 200
    gains: tuple[float, ...] = (0.8, 1.5, 3.0)
    exponents: int = 40
    duration: float = 300.0
    warm_up: float = 100.0
    dt: float = 0.1

    def __post_init__(self) -> None:
        check_range(self, "size", low=2)
        check_range(self, "exponents", low=1, high=self.size, what="units")
        check_range(self, "gains", low=0)
        if not self.gains or min(self.duration, self.dt) <= 0 or self.warm_up < 0:
            raise SpecError(
                f"gains {list(self.gains)}, duration {self.duration}, dt {self.dt}; needed: some, "
                "above 0"
            )


@dataclass(frozen=True, slots=True)
class LyapunovSpectrum:
    """Estimate spectra of a spiking network, of networks of rates, and of known systems.

    Attributes
    ----------
    pulses : Pulses
        The spiking network; the spectrum is whole.
    rates : Rates
        The networks of rates.
    lorenz : float
        Time to follow Lorenz's flow for.
    iterations : int
        Of the logistic map at 4.
    """

    pulses: Pulses = field(default_factory=Pulses)
    rates: Rates = field(default_factory=Rates)
    lorenz: float = 600.0
    iterations: int = 20_000

    def __post_init__(self) -> None:
        check_range(self, "lorenz", low=10)
        check_range(self, "iterations", low=100)

    def quick(self) -> LyapunovSpectrum:
        """Return the same experiment at the size of a test."""
        pulses = replace(self.pulses, size=20, fan_in=5, spikes=10, warm_up=5)
        rates = replace(self.rates, size=20, exponents=5, duration=20.0, warm_up=10.0)
        return replace(self, pulses=pulses, rates=rates, lorenz=20.0, iterations=1000)
