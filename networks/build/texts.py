"""Compose the Brian2 text of a population and of a projection from their declarations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from networks.spec import Plasticity, Population, Projection
from neuro.dimensions import Dimension, base_units
from neuro.errors import SpecError
from neuro.models.base import NeuronModel
from plasticity.base import PlasticityRule

_SEGMENT = re.compile(r"segment\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Compartment:
    """Name what a projection addresses: a variable and the current that it feeds.

    `current` is empty when a variable is addressed directly.
    """

    voltage: str
    current: str


@dataclass(frozen=True, slots=True)
class SynapseText:
    """Hold the Brian2 text of one projection.

    Attributes
    ----------
    model : str
        Variables of each synapse.
    pre : str
        Statements when a presynaptic spike arrives: transmission, then learning at arrival.
    learn : str
        Learning statements when a presynaptic spike is fired, for a rule that is not delayed.
    post : str
        Learning statements at a post-synaptic spike.
    """

    model: str
    pre: str
    learn: str
    post: str


def mentions(text: str, name: str) -> bool:
    """Say whether an identifier occurs in a text."""
    return re.search(rf"(?<![A-Za-z0-9_]){re.escape(name)}(?![A-Za-z0-9_])", text) is not None


def compartment(projection: Projection, model: NeuronModel) -> Compartment:
    """Resolve `synapse.target` of a projection.

    Parameters
    ----------
    projection : Projection
        The projection.
    model : NeuronModel
        Model of its target population.

    Returns
    -------
    Compartment
        The membrane variable and the name of the current that it feeds.

    Raises
    ------
    SpecError
        If the target has no such segment.
    """
    target = projection.synapse.target
    if target == "soma":
        return Compartment(model.voltage, "I_syn")
    match = _SEGMENT.fullmatch(target)
    if match is None:
        return Compartment(target, "")
    k = int(match.group(1))
    if k >= model.n_segments:
        raise SpecError(
            f"projections.{projection.name}.synapse.target: '{target}' does not exist; "
            f"model '{model.name}' has {model.n_segments} segments, counted from 0"
        )
    return Compartment(model.segment_voltage.replace("{k}", str(k)), f"I_seg{k}")


def population_text(
    population: Population, incoming: Iterable[Projection], drawn: Mapping[str, Dimension]
) -> str:
    """Write the equations of a population with its synaptic currents.

    Parameters
    ----------
    population : Population
        The population.
    incoming : iterable of Projection
        Projections onto it, in the order of the description.
    drawn : mapping of str to Dimension
        Parameters that differ between neurons and are not declared by the model itself.

    Returns
    -------
    str
        Brian2 equations.

    Raises
    ------
    SpecError
        If a projection feeds a current that the model does not read.
    """
    model = population.model
    own = [model.equations, *_segments(model)]
    feeds: dict[str, list[str]] = {}
    added = []
    for projection in incoming:
        place = compartment(projection, model)
        added.append(_fill(projection.synapse.model.target_equations, projection, place))
        if projection.synapse.model.current:
            _check_feed(projection, population, place, "\n".join(own))
            term = _fill(projection.synapse.model.current, projection, place)
            feeds.setdefault(place.current, []).append(term)
    body = "\n".join(own)
    readable = ["I_syn", *(f"I_seg{k}" for k in range(model.n_segments))]
    currents = [_sum(name, feeds.get(name, []), model) for name in readable if mentions(body, name)]
    constants = [f"{name} : {base_units(unit)} (constant)" for name, unit in drawn.items()]
    return "\n".join(line for line in (*own, *added, *currents, *constants) if line)


def _segments(model: NeuronModel) -> list[str]:
    if model.n_segments == 0:
        return []
    numbers = [str(k) for k in range(model.n_segments)]
    texts = [model.segment_equations.replace("{k}", k) for k in numbers]
    if model.coupling:
        terms = " + ".join(f"({model.segment_coupling.replace('{k}', k)})" for k in numbers)
        texts.append(f"{model.coupling} = {terms} : {model.input_unit}")
    return texts


def _check_feed(
    projection: Projection, population: Population, place: Compartment, body: str
) -> None:
    where = f"projections.{projection.name}.synapse"
    kind = projection.synapse.model.name
    if not place.current:
        raise SpecError(
            f"{where}.target: synapse model '{kind}' delivers a current and cannot address the "
            f"variable '{place.voltage}'; use 'soma', 'segment[k]' or synapse model 'delta'"
        )
    if not mentions(body, place.current):
        raise SpecError(
            f"{where}: model '{population.model.name}' of population '{population.name}' does "
            f"not read {place.current}, so a synapse of model '{kind}' has no effect on it"
        )


def _sum(name: str, terms: list[str], model: NeuronModel) -> str:
    nothing = "0" if model.input_unit == "1" else f"0*{model.input_unit}"
    return f"{name} = {' + '.join(terms) or nothing} : {model.input_unit}"


def _fill(text: str, projection: Projection, place: Compartment) -> str:
    return (
        text.replace("{p}", projection.name)
        .replace("{v}", place.voltage)
        .replace("{target}", place.voltage)
    )


def synapse_text(
    projection: Projection,
    place: Compartment,
    weight: Dimension,
    drawn: Mapping[str, Dimension],
) -> SynapseText:
    """Write the variables and event statements of a projection.

    Parameters
    ----------
    projection : Projection
        The projection.
    place : Compartment
        What it addresses.
    weight : Dimension
        Dimension of the weight.
    drawn : mapping of str to Dimension
        Parameters that differ between synapses.

    Returns
    -------
    SynapseText
        In each step: transmission and learning at arrival (`pre`), learning when the spike is
        fired (`learn`), learning at post-synaptic spikes (`post`).
    """
    synapse, rule = projection.synapse.model, projection.plasticity
    fixed = " (constant)" if rule is None else ""
    lines = [
        f"weight : {base_units(weight)}{fixed}",
        "transmits : 1 (shared, constant)",
        *(["learning : 1 (shared, constant)"] if rule else []),
        _fill(synapse.equations, projection, place),
        *([_fill(rule.rule.equations, projection, place)] if rule else []),
        *(f"{name} : {base_units(unit)} (constant)" for name, unit in drawn.items()),
    ]
    arrival, fired, post = _learning(rule, base_units(weight))
    factor = f"*({synapse.factor})" if synapse.factor else ""
    sent = synapse.on_pre.replace("{efficacy}", f"(transmits*weight{factor})")
    pre = "\n".join(part for part in (synapse.release, sent, arrival) if part)
    return SynapseText(
        model="\n".join(line for line in lines if line),
        pre=_fill(pre, projection, place),
        learn=_fill(fired, projection, place),
        post=_fill(post, projection, place),
    )


def _learning(plasticity: Plasticity | None, unit: str) -> tuple[str, str, str]:
    if plasticity is None:
        return "", "", ""
    rule = plasticity.rule
    before = _statements(rule, rule.on_pre, rule.pre_change, unit)
    after = _statements(rule, rule.on_post, rule.post_change, unit)
    return (before, "", after) if rule.delayed else ("", before, after)


def _statements(rule: PlasticityRule, own: str, change: str, unit: str) -> str:
    update = ""
    if change:
        update = f"weight = {_bounded(f'weight + learning*({change.strip()})', rule, unit)}"
    parts = (update, own) if rule.change_first else (own, update)
    return "\n".join(part.strip() for part in parts if part.strip())


def _bounded(expression: str, rule: PlasticityRule, unit: str) -> str:
    low, high = rule.bounds
    if not low and not high:
        return expression
    scale = "" if unit == "1" else f"*{unit}"
    return f"clip({expression}, {low or f'-inf{scale}'}, {high or f'inf{scale}'})"
