"""Leaky integrate-and-fire neuron whose dendrite counts coincident synapses: a reduced plateau.

    tau_m dv/dt = E_L - v + R (I_dAP [a plateau runs] + I_syn + I_e)
    coincident >= theta_dAP: a plateau begins and runs for tau_dAP
    v > V_th: spike, v <- V_reset, the plateau ends; v held for t_ref

`coincident` is the number of synapses that were active in the last window W. Two `delta`
projections with the same connections keep it (`synapse.target: coincident`): one of weight 1 and
delay d adds a synapse when its spike arrives, one of weight -1 and delay d + W takes it away, so
the window holds [t - W, t) on the grid of the simulation and the count stays a whole number.
What arrives and what leaves in one step are both counted before the count is compared.

It is the event-driven reduction of an NMDA segment (`lif_dendritic`): no conductance, no membrane
of the segment, work at spikes only. The default plateau depolarises the soma by R I_dAP = 10.6 mV,
which is what a plateau of that segment with its default values reaches at threshold.

References
----------
J. Hawkins, S. Ahmad (2016). Why neurons have thousands of synapses. Frontiers in Neural Circuits
10, 23 (a segment that counts). J. Schiller, G. Major, H. J. Koester, Y. Schiller (2000). NMDA
spikes in basal dendrites of cortical pyramidal neurons. Nature 404, 285-289 (the plateau).
"""

from __future__ import annotations

from neuro.models.base import Event, NeuronModel

LIF_COINCIDENCE = NeuronModel(
    name="lif_coincidence",
    summary="LIF with a dendritic plateau at a number of coincident synapses, event-driven",
    source="Hawkins & Ahmad 2016, Front Neural Circuits 10:23 (the count); the form is ours",
    equations="""
dv/dt = (E_L - v + R*(plateau*I_dAP + I_syn + I_e))/tau_m : volt (unless refractory)
coincident : 1
plateau : 1
t_end : second
""",
    threshold="v > V_th",
    reset="""
v = V_reset
plateau = 0
""",
    refractory="t_ref",
    method="exponential_euler",
    events={
        "dap": Event(
            condition="coincident >= theta_dAP and plateau < 0.5",
            statements="""
plateau = 1
t_end = t + tau_dAP
""",
        ),
        "dap_end": Event(
            condition="plateau > 0.5 and t >= t_end",
            statements="plateau = 0",
        ),
    },
    parameters={
        "tau_m": "20 ms",
        "E_L": "-70 mV",
        "V_th": "-50 mV",
        "V_reset": "-60 mV",
        "R": "133 Mohm",
        "t_ref": "2 ms",
        "I_e": "0 pA",
        "I_dAP": "80 pA",
        "theta_dAP": "15",
        "tau_dAP": "100 ms",
    },
    initial={"v": "E_L"},
    constraints=("tau_m > 0", "tau_dAP >= 0", "theta_dAP > 0", "R > 0", "t_ref >= 0"),
)
