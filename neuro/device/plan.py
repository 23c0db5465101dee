"""Plan the trials of a batch: the seed of each, the variables and the names that it sets."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from brian2.core.variables import ArrayVariable
from brian2.utils.stringtools import get_identifiers

from neuro.errors import nearest

#: Brian2's seeds are below it.
SEEDS = 2**32


@final
@dataclass(frozen=True, slots=True)
class Planned:
    """Hold what one trial begins with.

    Attributes
    ----------
    seed
        The seed of its random numbers.
    variables
        By ``"object.variable"``: what the arrays are set to.
    names
        What names of the namespace stand for.
    """

    seed: int
    variables: dict[str, Any]
    names: dict[str, Any]


def planned_trials(
    seeds: Sequence[int] | None, parameters: Sequence[Mapping[str, Any]] | None
) -> list[Planned]:
    """Return what every trial begins with.

    Raises
    ------
    ValueError
        If both are missing or of different lengths, or a seed is none.
    """
    if seeds is None and parameters is None:
        raise ValueError("a batch needs seeds or parameters, one for each trial")
    if seeds is None:
        assert parameters is not None
        seeds = np.random.randint(SEEDS, size=len(parameters), dtype=np.uint32).tolist()  # noqa: NPY002
    if parameters is None:
        parameters = [{}] * len(seeds)
    if len(seeds) != len(parameters):
        raise ValueError(f"{len(seeds)} seeds do not fit {len(parameters)} sets of parameters")
    return [
        Planned(
            _seed(seed, number),
            {key: value for key, value in chosen.items() if "." in key},
            {key: value for key, value in chosen.items() if "." not in key},
        )
        for number, (seed, chosen) in enumerate(zip(seeds, parameters, strict=True))
    ]


def _seed(given: Any, number: int) -> int:
    try:
        seed = operator.index(given)
    except TypeError:
        seed = -1
    if not 0 <= seed < SEEDS:
        raise ValueError(
            f"the seed of trial {number} is an integer from 0 to {SEEDS - 1}, not {given!r}"
        )
    return seed


def variable(network: Any, key: str) -> ArrayVariable:
    """Return the array behind "object.variable".

    Raises
    ------
    ValueError
        If there is none.
    """
    owner, _, name = key.partition(".")
    known = {obj.name: obj for obj in network.sorted_objects}
    # The delay of synapses is a variable of their pathway.
    view = getattr(known.get(owner), name, None)
    variables = getattr(known.get(owner), "variables", {})
    found = getattr(view, "variable", None) or variables.get(name)
    if not isinstance(found, ArrayVariable):
        hint = nearest(key, list(_keys(network)))
        raise ValueError(f"the network has no variable '{key}' that is an array{hint}")
    return found


def _keys(network: Any) -> Iterator[str]:
    """List all arrays of a network by "object.variable"."""
    for obj in network.sorted_objects:
        for name, found in dict(getattr(obj, "variables", {})).items():
            if isinstance(found, ArrayVariable) and not name.startswith("_"):
                yield f"{obj.name}.{name}"


def check_names(trials: Iterable[Planned], network: Any, external: set[str]) -> None:
    """Refuse names of the namespace that would change nothing.

    Parameters
    ----------
    trials
        The trials; a name may also be used by a string that sets a variable of the same trial.
    network
        Their network.
    external
        The names that preparing it took from the namespace.

    Raises
    ------
    ValueError
        If a name is used by nothing.
    """
    for number, trial in enumerate(trials):
        texts = [text for text in trial.variables.values() if isinstance(text, str)]
        used = external.union(*map(get_identifiers, texts))
        for name in trial.names:
            if name not in used:
                owned = [key for key in _keys(network) if key.endswith(f".{name}")]
                hint = f"; did you mean '{owned[0]}'?" if owned else nearest(name, sorted(used))
                raise ValueError(
                    f"trial {number} sets '{name}', a name that the network takes from no "
                    f"namespace{hint}"
                )
