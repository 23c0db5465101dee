"""The parameters of populations that a phase changes."""

from __future__ import annotations

from collections.abc import Mapping

from networks.config.blocks import Block, named
from networks.config.constraints import check_constraints
from networks.config.document import Node
from networks.config.populations import parameter_dimensions
from networks.config.problems import Problems
from networks.spec import Distribution, Population, Value
from neuro.units import Quantity

Changes = dict[str, dict[str, Quantity]]


def read_changes(
    node: Node | None,
    populations: Mapping[str, Population | None],
    path: str,
    problems: Problems,
) -> Changes:
    """Read the block `parameters` of a phase.

    Parameters
    ----------
    node : Node or None
        The block: by population, the values that differ from its own.
    populations : mapping of str to Population or None
        All populations, None for those with mistakes.
    path : str
        Path of the phase.
    problems : Problems
        Where problems are noted.

    Returns
    -------
    dict of str to dict of str to Quantity
        By population and parameter.
    """
    if node is None or not node.is_mapping:
        return {}
    every = Block(f"{path}.parameters", node, problems)
    found: Changes = {}
    for name in node.mapping:
        if name not in populations:
            every.add((name,), named(name, populations, "a population"), at_key=True)
            continue
        block, population = every.sub(name), populations[name]
        if population is not None and population.model.kind != "equations":
            every.add((name,), f"population '{name}' is a source; no phase changes it", at_key=True)
        elif block is not None and population is not None and block.is_mapping():
            found[name] = _read_population(block, population)
    return found


def _read_population(block: Block, population: Population) -> dict[str, Quantity]:
    known, own = parameter_dimensions(population.model), population.parameters
    found: dict[str, Quantity] = {}
    for name in block.node.mapping:
        if name not in known:
            what = f"a parameter of population '{population.name}'"
            block.add((name,), named(name, known, what), at_key=True)
            continue
        value = block.value(name, known[name])
        if isinstance(value, Distribution) or isinstance(own.get(name), Distribution):
            block.add((name,), "one value for all neurons is needed, in the population too")
        elif value is not None:
            found[name] = value
    together: dict[str, Value] = {**own, **found}
    check_constraints(population.model.constraints, together, block.compared)
    return found
