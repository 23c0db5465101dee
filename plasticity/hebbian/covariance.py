"""Covariance learning of sparse patterns: Tsodyks and Feigelman; Hopfield for f = 1/2.

    J_ij = eta sum_mu (xi_i - f)(xi_j - f),    xi = 1 for a cell active in pattern mu, else 0

Multiplied out, a presentation changes J_ij by eta (xi_i xi_j - f xi_i - f xi_j + f^2). With spikes:

    + eta      at a spike of either side, if the other side spiked at most `window` ago
    - eta f    at every spike of either side
    + eta f^2  per presentation, the same for all synapses, is no event of any cell

The last term is left to the initial weight: with initial weight P eta f^2, P presentations in which
every active cell spikes once, further apart than `window`, end at exactly the sum above. Added to
all synapses it only shifts every cell by the number of active cells, as inhibition does, so a
network with feedback inhibition can do without it.

For f = 1/2 and S = 2 xi - 1 the sum is eta/4 sum_mu S_i S_j, Hopfield's rule. `window` is inclusive
and the rule sees spikes when they are fired, as `clipped_hebb` does. Weights are not bounded.

References
----------
M. V. Tsodyks, M. V. Feigelman (1988). The enhanced storage capacity in neural networks with low
activity level. Europhysics Letters 6, 101-105. J. J. Hopfield (1982). Neural networks and physical
systems with emergent collective computational abilities. PNAS 79, 2554-2558. The form with spikes
is ours.
"""

from __future__ import annotations

from plasticity.base import PlasticityRule

COVARIANCE = PlasticityRule(
    name="covariance",
    summary="sum of (xi - f)(xi - f) over patterns: Tsodyks-Feigelman, Hopfield for f = 1/2",
    source="Tsodyks & Feigelman 1988, Europhys Lett 6:101; Hopfield 1982, PNAS 79:2554",
    equations="""
t_source : second
t_target : second
""",
    on_pre="t_source = t",
    on_post="t_target = t",
    pre_change="eta*(int(t - t_target <= window + 0.5*dt) - f)",
    post_change="eta*(int(t - t_source <= window + 0.5*dt) - f)",
    parameters={"eta": "0.01 weight", "f": "0.5", "window": "6 ms"},
    initial={"t_source": "-1e9 s", "t_target": "-1e9 s"},
    delayed=False,
    constraints=("window >= 0", "0 <= f", "f <= 1"),
)
