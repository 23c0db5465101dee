"""Leaky integrator in steps, the cell of layered networks (`neuro/layers`), as Brian2 text.

    v <- decay v + J + (1 - decay) R (I_syn + I_e)     at the end of every step
    v >= V_th: spike in the next step, v <- keep (v - V_th)

J is the sum of the weights of all spikes of a step (`delta` synapses with `synapse.target: J`,
without delay). With keep = 1 a spike takes away the threshold, with keep = 0 all of the potential;
what comes in with a spike is not lost either way. A spike of one layer in step n moves the
potential of the next one at the end of step n, so that each layer lags the one before by a step,
and otherwise spikes as `neuro.layers.step_layer` does, whose update is one line: one step of time
is one step of the simulation, whatever dt.

References
----------
Xiao et al., "Online training through time for spiking neural networks", NeurIPS 2022, eq. 2.
"""

from __future__ import annotations

from neuro.models.base import Event, NeuronModel

CLOCKED = NeuronModel(
    name="clocked",
    summary="leaky integrator in steps of the simulation, as layered networks have it",
    source="Xiao et al. 2022, NeurIPS, eq. 2",
    equations="""
v : volt
J : volt
drive = (1 - decay)*R*(I_syn + I_e) : volt
""",
    threshold="v >= V_th",
    reset="v = keep*(v - V_th)",
    events={
        "step": Event(
            condition="t >= 0*second",
            statements="""
v = decay*v + J + drive
J = 0*V_th
""",
        )
    },
    parameters={
        "decay": "0.5",
        "V_th": "20 mV",
        "keep": "1",
        "R": "100 Mohm",
        "I_e": "0 pA",
    },
    constraints=("0 <= decay", "decay <= 1", "V_th > 0", "0 <= keep", "keep <= 1", "R > 0"),
)
