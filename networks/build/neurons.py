"""Make a Brian2 group of a population that has equations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from networks.build.streams import Streams
from networks.build.texts import mentions, population_text
from networks.build.values import attach, dimension, draw
from networks.spec import Distribution, Population, Projection, Value
from neuro.engines.brian import brian2
from neuro.errors import SpecError


def make_neurons(
    population: Population,
    incoming: Sequence[Projection],
    clock: Any,
    streams: Streams,
) -> Any:
    """Make the neurons of a population with the synaptic currents that it receives.

    Parameters
    ----------
    population : Population
        The population; its parameters and initial values are complete.
    incoming : sequence of Projection
        Projections onto it.
    clock : brian2.Clock
        Clock of the run.
    streams : Streams
        Random streams; each parameter has its own.

    Returns
    -------
    brian2.NeuronGroup
        Named as the population, with drawn parameters and initial values set.

    Raises
    ------
    SpecError
        If a projection spoils exact integration or Brian2 does not accept the text.
    """
    _check_exact(population, incoming)
    values = {**population.parameters, **_synaptic(incoming)}
    declared = set(brian2.Equations(population.model.equations).names)
    drawn = {
        name: dimension(value)
        for name, value in values.items()
        if isinstance(value, Distribution) and name not in declared
    }
    model = population.model
    group = brian2.NeuronGroup(
        population.size,
        population_text(population, incoming, drawn),
        threshold=model.threshold or None,
        reset=model.reset or None,
        refractory=model.refractory or False,
        events={name: event.condition for name, event in model.events.items()},
        method=model.method,
        namespace={
            name: attach(value.value, value.dimension)
            for name, value in values.items()
            if not isinstance(value, Distribution) and name not in declared
        },
        clock=clock,
        name=population.name,
    )
    for name, event in model.events.items():
        group.run_on_event(name, event.statements)
    for name, value in values.items():
        if name in drawn or name in declared:
            _assign(group, population, "parameters", name, value, streams)
    _initialise(group, population, incoming, streams)
    return group


def _check_exact(population: Population, incoming: Sequence[Projection]) -> None:
    if population.model.method not in ("exact", "linear"):
        return
    for projection in incoming:
        if not projection.synapse.model.linear:
            raise SpecError(
                f"projections.{projection.name}.synapse: model '{projection.synapse.model.name}' "
                f"is not linear, so population '{population.name}' cannot be integrated by method "
                f"'exact'; give its model method 'exponential_euler' or 'rk4'"
            )


def _synaptic(incoming: Sequence[Projection]) -> dict[str, Value]:
    return {
        f"{name}_{projection.name}": value
        for projection in incoming
        for name, value in projection.synapse.parameters.items()
        if mentions(_target_side(projection), f"{name}_{projection.name}")
    }


def _target_side(projection: Projection) -> str:
    model = projection.synapse.model
    return f"{model.target_equations}\n{model.current}".replace("{p}", projection.name)


def _initialise(
    group: Any, population: Population, incoming: Sequence[Projection], streams: Streams
) -> None:
    for name, value in population.initial.items():
        places = range(population.model.n_segments) if "{k}" in name else range(1)
        for k in places:
            key = name.replace("{k}", str(k))
            _assign(group, population, "initial", key, value, streams)
    for projection in incoming:
        for name, value in projection.synapse.initial.items():
            key = name.replace("{p}", projection.name)
            if key in group.variables and key != name:
                _assign(group, population, "initial", key, value, streams)


def _assign(
    group: Any, population: Population, kind: str, name: str, value: Value | str, streams: Streams
) -> None:
    where = f"populations.{population.name}.{kind}.{name}"
    if name not in group.variables:
        raise SpecError(f"{where}: model '{population.model.name}' has no variable '{name}'")
    if isinstance(value, str):
        value = _parameter(group, population, value, where)
    setattr(group, name, _array(value, population, where, streams))


def _array(value: Value | Any, population: Population, where: str, streams: Streams) -> Any:
    if not isinstance(value, Distribution):
        return attach(value.value, value.dimension) if hasattr(value, "dimension") else value
    return attach(draw(value, population.size, streams(where), where), dimension(value))


def _parameter(group: Any, population: Population, name: str, where: str) -> Any:
    """Return the values of the parameter that an initial value names."""
    if name in group.variables:
        return getattr(group, name)[:]
    known: Mapping[str, Value] = population.parameters
    if name not in known:
        raise SpecError(f"{where}: '{name}' is neither a value nor a parameter of the model")
    return known[name]
