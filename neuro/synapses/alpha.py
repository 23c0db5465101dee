"""Alpha-shaped current synapse, normalised to its peak.

    tau dI/dt = e s - I,    tau ds/dt = -s,    s <- s + weight at a spike

One spike gives I(t) = weight (e t / tau) exp(-t / tau): the peak, at t = tau, is the weight; the
charge is weight e tau. A LIF membrane (tau_m, R) is deflected by

    V(t) = weight R e tau tau_m / (tau_m - tau)^2
           (exp(-t/tau_m) - (1 + t (1/tau - 1/tau_m)) exp(-t/tau))

References
----------
W. Rall (1967). Distinguishing theoretical synaptic potentials computed for different soma-dendritic
distributions of synaptic input. Journal of Neurophysiology 30, 1138-1168.
"""

from __future__ import annotations

from neuro.synapses.base import SynapseModel

ALPHA = SynapseModel(
    name="alpha",
    summary="alpha-shaped current whose peak is the weight",
    source="Rall 1967, J Neurophysiol 30:1138",
    target_equations="""
dI_{p}/dt = (exp(1)*s_{p} - I_{p})/tau_{p} : amp
ds_{p}/dt = -s_{p}/tau_{p} : amp
""",
    current="I_{p}",
    on_pre="s_{p}_post += {efficacy}",
    weight_unit="amp",
    parameters={"tau": "2 ms"},
    constraints=("tau > 0",),
)
