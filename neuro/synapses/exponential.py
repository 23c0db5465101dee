"""Exponential current synapse.

    dI/dt = -I / tau,    I <- I + weight at a spike

The weight is the peak of the current, reached at once. A LIF membrane (tau_m, R) that receives
one spike is deflected by

    V(t) = weight R tau / (tau_m - tau) (exp(-t/tau_m) - exp(-t/tau))
    with its peak at t = tau tau_m / (tau_m - tau) ln(tau_m / tau)

References
----------
P. Dayan, L. F. Abbott (2001). Theoretical Neuroscience. MIT Press, section 5.8.
"""

from __future__ import annotations

from neuro.synapses.base import SynapseModel

EXPONENTIAL = SynapseModel(
    name="exponential",
    summary="current that jumps by the weight and decays exponentially",
    source="Dayan & Abbott 2001, Theoretical Neuroscience, section 5.8",
    target_equations="dI_{p}/dt = -I_{p}/tau_{p} : amp",
    current="I_{p}",
    on_pre="I_{p}_post += {efficacy}",
    weight_unit="amp",
    parameters={"tau": "5 ms"},
    constraints=("tau > 0",),
)
