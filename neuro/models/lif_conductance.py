"""Leaky integrate-and-fire neuron driven by conductances.

    C_m dv/dt = g_L (E_L - v) + I_syn + I_e
    v > V_th: spike, v <- V_reset, v held for t_ref

I_syn is the sum of g (E_rev - v) over the incoming conductance synapses, so the membrane relaxes
with the time constant C_m / (g_L + sum g) towards the mean of the reversal potentials weighted
by their conductances. Exponential Euler freezes every g over one step.

References
----------
R. Brette et al. (2007). Simulation of networks of spiking neurons: a review of tools and
strategies. Journal of Computational Neuroscience 23, 349-398 (the COBA benchmark, whose cell gives
the default values).
"""

from __future__ import annotations

from neuro.models.base import NeuronModel

LIF_CONDUCTANCE = NeuronModel(
    name="lif_conductance",
    summary="leaky integrate-and-fire for conductance synapses, exponential Euler",
    source="Brette et al. 2007, J Comput Neurosci 23:349 (COBA)",
    equations="dv/dt = (g_L*(E_L - v) + I_syn + I_e)/C_m : volt (unless refractory)",
    threshold="v > V_th",
    reset="v = V_reset",
    refractory="t_ref",
    method="exponential_euler",
    parameters={
        "C_m": "200 pF",
        "g_L": "10 nS",
        "E_L": "-60 mV",
        "V_th": "-50 mV",
        "V_reset": "-60 mV",
        "t_ref": "5 ms",
        "I_e": "0 pA",
    },
    initial={"v": "E_L"},
    constraints=("C_m > 0", "g_L >= 0", "t_ref >= 0"),
)
