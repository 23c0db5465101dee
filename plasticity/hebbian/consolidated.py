"""Consolidated Hebbian learning: a synapse is switched on for good by repeated coincidences.

    tag    <- max(tag - (t - t_tag)/tau_tag, 0) + 1     at a coincidence, where t_tag is the last
    weight <- w_max                                     where the tag has reached theta

A coincidence is a spike of either side if the other side spiked at most `window` ago. Between
coincidences the tag falls by 1 in each `tau_tag`, down to 0. What noise lets fire together once or
twice is forgotten; theta coincidences in a row, each sooner than tau_tag after the last, are kept.
Of n coincidences a time T apart the tag is n - (n - 1) T/tau_tag, so it takes

    n >= (theta - T/tau_tag)/(1 - T/tau_tag)

of them. Each side is taken to spike once in a presentation: a burst would count each spike. With
theta = 1 it is clipped Hebbian learning. `window` is inclusive and spikes count when they are
fired, as there.

References
----------
C. Coyac, V. Gripon, C. Langlais, C. Berrou (2017). Robust associative memories naturally occurring
from recurrent Hebbian networks under noise. arXiv:1709.08367. Of the rule only its name and aim
are theirs; tag, threshold and linear decay are ours.
"""

from __future__ import annotations

from plasticity.base import PlasticityRule

# At the spike of one side; the time of its own spike is written before, so that of two spikes in
# one step the pathway that runs second, and only that one, finds a coincidence.
TAG = """
met = int(t - {other} <= window + 0.5*dt)
tag = met*(clip(tag - (t - t_tag)/tau_tag, 0, theta) + 1) + (1 - met)*tag
t_tag = met*t + (1 - met)*t_tag
"""
CHANGE = "(w_max - weight)*int(tag >= theta - 1e-9)"

CONSOLIDATED_HEBB = PlasticityRule(
    name="consolidated_hebb",
    summary="Weight becomes w_max for good after theta coincidences, each counted by a fading tag",
    source="after Coyac, Gripon, Langlais & Berrou 2017, arXiv:1709.08367",
    equations="""
tag : 1
t_tag : second
t_source : second
t_target : second
""",
    on_pre="t_source = t" + TAG.format(other="t_target"),
    on_post="t_target = t" + TAG.format(other="t_source"),
    pre_change=CHANGE,
    post_change=CHANGE,
    parameters={"w_max": "1 weight", "window": "6 ms", "theta": "4", "tau_tag": "1 s"},
    initial={"t_source": "-1e9 s", "t_target": "-1e9 s", "t_tag": "0 s"},
    delayed=False,
    constraints=("window >= 0", "theta >= 1", "tau_tag > 0"),
)
