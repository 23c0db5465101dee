"""Descriptions that differ from another in one respect: without spread, or in one parameter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from networks.spec import Distribution, Projection, Spec, Value
from neuro.errors import SpecError, nearest
from neuro.units import Quantity

#: What moves a distribution as a whole, by kind.
LOCATIONS = {"uniform": ("low", "high"), "normal": ("mean", "low", "high")}


def mean(value: Value) -> Quantity:
    """Return the mean of what a distribution draws, whatever its bounds cut off; a value itself.

    Parameters
    ----------
    value : Quantity or Distribution
        The value.
    """
    if isinstance(value, Quantity):
        return value
    if value.kind == "values":
        total = sum(each.value for each in value.values)
        return Quantity(total / len(value.values), value.values[0].dimension)
    given = value.arguments
    if value.kind == "uniform":
        low, high = given["low"], given["high"]
        return Quantity((low.value + high.value) / 2, low.dimension)
    return given["mean"]


def homogeneous(spec: Spec) -> Spec:
    """Return the twin of a network in which neurons of a population are all alike.

    Parameters of neurons and constants of learning that are distributions have their mean instead;
    connections, weights, delays, and initial states are those of the network: each draws from a
    stream of its own.

    Parameters
    ----------
    spec : Spec
        A description, such as of membrane time constants of gamma distributions.
    """
    populations = {
        name: replace(each, parameters=_means(each.parameters))
        for name, each in spec.populations.items()
    }
    projections = {name: _alike(each) for name, each in spec.projections.items()}
    return replace(
        spec,
        populations=MappingProxyType(populations),
        projections=MappingProxyType(projections),
    )


def _alike(projection: Projection) -> Projection:
    rule = projection.plasticity
    if rule is None:
        return projection
    return replace(projection, plasticity=replace(rule, parameters=_means(rule.parameters)))


def _means(parameters: Mapping[str, Value]) -> Mapping[str, Value]:
    return MappingProxyType({name: mean(value) for name, value in parameters.items()})


def parameter(spec: Spec, population: str, name: str) -> Value:
    """Return a parameter of a population.

    Raises
    ------
    SpecError
        If there is no such population or parameter.
    """
    known = spec.populations.get(population)
    if known is None:
        hint = nearest(population, list(spec.populations))
        raise SpecError(f"unknown population '{population}'{hint}")
    if name not in known.parameters:
        hint = nearest(name, list(known.parameters))
        raise SpecError(f"populations.{population}: unknown parameter '{name}'{hint}")
    return known.parameters[name]


def with_parameter(spec: Spec, population: str, name: str, value: Value) -> Spec:
    """Return a description in which a parameter of a population has another value.

    Raises
    ------
    SpecError
        If there is no such population or parameter.
    """
    parameter(spec, population, name)
    known = spec.populations[population]
    parameters = MappingProxyType({**known.parameters, name: value})
    changed = {**spec.populations, population: replace(known, parameters=parameters)}
    return replace(spec, populations=MappingProxyType(changed))


def shifted(value: Value, by: float) -> Value:
    """Return a value, or a distribution, moved by an amount.

    Parameters
    ----------
    value : Quantity or Distribution
        A constant, a uniform or normal distribution, or listed values.
    by : float
        In SI.

    Raises
    ------
    SpecError
        If a distribution of this kind begins at 0.
    """
    if isinstance(value, Quantity):
        return Quantity(value.value + by, value.dimension)
    if value.kind == "values":
        moved = tuple(Quantity(each.value + by, each.dimension) for each in value.values)
        return replace(value, values=moved)
    if value.kind not in LOCATIONS:
        raise SpecError(
            f"a distribution '{value.kind}' cannot be moved; needed: one of "
            f"{', '.join(LOCATIONS)}, a value, or a list"
        )
    arguments = {
        name: Quantity(each.value + by, each.dimension) if name in LOCATIONS[value.kind] else each
        for name, each in value.arguments.items()
    }
    return Distribution(value.kind, MappingProxyType(arguments))
