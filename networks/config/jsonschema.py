"""The JSON Schema of a configuration: what an editor completes and underlines."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from networks.config.catalog import Catalog, house_catalog
from networks.config.inputs import DATASETS, ENCODERS
from networks.config.load import TOP
from networks.config.models import ModelText, RuleText
from networks.config.populations import PopulationText
from networks.config.settings import core_schema_of
from networks.config.values import KINDS
from networks.spec import Input, Output, Phase, Recording, Simulation
from neuro.dimensions import NONE, TIME, Dimension
from neuro.expressions import parameter_dimension
from neuro.synapses.base import SynapseModel
from neuro.units import describe, example, parse, unit
from plasticity.base import PlasticityRule

DRAFT = "https://json-schema.org/draft/2020-12/schema"
NAME = {"pattern": "^[A-Za-z][A-Za-z0-9_]{0,63}$"}
Schema = dict[str, Any]


def make_schema(experiments: Mapping[str, type], catalog: Catalog | None = None) -> Schema:
    """Make the JSON Schema (draft 2020-12) of a configuration.

    Parameters
    ----------
    experiments : mapping of str to type
        Settings dataclass of each kind of experiment.
    catalog : Catalog, optional
        What may be named; by default the sets of the house.

    Returns
    -------
    dict
        The schema.
    """
    known = catalog or house_catalog(experiments)
    shared: Schema = {}
    simulation = settings_schema(Simulation)
    properties = _scalars() | {
        "when_quick": _when_quick(simulation),
        "simulation": simulation,
        "models": _named(settings_schema(ModelText)),
        "populations": _named(_population(known)),
        "projections": _named(_projection(known, shared)),
        "inputs": _named(_input()),
        "experiment": _one_of("kind", {k: settings_schema(c) for k, c in experiments.items()}),
        "phases": {"type": "array", "items": _phase()},
        "recordings": _named(_without_name(settings_schema(Recording))),
        "output": settings_schema(Output),
        "sweep": _sweep(),
    }
    return {
        "$schema": DRAFT,
        "title": "engramlab configuration",
        **_object({key: properties[key] for key in TOP}),
        "$defs": shared,
    }


def settings_schema(cls: type) -> Schema:
    """Return the JSON Schema of a settings dataclass, from pydantic's core schema."""
    from pydantic.json_schema import GenerateJsonSchema

    made = GenerateJsonSchema().generate(core_schema_of(cls))
    made.pop("title", None)
    return made


def _object(properties: Schema, required: tuple[str, ...] = ()) -> Schema:
    """Return the schema of a block with fixed keys."""
    found: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return found | ({"required": list(required)} if required else {})


def _named(entry: Schema) -> Schema:
    """Return the schema of a block of named entries."""
    return {"type": ["object", "null"], "propertyNames": NAME, "additionalProperties": entry}


def _one_of(key: str, members: Mapping[str, Schema]) -> Schema:
    """Return the schema of a block whose `key` says which of several it is."""
    found = []
    for name, member in members.items():
        properties = {key: {"const": name}, **member.get("properties", {})}
        found.append(_object(properties, (key, *member.get("required", ()))))
    return {"anyOf": found} if found else {"type": ["object", "null"]}


def _scalars() -> Schema:
    """Return the schemas of the top level's single values."""
    files = {"type": "string"}
    return {
        "schema_version": {"const": 1},
        "name": {"type": "string", "description": "Name of the run; else that of the file."},
        "seed": {"type": "integer", "minimum": 0, "description": "Root of all random streams."},
        "quick": {"type": "boolean", "description": "The same experiment, at a size for tests."},
        "include": {
            "anyOf": [files, {"type": "array", "items": files}],
            "description": "Files merged before this one.",
        },
    }


def _when_quick(simulation: Schema) -> Schema:
    """Return the schema of what replaces keys of other blocks in the quick form."""
    made = _object({"simulation": simulation, "experiment": {"type": "object"}})
    return {**made, "description": "Laid over these blocks if quick is true."}


def _value(dimension: Dimension, shared: Schema) -> Schema:
    """Return a reference to the schema of a value; one definition serves all of a dimension."""
    name = re.sub(r"[^A-Za-z0-9]+", "_", describe(dimension)).strip("_")
    shared.setdefault(name, value_schema(dimension))
    return {"$ref": f"#/$defs/{name}"}


def value_schema(dimension: Dimension) -> Schema:
    """Return the schema of a quantity, a distribution or a list of one per element."""
    single = _quantity(dimension)
    shape = _quantity(NONE)
    kinds = [{"type": "array", "items": single, "minItems": 1}]
    for name, kind in KINDS.items():
        arguments = {
            each: shape if each == "shape" else single for each in (*kind.needed, *kind.optional)
        }
        inner = _object(arguments, kind.needed) if arguments else kinds[0]
        kinds.append(_object({name: inner}, (name,)))
    return {"anyOf": [single, *kinds]}


