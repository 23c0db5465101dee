"""What a neuron model is: Brian2 text and default parameters, no code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

EMPTY: Mapping[str, str] = MappingProxyType({})

Kind = Literal["equations", "poisson", "spike_generator"]


@dataclass(frozen=True, slots=True)
class Event:
    """Declare a custom event: a condition and what happens when it holds."""

    condition: str
    statements: str


@dataclass(frozen=True, slots=True)
class NeuronModel:
    """Declare a neuron model once, as Brian2 text, for every engine.

    Attributes
    ----------
    name : str
        Name under which a configuration asks for the model.
    equations : str
        Brian2 equations. A model that receives current reads `I_syn`, which assembly defines
        as the sum of its incoming projections (0 if there are none); it must not be declared
        here. A model with dendritic segments writes the equations of one segment in
        `segment_equations`.
    segment_equations : str
        Equations of one dendritic segment with `{k}` for its number, repeated for
        k = 0 .. n_segments - 1; segment k reads `I_seg{k}`, its synaptic current.
    coupling : str
        Name of the quantity that the soma reads as the sum of `segment_coupling` over segments.
    segment_coupling : str
        Expression of one segment's contribution, with `{k}`.
    threshold, reset : str
        Brian2 condition and statements; empty for a model that does not spike.
    refractory : str
        Name of a parameter (a time), a Brian2 expression, or empty.
    method : str
        Brian2's integration method: "exact", "exponential_euler", "euler", "rk4", "heun", ...
    parameters : mapping of str to str
        Default value of each parameter, with unit ("20 ms"; "0.5" if dimensionless).
    constraints : tuple of str
        What must hold between parameters, as `neuro.constraints` reads it: "tau_m > 0".
    initial : mapping of str to str
        Initial value of each state variable: a value with unit or the name of a parameter.
    voltage : str
        Name of the somatic membrane variable, read by conductances and addressed by `soma`.
    segment_voltage : str
        Name of a segment's membrane variable, with `{k}`; empty without segments.
    input_unit : str
        Unit of `I_syn` and `I_seg{k}` ("amp"; "1" for dimensionless models).
    events : mapping of str to Event
        Custom events beside the spike.
    kind : {"equations", "poisson", "spike_generator"}
        What assembly builds; the last two are sources without equations.
    source : str
        Paper and equation from which the model is taken.
    """

    name: str
    summary: str
    source: str
    equations: str = ""
    threshold: str = ""
    reset: str = ""
    refractory: str = ""
    method: str = "exponential_euler"
    parameters: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    initial: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    voltage: str = "v"
    input_unit: str = "amp"
    events: Mapping[str, Event] = field(default_factory=dict)
    segment_equations: str = ""
    segment_coupling: str = ""
    coupling: str = ""
    segment_voltage: str = ""
    n_segments: int = 0
    kind: Kind = "equations"
    constraints: tuple[str, ...] = ()
