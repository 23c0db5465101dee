"""Graph generators of networkx, by name."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import networkx
import numpy as np

from networks.connectivity import GeneratorGraph
from networks.graphs.arguments import Objection
from networks.graphs.arguments import objection as arguments_objection
from networks.graphs.conversion import network_edges
from neuro.errors import SpecError, nearest

# Arguments that choose how networkx works, not which graph it makes.
INTERNAL = frozenset({"create_using", "backend", "backend_kwargs", "default"})
# Public functions of networkx.generators that make something else than one graph.
NOT_A_GRAPH = frozenset(
    {
        "graph_atlas_g",
        "geometric_edges",
        "is_regular_expander",
        "is_valid_degree_sequence",
        "is_valid_directed_joint_degree",
        "is_valid_joint_degree",
        "nonisomorphic_trees",
        "number_of_nonisomorphic_trees",
        "random_powerlaw_tree_sequence",
    }
)
# Seeds of networkx end in NumPy's RandomState, which takes 32 bits.
SEED_LIMIT = 2**32
# Graphs up to so many nodes are made while a configuration is checked.
TRIED = 200
SHOWN = 40
_REFUSALS = (
    networkx.NetworkXException, ArithmeticError, AssertionError, AttributeError, LookupError,
    TypeError, ValueError,
)  # fmt: skip


@cache
def generators() -> Mapping[str, Callable[..., Any]]:
    """Return the generators that can be named: public, and not made of another graph."""
    found = {}
    for module in pkgutil.iter_modules(networkx.generators.__path__):
        if module.ispkg:
            continue
        made = importlib.import_module(f"networkx.generators.{module.name}")
        for name in getattr(made, "__all__", ()):
            function = getattr(made, name)
            if name not in NOT_A_GRAPH and "G" not in inspect.signature(function).parameters:
                found[name] = function
    return dict(sorted(found.items()))


def generate(graph: GeneratorGraph, size: int, rng: np.random.Generator) -> Any:
    """Make a graph by a generator of networkx.

    Parameters
    ----------
    graph : GeneratorGraph
        Name and arguments. Where the generator has an argument `n` and none is given it is the
        size; where it has `seed`, one is drawn.
    size : int
        Number of neurons.
    rng : numpy.random.Generator
        Source of the seed: one draw, whether or not the generator takes a seed.

    Returns
    -------
    networkx.Graph
        The graph.

    Raises
    ------
    SpecError
        If there is no such generator, or it refuses its arguments.
    """
    seed = int(rng.integers(SEED_LIMIT))
    if found := _misfit(graph, size):
        raise SpecError(found[1])
    function = generators()[graph.generator]
    arguments = {**_defaults(graph, function, size, seed), **graph.args}
    try:
        made = function(**arguments)
    except _REFUSALS as refused:
        told = ", ".join(f"{name}={value!r}"[:SHOWN] for name, value in graph.args.items())
        why = str(refused) or type(refused).__name__
        raise SpecError(f"{graph.generator}({told}): {why}") from None
    if not isinstance(made, networkx.Graph):
        raise SpecError(f"{graph.generator} makes a {type(made).__name__}, not a graph")
    return made


def objection(graph: GeneratorGraph, size: int) -> Objection | None:
    """Say why a generator will make no graph for a population.

    A small graph is made once to hear what networkx has against its arguments.

    Parameters
    ----------
    graph : GeneratorGraph
        Name and arguments.
    size : int
        Number of neurons.

    Returns
    -------
    tuple of path and str, or None
        The place below the block `graph` and what is wrong there; None if nothing is.
    """
    found = _misfit(graph, size)
    if found or size > TRIED or "tries" in str(_parameters(graph.generator)):
        return found
    try:
        made = generate(graph, size, np.random.default_rng(0))
        network_edges(made, size, size, graph.generator)
    except SpecError as refused:
        return ("generator",), str(refused)
    return None


def _misfit(graph: GeneratorGraph, size: int) -> Objection | None:
    known = generators()
    if graph.generator not in known:
        told = nearest(graph.generator, tuple(known))
        return ("generator",), f"networkx has no generator '{graph.generator}'{told}"
    function = known[graph.generator]
    if graph.directed and not _directed(function):
        message = f"{graph.generator} makes no directed graphs; leave out 'directed'"
        return ("directed",), message
    defaults = _defaults(graph, function, size, 0)
    return arguments_objection(graph, defaults, _parameters(graph.generator), size)


def _parameters(name: str) -> dict[str, bool]:
    """Return the arguments that can be given by name, and whether they must be."""
    return {
        key: parameter.default is parameter.empty
        for key, parameter in inspect.signature(generators()[name]).parameters.items()
        if key not in INTERNAL and parameter.kind is not parameter.VAR_POSITIONAL
    }


def _directed(function: Callable[..., Any]) -> dict[str, Any]:
    """Return the argument that asks for a directed graph, nothing if there is none."""
    accepted = inspect.signature(function).parameters
    choices = {"directed": True, "create_using": networkx.DiGraph}
    return dict([each for each in choices.items() if each[0] in accepted][:1])


def _defaults(
    graph: GeneratorGraph, function: Callable[..., Any], size: int, seed: int
) -> dict[str, Any]:
    accepted = inspect.signature(function).parameters
    defaults = {name: value for name, value in (("n", size), ("seed", seed)) if name in accepted}
    return defaults | (_directed(function) if graph.directed else {})
