"""Short-term plasticity: depression and facilitation of a synapse by its own activity.

    dR/dt = (1 - R) / tau_rec      fraction of the resources that has recovered
    du/dt = -u / tau_facil         fraction of it that one spike uses
    at a presynaptic spike, in this order:
        u <- u + U (1 - u),    released = u R,    R <- R - released
    and the synapse transmits weight * released.

At a constant rate r the synapse settles at

    u = U / (1 - (1 - U) exp(-1/(r tau_facil)))
    R = (1 - exp(-1/(r tau_rec))) / (1 - (1 - u) exp(-1/(r tau_rec)))      (before the spike)

`tsodyks_markram` has the exponential current of `exponential`, `tsodyks_markram_conductance` the
conductance of `conductance`. The first spike of a rested synapse transmits U * weight.

References
----------
M. Tsodyks, K. Pawelzik, H. Markram (1998). Neural networks with dynamic synapses. Neural
Computation 10, 821-835; H. Markram, Y. Wang, M. Tsodyks (1998). Differential signaling via the
same axon of neocortical pyramidal neurons. PNAS 95, 5323-5328. The default values are a
depressing synapse between pyramidal cells: U = 0.5, tau_rec = 800 ms, no facilitation to speak of.
"""

from __future__ import annotations

from dataclasses import replace

from neuro.synapses.base import SynapseModel
from neuro.synapses.conductance import CONDUCTANCE
from neuro.synapses.exponential import EXPONENTIAL


def depress_and_facilitate(model: SynapseModel, name: str) -> SynapseModel:
    """Declare the variant of a synapse model whose efficacy follows its own activity.

    Parameters
    ----------
    model : SynapseModel
        A model without short-term plasticity.
    name : str
        Name of the variant.

    Returns
    -------
    SynapseModel
        `model` with the resources R, the use u and the transmitted factor `released`.
    """
    return replace(
        model,
        name=name,
        summary=f"short-term depression and facilitation of: {model.summary}",
        source="Tsodyks, Pawelzik & Markram 1998, Neural Comput 10:821",
        equations="""
dR/dt = (1 - R)/tau_rec : 1 (event-driven)
du/dt = -u/tau_facil : 1 (event-driven)
released : 1
""",
        release="""
u += U*(1 - u)
released = u*R
R -= released
""",
        factor="released",
        parameters={**model.parameters, "U": "0.5", "tau_rec": "800 ms", "tau_facil": "1 ms"},
        initial={"R": "1", "u": "0"},
        constraints=(*model.constraints, "0 <= U", "U <= 1", "tau_rec > 0", "tau_facil > 0"),
    )


TSODYKS_MARKRAM = depress_and_facilitate(EXPONENTIAL, "tsodyks_markram")
TSODYKS_MARKRAM_CONDUCTANCE = depress_and_facilitate(CONDUCTANCE, "tsodyks_markram_conductance")
