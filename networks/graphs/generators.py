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
    known = generators()
    seed = int(rng.integers(SEED_LIMIT))
    if graph.generator not in known:
        raise SpecError(
            f"networkx has no generator '{graph.generator}'{nearest(graph.generator, tuple(known))}"
        )
    function = known[graph.generator]
    accepted = inspect.signature(function).parameters
    arguments = {**_defaults(graph, accepted, size, seed), **graph.args}
    for name in graph.args:
        valid = tuple(each for each in accepted if each not in INTERNAL)
        if name not in valid:
            raise SpecError(
                f"{graph.generator} has no argument '{name}'; "
                f"it takes {', '.join(valid) or 'none'}{nearest(name, valid)}"
            )
    try:
        made = function(**arguments)
    except (networkx.NetworkXException, ArithmeticError, LookupError, TypeError, ValueError) as e:
        raise SpecError(f"{graph.generator}: {e or type(e).__name__}") from None
    if not isinstance(made, networkx.Graph):
        raise SpecError(f"{graph.generator} makes a {type(made).__name__}, not a graph")
    return made


def _defaults(
    graph: GeneratorGraph, accepted: Mapping[str, Any], size: int, seed: int
) -> dict[str, Any]:
    defaults = {name: value for name, value in (("n", size), ("seed", seed)) if name in accepted}
    if graph.directed and "directed" in accepted:
        defaults["directed"] = True
    elif graph.directed and "create_using" in accepted:
        defaults["create_using"] = networkx.DiGraph
    elif graph.directed:
        raise SpecError(f"{graph.generator} makes no directed graphs; leave out 'directed'")
    return defaults
