"""Values that may differ from neuron to neuron or synapse to synapse."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from networks.config import scalars
from networks.config.document import Node
from networks.config.problems import Problems
from networks.spec import Distribution, Value
from neuro import dimensions as dim
from neuro.dimensions import Dimension, example
from neuro.errors import nearest
from neuro.units import Quantity

# Of 2000 draws, as often as a run repeats one, this part is too few to be sure of a good one.
LEAST_KEPT = 1e-3


@dataclass(frozen=True, slots=True)
class Kind:
    """Declare the arguments of a distribution.

    Attributes
    ----------
    needed, optional : tuple of str
        Arguments; "shape" is a plain number, all others have the unit of the value.
    positive : tuple of str
        Arguments that must be above zero.
    """

    needed: tuple[str, ...]
    optional: tuple[str, ...] = ()
    positive: tuple[str, ...] = ()


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "uniform": Kind(("low", "high")),
        "normal": Kind(("mean", "sd"), ("low", "high")),
        "lognormal": Kind(("mean", "sd"), (), ("mean",)),
        "gamma": Kind(("shape", "mean"), ("low", "high"), ("shape", "mean")),
        "exponential": Kind(("mean",), (), ("mean",)),
        "values": Kind(()),
    }
)


def read_value(node: Node, path: str, dimension: Dimension, problems: Problems) -> Value | None:
    """Read a number with unit, a distribution or a list of values.

    Parameters
    ----------
    node : Node
        ``20 ms``, ``{normal: {mean: 20 ms, sd: 2 ms}}`` or ``[20 ms, 21 ms]``.
    path : str
        Its path, for messages.
    dimension : Dimension
        What the value is.
    problems : Problems
        Where problems are noted.

    Returns
    -------
    Quantity, Distribution or None
        None if anything is wrong.
    """
    if isinstance(node.value, list):
        return _read_list(node, path, dimension, problems)
    if not node.is_mapping:
        return read_quantity(node, path, dimension, problems)
    known = ", ".join(KINDS)
    if len(node.mapping) != 1:
        problems.add(node.mark, path, f"a distribution has one key, one of {known}")
        return None
    ((kind, inner),) = node.mapping.items()
    if kind not in KINDS:
        hint = nearest(kind, list(KINDS)) or f"; there are {known}"
        problems.add(node.key_mark(kind), path, f"'{kind[:40]}' is not a distribution{hint}")
        return None
    if kind == "values":
        return _read_list(inner, f"{path}.values", dimension, problems)
    return _read_arguments(kind, inner, f"{path}.{kind}", dimension, problems)


def read_quantity(
    node: Node, path: str, dimension: Dimension, problems: Problems
) -> Quantity | None:
    """Read one number with unit."""
    try:
        return scalars.quantity(node.plain(), dimension)
    except ValueError as error:
        problems.add(node.mark, path, str(error))
        return None


def _read_list(
    node: Node, path: str, dimension: Dimension, problems: Problems
) -> Distribution | None:
    """Read one value per element."""
    if not isinstance(node.value, list) or not node.value:
        problems.add(node.mark, path, f"expected a list such as [{example(dimension)}]")
        return None
    before = len(problems.found)
    found = [
        read_quantity(each, f"{path}.{k}", dimension, problems) for k, each in enumerate(node.value)
    ]
    if len(problems.found) > before:
        return None
    return Distribution("values", values=tuple(each for each in found if each is not None))


def _read_arguments(
    kind: str, node: Node, path: str, dimension: Dimension, problems: Problems
) -> Distribution | None:
    """Read the arguments of a distribution."""
    before = len(problems.found)
    names = (*KINDS[kind].needed, *KINDS[kind].optional)
    if not node.is_mapping:
        example_text = ", ".join(f"{name}: ..." for name in KINDS[kind].needed)
        problems.add(node.mark, path, f"expected arguments: {{{example_text}}}")
        return None
    found: dict[str, Quantity] = {}
    for name, inner in node.mapping.items():
        if name not in names:
            hint = nearest(name, names) or f"; there are {', '.join(names)}"
            problems.add(node.key_mark(name), f"{path}.{name}", f"unknown key{hint}")
            continue
        needed = dim.NONE if name == "shape" else dimension
        value = read_quantity(inner, f"{path}.{name}", needed, problems)
        if value is not None:
            found[name] = value
    for name in KINDS[kind].needed:
        if name not in node.mapping:
            problems.add(node.mark, f"{path}.{name}", "is missing")
    if len(problems.found) == before:
        _check_arguments(kind, found, node, path, problems)
    if len(problems.found) > before:
        return None
    return Distribution(kind, MappingProxyType(found))


def _check_arguments(
    kind: str, found: Mapping[str, Quantity], node: Node, path: str, problems: Problems
) -> None:
    """Check that the arguments make a distribution."""
    for name in KINDS[kind].positive:
        if found[name].value <= 0:
            problems.add(node.find([name]), f"{path}.{name}", "must be above zero")
    if "sd" in found and found["sd"].value < 0:
        problems.add(node.find(["sd"]), f"{path}.sd", "must not be negative")
    if "low" in found and "high" in found and found["low"].value > found["high"].value:
        message = f"is below low, {found['low'].text}"
        problems.add(node.find(["high"]), f"{path}.high", message)
    elif kind == "normal" and found["sd"].value >= 0 and _kept(found) < LEAST_KEPT:
        above = "low" in found and found["low"].value > found["mean"].value
        name = "low" if above else "high"
        message = f"keeps less than {LEAST_KEPT:.1%} of all draws"
        problems.add(node.find([name]), f"{path}.{name}", message)


def _kept(found: Mapping[str, Quantity]) -> float:
    """Return the part of a normal distribution's draws that its bounds keep."""
    mean, sd = found["mean"].value, found["sd"].value
    low = found["low"].value if "low" in found else -math.inf
    high = found["high"].value if "high" in found else math.inf
    if not sd:
        return float(low <= mean <= high)
    scale = sd * math.sqrt(2)
    return (math.erfc((low - mean) / scale) - math.erfc((high - mean) / scale)) / 2


def extremes(value: Value) -> tuple[float, float]:
    """Return the least and the greatest value that can be drawn, as far as bounds tell."""
    if isinstance(value, Quantity):
        return value.value, value.value
    if value.values:
        return min(v.value for v in value.values), max(v.value for v in value.values)
    given = {name: item.value for name, item in value.arguments.items()}
    positive = value.kind in ("lognormal", "gamma", "exponential")
    return given.get("low", 0.0 if positive else -float("inf")), given.get("high", float("inf"))


def plain_value(value: Value | str) -> Any:
    """Return a value as JSON can hold it; the name of a parameter as it is."""
    if isinstance(value, str):
        return value
    if isinstance(value, Quantity):
        return scalars.plain(value)
    if value.kind == "values":
        return [scalars.plain(each) for each in value.values]
    return {value.kind: {name: scalars.plain(each) for name, each in value.arguments.items()}}
