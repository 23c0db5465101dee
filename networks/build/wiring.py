"""Draw what is a synapse's own: its ends, weight, delay, parameters and initial values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from networks.build.streams import Streams
from networks.build.texts import mentions
from networks.build.values import Array, dimension, draw
from networks.graphs import Edges
from networks.spec import MAX_DELAY_STEPS, Distribution, Projection, Value
from neuro.engines.brian import brian2
from neuro.errors import SpecError
from neuro.units import describe, parse


@dataclass(frozen=True, slots=True)
class Wiring:
    """Hold the drawn part of a projection: who is connected, how strongly, how late.

    Attributes
    ----------
    edges : Edges
        Source and target of each synapse.
    weight : array of float64, shape (n_synapses,)
        Initial weights in SI.
    delay : array of float64, shape (n_synapses,), or float
        Delays in s; a float if all are equal.
    values, initial : mapping of str to array
        Parameters that differ between synapses, and initial values that do.
    """

    edges: Edges
    weight: Array
    delay: Array | float
    values: Mapping[str, Array]
    initial: Mapping[str, Array]

    def of(self, stays: NDArray[np.bool_], weight: Array) -> Wiring:
        """Return the part of some edges, with weights given for all of them."""
        return Wiring(
            edges=Edges(self.edges.source[stays], self.edges.target[stays], None),
            weight=weight[stays],
            delay=self.delay[stays] if isinstance(self.delay, np.ndarray) else self.delay,
            values={name: drawn[stays] for name, drawn in self.values.items()},
            initial={name: drawn[stays] for name, drawn in self.initial.items()},
        )


def draw_wiring(projection: Projection, edges: Edges, dt: float, streams: Streams) -> Wiring:
    """Draw weights, delays and parameters of the synapses of a projection.

    Parameters
    ----------
    projection : Projection
        The projection.
    edges : Edges
        Its synapses. Weights that come with a graph multiply those of the projection; weights
        with a unit, and delays, replace them.
    dt : float
        Time step in s.
    streams : Streams
        Random streams.

    Returns
    -------
    Wiring
        The same for every engine.

    Raises
    ------
    SpecError
        If delays are negative or too long, or weights lie outside the bounds of the learning rule.
    """
    where = f"projections.{projection.name}"
    size = len(edges.source)
    weight = _draw_weight(projection, edges, streams)
    delay = _draw_delay(projection, edges, dt, streams)
    drawn = [
        {
            name: draw(value, size, streams(f"{place}.{name}"), f"{place}.{name}")
            for name, value in values.items()
            if isinstance(value, Distribution)
        }
        for place, values in (
            (f"{where}.parameters", local_values(projection)),
            (f"{where}.initial", initial_values(projection)),
        )
    ]
    check_bounds(projection, weight)
    return Wiring(edges, weight, delay, *drawn)


def _draw_weight(projection: Projection, edges: Edges, streams: Streams) -> Array:
    where = f"projections.{projection.name}.weight"
    if edges.weight is not None and edges.dimension is not None:
        needed = dimension(projection.synapse.weight)
        if edges.dimension != needed:
            path = getattr(projection.connectivity, "path", "the graph")
            raise SpecError(
                f"{projection.place}: projections.{projection.name}.connectivity: {path} has "
                f"weights that are {describe(edges.dimension)}; "
                f"synapse.weight is {describe(needed)}"
            )
        return edges.weight
    weight = draw(projection.synapse.weight, len(edges.source), streams(where), where)
    return weight if edges.weight is None else weight * edges.weight


def _draw_delay(projection: Projection, edges: Edges, dt: float, streams: Streams) -> Array | float:
    where, size = f"projections.{projection.name}", len(edges.source)
    given = projection.synapse.delay
    delay: Array | float
    if edges.delay is not None:
        # One delay of all needs no queue entry for each.
        is_one = size > 0 and bool((edges.delay == edges.delay[0]).all())
        delay = float(edges.delay[0]) if is_one else edges.delay
    elif isinstance(given, Distribution):
        delay = draw(given, size, streams(f"{where}.delay"), f"{where}.delay")
    else:
        delay = given.value
    if np.size(delay) and np.min(delay) < 0:
        raise SpecError(f"{where}.synapse.delay: a delay cannot be negative")
    if np.size(delay) and np.max(delay) / dt >= MAX_DELAY_STEPS:
        raise SpecError(
            f"{where}.synapse.delay: {np.max(delay):g} s are more than {MAX_DELAY_STEPS} steps of "
            f"simulation.dt = {dt * 1e3:g} ms"
        )
    return delay


def local_values(projection: Projection) -> dict[str, Value]:
    """Collect the parameters that the synapse's own text reads, of model and rule.

    Parameters
    ----------
    projection : Projection
        The projection.

    Returns
    -------
    dict of str to Quantity or Distribution
        By the name used in the text.

    Raises
    ------
    SpecError
        If model and rule use one name for two parameters.
    """
    model = projection.synapse.model
    text = "\n".join((model.equations, model.release, model.factor, model.on_pre))
    found = {n: v for n, v in projection.synapse.parameters.items() if mentions(text, n)}
    if projection.plasticity is not None:
        for name, value in projection.plasticity.parameters.items():
            if name in found:
                raise SpecError(
                    f"projections.{projection.name}: both synapse model '{model.name}' and rule "
                    f"'{projection.plasticity.rule.name}' have a parameter '{name}'"
                )
            found[name] = value
    return found


def check_bounds(projection: Projection, weight: Array) -> None:
    """Refuse weights outside of the bounds of the rule by which they learn."""
    if projection.plasticity is None or weight.size == 0:
        return
    known = projection.plasticity.parameters
    for name, sign in zip(projection.plasticity.rule.bounds, (-1, 1), strict=True):
        bound = known.get(name)
        if bound is None or isinstance(bound, Distribution):
            continue
        # The first learning event would clip such weights even while learning is off.
        if (sign * (weight - bound.value) > 0).any():
            raise SpecError(
                f"projections.{projection.name}.synapse.weight: initial weights from "
                f"{weight.min():g} to {weight.max():g} (SI) exceed {name} = {bound.value:g} of "
                f"rule '{projection.plasticity.rule.name}'"
            )


def own_variables(projection: Projection) -> set[str]:
    """Return the names of the variables that each synapse has, of model and rule."""
    rule = projection.plasticity
    text = "\n".join((projection.synapse.model.equations, rule.rule.equations if rule else ""))
    return set(brian2.Equations(text).names)


def initial_values(projection: Projection) -> dict[str, Value]:
    """Collect the initial values of a synapse's variables, of model and rule.

    Parameters
    ----------
    projection : Projection
        The projection.

    Returns
    -------
    dict of str to Quantity or Distribution
        By variable; the name of a parameter is replaced by its value.
    """
    known = local_values(projection)
    given: dict[str, Value | str] = dict(projection.synapse.initial)
    if projection.plasticity is not None:
        given.update(projection.plasticity.rule.initial)
        given.update(projection.plasticity.initial)
    return {
        name: (known.get(item) or parse(item)) if isinstance(item, str) else item
        for name, item in given.items()
    }
