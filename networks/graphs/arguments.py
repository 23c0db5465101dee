"""Refuse what a graph generator cannot be asked for, before it is called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import comb, log, prod
from types import MappingProxyType
from typing import Any, TypeAlias

from networks.connectivity import FEWER_NODES, GeneratorGraph
from neuro.errors import nearest

# Where it stands in the block `graph`, and what is wrong.
Objection: TypeAlias = tuple[tuple[str, ...], str]

# Arguments that are no numbers of nodes, neighbours or parts.
_FREE = frozenset({"seed", "theta", "tries", "max_tries", "max_iters", "max_iterations"})
# Number of nodes where it grows faster than the arguments; a float, which knows infinity.
_NODES: Mapping[str, Callable[[Mapping[str, Any]], float]] = MappingProxyType(
    {
        "balanced_tree": lambda a: _tree(a["r"], a["h"]),
        "binomial_tree": lambda a: _power(2, a["n"]),
        "caveman_graph": lambda a: a["l"] * a["k"],
        "connected_caveman_graph": lambda a: a["l"] * a["k"],
        "dorogovtsev_goltsev_mendes_graph": lambda a: (_power(3, a["n"]) + 3) / 2,
        "grid_2d_graph": lambda a: a["m"] * a["n"],
        "grid_graph": lambda a: prod(a["dim"]),
        # At least; borders and rounding add some.
        "hexagonal_lattice_graph": lambda a: 2 * a["m"] * a["n"],
        "hypercube_graph": lambda a: _power(2, a["n"]),
        "kneser_graph": lambda a: _subsets(a["n"], a["k"]),
        "margulis_gabber_galil_graph": lambda a: _power(a["n"], 2),
        "mycielski_graph": lambda a: 3 * _power(2, a["n"] - 2) - 1,
        "navigable_small_world_graph": lambda a: _power(a["n"], a.get("dim", 2)),
        "planted_partition_graph": lambda a: a["l"] * a["k"],
        "random_cograph": lambda a: _power(2, a["n"]),
        "relaxed_caveman_graph": lambda a: a["l"] * a["k"],
        "ring_of_cliques": lambda a: a["num_cliques"] * a["clique_size"],
        "sudoku_graph": lambda a: _power(a.get("n", 3), 4),
        "triangular_lattice_graph": lambda a: a["m"] * a["n"] / 2,
        "windmill_graph": lambda a: a["n"] * (a["k"] - 1) + 1,
    }
)
# So many times the nodes of such a graph its argument may be.
_FEWER = 10
_INFINITE = float("inf")
_SMALL, _DIGITS = 1000, 300


def objection(
    graph: GeneratorGraph, defaults: Mapping[str, Any], parameters: Mapping[str, bool], size: int
) -> Objection | None:
    """Say what is wrong with the arguments of a generator.

    Parameters
    ----------
    graph : GeneratorGraph
        Name and arguments as given.
    defaults : mapping
        Arguments that are filled in where none is given.
    parameters : mapping of str to bool
        All arguments of the generator, and whether it needs them.
    size : int
        Number of neurons.

    Returns
    -------
    tuple of path and str, or None
        The place below the block `graph` and what is wrong there; None if nothing is.
    """
    name, valid = graph.generator, tuple(parameters)
    for key in graph.args:
        if key not in valid:
            takes = f"it takes {', '.join(valid) or 'none'}{nearest(str(key), valid)}"
            return ("args", key), f"{name} has no argument '{key}'; {takes}"
    given = {**defaults, **graph.args}
    if missing := [f"'{key}'" for key in valid if parameters[key] and key not in given]:
        return ("generator",), f"{name} needs {', '.join(missing)} in args"
    for key, value in graph.args.items():
        if key not in _FREE and (largest := _largest(value)) > _limit(name, key, size):
            return ("args", key), f"{_told(largest)} is too many for {size} neurons"
    if (number := _nodes(name, given)) > size:
        return ("generator",), f"{name} makes {_told(number)} nodes of that, for {size} neurons"
    return None


def _limit(name: str, key: str, size: int) -> float:
    if key == "n" and name in FEWER_NODES:
        return _FEWER * size
    # Edges, and attributes that two nodes may share.
    return max(1, size) ** 2 if key == "m" else size


def _largest(value: Any) -> int:
    """Return the largest whole number in an argument, 0 if there is none."""
    if isinstance(value, Mapping):
        return max((_largest(each) for each in (*value.keys(), *value.values())), default=0)
    if isinstance(value, list | tuple):
        return max(map(_largest, value), default=0)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _nodes(name: str, given: Mapping[str, Any]) -> float:
    count = _NODES.get(name)
    try:
        return float(count(given)) if count else 0.0
    except OverflowError:
        return _INFINITE
    except (KeyError, TypeError, ValueError, ArithmeticError):
        # Arguments of a wrong kind are refused by the generator itself.
        return 0.0


def _power(base: float, exponent: float) -> float:
    power: float = float(base) ** exponent
    return power


def _subsets(n: int, k: int) -> float:
    # Where they are many, at least as many as elements.
    return comb(n, k) if n <= _SMALL else n if 0 < k < n else 1


def _tree(branching: int, height: int) -> float:
    return height + 1 if branching == 1 else (_power(branching, height + 1) - 1) / (branching - 1)


def _told(number: float) -> str:
    if isinstance(number, int) and number.bit_length() > _DIGITS * log(10, 2):
        return f"a number of more than {_DIGITS} digits"
    return f"{number:g}" if isinstance(number, float) else str(number)
