"""The lateral circuit of orthogonal projection: rules of spiking subspace neurons.

Subspace neurons hear a population through synapses H and feed back to the trace u of each of its
cells through -H, so that u = x - H^T y, what they do not explain. They fire at r_rest when their
answer is 0; a spike at t after one at t_last stands for the answer 1 - r_rest (t - t_last), which
sums up to the spikes beyond the spontaneous ones. At each spike of a subspace neuron

    onto it:     weight <- weight + eta (1 - r_rest (t - t_last)) u_pre
    back again:  weight <- weight - eta (1 - r_rest (t - t_last)) u_post

On average that is dH = eta y^T (x - y H), Oja's subspace rule: a Hebbian term, by the part of u
that the population fires, and an anti-Hebbian one, by the part that comes back. Both synapses of a
pair see the same numbers, so that -H stays the negative of H without either knowing the other.
The first rule is for a projection whose target is the subspace neurons, the second for one whose
source they are; both without delay. The trace is the population's variable u.

References
----------
Xiao et al., "Hebbian learning based orthogonal projection for continual learning of spiking neural
networks", ICLR 2024, section 4. Oja, "Neural networks, principal components, and subspaces",
International Journal of Neural Systems 1 (1989). The form with single spikes is ours.
"""

from __future__ import annotations

from plasticity.base import PlasticityRule

_ANSWER = "(1 - r_rest*(t - t_last))"

SUBSPACE = PlasticityRule(
    name="subspace",
    summary="synapses onto subspace neurons learn what the population's trace u still holds",
    source="Xiao et al. 2024, ICLR, section 4; Oja 1989, Int J Neural Syst 1:61",
    equations="t_last : second",
    on_post="t_last = t",
    post_change=f"eta*{_ANSWER}*u_pre",
    change_first=True,
    reads={"u_pre": "1"},
    parameters={"eta": "0.0002 weight", "r_rest": "100 Hz"},
    constraints=("r_rest >= 0",),
)

SUBSPACE_FEEDBACK = PlasticityRule(
    name="subspace_feedback",
    summary="synapses of subspace neurons back to the trace u, the negative of those onto them",
    source="Xiao et al. 2024, ICLR, section 4; Oja 1989, Int J Neural Syst 1:61",
    equations="t_last : second",
    on_pre="t_last = t",
    pre_change=f"-eta*{_ANSWER}*u_post",
    change_first=True,
    # Learns with the spike that is fired, after everything that arrives in the step.
    delayed=False,
    reads={"u_post": "1"},
    parameters={"eta": "0.0002 weight", "r_rest": "100 Hz"},
    constraints=("r_rest >= 0",),
)
