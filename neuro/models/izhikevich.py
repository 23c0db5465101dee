"""Simple model of Izhikevich, in millivolts and milliseconds.

    dv/dt = k_2 v^2 + k_1 v + k_0 - u + (I_syn + I_e) / C_m
    du/dt = a (b v - u)
    v > V_peak: spike, v <- c, u <- u + d

k_2 = 0.04 /(mV ms), k_1 = 5 /ms and k_0 = 140 mV/ms are the paper's 0.04, 5 and 140; u is a slope
of the potential (mV/ms). The paper's input I is such a slope too: with C_m = 1 pF, 1 pA is the
paper's I = 1.

Regular spiking (the default): a = 0.02/ms, b = 0.2/ms, c = -65 mV, d = 8 mV/ms; intrinsically
bursting: c = -55 mV, d = 4 mV/ms; chattering: c = -50 mV, d = 2 mV/ms; fast spiking: a = 0.1/ms,
d = 2 mV/ms.

Integrated by the midpoint method (rk2) with the step of the simulation; the paper's own program
took two half steps of 0.5 ms for v and one of 1 ms for u, which moves spikes.

References
----------
E. M. Izhikevich (2003). Simple model of spiking neurons. IEEE Transactions on Neural Networks
14, 1569-1572, equations (1) to (3) and figure 2.
"""

from __future__ import annotations

from neuro.models.base import NeuronModel

IZHIKEVICH = NeuronModel(
    name="izhikevich",
    summary="Izhikevich's simple model (2003): regular spiking, bursting, chattering, fast spiking",
    source="Izhikevich 2003, IEEE Trans Neural Netw 14:1569, eqs 1-3",
    equations="""
dv/dt = k_2*v**2 + k_1*v + k_0 - u + (I_syn + I_e)/C_m : volt
du/dt = a*(b*v - u) : volt/second
""",
    threshold="v > V_peak",
    reset="""
v = c
u += d
""",
    method="rk2",
    parameters={
        "k_2": "0.04 mV**-1*ms**-1",
        "k_1": "5 ms**-1",
        "k_0": "140 mV/ms",
        "a": "0.02 ms**-1",
        "b": "0.2 ms**-1",
        "c": "-65 mV",
        "d": "8 mV/ms",
        "V_peak": "30 mV",
        "C_m": "1 pF",
        "I_e": "0 pA",
    },
    initial={"v": "-70 mV", "u": "-14 mV/ms"},
    constraints=("C_m > 0",),
)
