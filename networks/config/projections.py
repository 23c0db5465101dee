"""The block `projections`: both ends, connectivity, synapse, plasticity and pruning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from networks.config.blocks import Block, named, written
from networks.config.catalog import Catalog
from networks.config.document import Node
from networks.config.plasticity import check_bounds, plain_plasticity, read_plasticity
from networks.config.populations import side_variables
from networks.config.problems import Problems
from networks.config.pruning import check_network, plain_pruning, read_pruning
from networks.config.settings import make, plain_settings
from networks.config.synapses import plain_synapse, read_synapse
from networks.connectivity import (
    FixedTotalNumber,
    FromFile,
    FromGraph,
    GeneratorGraph,
    GraphFile,
    misfit,
    n_synapses,
)
from networks.naming import clash
from networks.pruning import Pruning
from networks.spec import Distribution, Population, Projection, Synapse
from neuro.expressions import check_identifier, side_problem
from neuro.units import Quantity

KEYS = ("source", "target", "connectivity", "synapse", "plasticity", "pruning")


def read_projections(
    node: Node | None,
    populations: Mapping[str, Population | None],
    catalog: Catalog,
    dt: Quantity | None,
    problems: Problems,
) -> dict[str, Projection | None]:
    """Read the block `projections`; a projection with a mistake is None.

    Parameters
    ----------
    node : Node or None
        The block.
    populations : mapping of str to Population or None
        All populations, None for those with mistakes.
    catalog : Catalog
        Synapses, rules and connectivities.
    dt : Quantity or None
        Time step, None if it is wrong.
    problems : Problems
        Where problems are noted.

    Returns
    -------
    dict of str to Projection or None
        By name.
    """
    found: dict[str, Projection | None] = {}
    for name, inner in (node.mapping if node else {}).items():
        path = f"projections.{name}"
        # Its name ends those of the variables that it brings into its target.
        problem = check_identifier(name) or side_problem(name)
        if not problem and name in populations:
            problem = f"'{name}' is a population; a projection needs a name of its own"
        if problem and node:
            problems.add(node.key_mark(name), path, problem)
        found[name] = _Reader(name, Block(path, inner, problems), populations, catalog, dt).read()
        taken = _clash(found[name], populations)
        if taken and node:
            problems.add(node.key_mark(name), path, taken)
    for name, inner in (node.mapping if node else {}).items():
        if (projection := found[name]) is not None:
            check_network(
                Block(f"projections.{name}", inner, problems), projection, found, populations
            )
    return found


def _clash(projection: Projection | None, populations: Mapping[str, Population | None]) -> str:
    target = populations[projection.target] if projection is not None else None
    if projection is None or target is None:
        return ""
    return clash(projection.name, projection.synapse.model, target.model)


class _Reader:
    """Read one projection."""

    def __init__(
        self,
        name: str,
        block: Block,
        populations: Mapping[str, Population | None],
        catalog: Catalog,
        dt: Quantity | None,
    ) -> None:
        self.name, self.block, self.dt = name, block, dt
        self.populations, self.catalog = populations, catalog

    def read(self) -> Projection | None:
        """Read the projection."""
        before = len(self.block.problems.found)
        if not self.block.is_mapping():
            return None
        self.block.only(KEYS)
        source = self.end("source")
        target = self.end("target")
        if target is not None and target.model.kind != "equations":
            message = f"population '{target.name}' is a source; nothing can project to it"
            self.block.add(("target",), message)
        connectivity = self.connectivity(source, target)
        synapse = weight = plasticity = None
        if (block := self.needed("synapse", "{model: ..., weight: ..., delay: ...}")) is not None:
            synapse, weight = read_synapse(block, self.catalog.synapses, target, self.dt)
        block = self.block.sub("plasticity")
        if block is not None and block.node.value is not None:
            sides = side_variables(source, "pre") | side_variables(target, "post")
            plasticity = read_plasticity(block, self.catalog.rules, weight, synapse, sides)
        pruning = self.pruning()
        # Weights that come with a graph multiply those of the file.
        alone = not isinstance(connectivity, FromGraph | FromFile)
        if synapse is not None and plasticity is not None and alone:
            check_bounds(self.block, synapse, plasticity)
        if connectivity is not None and synapse is not None and source and target:
            same = source.name == target.name
            number = n_synapses(connectivity, source.size, target.size, same)
            _check_lists(self.block, synapse, number)
        wrong = len(self.block.problems.found) > before
        if wrong or synapse is None or source is None or target is None:
            return None
        ends = source.name, target.name
        place = self.place(connectivity)
        return Projection(self.name, *ends, connectivity, synapse, plasticity, pruning, place)

    def place(self, connectivity: Any) -> str:
        """Return where a file or graph is named; what is wrong with it may show later."""
        graph = getattr(connectivity, "graph", None)
        key = ("graph", "file" if isinstance(graph, GraphFile) else "generator")
        path = ("path",) if isinstance(connectivity, FromFile) else key
        is_told = isinstance(connectivity, FromFile | FromGraph)
        return str(self.block.node.find(("connectivity", *path))) if is_told else ""

    def needed(self, key: str, form: str) -> Block | None:
        """Return a block that must be there."""
        block = self.block.sub(key)
        if block is None:
            self.block.add((key,), f"is missing: {form}")
        return block

    def end(self, key: str) -> Population | None:
        """Return the population at one end, None if it has mistakes of its own."""
        node = self.block.node.get(key)
        if node is None:
            self.block.add((key,), "is missing: the name of a population")
            return None
        if not isinstance(node.value, str) or node.value not in self.populations:
            message = named(written(node), self.populations, "a population")
            self.block.add((key,), message)
            return None
        return self.populations[node.value]

    def pruning(self) -> Pruning | None:
        """Read the block that says which synapses are not built."""
        block = self.block.sub("pruning")
        if block is None or block.node.value is None:
            return None
        return read_pruning(block, self.catalog.pruning)

    def connectivity(self, source: Population | None, target: Population | None) -> Any:
        """Read the rule that says who is connected to whom."""
        known = self.catalog.connectivity
        block = self.needed("connectivity", f"{{rule: ...}}, one of {', '.join(known)}")
        rule = block.kind("rule", known, "a connection rule") if block else None
        if block is None or rule is None:
            return None
        given = {key: value for key, value in block.node.plain().items() if key != "rule"}
        settings = make(known[rule], block.node, block.path, block.problems, given)
        _check_file(block, settings)
        if isinstance(settings, FromFile):
            settings = _found(block, settings)
        if settings is not None and source is not None and target is not None:
            same = source.name == target.name
            _check_sizes(block, settings, rule, source.size, target.size)
            _check_pairs(block, settings, source.size, target.size, same)
        return settings


def _check_lists(block: Block, synapse: Synapse, number: int | None) -> None:
    """Check that listed weights and delays are as many as the synapses, where that is known."""
    for key, value in (("weight", synapse.weight), ("delay", synapse.delay)):
        values = value.values if isinstance(value, Distribution) else ()
        if values and number is not None and len(values) != number:
            block.add(("synapse", key), f"{len(values)} values for {number} synapses")


def _check_file(block: Block, settings: Any) -> None:
    """Check that the file of a graph exists, where the run will look for it."""
    graph = settings.graph if isinstance(settings, FromGraph) else None
    if isinstance(graph, GraphFile) and not graph.file.is_file():
        message = f"there is no file '{graph.file}', looked for from the working directory"
        block.add(("graph", "file"), message)


def _found(block: Block, settings: FromFile) -> FromFile:
    """Return the settings with paths that begin at the folder of the YAML file, if they exist."""
    absolute = {}
    for key in ("path", "edge_types"):
        given = getattr(settings, key)
        if given is None:
            continue
        source = block.node.find((key,)).source
        folder = Path(source.name).resolve().parent if source.is_file else Path.cwd()
        absolute[key] = folder / given
        if not absolute[key].is_file():
            block.add((key,), f"there is no file '{absolute[key]}'")
    return replace(settings, **absolute)


def _check_sizes(block: Block, settings: Any, rule: str, n_source: int, n_target: int) -> None:
    """Check what a rule asks for against the sizes of the populations."""
    if rule == "one_to_one" and n_source != n_target:
        block.add(("rule",), f"one_to_one needs equal sizes, not {n_source} and {n_target}")
    blocks = getattr(settings, "blocks", 1)
    if n_source % blocks or n_target % blocks:
        block.add(("blocks",), f"does not divide the sizes, {n_source} and {n_target}")
    for key, limit in (("indegree", n_source), ("outdegree", n_target)):
        degree = getattr(settings, key, 0)
        multiple = getattr(settings, "allow_multapses", True)
        if not multiple and isinstance(degree, int) and degree > limit:
            block.add((key,), f"{degree} without multapses, but there are {limit} neurons")


def _check_pairs(block: Block, settings: Any, n_source: int, n_target: int, same: bool) -> None:
    """Check a graph, and a number of distinct pairs, against the pairs that there are."""
    graph = settings.graph if isinstance(settings, FromGraph) else None
    if isinstance(graph, GeneratorGraph) and (problem := misfit(graph, n_source, n_target)):
        block.add(("graph", "generator"), problem)
    elif isinstance(graph, GeneratorGraph):
        # Imported where a graph is generated: no other configuration waits for networkx.
        from networks.graphs.generators import objection

        if found := objection(graph, n_source):
            block.add(("graph", *found[0]), found[1])
    if isinstance(settings, FixedTotalNumber) and not settings.allow_multapses:
        skip = same and not settings.allow_autapses
        n_pairs = n_source * (n_target - 1 if skip else n_target)
        if settings.number > n_pairs:
            message = f"{settings.number} without multapses, but there are {n_pairs} pairs"
            block.add(("number",), message)


def plain_projection(
    projection: Projection, catalog: Catalog, names: Mapping[type, str]
) -> dict[str, Any]:
    """Return a projection as JSON can hold it, every default filled in."""
    rule = names[type(projection.connectivity)]
    found: dict[str, Any] = {
        "source": projection.source,
        "target": projection.target,
        "connectivity": {"rule": rule, **plain_settings(projection.connectivity)},
        "synapse": plain_synapse(projection.synapse),
    }
    if projection.plasticity is not None:
        found["plasticity"] = plain_plasticity(projection.plasticity, catalog.rules)
    if projection.pruning is not None:
        found["pruning"] = plain_pruning(projection.pruning)
    return found
