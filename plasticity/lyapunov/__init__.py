"""Lyapunov exponents: how fast nearby states of a network come together or part.

A `System` carries a state and tangent vectors on; `spectrum` re-orthonormalises them and counts
their growth. Systems are maps and flows with a derivative (`smooth`), and networks of leaky
integrate-and-fire neurons that go from spike to spike (`trajectory`).
"""

from plasticity.lyapunov.lif import LifNetwork
from plasticity.lyapunov.smooth import Flow, Map, rate_network
from plasticity.lyapunov.spectrum import Spectrum, System, spectrum
from plasticity.lyapunov.trajectory import Spikes, Trajectory

__all__ = [
    "Flow", "LifNetwork", "Map", "Spectrum", "Spikes", "System", "Trajectory", "rate_network",
    "spectrum",
]  # fmt: skip
