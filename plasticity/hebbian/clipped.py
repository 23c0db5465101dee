"""Clipped Hebbian learning: the synapse of Willshaw, switched on by one coincidence.

    weight <- w_max    at a spike of either side, if the other side spiked at most `window` ago

A synapse whose two cells were active in one presentation ends at w_max; all others keep their
weight. After the presentation of P patterns that lie further apart than `window`, the weights are
w_max times the Boolean OR of the outer products of the patterns, whatever the order of the spikes.

`window` is inclusive: half a time step is added, so that times on the grid of the simulation that
lie exactly `window` apart coincide. The rule sees spikes when they are fired, not when they
arrive: cells that fire together are linked however long the fibre between them.

References
----------
D. J. Willshaw, O. P. Buneman, H. C. Longuet-Higgins (1969). Non-holographic associative memory.
Nature 222, 960-962. The form with spikes is ours.
"""

from __future__ import annotations

from plasticity.base import PlasticityRule

CLIPPED_HEBB = PlasticityRule(
    name="clipped_hebb",
    summary="Willshaw: weight becomes w_max where both sides spike within `window`",
    source="Willshaw, Buneman & Longuet-Higgins 1969, Nature 222:960",
    equations="""
t_source : second
t_target : second
""",
    on_pre="t_source = t",
    on_post="t_target = t",
    pre_change="(w_max - weight)*int(t - t_target <= window + 0.5*dt)",
    post_change="(w_max - weight)*int(t - t_source <= window + 0.5*dt)",
    parameters={"w_max": "1 weight", "window": "6 ms"},
    initial={"t_source": "-1e9 s", "t_target": "-1e9 s"},
    delayed=False,
    constraints=("window >= 0",),
)
