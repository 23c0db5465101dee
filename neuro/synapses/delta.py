"""Delta synapse: a spike adds its weight to a variable of the target at once.

    x <- x + weight

x is the membrane potential, or the variable that `synapse.target` names; the weight has its unit.
A target that holds x while refractory ignores spikes for that time.
"""

from __future__ import annotations

from neuro.synapses.base import SynapseModel

DELTA = SynapseModel(
    name="delta",
    summary="adds the weight to the addressed variable (membrane potential) at once",
    source="definition",
    on_pre="{target}_post += {efficacy}",
    weight_unit="target",
)
