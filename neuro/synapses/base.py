"""What a synapse model is: Brian2 text for both sides of a connection, no code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from neuro.models.base import EMPTY


@dataclass(frozen=True, slots=True)
class SynapseModel:
    """Declare a synapse model once, as Brian2 text, for every engine.

    In every text `{p}` stands for the name of the projection and `{v}` for the membrane variable
    of the addressed compartment, so that many projections may meet in one population.

    Two kinds of parameter: those of the target side (`target_equations`, `current`) stand in the
    text as `{name}_{p}` and have one value per target neuron; those of `equations`, `release`,
    `factor` and `on_pre` stand there under their plain name (``tau_rec``) and have one value per
    synapse. The keys of `parameters` are plain names in both cases; the keys of `initial` are
    names as in the equations (``R``, ``I_{p}``).

    Attributes
    ----------
    target_equations : str
        Equations added to the target population, e.g. ``dI_{p}/dt = -I_{p}/tau_{p} : amp``.
        Parameters of the model appear as `{name}_{p}`.
    current : str
        Contribution to the target's `I_syn` (or `I_seg{k}`), e.g. ``I_{p}`` or
        ``g_{p}*(E_rev_{p} - {v})``; empty if the synapse writes to a variable directly.
    on_pre : str
        Statements when a spike arrives, with ``{efficacy}`` for the transmitted weight (assembly
        substitutes the gated weight, times the short-term efficacy); e.g.
        ``I_{p}_post += {efficacy}``. `{target}` is the addressed variable for direct synapses.
    equations : str
        Variables of each synapse (short-term plasticity), without the weight.
    release : str
        Statements before transmission that compute the synapse's efficacy factor (short-term
        plasticity); empty otherwise.
    factor : str
        Expression that multiplies the weight in `{efficacy}`; empty for 1.
    weight_unit : str
        Unit of the weight: "amp", "siemens", "volt"; "target" for the unit of the variable
        addressed.
    parameters : mapping of str to str
        Default of each parameter with unit.
    constraints : tuple of str
        What must hold between parameters, as `neuro.constraints` reads it: "tau_m > 0".
    linear : bool
        Whether a model integrated by method "exact" stays exactly integrable with this synapse.
    source : str
        Paper and equation.
    """

    name: str
    summary: str
    source: str
    on_pre: str
    weight_unit: str
    target_equations: str = ""
    current: str = ""
    equations: str = ""
    release: str = ""
    factor: str = ""
    parameters: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    initial: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    linear: bool = True
    constraints: tuple[str, ...] = ()
