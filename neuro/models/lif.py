"""Leaky integrate-and-fire neuron driven by currents.

    tau_m dv/dt = E_L - v + R (I_syn + I_e)
    v > V_th: spike, v <- V_reset, v held for t_ref

Under a constant current I with R I > V_th - E_L it fires with the period
t_ref + tau_m ln((E_L + R I - V_reset) / (E_L + R I - V_th)),
in steps: v is held for one step less than the whole steps in t_ref and crosses V_th at the end of
a step, so that an interval is up to dt short, and up to 2 dt if t_ref is off the grid of dt. With
t_ref = 0 it is up to dt long.

It is integrated by the midpoint method (rk2): of a step's error the part (dt/tau)^2 / 6 remains,
5e-5 of a post-synaptic potential at dt = 0.1 ms and tau = 5 ms, where exponential Euler leaves
1 %. Brian2's "exact" method solves membrane and synapses in one formula, which takes SymPy 30 s
for four exponential projections and divides by zero where a synapse is as slow as the membrane.

Every parameter may be a distribution over the neurons: that is the heterogeneous LIF.

References
----------
W. Gerstner, W. M. Kistler, R. Naud, L. Paninski (2014). Neuronal Dynamics. Cambridge University
Press, chapter 1. The default values are round numbers of a cortical cell, our choice.
"""

from __future__ import annotations

from neuro.models.base import NeuronModel

LIF = NeuronModel(
    name="lif",
    summary=(
        "leaky integrate-and-fire, current based; heterogeneous if its parameters are distributions"
    ),
    source="Gerstner, Kistler, Naud & Paninski 2014, Neuronal Dynamics, chapter 1",
    equations="dv/dt = (E_L - v + R*(I_syn + I_e))/tau_m : volt (unless refractory)",
    threshold="v > V_th",
    reset="v = V_reset",
    refractory="t_ref",
    method="rk2",
    parameters={
        "tau_m": "20 ms",
        "E_L": "-70 mV",
        "V_th": "-50 mV",
        "V_reset": "-65 mV",
        "R": "100 Mohm",
        "t_ref": "2 ms",
        "I_e": "0 pA",
    },
    initial={"v": "E_L"},
    constraints=("tau_m > 0", "R > 0", "t_ref >= 0"),
)
