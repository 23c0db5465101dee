"""Names that a projection brings into its target population, and those taken there."""

from __future__ import annotations

import re

from neuro.expressions import parse_equations
from neuro.models.base import NeuronModel
from neuro.synapses.base import SynapseModel

_SUFFIXED = re.compile(r"\b([A-Za-z]\w*)_\{p\}")
# What assembly and Brian2 add to every population.
RESERVED = frozenset({"I_syn", "lastspike", "not_refractory", "t", "dt", "i", "N"})


def brought_names(name: str, synapse: SynapseModel) -> set[str]:
    """Return the names of variables and parameters that a projection adds to its target.

    Parameters
    ----------
    name : str
        Name of the projection.
    synapse : SynapseModel
        Model of its synapses.

    Returns
    -------
    set of str
        Each ends in ``_{name}``.
    """
    text = f"{synapse.target_equations}\n{synapse.current}"
    return {f"{stem}_{name}" for stem in _SUFFIXED.findall(text)}


def taken_names(model: NeuronModel) -> set[str]:
    """Return the names that a population of a model has before anything projects to it.

    Parameters
    ----------
    model : NeuronModel
        Model of the population.

    Returns
    -------
    set of str
        Parameters, variables, currents and what every population has.
    """
    numbers = range(model.n_segments)
    segments = (model.segment_equations.replace("{k}", str(k)) for k in numbers)
    equations = "\n".join((model.equations, *segments))
    variables = {each.name for each in parse_equations(equations)}
    inputs = {model.coupling, *(f"I_seg{k}" for k in numbers)}
    return {*model.parameters, *variables, *inputs, *RESERVED} - {""}


def clash(name: str, synapse: SynapseModel, model: NeuronModel) -> str:
    """Say which name a projection would take from its target population.

    Parameters
    ----------
    name : str
        Name of the projection.
    synapse : SynapseModel
        Model of its synapses.
    model : NeuronModel
        Model of the target population.

    Returns
    -------
    str
        A message for the reader; empty if there is no clash.
    """
    clashes = sorted(brought_names(name, synapse) & taken_names(model))
    if not clashes:
        return ""
    return (
        f"synapse model '{synapse.name}' would call a variable '{clashes[0]}', which model "
        f"'{model.name}' has already; give the projection another name"
    )
