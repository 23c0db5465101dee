"""Oja's rule: Hebbian growth with a decay that finds the first principal component.

    rates:   dw_j/dt = eta y (x_j - y w_j)
    spikes:  dx/dt = -x / tau_x, x <- x + 1 at a presynaptic spike
             dy/dt = -y / tau_y, y <- y + 1 at a post-synaptic spike
             at a post-synaptic spike, y read before its own step:
             weight <- weight + eta (w_unit x - y weight)

The traces x and y are rates times tau_x and tau_y, and post-synaptic spikes come at the rate y, so
that on average the two are one. If the target fires in proportion to its input, gain spikes for
each w_unit that arrives, the weights turn to the eigenvector of the largest eigenvalue of

    M_ij = <x_i at the spikes of j>      (x_i after its own step)

which is the correlation matrix of the rates (mean not subtracted) times tau_x, with the mean rates
added on its diagonal, because a spike is correlated with itself. Their length comes to 1/sqrt(gain)
or, for the same reason, up to half more. Weights are not bounded.

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
    constraints=("tau_x > 0", "tau_y > 0"),
)
