"""Sound configurations: what they become, and that what they become reads back the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest
from ruamel.yaml import YAML

from networks.config import Configuration, load, schema, show
from networks.connectivity import FixedIndegree
from networks.spec import Distribution
from neuro import dimensions as dim
from neuro.models import MODELS
from neuro.units import Quantity, Time, parse

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
GOOD = sorted((HERE / "good").glob("*.yaml"))
TEMPLATES = sorted((ROOT / "experiments" / "templates").glob("*.yaml"))


@dataclass(frozen=True, slots=True)
class Cue:
    """Describe a cue.

    Attributes
    ----------
    duration : Quantity
        How long it is shown.
    """

    duration: Time = parse("20 ms")


@dataclass(frozen=True, slots=True)
class Capacity:
    """Ask for the capacity.

    Attributes
    ----------
    loads : tuple of int
        Numbers of patterns.
    """

    loads: tuple[int, ...] = (1, 2)
    cue: Cue = Cue()


EXPERIMENTS: Mapping[str, type] = {"memory_capacity": Capacity}


def read(path: Path, *overrides: str) -> Configuration:
    return load(path, overrides, EXPERIMENTS)


@pytest.mark.parametrize("path", [*GOOD, *TEMPLATES], ids=lambda path: path.stem)
def test_the_resolved_configuration_reads_back_as_an_equal_description(
    path: Path, tmp_path: Path
) -> None:
    first = read(path)
    assert first.source == path.read_text()
    (tmp_path / path.name).write_text(json.dumps(first.resolved))
    again = read(tmp_path / path.name)
    assert replace(again.spec, folder=first.spec.folder) == first.spec
    assert again.resolved == first.resolved
    (tmp_path / path.name).write_text(show(first))
    assert read(tmp_path / path.name).resolved == first.resolved


@pytest.mark.parametrize("path", [*GOOD, *TEMPLATES], ids=lambda path: path.stem)
def test_the_json_schema_accepts_every_sound_file_and_its_resolved_form(path: Path) -> None:
    made = schema(EXPERIMENTS)
    jsonschema.Draft202012Validator.check_schema(made)
    validator = jsonschema.Draft202012Validator(made)
    written = YAML(typ="safe").load(path.read_text())
    if "include" not in written:
        assert [error.message for error in validator.iter_errors(written)] == []
    resolved = read(path).resolved
    assert [error.message for error in validator.iter_errors(resolved)] == []


@pytest.mark.parametrize(
    ("file", "key"),
    [
        ("unknown_top_key", "projektions"),
        ("population_misspelt_size", "sise"),
        ("synapse_parameter", "tua"),
        ("engine", "brain2"),
        ("experiment_field", "laods"),
        ("connection_rule", "fixed_indgree"),
    ],
)
def test_the_json_schema_refuses_what_an_editor_should_underline(file: str, key: str) -> None:
    written = YAML(typ="safe").load((HERE / "bad" / f"{file}.yaml").read_text())
    errors = list(jsonschema.Draft202012Validator(schema(EXPERIMENTS)).iter_errors(written))
    assert key in "".join(error.message for error in errors)


def test_the_schema_holds_what_the_docstrings_say() -> None:
    made = schema(EXPERIMENTS)["properties"]
    assert made["simulation"]["properties"]["dt"]["description"] == "Time step."
    (capacity,) = made["experiment"]["anyOf"]
    assert capacity["properties"]["loads"]["description"] == "Numbers of patterns."
    assert capacity["properties"]["kind"] == {"const": "memory_capacity"}


def test_the_minimal_file_gets_every_default() -> None:
    spec = read(HERE / "good" / "minimal.yaml").spec
    assert (spec.name, spec.seed, spec.quick) == ("minimal", 0, False)
    assert spec.simulation.dt == parse("0.1 ms")
    assert spec.simulation.engine == "brian2"
    cells, drive = spec.populations["cells"], spec.projections["drive"]
    assert cells.model is MODELS["lif"]
    assert cells.parameters["tau_m"] == parse(MODELS["lif"].parameters["tau_m"])
    assert cells.initial["v"] == "E_L"
    assert drive.connectivity == FixedIndegree(20)
    assert drive.synapse.weight == parse("100 pA")
    assert drive.synapse.delay == parse("1 ms")
    assert drive.synapse.parameters["tau"] == parse("5 ms")
    assert drive.plasticity is None


def test_everything_arrives_in_the_description() -> None:
    spec = read(HERE / "good" / "everything.yaml").spec
    tau_m = spec.populations["exc"].parameters["tau_m"]
    assert isinstance(tau_m, Distribution)
    assert (tau_m.kind, tau_m.arguments["mean"]) == ("gamma", parse("20 ms"))
    assert tau_m.arguments["shape"].dimension == dim.NONE
    assert spec.populations["tree"].model.n_segments == 3
    rate = spec.populations["noise"].parameters["rate"]
    assert isinstance(rate, Distribution)
    assert [each.value for each in rate.values] == [1.0, 2.0, 3.0]
    learned = spec.projections["exc_exc"].plasticity
    assert learned is not None
    assert learned.rule.bounds == ("lowest", "highest")
    assert learned.parameters["highest"] == parse("30 pA")
    assert spec.projections["noise_tree"].synapse.target == "segment[2]"
    assert spec.projections["exc_exc"].synapse.initial["R"] == Quantity(0.5)
    assert spec.simulation.duration.value == pytest.approx(1.5, rel=1e-15)
    assert spec.phases[0].inputs == ("digits",)
    assert spec.phases[1].plasticity == {"in_exc": False, "exc_exc": False}
    assert spec.inputs["digits"].encoder == {"kind": "poisson", "max_rate": parse("63 Hz")}
    assert spec.experiment == Capacity((1, 2, 5), Cue(parse("30 ms")))
    assert spec.sweep["repeats"] == 5
    assert spec.populations["exc"].model.refractory == "t_ref"


def test_brian2_takes_the_equations_that_were_accepted() -> None:
    from brian2 import Equations

    spec = read(HERE / "good" / "everything.yaml").spec
    for population in spec.populations.values():
        if population.model.kind == "equations":
            Equations(population.model.equations)


def test_an_experiment_needs_no_populations(tmp_path: Path) -> None:
    path = tmp_path / "question.yaml"
    path.write_text("experiment: {kind: memory_capacity, loads: [3]}\n")
    spec = read(path).spec
    assert spec.experiment == Capacity((3,))
    assert not spec.populations


def test_aliases_and_merge_keys() -> None:
    spec = read(HERE / "good" / "anchors.yaml").spec
    assert [spec.populations[name].size for name in "abc"] == [3, 3, 4]
