"""Triplet spike-timing-dependent plasticity, all-to-all.

    dr_1/dt = -r_1/tau_plus,  dr_2/dt = -r_2/tau_x;  both + 1 at a presynaptic spike
    do_1/dt = -o_1/tau_minus, do_2/dt = -o_2/tau_y;  both + 1 at a post-synaptic spike
    presynaptic spike:   weight <- weight - w_max o_1 (A2_minus + A3_minus r_2)
    post-synaptic spike: weight <- weight + w_max r_1 (A2_plus + A3_plus o_2)

r_2 and o_2 are read just before the spike adds its own 1. Potentiation needs a second
post-synaptic spike shortly before, so it grows with the rate of pairing: pairs at 1 Hz depress,
pairs at 50 Hz potentiate. Weights stay in [w_min, w_max]. Spikes of both sides in one step:
the presynaptic one comes first.

References
----------
J.-P. Pfister, W. Gerstner (2006). Triplets of spikes in a model of spike timing-dependent
plasticity. Journal of Neuroscience 26, 9673-9682, equations (3) and (4). Default values: the full
all-to-all fit to visual cortex, its amplitudes in units of w_max.
"""

from __future__ import annotations

from plasticity.base import PlasticityRule

STDP_TRIPLET = PlasticityRule(
    name="stdp_triplet",
    summary="triplet STDP, all-to-all, hard bounds; depends on the rate of pairing",
    source="Pfister & Gerstner 2006, J Neurosci 26:9673, eqs 3-4",
    equations="""
dr_1/dt = -r_1/tau_plus : 1 (event-driven)
dr_2/dt = -r_2/tau_x : 1 (event-driven)
do_1/dt = -o_1/tau_minus : 1 (event-driven)
do_2/dt = -o_2/tau_y : 1 (event-driven)
""",
    on_pre="""
r_1 += 1
r_2 += 1
""",
    on_post="""
o_1 += 1
o_2 += 1
""",
    pre_change="-w_max*o_1*(A2_minus + A3_minus*r_2)",
    post_change="w_max*r_1*(A2_plus + A3_plus*o_2)",
    change_first=True,
    bounds=("w_min", "w_max"),
    parameters={
        "tau_plus": "16.8 ms",
        "tau_x": "101 ms",
        "tau_minus": "33.7 ms",
        "tau_y": "125 ms",
        "A2_plus": "5e-10",
        "A3_plus": "6.2e-3",
        "A2_minus": "7e-3",
        "A3_minus": "2.3e-4",
        "w_min": "0 weight",
        "w_max": "1 weight",
    },
    constraints=("tau_plus > 0", "tau_x > 0", "tau_minus > 0", "tau_y > 0", "w_min <= w_max"),
)
