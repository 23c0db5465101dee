"""Lyapunov exponents: how fast nearby states of a network come together or part.

A `System` carries a state and tangent vectors on; `spectrum` re-orthonormalises them and counts
their growth. Systems are maps and flows with a derivative (`smooth`), among them chaotic ones whose
exponents are known (`attractors`), and networks of leaky integrate-and-fire neurons that go from
spike to spike (`trajectory`).
"""

from plasticity.lyapunov.attractors import Attractor, Lorenz, Roessler
from plasticity.lyapunov.lif import LifNetwork
from plasticity.lyapunov.smooth import Flow, Map, rate_network
from plasticity.lyapunov.spectrum import Spectrum, System, average, settle, spectrum
from plasticity.lyapunov.trajectory import Spikes, Trajectory

__all__ = [
    "Attractor", "Flow", "LifNetwork", "Lorenz", "Map", "Roessler", "Spectrum", "Spikes", "System",
    "Trajectory", "average", "rate_network", "settle", "spectrum",
]  # fmt: skip
