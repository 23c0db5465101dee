"""A description written back as what a file would say, every default filled in."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from networks.config.catalog import Catalog
from networks.config.models import EventText, ModelText
from networks.config.projections import plain_projection
from networks.config.settings import plain_settings
from networks.config.values import plain_value
from networks.spec import Population, Spec
from neuro.models.base import NeuronModel

SCHEMA_VERSION = 1


def resolve(spec: Spec, catalog: Catalog) -> dict[str, Any]:
    """Write a description as JSON can hold it.

    Parameters
    ----------
    spec : Spec
        The description.
    catalog : Catalog
        What it was read with: what it names is named, anything else is written out.

    Returns
    -------
    dict
        Reading it gives an equal description.
    """
    simulation = plain_settings(spec.simulation)
    found: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "name": spec.name,
        "seed": spec.seed,
        "quick": spec.quick,
        "simulation": simulation,
    }
    own = {p.model.name: p.model for p in spec.populations.values()}
    models = {name: _plain_model(m) for name, m in own.items() if not _is_house(m, catalog)}
    names = {cls: name for name, cls in catalog.connectivity.items()}
    found["models"] = models
    found["populations"] = {n: _plain_population(p) for n, p in spec.populations.items()}
    found["projections"] = {
        name: plain_projection(each, catalog, names) for name, each in spec.projections.items()
    }
    for block, parts in (("inputs", spec.inputs), ("recordings", spec.recordings)):
        found[block] = {name: _nameless(plain_settings(part)) for name, part in parts.items()}
    found["phases"] = [plain_settings(phase) for phase in spec.phases]
    found["output"] = plain_settings(spec.output)
    if spec.experiment is not None:
        kinds = {cls: kind for kind, cls in catalog.experiments.items()}
        found["experiment"] = plain_settings(spec.experiment, kinds[type(spec.experiment)])
    if spec.sweep:
        found["sweep"] = dict(spec.sweep)
    return {key: value for key, value in found.items() if value not in ({}, [])}


def _is_house(model: NeuronModel, catalog: Catalog) -> bool:
    """Say whether a model is one of the house, whatever its number of segments."""
    house = catalog.models.get(model.name)
    return house is not None and replace(house, n_segments=model.n_segments) == model


def _plain_model(model: NeuronModel) -> dict[str, Any]:
    """Write a model of the configuration itself."""
    found = {each.name: getattr(model, each.name) for each in fields(ModelText)}
    found["events"] = {
        name: plain_settings(EventText(event.condition, event.statements))
        for name, event in model.events.items()
    }
    found |= {"parameters": dict(model.parameters), "initial": dict(model.initial)}
    defaults = {each.name: each.default for each in fields(ModelText)}
    return {key: value for key, value in found.items() if value not in (defaults[key], {})}


def _plain_population(population: Population) -> dict[str, Any]:
    """Write a population with all its values."""
    model = population.model
    segments = {"n_segments": model.n_segments} if model.segment_equations else {}
    return {
        "model": model.name,
        "size": population.size,
        **segments,
        "parameters": {name: plain_value(v) for name, v in population.parameters.items()},
        "initial": {name: plain_value(v) for name, v in population.initial.items()},
    }


def _nameless(settings: dict[str, Any]) -> dict[str, Any]:
    """Return settings without the name that their block gives and without empty texts."""
    return {
        key: value for key, value in settings.items() if key != "name" and value not in ("", {}, [])
    }
