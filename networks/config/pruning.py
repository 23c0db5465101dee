"""The block `pruning` of a projection: which of its synapses are not built."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from networks.config.blocks import Block, written
from networks.config.settings import make, plain_settings
from networks.pruning import ELSEWHERE, NoisePruning, Pruning
from networks.spec import Population, Projection


def read_pruning(block: Block, known: Mapping[str, type[Pruning]]) -> Pruning | None:
    """Read the block `pruning`.

    Parameters
    ----------
    block : Block
        The block.
    known : mapping of str to type
        Settings of each rule.

    Returns
    -------
    Pruning or None
        None if anything is wrong.
    """
    if not block.is_mapping():
        return None
    inner = block.node.get("rule")
    if inner is not None and (name := written(inner)) in ELSEWHERE:
        listed = ", ".join(known)
        block.add(("rule",), f"rule '{name}' {ELSEWHERE[name]}; there are {listed}")
        return None
    rule = block.kind("rule", known, "a pruning rule")
    if rule is None:
        return None
    given = {key: value for key, value in block.node.plain().items() if key != "rule"}
    found: Pruning | None = make(known[rule], block.node, block.path, block.problems, given)
    return found


def check_network(
    block: Block,
    projection: Projection,
    projections: Mapping[str, Projection | None],
    populations: Mapping[str, Population | None],
) -> None:
    """Refuse a rule that needs dynamics which the description does not tell.

    Parameters
    ----------
    block : Block
        That of the projection.
    projection : Projection
        What is pruned.
    projections, populations : mapping of str to Projection or Population, or None
        All that there are, None for those with mistakes of their own.
    """
    if not isinstance(projection.pruning, NoisePruning):
        return
    at, rule = ("pruning", "rule"), projection.pruning.rule
    for key, end in (("source", projection.source), ("target", projection.target)):
        if (model := populations[end].model.name) != "lif":  # type: ignore[union-attr]
            message = f"rule '{rule}' needs populations of model lif; {key} '{end}' is of '{model}'"
            block.add(at, message)
            return
    cells = {name for name, each in populations.items() if each and each.model.name == "lif"}
    constants: dict[str, tuple[str, Any]] = {}
    for name, each in projections.items():
        if each is None or not {each.source, each.target} <= cells:
            continue
        if (model := each.synapse.model.name) != "exponential":
            message = f"rule '{rule}' needs synapses of model exponential between all populations"
            block.add(at, f"{message} of model lif; those of '{name}' are of '{model}'")
            return
        first, tau = constants.setdefault(each.target, (name, each.synapse.parameters["tau"]))
        if tau != each.synapse.parameters["tau"]:
            message = f"rule '{rule}' needs one time constant of all synapses onto '{each.target}'"
            block.add(at, f"{message}; those of '{first}' and '{name}' differ")
            return


def plain_pruning(pruning: Pruning) -> dict[str, Any]:
    """Return a rule as JSON can hold it."""
    return {"rule": pruning.rule, **plain_settings(pruning)}
