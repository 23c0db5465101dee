"""Check the texts of synapse models and plasticity rules."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from neuro import dimensions as dim
from neuro.dimensions import Dimension
from neuro.expressions.declarations import Checker, Fault
from neuro.expressions.equations import Equation
from neuro.synapses.base import SynapseModel
from neuro.units import unit


class RuleText(Protocol):
    """What a plasticity rule holds, as far as it can be checked; floor 2 declares it."""

    @property
    def equations(self) -> str:
        """Return the equations of the rule's variables."""

    @property
    def on_pre(self) -> str:
        """Return the statements at a presynaptic spike."""

    @property
    def on_post(self) -> str:
        """Return the statements at a post-synaptic spike."""

    @property
    def pre_change(self) -> str:
        """Return the change of weight proposed at a presynaptic spike."""

    @property
    def post_change(self) -> str:
        """Return the change of weight proposed at a post-synaptic spike."""

    @property
    def bounds(self) -> tuple[str, str]:
        """Return the names of the parameters that bound the weight."""

    @property
    def parameters(self) -> Mapping[str, str]:
        """Return the default of each parameter."""

    @property
    def initial(self) -> Mapping[str, str]:
        """Return the initial values."""


def check_rule(
    rule: RuleText,
    weight: Dimension = dim.NONE,
    voltage: Dimension = dim.VOLTAGE,
    sides: Mapping[str, Dimension] = MappingProxyType({}),
) -> tuple[Fault, ...]:
    """Check a plasticity rule for a weight of a given dimension.

    Parameters
    ----------
    rule : RuleText
        The declaration.
    weight : Dimension
        Dimension of the projection's weight.
    voltage : Dimension
        Dimension of the target's membrane variable, which a rule reads as `v_post`.
    sides : mapping of str to Dimension
        Variables of source and target that the rule may read, as `name_pre` and `name_post`.

    Returns
    -------
    tuple of Fault
        Everything that is wrong, in the order of the fields.
    """
    check = Checker()
    check.names |= {"j": dim.NONE, "delay": dim.TIME, "lastspike_pre": dim.TIME}
    check.names |= {"lastspike_post": dim.TIME, "v_post": voltage, "v_pre": voltage}
    check.names |= {"learning": dim.NONE, **sides}
    check.parameters("parameters", rule.parameters, weight)
    if check.faults:
        return tuple(check.faults)
    check.names |= {"weight": weight}
    own = check.read("equations", rule.equations)
    check.equations("equations", own)
    writable = {each.name: each.dimension for each in own if each.kind != "subexpression"}
    for field, text in (("on_pre", rule.on_pre), ("on_post", rule.on_post)):
        check.statements(field, text, writable)
    for field, text in (("pre_change", rule.pre_change), ("post_change", rule.post_change)):
        if text:
            check.expression(field, text, weight, "the change of weight", check.names)
    for bound in rule.bounds:
        if bound:
            check.expression("bounds", bound, weight, "the bound", check.names)
    check.initial(rule.initial)
    return tuple(check.faults)


def check_synapse(model: SynapseModel, addressed: Dimension = dim.VOLTAGE) -> tuple[Fault, ...]:
    """Check a synapse model.

    Parameters
    ----------
    model : SynapseModel
        The declaration.
    addressed : Dimension
        Dimension of the variable that a synapse with weight unit "target" writes to.

    Returns
    -------
    tuple of Fault
        Everything that is wrong, in the order of the fields.
    """
    check = Checker()
    weight = addressed if model.weight_unit == "target" else unit(model.weight_unit)[1]
    check.parameters("parameters", model.parameters, weight)
    check.names |= {f"{name}_p": check.names[name] for name in model.parameters}
    check.names |= {"v": dim.VOLTAGE, "target": addressed, "target_post": addressed}
    on_target = check.read("target_equations", _named(model.target_equations))
    check.equations("target_equations", on_target)
    if model.current:
        current = _named(model.current)
        check.expression("current", current, dim.CURRENT, "the current", check.names)
    own = check.read("equations", model.equations)
    check.names |= {"weight": weight, "v_post": dim.VOLTAGE}
    check.names |= {f"{each.name}_post": each.dimension for each in on_target}
    check.names |= {f"{name}_p_post": check.names[name] for name in model.parameters}
    check.equations("equations", own)
    _check_events(check, model, own, weight)
    return tuple(check.faults)


def _named(text: str) -> str:
    """Write a projection, a membrane variable and a target into a text."""
    pieces = {"{p}": "p", "{v}": "v", "{target}": "target", "{efficacy}": "efficacy"}
    for piece, name in pieces.items():
        text = text.replace(piece, name)
    return text


def _check_events(
    check: Checker, model: SynapseModel, own: tuple[Equation, ...], weight: Dimension
) -> None:
    """Check what happens when a spike arrives."""
    variables = {each.name: each.dimension for each in own if each.kind != "subexpression"}
    posts = {name: value for name, value in check.names.items() if name.endswith("_post")}
    check.statements("release", _named(model.release), variables)
    if model.factor:
        check.expression("factor", model.factor, dim.NONE, "the factor", check.names)
    check.names["efficacy"] = weight
    check.statements("on_pre", _named(model.on_pre), variables | posts)
    check.initial(model.initial)
