"""The blocks that say how a network is run: simulation, inputs, phases, recordings, output."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from networks.config import scalars
from networks.config.blocks import named, written
from networks.config.document import Node
from networks.config.populations import variables
from networks.config.problems import Problems
from networks.config.settings import make
from networks.config.synapses import target_variables
from networks.spec import Input, Output, Phase, Population, Projection, Recording, Simulation
from neuro import dimensions as dim
from neuro.dimensions import Dimension
from neuro.errors import nearest
from neuro.expressions import check_identifier, parse_equations
from neuro.units import Quantity

# Data sets and encoders with what they take; `networks.inputs` imports numpy and is not read here.
DATASETS = ("mnist",)
ENCODERS: Mapping[str, Mapping[str, Dimension]] = MappingProxyType(
    {
        "poisson": {"max_rate": dim.FREQUENCY, "duration": dim.TIME},
        "latency": {"duration": dim.TIME},
    }
)
# What every target of a conductance or current has, beside the variables of its model.
ALWAYS = ("I_syn",)


@dataclass(frozen=True, slots=True)
class Parts:
    """Hold what the blocks of a run refer to; a part with a mistake of its own is None."""

    populations: Mapping[str, Population | None]
    projections: Mapping[str, Projection | None]
    inputs: Mapping[str, Input | None] = field(default_factory=dict)


def blocks(
    node: Node | None, name: str, problems: Problems
) -> list[tuple[str, Node, Callable[[tuple[str, ...], str], None]]]:
    """Return the entries of a block with a function that notes a problem below one of them."""
    found = []
    for key, inner in (node.mapping if node else {}).items():
        problem = check_identifier(key)
        if problem and node:
            problems.add(node.key_mark(key), f"{name}.{key}", problem)
        found.append((key, inner, _noter(inner, f"{name}.{key}", problems)))
    return found


def _noter(node: Node, path: str, problems: Problems) -> Callable[[tuple[str, ...], str], None]:
    """Return a function that notes a problem below a node."""

    def note(steps: tuple[str, ...], message: str) -> None:
        problems.add(node.find(steps), ".".join((path, *steps)), message)

    return note


def read_simulation(node: Node | None, problems: Problems) -> Simulation | None:
    """Read the block `simulation`; without it, the defaults."""
    if node is None:
        return Simulation()
    made: Simulation | None = make(Simulation, node, "simulation", problems)
    if made is None:
        return None
    note = _noter(node, "simulation", problems)
    if made.dt.value <= 0:
        note(("dt",), "must be above zero")
    if made.duration.value < 0:
        note(("duration",), "must not be negative")
    if not 1 <= made.threads <= 1024:
        note(("threads",), f"expected 1 to 1024 threads, not {made.threads}")
    return made


def read_output(node: Node | None, problems: Problems) -> Output | None:
    """Read the block `output`; without it, the defaults."""
    made: Output | None = Output() if node is None else make(Output, node, "output", problems)
    if made is None or node is None:
        return made
    note = _noter(node, "output", problems)
    if made.flush is not None and made.flush.value <= 0:
        note(("flush",), "must be above zero")
    if not made.path or "\x00" in made.path:
        note(("path",), "expected the path of a file")
    try:
        made.path.format(name="name", run_id="run")
    except (KeyError, ValueError, IndexError, AttributeError):
        note(("path",), "knows the fields {name} and {run_id} only")
    return made


def read_inputs(
    node: Node | None, populations: Mapping[str, Population | None], problems: Problems
) -> dict[str, Input | None]:
    """Read the block `inputs`."""
    found: dict[str, Input | None] = {}
    for name, inner, note in blocks(node, "inputs", problems):
        before = len(problems.found)
        made: Input | None = _make_named(Input, name, inner, f"inputs.{name}", problems)
        found[name] = None
        if made is None:
            continue
        if made.target not in populations:
            note(("target",), named(made.target, populations, "a population"))
        target = populations.get(made.target)
        if target is not None and target.model.kind == "equations":
            message = f"'{made.target}' is not a source; use model spike_generator or poisson"
            note(("target",), f"{message} and project from it")
        if made.dataset and made.dataset not in DATASETS:
            note(("dataset",), named(made.dataset, dict.fromkeys(DATASETS), "a data set"))
        if made.items and min(made.items) < 0:
            note(("items",), "items are counted from 0")
        encoder = _read_encoder(inner.get("encoder"), note)
        if len(problems.found) == before:
            found[name] = replace(made, encoder=MappingProxyType(encoder))
    return found


def _make_named(cls: type, name: str, node: Node, path: str, problems: Problems) -> Any:
    """Make settings that bear the name of their block."""
    if not node.is_mapping:
        return make(cls, node, path, problems)
    if "name" in node.mapping:
        problems.add(node.key_mark("name"), f"{path}.name", "unknown key: the block is the name")
    return make(cls, node, path, problems, {**node.plain(), "name": name})


def _read_encoder(
    node: Node | None, note: Callable[[tuple[str, ...], str], None]
) -> dict[str, Any]:
    """Read how a data set becomes spikes."""
    if node is None:
        return {}
    if not node.is_mapping:
        note(("encoder",), f"expected keys and values, not {scalars.show(node.plain())}")
        return {}
    given = node.mapping.get("kind", Node("poisson", node.mark))
    kind = written(given)
    if kind not in ENCODERS:
        note(("encoder", "kind"), named(kind, ENCODERS, "an encoder"))
        return {}
    found: dict[str, Any] = {"kind": kind}
    for key, inner in node.mapping.items():
        if key == "kind":
            continue
        if key not in ENCODERS[kind]:
            note(("encoder", key), f"unknown key{nearest(key, list(ENCODERS[kind]))}")
            continue
        try:
            found[key] = scalars.quantity(inner.plain(), ENCODERS[kind][key])
            if found[key].value < 0:
                note(("encoder", key), "must not be negative")
        except ValueError as error:
            note(("encoder", key), str(error))
    return found


def read_phases(node: Node | None, parts: Parts, problems: Problems) -> tuple[Phase, ...]:
    """Read the list `phases`."""
    if node is None or node.value is None:
        return ()
    if not isinstance(node.value, list):
        problems.add(node.mark, "phases", "expected a list of phases: - {name: ..., duration: ...}")
        return ()
    found: list[Phase] = []
    for number, inner in enumerate(node.value):
        made = _read_phase(inner, f"phases.{number}", parts, problems)
        if made is None:
            continue
        if made.name in {other.name for other in found}:
            message = f"two phases are called '{made.name}'"
            problems.add(inner.find(["name"]), f"phases.{number}.name", message)
        found.append(made)
    return tuple(found)


def _read_phase(node: Node, path: str, parts: Parts, problems: Problems) -> Phase | None:
    """Read one phase; `plasticity: false` stands for every projection."""
    given = node.plain() if node.is_mapping else {}
    for key in ("plasticity", "transmission"):
        if isinstance(given.get(key), bool):
            given[key] = dict.fromkeys(_switched(key, parts), given[key])
    made: Phase | None = make(Phase, node, path, problems, given)
    if made is None:
        return None
    note = _noter(node, path, problems)
    problem = check_identifier(made.name)
    if problem:
        note(("name",), problem)
    if made.duration.value <= 0:
        note(("duration",), "must be above zero")
    for name in made.inputs or ():
        if name not in parts.inputs:
            note(("inputs",), named(name, parts.inputs, "an input"))
    for key, switches in (("plasticity", made.plasticity), ("transmission", made.transmission)):
        for name in switches:
            if name not in parts.projections:
                message = named(name, parts.projections, "a projection")
                problems.add(node.find_key([key, name]), f"{path}.{key}.{name}", message)
            elif key == "plasticity" and name not in _switched(key, parts):
                note((key, name), f"projection '{name}' has no plasticity")
    return made


def _switched(key: str, parts: Parts) -> list[str]:
    """Return the projections that a switch means: those that learn, or all."""
    return [
        name
        for name, projection in parts.projections.items()
        if key == "transmission" or projection is None or projection.plasticity is not None
    ]


def read_recordings(
    node: Node | None, parts: Parts, dt: Quantity | None, problems: Problems
) -> dict[str, Recording]:
    """Read the block `recordings`."""
    found: dict[str, Recording] = {}
    for name, inner, note in blocks(node, "recordings", problems):
        made: Recording | None = _make_named(Recording, name, inner, f"recordings.{name}", problems)
        if made is None:
            continue
        if bool(made.population) == bool(made.projection):
            note((), "needs either 'population' or 'projection'")
        elif made.population:
            _check_population(made, parts, note)
        else:
            _check_projection(made, parts, note)
        if made.every is not None and dt is not None and made.every.value < dt.value * (1 - 1e-9):
            note(("every",), f"is shorter than dt, {dt.text or dt.value}")
        found[name] = made
    return found


def _check_population(
    made: Recording, parts: Parts, note: Callable[[tuple[str, ...], str], None]
) -> None:
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


def _check_projection(
    made: Recording, parts: Parts, note: Callable[[tuple[str, ...], str], None]
) -> None:
    """Check that what is recorded of a projection exists."""
    if made.projection not in parts.projections:
        note(("projection",), named(made.projection, parts.projections, "a projection"))
        return
    projection = parts.projections[made.projection]
    if projection is None:
        return
    texts = [projection.synapse.model.equations]
    if projection.plasticity is not None:
        texts.append(projection.plasticity.rule.equations)
    known = {"weight": dim.NONE}
    known |= {each.name: each.dimension for text in texts for each in parse_equations(text)}
    if made.variable not in known:
        what = f"a variable of projection '{made.projection}'"
        note(("variable",), named(made.variable, known, what))
    if made.nodes is not None:
        note(("nodes",), "are those of a population; a projection is recorded whole")
