"""Whatever would keep the demo from running is told by `validate`, all of it at once."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from experiments import SETTINGS
from experiments.memory.settings import Condition
from networks.config import ConfigError, load

CONFIGS = Path(__file__).resolve().parents[3] / "data/configs"
CONFIG = CONFIGS / "digit-memory.yaml"
WATCHED = (
    "digit-memory", "memory/branch-strength", "memory/dendrite-spiking",
    "memory/emergent-spiking-memory", "memory/spiking-temporal-memory",
)  # fmt: skip
WRONG = """
experiment:
  kind: digit_memory
  networks: 0
  probes: ten
  active: 2001
  insert: -1
  drawn_load: 7
  conditions:
    - {codes: homeostatic, loads: [100, 300]}
    - {codes: homeostatic, loads: [59999]}
  timing: {item: 0.01 ms, pulse: 0 ms, jitter: -1 ms, axons: 30 mV, pulses: -1}
  roles: {cue: queue, reset: nobody, recurrent: recurent, image: imag}
"""


def complaints(*overrides):
    with pytest.raises(ConfigError) as caught:
        load(CONFIG, overrides, experiments=SETTINGS)
    return {problem.path: problem.message for problem in caught.value.problems}


def test_the_demo_is_sound():
    assert not list(spec().experiment.objections(spec()))


def spec():
    return load(CONFIG, experiments=SETTINGS).spec


def test_every_mistake_of_the_block_is_told_at_its_line(engram, tmp_path):
    text = re.sub(r"\nexperiment:\n(  .*\n)+", WRONG, CONFIG.read_text())
    text = text.replace("engine: numba", "engine: brian2_standalone")
    (tmp_path / "wrong.yaml").write_text(text)
    answer = engram("validate", "--json", tmp_path / "wrong.yaml")
    assert answer.code == 2
    (problems,) = json.loads(answer.out).values()
    found = {(entry["line"], entry["path"]) for entry in problems}
    lines = text.splitlines()

    def at(start, *paths):
        (number,) = (n for n, line in enumerate(lines, 1) if line.strip().startswith(start))
        return {(number, path) for path in paths}

    assert found == (
        at("simulation:", "simulation.engine")
        | at("networks:", "experiment.networks")
        | at("probes:", "experiment.probes")
        | at("active:", "experiment.active")
        | at("insert:", "experiment.insert")
        | at("drawn_load:", "experiment.drawn_load")
        | at("- {codes: homeostatic, loads: [59", *(f"experiment.conditions.1.{key}"
             for key in ("codes", "loads")))
        | at("timing:", *(f"experiment.timing.{key}"
             for key in ("item", "pulse", "jitter", "axons", "pulses")))
        | at("roles:", *(f"experiment.roles.{key}"
             for key in ("cue", "reset", "recurrent", "image")))
    )  # fmt: skip


@pytest.mark.parametrize(
    ("override", "path", "message"),
    [
        ("experiment.active=2001", "experiment.active", "expected 1 to 2000"),
        ("experiment.insert=1951", "experiment.insert", "1950 cells are left"),
        ("experiment.erase=51", "experiment.erase", "0 to 50"),
        ("experiment.fitted=100", "experiment.fitted", "expected 200 or more"),
        ("experiment.fitted=90000", "experiment.fitted", "expected at most 59999"),
        ("experiment.drawn_load=7", "experiment.drawn_load", "there are 100, 300, 500"),
        ("experiment.conditions=[]", "experiment.conditions", "at least one"),
        ("experiment.roles.cue=queue", "experiment.roles.cue", "did you mean 'cue'"),
        ("experiment.roles.readout=readot", "experiment.roles.readout", "did you mean 'readout'"),
        ("experiment.timing.item=1 ms", "experiment.timing.item", "must be above jitter, 1 ms"),
        ("experiment.timing.item=5 ms", "experiment.timing.item", "window of the rule, 4 ms"),
        ("experiment.timing.jitter=2 ms", "experiment.timing.item", "6 ms - 2 ms"),
        ("experiment.timing.settle=20 ms", "experiment.timing.settle", "delay of projections.rec"),
        (
            "populations.exc.parameters.t_ref=5 ms",
            "populations.exc.parameters.t_ref",
            "must be below timing.item - timing.jitter, 6 ms - 1 ms",
        ),
        (
            "projections.recurrent.connectivity={rule: fixed_indegree, indegree: 500}",
            "projections.recurrent.connectivity",
            "needs {rule: all_to_all, allow_autapses: false}",
        ),
        (
            "projections.recurrent.connectivity={rule: all_to_all}",
            "projections.recurrent.connectivity",
            "every synapse but those of a cell onto itself",
        ),
        ("simulation.engine=brian2_standalone", "simulation.engine", "can use: numba, brian2"),
        ("simulation.engine=nest", "simulation.engine", "can use: numba, brian2"),
        ("experiment.roles.recurrent=cue_exc", "projections.cue_exc", "needs plasticity"),
        ("experiment.roles.readout=recurrent", "projections.recurrent.plasticity", "covariance"),
    ],
)
def test_a_mistake_is_told_with_what_is_needed(override, path, message):
    assert message in complaints(override)[path]


@pytest.mark.parametrize("name", WATCHED)
def test_an_engine_that_shows_nothing_in_between_is_refused(name):
    with pytest.raises(ConfigError) as caught:
        load(CONFIGS / f"{name}.yaml", ["simulation.engine=brian2_standalone"], SETTINGS)
    (problem,) = caught.value.problems
    assert problem.path == "simulation.engine"
    assert problem.message.startswith("'brian2_standalone' cannot run this experiment")
    assert problem.message.endswith("it can use: numba, brian2")


@pytest.mark.parametrize(
    "override",
    [
        "experiment.fitted=90000",
        "experiment.timing.item=1 ms",
        "populations.exc.parameters.t_ref=5 ms",
    ],
)
def test_a_mistake_is_told_once(override):
    assert len(complaints(override)) == 1


def test_random_patterns_need_no_image_layer():
    found = spec()
    conditions = (Condition("random", (300,)),)
    experiment = replace(found.experiment, conditions=conditions)
    populations = {n: p for n, p in found.populations.items() if n not in ("pixels", "image")}
    projections = {n: p for n, p in found.projections.items() if n != "readout"}
    bare = replace(found, populations=populations, projections=projections)
    assert not list(experiment.objections(bare))
    assert [each.path[-1] for each in found.experiment.objections(bare)] == [
        "pixels", "image", "readout",
    ]  # fmt: skip
