"""Leaky integrate-and-fire soma with n_segments dendritic compartments.

    C_m dv/dt   = g_L (E_L - v) + sum_k g_c (v_d[k] - v) + I_syn + I_e
    C_d dv_d/dt = g_Ld (E_L - v_d) + g_c (v - v_d) + I_seg          for each segment k
    v > V_th: spike, v <- V_reset, v held for t_ref

Segment k (`synapse.target: segment[k]`) has the membrane variable v_d{k} and receives the current
I_seg{k}. Fast (`biexponential`) and NMDA (`nmda`) conductances that arrive together on one
segment make it regenerative: beyond a number of coincident inputs it stays depolarised for tens
of milliseconds, an NMDA plateau.

References
----------
P. F. Pinsky, J. Rinzel (1994). Intrinsic and network rhythmogenesis in a reduced Traub model for
CA3 neurons. Journal of Computational Neuroscience 1, 39-60 (the coupling). J. Schiller, G. Major,
H. J. Koester, Y. Schiller (2000). NMDA spikes in basal dendrites of cortical pyramidal
neurons. Nature 404, 285-289 (the phenomenon). The default values, a thin dendrite on a small
pyramidal cell, are our choice.
"""

from __future__ import annotations

from neuro.models.base import NeuronModel

LIF_DENDRITIC = NeuronModel(
    name="lif_dendritic",
    summary="LIF soma with passive dendritic segments that carry NMDA plateaus",
    source="standard conductance coupling (Pinsky & Rinzel 1994, J Comput Neurosci 1:39)",
    equations="dv/dt = (g_L*(E_L - v) + I_dend + I_syn + I_e)/C_m : volt (unless refractory)",
    segment_equations="dv_d{k}/dt = (g_Ld*(E_L - v_d{k}) + g_c*(v - v_d{k}) + I_seg{k})/C_d : volt",
    coupling="I_dend",
    segment_coupling="g_c*(v_d{k} - v)",
    segment_voltage="v_d{k}",
    n_segments=1,
    threshold="v > V_th",
    reset="v = V_reset",
    refractory="t_ref",
    method="exponential_euler",
    parameters={
        "C_m": "150 pF",
        "g_L": "7.5 nS",
        "E_L": "-70 mV",
        "V_th": "-50 mV",
        "V_reset": "-60 mV",
        "t_ref": "2 ms",
        "I_e": "0 pA",
        "C_d": "30 pF",
        "g_Ld": "1.5 nS",
        "g_c": "3 nS",
    },
    initial={"v": "E_L", "v_d{k}": "E_L"},
    constraints=("C_m > 0", "C_d > 0", "g_L >= 0", "g_Ld >= 0", "g_c >= 0", "t_ref >= 0"),
)