def _quantity(dimension: Dimension) -> Schema:
    """Return the schema of a number with a unit."""
    such = {"description": f"{describe(dimension)} such as '{example(dimension)}'"}
    return {"type": ["number", "string"] if dimension == NONE else "string", **such}


def _population(catalog: Catalog) -> Schema:
    """Return the schema of a population, with the parameters of every model to complete."""
    made = settings_schema(PopulationText)
    known: Schema = {}
    for model in catalog.models.values():
        for name, text in model.parameters.items():
            known.setdefault(name, {"description": f"{model.name}: {text}"})
    made["properties"]["parameters"] = {"type": "object", "properties": known}
    made["properties"]["model"]["examples"] = list(catalog.models)
    return made


def _projection(catalog: Catalog, shared: Schema) -> Schema:
    """Return the schema of a projection."""
    connectivity = {name: settings_schema(cls) for name, cls in catalog.connectivity.items()}
    rules = _one_of("rule", {name: _rule(rule, shared) for name, rule in catalog.rules.items()})
    pruning = _one_of("rule", {n: settings_schema(cls) for n, cls in catalog.pruning.items()})
    properties = {
        "source": {"type": "string", "description": "Presynaptic population."},
        "target": {"type": "string", "description": "Post-synaptic population."},
        "connectivity": _one_of("rule", connectivity),
        "synapse": _one_of("model", {n: _synapse(m, shared) for n, m in catalog.synapses.items()}),
        "plasticity": {"anyOf": [*rules["anyOf"], settings_schema(RuleText), {"type": "null"}]},
        "pruning": {"anyOf": [*pruning["anyOf"], {"type": "null"}]},
    }
    return _object(properties, ("source", "target", "connectivity", "synapse"))


def _synapse(model: SynapseModel, shared: Schema) -> Schema:
    """Return the schema of a synapse of one model."""
    direct = model.weight_unit == "target"
    weight = _value(unit(model.weight_unit)[1], shared) if not direct else {}
    properties: Schema = {
        "weight": weight,
        "delay": _value(TIME, shared),
        "target": {"type": "string", "description": "soma, segment[k] or a variable"},
        "initial": {"type": "object"},
    }
    for name, text in model.parameters.items():
        properties[name] = {**_value(parse(text).dimension, shared), "description": f"else {text}"}
    return _object(properties, ("weight",))


def _rule(rule: PlasticityRule, shared: Schema) -> Schema:
    """Return the schema of a learning rule."""
    properties: Schema = {"initial": {"type": "object"}}
    for name, text in rule.parameters.items():
        of_weight = text.endswith(" weight")
        schema = {} if of_weight else _value(parameter_dimension(text), shared)
        properties[name] = {**schema, "description": f"else {text}"}
    return _object(properties)


def _without_name(made: Schema) -> Schema:
    """Return the schema of settings whose name is the key of their block."""
    made["properties"].pop("name")
    made["required"] = [key for key in made.get("required", ()) if key != "name"]
    return made


def _input() -> Schema:
    """Return the schema of an input."""
    made = _without_name(settings_schema(Input))
    kinds = {
        name: _object({key: _quantity(dimension) for key, dimension in takes.items()})
        for name, takes in ENCODERS.items()
    }
    made["properties"]["encoder"] = _one_of("kind", kinds)
    made["properties"]["dataset"]["enum"] = list(DATASETS)
    return made


def _phase() -> Schema:
    """Return the schema of a phase; one truth value stands for all projections."""
    made = settings_schema(Phase)
    for key in ("plasticity", "transmission"):
        made["properties"][key] = {"anyOf": [{"type": "boolean"}, made["properties"][key]]}
    return made


def _sweep() -> Schema:
    """Return the schema of a sweep."""
    values: Schema = {"type": "array", "minItems": 1}
    grid = {"type": "object", "additionalProperties": values}
    end: Schema = {"type": ["number", "string"]}
    span = _object(
        {
            "low": end,
            "high": end,
            "scale": {"enum": ["linear", "log"]},
            "whole": {"type": "boolean"},
        },
        required=("low", "high"),
    )
    number = {"type": "integer", "minimum": 1}
    space = {"type": "object", "additionalProperties": {"anyOf": [values, span]}}
    drawn = _object({"samples": number, "space": space}, required=("samples", "space"))
    return _object(
        {"grid": grid, "zip": grid, "random": drawn, "latin_hypercube": drawn, "repeats": number}
    )
