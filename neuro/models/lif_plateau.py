"""Leaky integrate-and-fire neuron with a dendrite that answers coincident input by a plateau.

    tau_m dv/dt = E_L - v + R (I_ED + I_syn + I_e)
    tau_d dI_d/dt = e s - I_d,    tau_d ds/dt = -s
    I_ED = I_dAP while a plateau runs, else I_d
    I_d >= theta_dAP: a plateau begins and runs for tau_dAP (a dendritic action potential, dAP)
    tau_h dz/dt = -z, z <- z + 1 at each onset
    v > V_th: spike, v <- V_reset, the plateau ends, I_d <- 0; v and I_d held for t_ref

Dendritic input is a `delta` synapse on the variable s (`synapse.target: s`): a weight J gives the
alpha-shaped current J (e t/tau_d) exp(-t/tau_d), whose peak is J, not its area. At the end of a
plateau I_d is set to 0 while s goes on decaying. The plateau depolarises the soma by R I_dAP: with
the default values 8 mV of the 20 mV to threshold, so it prepares a spike and never makes one.
A spike in the very step in which a plateau would begin ends it: the reset comes last.

References
----------
Y. Bouhadjar, D. J. Wouters, M. Diesmann, T. Tetzlaff (2022). Sequence learning, prediction, and
replay in networks of spiking neurons. PLoS Computational Biology 18(6), e1010233.
"""

from __future__ import annotations

from neuro.models.base import Event, NeuronModel

LIF_PLATEAU = NeuronModel(
    name="lif_plateau",
    summary="LIF with one event-driven dendritic plateau segment (dAP), input on variable s",
    source="Bouhadjar, Wouters, Diesmann & Tetzlaff 2022, PLoS Comput Biol 18:e1010233",
    equations="""
dv/dt = (E_L - v + R*(I_ED + I_syn + I_e))/tau_m : volt (unless refractory)
I_ED = plateau*I_dAP + (1 - plateau)*I_d : amp
dI_d/dt = (exp(1)*s - I_d)/tau_d : amp (unless refractory)
ds/dt = -s/tau_d : amp
dz/dt = -z/tau_h : 1
plateau : 1
t_end : second
""",
    threshold="v > V_th",
    reset="""
v = V_reset
I_d = 0*I_dAP
plateau = 0
t_end = t
""",
    refractory="t_ref",
    method="rk2",
    events={
        "dap": Event(
            condition="I_d >= theta_dAP and plateau < 0.5",
            statements="""
plateau = 1
t_end = t + tau_dAP
z += 1
""",
        ),
        "dap_end": Event(
            condition="plateau > 0.5 and t >= t_end",
            statements="""
plateau = 0
I_d = 0*I_dAP
""",
        ),
    },
    parameters={
        "tau_m": "10 ms",
        "E_L": "0 mV",
        "V_th": "20 mV",
        "V_reset": "0 mV",
        "R": "40 Mohm",
        "t_ref": "10 ms",
        "I_e": "0 pA",
        "tau_d": "5 ms",
        "I_dAP": "200 pA",
        "theta_dAP": "59 pA",
        "tau_dAP": "60 ms",
        "tau_h": "440 ms",
    },
    initial={"v": "E_L"},
    constraints=("tau_m > 0", "tau_d > 0", "tau_h > 0", "tau_dAP >= 0", "R > 0", "t_ref >= 0"),
)
