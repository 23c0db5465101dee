"""Poisson source: independent spikes at a given rate.

In a step of length dt every source spikes with probability rate * dt, independently of all
others: counts are binomial and tend to Poisson counts as rate * dt goes to 0.

References
----------
P. Dayan, L. F. Abbott (2001). Theoretical Neuroscience. MIT Press, section 1.4.
"""

from __future__ import annotations

from neuro.models.base import NeuronModel

POISSON = NeuronModel(
    name="poisson",
    summary="independent Poisson spikes at `rate`",
    source="Dayan & Abbott 2001, Theoretical Neuroscience, section 1.4",
    kind="poisson",
    parameters={"rate": "10 Hz"},
    constraints=("rate >= 0",),
)
