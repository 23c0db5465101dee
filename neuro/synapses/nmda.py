"""NMDA synapse: slow conductance unblocked by depolarisation.

    I = g B (E_rev - v),    B = 1 / (1 + Mg / Mg_half exp(-alpha v))
    g = difference of exponentials (tau_rise, tau_decay) whose peak is the weight

Mg and Mg_half are concentrations in mM, written as pure numbers. At v = 0 and Mg = 1, B = 0.781.
The block is evaluated at the beginning of each step and held over it, which keeps the equation of
the membrane linear in v, so that exponential Euler applies (error of first order in dt).

References
----------
C. E. Jahr, C. F. Stevens (1990). Voltage dependence of NMDA-activated macroscopic conductances
predicted by single-channel kinetics. Journal of Neuroscience 10, 3178-3182: 3.57 mM, 0.062 /mV.
"""

from __future__ import annotations

from neuro.synapses.base import SynapseModel
from neuro.synapses.biexponential import ARRIVAL, KINETICS

NMDA = SynapseModel(
    name="nmda",
    summary="NMDA conductance with magnesium block, rise and decay, peak = weight",
    source="Jahr & Stevens 1990, J Neurosci 10:3178",
    target_equations=KINETICS
    + "B_{p} = 1/(1 + Mg_{p}/Mg_half_{p}*exp(-alpha_{p}*{v})) : 1 (constant over dt)\n",
    current="g_{p}*B_{p}*(E_rev_{p} - {v})",
    on_pre=ARRIVAL,
    weight_unit="siemens",
    parameters={
        "tau_rise": "2 ms",
        "tau_decay": "70 ms",
        "E_rev": "0 mV",
        "Mg": "1",
        "Mg_half": "3.57",
        "alpha": "0.062 mV**-1",
    },
    linear=False,
    constraints=("tau_rise > 0", "tau_rise < tau_decay", "Mg >= 0", "Mg_half > 0"),
)
