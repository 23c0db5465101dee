"""Exponential conductance synapse.

    dg/dt = -g / tau,    g <- g + weight at a spike,    I = g (E_rev - v)

The weight is the peak conductance. The current changes sign at E_rev: excitatory synapses have
E_rev near 0 mV, inhibitory ones near -70 to -80 mV. Exponential Euler freezes g over one step,
so the target needs a method for equations that are linear in v only.

References
----------
P. Dayan, L. F. Abbott (2001). Theoretical Neuroscience. MIT Press, section 5.8. Default time
constant: fast AMPA decay, as in the COBA benchmark of R. Brette et al. (2007), Journal of
Computational Neuroscience 23, 349-398.
"""

from __future__ import annotations

from neuro.synapses.base import SynapseModel

CONDUCTANCE = SynapseModel(
    name="conductance",
    summary="conductance that jumps by the weight and decays exponentially, with E_rev",
    source="Dayan & Abbott 2001, Theoretical Neuroscience, section 5.8",
    target_equations="dg_{p}/dt = -g_{p}/tau_{p} : siemens",
    current="g_{p}*(E_rev_{p} - {v})",
    on_pre="g_{p}_post += {efficacy}",
    weight_unit="siemens",
    parameters={"tau": "5 ms", "E_rev": "0 mV"},
    linear=False,
    constraints=("tau > 0",),
)
