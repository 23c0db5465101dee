"""The block `recordings`: what is written to the file."""

from __future__ import annotations

from collections.abc import Mapping

from networks.config.blocks import named
from networks.config.document import Node
from networks.config.populations import variables
from networks.config.problems import Problems
from networks.config.run import Note, Parts, blocks, make_named, steps_problem
from networks.config.synapses import target_variables
from networks.spec import Population, Recording
from neuro import dimensions as dim
from neuro.dimensions import Dimension
from neuro.errors import nearest
from neuro.units import Quantity

# What every target of a conductance or current has, beside the variables of its model.
ALWAYS = ("I_syn",)


def read_recordings(
    node: Node | None, parts: Parts, dt: Quantity | None, problems: Problems
) -> dict[str, Recording]:
    """Read the block `recordings`."""
    found: dict[str, Recording] = {}
    for name, inner, note in blocks(node, "recordings", problems):
        made: Recording | None = make_named(Recording, name, inner, f"recordings.{name}", problems)
        if made is None:
            continue
        if bool(made.population) == bool(made.projection):
            note((), "needs either 'population' or 'projection'")
        elif made.population:
            _check_population(made, parts, note)
        else:
            _check_projection(made, parts, note)
        _check_once(made, found, note)
        if made.every is not None:
            _check_every(made.every, dt, note)
        if made.nodes == ():
            note(("nodes",), "names no neuron; leave it out to record all")
        found[name] = made
    return found


def _check_once(made: Recording, others: Mapping[str, Recording], note: Note) -> None:
    """Refuse a second recording of one population's spikes: they would be written twice."""
    if not made.population or made.variable != "spikes":
        return
    for other in others.values():
        if (other.population, other.variable) == (made.population, "spikes"):
            message = f"the spikes of '{made.population}' are recorded by '{other.name}' already"
            note(("population",), message)
            return


def _check_every(every: Quantity, dt: Quantity | None, note: Note) -> None:
    """Check the interval between samples."""
    problem = "must be above zero" if every.value <= 0 else steps_problem(every, dt)
    if problem:
        note(("every",), problem)


def _check_population(made: Recording, parts: Parts, note: Note) -> None:
    """Check that what is recorded of a population exists."""
    if made.population not in parts.populations:
        note(("population",), named(made.population, parts.populations, "a population"))
        return
    population = parts.populations[made.population]
    if population is None:
        return
    model = population.model
    spikes = model.kind != "equations" or bool(model.threshold)
    known = {"spikes": dim.NONE} if spikes else {}
    if model.kind == "equations":
        known |= _recordable(population, parts)
    if made.variable not in known:
        what = f"a variable of population '{made.population}'"
        note(("variable",), named(made.variable, known, what))
    if made.nodes and not 0 <= min(made.nodes) <= max(made.nodes) < population.size:
        note(("nodes",), f"nodes are counted from 0 to {population.size - 1}")


def _recordable(population: Population, parts: Parts) -> dict[str, Dimension]:
    """Return the variables of a population, those of its incoming synapses with them."""
    model = population.model
    names = variables(model) | dict.fromkeys(ALWAYS, dim.CURRENT)
    names |= dict.fromkeys(population.parameters, dim.NONE)
    if model.segment_equations:
        names |= {"I_seg{k}": dim.CURRENT, model.coupling: dim.CURRENT}
    for projection in parts.projections.values():
        if projection is not None and projection.target == population.name:
            names |= target_variables(projection.synapse.model, projection.name)
    found: dict[str, Dimension] = {}
    for name, dimension in names.items():
        for k in range(model.n_segments) if "{k}" in name else [0]:
            found[name.replace("{k}", str(k))] = dimension
    return found


def _check_projection(made: Recording, parts: Parts, note: Note) -> None:
    """Check that what is recorded of a projection exists."""
    if made.projection not in parts.projections:
        note(("projection",), named(made.projection, parts.projections, "a projection"))
        return
    if made.variable != "weight":
        hint = nearest(made.variable, ("weight",)) or "; 'weight' can"
        note(("variable",), f"'{made.variable[:60]}' cannot be recorded of a projection{hint}")
    if made.nodes is not None:
        note(("nodes",), "are those of a population; a projection is recorded whole")
