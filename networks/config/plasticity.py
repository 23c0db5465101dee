"""The block `plasticity` of a projection: a rule of the house, or one written as text."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Any

from networks.config.blocks import Block, named
from networks.config.document import Node
from networks.config.models import RuleText, read_rule
from networks.config.values import extremes, plain_value
from networks.spec import Plasticity, Synapse, Value
from neuro import dimensions as dim
from neuro.dimensions import Dimension
from neuro.expressions import parse_equations
from neuro.units import Quantity, describe, format_quantity, unit
from plasticity.base import PlasticityRule

# A block with one of these is a rule written as text.
TEXT = ("equations", "on_pre", "on_post", "pre_change", "post_change")


def read_plasticity(
    block: Block,
    rules: Mapping[str, PlasticityRule],
    weight: Dimension | None,
    synapse: Synapse | None,
    sides: Mapping[str, Dimension],
) -> Plasticity | None:
    """Read the block `plasticity`.

    Parameters
    ----------
    block : Block
        The block.
    rules : mapping of str to PlasticityRule
        Rules of the house.
    weight : Dimension or None
        Dimension of the weight, None if a mistake elsewhere hides it.
    synapse : Synapse or None
        The synapse that learns.
    sides : mapping of str to Dimension
        Variables of source and target that a rule written as text may read.

    Returns
    -------
    Plasticity or None
        None if anything is wrong.
    """
    if any(key in block.node.mapping for key in TEXT):
        if weight is None:
            return None
        name = block.path.split(".")[1]
        rule = read_rule(f"{name}_rule", block.node, block.path, weight, block.problems, sides)
        if rule is None:
            return None
        # The values of a rule written as text are its defaults.
        nothing = Block(f"{block.path}.parameters", Node({}, block.node.mark), block.problems)
        values = nothing.parameters(rule.parameters, weight)
        drawn = _read_initial(block, rule, drawn_only=True)
    else:
        kind = block.kind("rule", rules, "a learning rule")
        if kind is None:
            return None
        rule = rules[kind]
        _check_reads(block, rule, sides)
        block.only(("rule", "initial", *rule.parameters))
        values = block.parameters(rule.parameters, weight, rule.constraints)
        drawn = _read_initial(block, rule, drawn_only=False)
    _check_clashes(block, rule, synapse)
    return Plasticity(rule, MappingProxyType(values), MappingProxyType(drawn))


def _read_initial(block: Block, rule: PlasticityRule, drawn_only: bool) -> dict[str, Value]:
    """Read initial values of a rule's variables; a text's single values are the rule's own."""
    given = block.sub("initial")
    if given is None or not given.is_mapping():
        return {}
    known = {each.name: each.dimension for each in parse_equations(rule.equations)}
    found: dict[str, Value] = {}
    for name, inner in given.node.mapping.items():
        if drawn_only and not (inner.is_mapping or isinstance(inner.value, list)):
            continue
        if name not in known:
            what = f"a variable of rule '{rule.name}'"
            given.add((name,), named(name, known, what), at_key=True)
            continue
        value = given.value(name, known[name] or dim.NONE)
        if value is not None:
            found[name] = value
    return found


def _check_reads(block: Block, rule: PlasticityRule, sides: Mapping[str, Dimension]) -> None:
    """Refuse a rule that needs a variable which source or target does not have."""
    for name, needed in rule.reads.items():
        variable, _, side = name.rpartition("_")
        end = {"pre": "source", "post": "target"}[side]
        if name not in sides:
            problem = f"rule '{rule.name}' needs a variable '{variable}' of the {end}"
            block.add(("rule",), f"{problem}, whose model has none")
        elif sides[name] != unit(needed)[1]:
            problem = f"rule '{rule.name}' needs '{variable}' of the {end} in {needed}"
            block.add(("rule",), f"{problem}; it is {describe(sides[name])}")


def _check_clashes(block: Block, rule: PlasticityRule, synapse: Synapse | None) -> None:
    """Refuse a rule that shares the name of a variable or parameter with its synapse."""
    if synapse is None:
        return
    own = {each.name for each in parse_equations(synapse.model.equations)}
    if synapse.model.equations:
        own |= set(synapse.parameters)
    theirs = {each.name for each in parse_equations(rule.equations)} | set(rule.parameters)
    for name in sorted(own & theirs):
        message = f"rule '{rule.name}' and synapse model '{synapse.model.name}' both have a"
        block.add((), f"{message} '{name}'")


def check_bounds(block: Block, synapse: Synapse, plasticity: Plasticity) -> None:
    """Refuse initial weights outside the bounds of the rule, as far as their ends are known.

    Parameters
    ----------
    block : Block
        The projection.
    synapse : Synapse
        Its synapse.
    plasticity : Plasticity
        Its rule.
    """
    for name, end, sign in zip(
        plasticity.rule.bounds, extremes(synapse.weight), (-1, 1), strict=True
    ):
        bound = plasticity.parameters.get(name)
        if not isinstance(bound, Quantity) or not math.isfinite(end):
            continue
        if sign * (end - bound.value) > 0:
            such = f"{name} = {format_quantity(bound)} of rule '{plasticity.rule.name}'"
            block.add(("synapse", "weight"), f"is {'above' if sign > 0 else 'below'} {such}")


def plain_plasticity(plasticity: Plasticity, rules: Mapping[str, PlasticityRule]) -> dict[str, Any]:
    """Return a learning rule as JSON can hold it."""
    rule = plasticity.rule
    if rules.get(rule.name) is rule:
        values = {name: plain_value(value) for name, value in plasticity.parameters.items()}
        drawn = {name: plain_value(value) for name, value in plasticity.initial.items()}
        return {"rule": rule.name, **values} | ({"initial": drawn} if drawn else {})
    found = {each.name: getattr(rule, each.name) for each in fields(RuleText)}
    initial = {name: plain_value(value) for name, value in plasticity.initial.items()}
    found |= {"bounds": list(rule.bounds), "initial": dict(rule.initial) | initial}
    return found | {"parameters": dict(rule.parameters)}
