"""Deviation from spontaneous firing: a spike transmits by how much it came early or late.

    value = 1 - r_0 (t - t_spike)        of a spike at t after one at t_spike
    x <- x + weight value

x is the membrane potential, or the variable that `synapse.target` names; the weight has its unit.
The values of n spikes in the time T sum up to n - r_0 T: a source that fires at r_0 transmits
nothing, one that fires less takes away, and so single spikes carry numbers of either sign. A source
that falls silent is heard at its next spike only.

References
----------
Ours; it is the event-driven form of a synapse whose target also has a constant current of
-weight r_0, which a learning weight would have to teach to a second projection.
"""

from __future__ import annotations

from neuro.synapses.base import SynapseModel

DEVIATION = SynapseModel(
    name="deviation",
    summary="adds weight times the spikes beyond those of a spontaneous rate, spike by spike",
    source="definition",
    on_pre="{target}_post += {efficacy}",
    equations="""
value : 1
t_spike : second
""",
    release="""
value = 1 - r_0*(t - t_spike)
t_spike = t
""",
    factor="value",
    weight_unit="target",
    parameters={"r_0": "100 Hz"},
    constraints=("r_0 >= 0",),
)
