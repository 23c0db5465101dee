"""Make Brian2 synapses of a projection: text, connections, weights, delays."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from networks.build.texts import Compartment, SynapseText, compartment, synapse_text
from networks.build.values import attach, dimension, house_dimension
from networks.build.wiring import Wiring, initial_values, local_values, own_variables
from networks.graphs import Edges
from networks.spec import Distribution, Population, Projection, Value
from neuro.engines.activation import interpreted
from neuro.engines.brian import brian2
from neuro.errors import SpecError
from neuro.units import describe, example, unit

# Order within a step: transmission and learning at arrival, learning at firing, post-synaptic.
PATHWAY_ORDER = {"pre": -1, "learn": 0, "post": 1}
# Names that the house gives; recordings and phases rely on them.
RESERVED = frozenset({"weight", "learning", "transmits"})


def make_synapses(
    projection: Projection,
    population: Population,
    groups: Mapping[str, Any],
    wiring: Wiring,
    clock: Any,
) -> Any:
    """Make the synapses of a projection.

    Parameters
    ----------
    projection : Projection
        The projection.
    population : Population
        Its target population.
    groups : mapping of str to Brian2 group
        Populations already made.
    wiring : Wiring
        Connections, weights, delays.
    clock : brian2.Clock
        Clock of the run.

    Returns
    -------
    brian2.Synapses
        Named as the projection; synapse n is edge n of the wiring.
    """
    source, target = groups[projection.source], groups[projection.target]
    place = compartment(projection, population.model)
    values = local_values(projection)
    drawn = {n: dimension(v) for n, v in values.items() if isinstance(v, Distribution)}
    text = synapse_text(projection, place, dimension(projection.synapse.weight), drawn)
    _check_target(projection, place, target)
    _check_weight(projection, place, target)
    names = _renamed(projection, text.model, values, source, target)
    text = _rename(text, names)
    synapses = brian2.Synapses(
        source,
        target,
        model=text.model,
        on_pre={k: t for k, t in (("pre", text.pre), ("learn", text.learn)) if t},
        on_post={"post": text.post} if text.post else None,
        delay=_scalar_delays(wiring, text),
        namespace={
            names.get(n, n): attach(v.value, v.dimension)
            for n, v in values.items()
            if not isinstance(v, Distribution)
        },
        clock=clock,
        name=projection.name,
    )
    for pathway, order in PATHWAY_ORDER.items():
        if hasattr(synapses, pathway):
            getattr(synapses, pathway).order = order
    _fill(synapses, projection, wiring, names)
    return synapses


def _check_target(projection: Projection, place: Compartment, target: Any) -> None:
    if not place.current and place.voltage not in target.variables:
        raise SpecError(
            f"projections.{projection.name}.synapse.target: population '{projection.target}' "
            f"has no variable '{place.voltage}'"
        )


def _check_weight(projection: Projection, place: Compartment, target: Any) -> None:
    given, model = dimension(projection.synapse.weight), projection.synapse.model
    if model.weight_unit == "target":
        needed = house_dimension(target.variables[place.voltage].dim)
    else:
        needed = unit(model.weight_unit)[1]
    if given != needed:
        raise SpecError(
            f"projections.{projection.name}.synapse.weight: {describe(given)} given; synapse model "
            f"'{model.name}' needs {describe(needed)} such as '{example(needed)}'"
        )


def _scalar_delays(wiring: Wiring, text: SynapseText) -> dict[str, Any]:
    undelayed = [name for name, body in (("learn", text.learn), ("post", text.post)) if body]
    delays = dict.fromkeys(undelayed, 0 * brian2.second)
    if not isinstance(wiring.delay, np.ndarray):
        delays["pre"] = wiring.delay * brian2.second
    return delays


def _renamed(
    projection: Projection, model: str, values: Mapping[str, Value], source: Any, target: Any
) -> dict[str, str]:
    """Name anew what is called like a variable of a neuron (the `u` of depression, of Izhikevich).

    Brian2 would read the neuron's variable, or refuse.
    """
    own = {*brian2.Equations(model).names, *values} - RESERVED
    taken = {*source.variables, *target.variables}
    return {name: f"{name}_{projection.name}" for name in own & taken}


def _rename(text: SynapseText, names: Mapping[str, str]) -> SynapseText:
    if not names:
        return text
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, names))})\b")

    def substitute(body: str) -> str:
        return pattern.sub(lambda match: names[match.group(1)], body)

    # A differential equation glues its variable to the d: du/dt.
    glued = re.compile(rf"\bd({'|'.join(map(re.escape, names))})(?=\s*/\s*dt\b)")
    model = glued.sub(lambda match: f"d{names[match.group(1)]}", text.model)
    return replace(
        text,
        model=substitute(model),
        pre=substitute(text.pre),
        learn=substitute(text.learn),
        post=substitute(text.post),
    )


def _connect(synapses: Any, edges: Edges) -> bool:
    """Make one synapse of every edge; return whether there is any."""
    with interpreted():
        if len(edges.source) == 0:
            synapses.connect(condition="False")
            return False
        synapses.connect(i=np.asarray(edges.source), j=np.asarray(edges.target))
        return True


def _fill(synapses: Any, projection: Projection, wiring: Wiring, names: Mapping[str, str]) -> None:
    """Connect, then set what each synapse has of its own."""
    if not _connect(synapses, wiring.edges):
        return
    synapses.weight = attach(wiring.weight, dimension(projection.synapse.weight))
    synapses.transmits = 1
    if projection.plasticity is not None:
        synapses.learning = 1
    if isinstance(wiring.delay, np.ndarray):
        synapses.pre.delay = wiring.delay * brian2.second
    local = local_values(projection)
    for key, array in wiring.values.items():
        setattr(synapses, names.get(key, key), attach(array, dimension(local[key])))
    own = own_variables(projection)
    for key, value in initial_values(projection).items():
        if key in own:
            plain = value.value if not isinstance(value, Distribution) else wiring.initial[key]
            setattr(synapses, names.get(key, key), attach(plain, dimension(value)))
