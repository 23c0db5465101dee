"""Conductance synapse with a rise and a decay, normalised to its peak.

    g = (h_decay - h_rise) / n,    I = g (E_rev - v)
    dh_decay/dt = -h_decay / tau_decay,    dh_rise/dt = -h_rise / tau_rise
    both h <- h + weight at a spike

    t_peak = tau_rise tau_decay / (tau_decay - tau_rise) ln(tau_decay / tau_rise)
    n = exp(-t_peak / tau_decay) - exp(-t_peak / tau_rise)

so that one spike makes a conductance whose peak, at t_peak, is the weight. tau_rise must be
smaller than tau_decay.

References
----------
P. Dayan, L. F. Abbott (2001). Theoretical Neuroscience. MIT Press, section 5.8.
"""

from __future__ import annotations

from neuro.synapses.base import SynapseModel

# The two exponents are t_peak/tau_decay and t_peak/tau_rise.
KINETICS = """
g_{p} = (h_decay_{p} - h_rise_{p})
    /(exp(-log(tau_decay_{p}/tau_rise_{p})*tau_rise_{p}/(tau_decay_{p} - tau_rise_{p}))
    - exp(-log(tau_decay_{p}/tau_rise_{p})*tau_decay_{p}/(tau_decay_{p} - tau_rise_{p}))) : siemens
dh_decay_{p}/dt = -h_decay_{p}/tau_decay_{p} : siemens
dh_rise_{p}/dt = -h_rise_{p}/tau_rise_{p} : siemens
"""

ARRIVAL = """
h_decay_{p}_post += {efficacy}
h_rise_{p}_post += {efficacy}
"""

BIEXPONENTIAL = SynapseModel(
    name="biexponential",
    summary="conductance, difference of two exponentials whose peak is the weight, with E_rev",
    source="Dayan & Abbott 2001, Theoretical Neuroscience, section 5.8",
    target_equations=KINETICS,
    current="g_{p}*(E_rev_{p} - {v})",
    on_pre=ARRIVAL,
    weight_unit="siemens",
    parameters={"tau_rise": "0.5 ms", "tau_decay": "2 ms", "E_rev": "0 mV"},
    linear=False,
    constraints=("tau_rise > 0", "tau_rise < tau_decay"),
)
