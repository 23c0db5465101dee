"""Pair-based spike-timing-dependent plasticity, all pairs, additive.

    dx/dt = -x / tau_plus,  x <- x + 1 at a presynaptic spike
    dy/dt = -y / tau_minus, y <- y + 1 at a post-synaptic spike
    presynaptic spike:   weight <- weight - A_minus w_max y
    post-synaptic spike: weight <- weight + A_plus w_max x
    weight stays in [w_min, w_max]

One pair at the distance s = t_post - t_pre changes the weight by

    + A_plus w_max exp(-s / tau_plus)     for s >= 0
    - A_minus w_max exp(s / tau_minus)    for s < 0

t_pre is the time of arrival, after the projection's delay. Spikes of both sides in one step count
as s = 0: the presynaptic one comes first.

References
----------
S. Song, K. D. Miller, L. F. Abbott (2000). Competitive Hebbian learning through
spike-timing-dependent synaptic plasticity. Nature Neuroscience 3, 919-926 (window, bounds and
default values: A_plus = 0.005, A_minus = 1.05 A_plus, 20 ms). A. Morrison, M. Diesmann, W. Gerstner
(2008). Phenomenological models of synaptic plasticity based on spike timing. Biological
Cybernetics 98, 459-478 (the form with traces).
"""

from __future__ import annotations

from plasticity.base import PlasticityRule

STDP_PAIR = PlasticityRule(
    name="stdp_pair",
    summary="additive pair STDP, all pairs, hard bounds",
    source="Song, Miller & Abbott 2000, Nat Neurosci 3:919",
    equations="""
dx/dt = -x/tau_plus : 1 (event-driven)
dy/dt = -y/tau_minus : 1 (event-driven)
""",
    on_pre="x += 1",
    on_post="y += 1",
    pre_change="-A_minus*w_max*y",
    post_change="A_plus*w_max*x",
    bounds=("w_min", "w_max"),
    parameters={
        "tau_plus": "20 ms",
        "tau_minus": "20 ms",
        "A_plus": "0.005",
        "A_minus": "0.00525",
        "w_min": "0 weight",
        "w_max": "1 weight",
    },
    constraints=("tau_plus > 0", "tau_minus > 0", "w_min <= w_max"),
)
