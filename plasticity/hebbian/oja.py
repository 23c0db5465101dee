"""Oja's rule: Hebbian growth with a decay that finds the first principal component.

    rates:   dw_j/dt = eta y (x_j - y w_j)
    spikes:  dx/dt = -x / tau_x, x <- x + 1 at a presynaptic spike
             dy/dt = -y / tau_y, y <- y + 1 at a post-synaptic spike
             at a post-synaptic spike, y read before its own step:
             weight <- weight + eta (w_unit x - y weight)

The traces x and y are rates times tau_x and tau_y; post-synaptic spikes come at the rate y, so
that on average the two are one. If the target answers in proportion to its input, y = gain sum_j
w_j x_j (w in units of w_unit), the weights turn to the eigenvector of the largest eigenvalue of
the correlation matrix <x x^T> of the traces (mean not subtracted), with the length 1/sqrt(gain).
<x x^T> holds the shot noise of the spikes on its diagonal, which turns the eigenvector only as far
as mean rates differ. Weights are not bounded; a weight below 0 changes nothing of the rule.

References
----------
E. Oja (1982). A simplified neuron model as a principal component analyzer. Journal of
Mathematical Biology 15, 267-273. The form with spikes is ours.
"""

from __future__ import annotations

from plasticity.base import PlasticityRule

OJA = PlasticityRule(
    name="oja",
    summary="Hebbian growth with decay; weights turn to the first principal component",
    source="Oja 1982, J Math Biol 15:267",
    equations="""
dx/dt = -x/tau_x : 1 (event-driven)
dy/dt = -y/tau_y : 1 (event-driven)
""",
    on_pre="x += 1",
    on_post="y += 1",
    post_change="eta*(w_unit*x - y*weight)",
    change_first=True,
    parameters={"eta": "0.001", "w_unit": "1 weight", "tau_x": "20 ms", "tau_y": "20 ms"},
)
