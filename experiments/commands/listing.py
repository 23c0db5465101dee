"""The command `list`: every name that a configuration may use, with one line on each."""

from __future__ import annotations

import enum
import inspect
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated

import typer

from neuro.errors import nearest

CONFIGS = Path(__file__).resolve().parents[2] / "data" / "configs"

Names = Mapping[str, str]


def _first_line(declared: type) -> str:
    return (inspect.getdoc(declared) or "").partition("\n")[0]


def _experiments() -> Names:
    from experiments import SETTINGS

    return {kind: _first_line(settings) for kind, settings in SETTINGS.items()}


def _models() -> Names:
    from neuro.models import MODELS

    return {name: model.summary for name, model in MODELS.items()}


def _synapses() -> Names:
    from neuro.synapses import SYNAPSES

    return {name: model.summary for name, model in SYNAPSES.items()}


def _rules() -> Names:
    from plasticity import RULES

    return {name: rule.summary for name, rule in RULES.items()}


def _connectivity() -> Names:
    from networks.connectivity import CONNECTIVITY

    return {name: _first_line(rule) for name, rule in CONNECTIVITY.items()}


def _pruning() -> Names:
    from networks.pruning import PRUNING

    return {name: _first_line(rule) for name, rule in PRUNING.items()}


def _formats() -> Names:
    from experiments.export import FORMATS

    return {name: each.holds for name, each in FORMATS.items()}


def _templates() -> Names:
    from experiments import templates

    return {name: templates.summary(name) for name in templates.names()}


def _configs() -> Names:
    found = sorted(CONFIGS.rglob("*.yaml"))
    return {str(file.relative_to(CONFIGS.parents[1])): _comment(file) for file in found}


def _comment(file: Path) -> str:
    line = file.read_text(encoding="utf-8").partition("\n")[0]
    return line.removeprefix("#").strip() if line.startswith("#") else ""


class Section(enum.StrEnum):
    """Name what can be listed."""

    EXPERIMENTS = "experiments"
    MODELS = "models"
    SYNAPSES = "synapses"
    RULES = "rules"
    CONNECTIVITY = "connectivity"
    PRUNING = "pruning"
    FORMATS = "formats"
    TEMPLATES = "templates"
    CONFIGS = "configs"


SECTIONS: Mapping[Section, Callable[[], Names]] = {
    Section.EXPERIMENTS: _experiments,
    Section.MODELS: _models,
    Section.SYNAPSES: _synapses,
    Section.RULES: _rules,
    Section.CONNECTIVITY: _connectivity,
    Section.PRUNING: _pruning,
    Section.FORMATS: _formats,
    Section.TEMPLATES: _templates,
    Section.CONFIGS: _configs,
}


def _section(name: str) -> Section:
    """Read a section; Typer's own words for a wrong one name the library beneath it."""
    if name not in set(Section):
        message = f"'{name}' is not one of {', '.join(Section)}{nearest(name, list(Section))}"
        raise typer.BadParameter(message)
    return Section(name)


def list_names(
    section: Annotated[
        Section | None,
        typer.Argument(help="What to list; all if left out.", parser=_section),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List what a configuration may name, formats of export, templates, and configurations."""
    chosen = [section] if section else list(SECTIONS)
    found = {part.value: SECTIONS[part]() for part in chosen}
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    from experiments.tables import show_table

    for title, names in found.items():
        if names:
            show_table(title, ("name", "what it is"), names.items())
        elif title == Section.CONFIGS:
            typer.echo(
                "configs: the configurations of data/configs come with a clone of the project"
            )
