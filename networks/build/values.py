"""Values of the description as arrays: drawn from their distribution, with Brian2's units."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.spec import Distribution, Value
from neuro import dimensions as dim
from neuro.dimensions import Dimension
from neuro.engines.brian import brian2
from neuro.errors import SpecError, nearest

Array = NDArray[np.float64]

KINDS = ("uniform", "normal", "lognormal", "gamma", "exponential", "values")
# A draw outside [low, high] is repeated; bounds that keep less than about 1 % are a mistake.
MAX_REDRAWS = 2000


def dimension(value: Value) -> Dimension:
    """Return the dimension of a value or of what a distribution draws.

    Parameters
    ----------
    value : Quantity or Distribution
        The value.

    Returns
    -------
    Dimension
        Exponents of the SI base units.
    """
    if not isinstance(value, Distribution):
        return value.dimension
    if value.values:
        return value.values[0].dimension
    scales = [item for name, item in value.arguments.items() if name != "shape"]
    return scales[0].dimension if scales else dim.NONE


def attach(values: Array | float, dimension: Dimension) -> Any:
    """Give plain SI values Brian2's unit.

    Parameters
    ----------
    values : array or float
        Values in SI.
    dimension : Dimension
        Their dimension.

    Returns
    -------
    brian2.Quantity or array or float
        A quantity; the plain values if dimensionless.
    """
    if dimension == dim.NONE:
        return values
    from brian2.units.fundamentalunits import get_or_create_dimension

    return brian2.Quantity(values, dim=get_or_create_dimension(list(dimension)))


def house_dimension(dimension: Any) -> Dimension:
    """Return Brian2's dimension as the house writes it; both order m, kg, s, A, K, mol, cd."""
    return tuple(int(e) if e == int(e) else e for e in dimension._dims)


def draw(value: Value, size: int, rng: np.random.Generator, where: str) -> Array:
    """Draw one value per element.

    Parameters
    ----------
    value : Quantity or Distribution
        A constant, or how to draw.
    size : int
        Number of elements.
    rng : numpy.random.Generator
        Stream of this value alone.
    where : str
        Path in the configuration, for error messages.

    Returns
    -------
    array of float64, shape (size,)
        Values in SI.

    Raises
    ------
    SpecError
        If the kind is unknown, the number of listed values is wrong, or bounds reject all draws.
    """
    if not isinstance(value, Distribution):
        # A view of one number: a constant costs no memory.
        return np.broadcast_to(np.float64(value.value), size)
    if value.kind == "values":
        return _listed(value, size, where)
    drawn = _sample(value, size, rng, where)
    low, high = _bound(value, "low", -np.inf), _bound(value, "high", np.inf)
    if value.kind == "uniform" or (low == -np.inf and high == np.inf):
        return drawn
    for _ in range(MAX_REDRAWS):
        outside = np.flatnonzero((drawn < low) | (drawn > high))
        if outside.size == 0:
            return drawn
        drawn[outside] = _sample(value, outside.size, rng, where)
    raise SpecError(f"{where}: nearly every draw falls outside its bounds [{low:g}, {high:g}]")


def _listed(value: Distribution, size: int, where: str) -> Array:
    if len(value.values) != size:
        raise SpecError(f"{where}: {len(value.values)} values given for {size} elements")
    return np.array([item.value for item in value.values])


def _bound(value: Distribution, name: str, default: float) -> float:
    return value.arguments[name].value if name in value.arguments else default


def _sample(value: Distribution, size: int, rng: np.random.Generator, where: str) -> Array:
    given = {name: item.value for name, item in value.arguments.items()}
    try:
        match value.kind:
            case "uniform":
                return rng.uniform(given["low"], given["high"], size)
            case "normal":
                return rng.normal(given["mean"], given["sd"], size)
            case "lognormal":
                # Mean and sd are those of the variable, not of its logarithm.
                spread = np.log1p((given["sd"] / given["mean"]) ** 2)
                return rng.lognormal(np.log(given["mean"]) - spread / 2, np.sqrt(spread), size)
            case "gamma":
                return rng.gamma(given["shape"], given["mean"] / given["shape"], size)
            case "exponential":
                return rng.exponential(given["mean"], size)
    except KeyError as missing:
        raise SpecError(f"{where}: distribution '{value.kind}' needs {missing}") from None
    raise SpecError(f"{where}: unknown distribution '{value.kind}'{nearest(value.kind, KINDS)}")
