"""A point is known by what decides about its result."""

from pathlib import Path

import pytest

from experiments.sweep.points import configuration, identity, in_one_process, plan
from networks.config import ConfigError
from neuro.errors import SpecError

CONFIGS = Path(__file__).resolve().parents[3] / "data/configs"
WEIGHT = "projections.drive.synapse.weight"


def test_every_combination_is_a_point_with_seeds_of_its_own(config):
    planned = plan(config, [f"{WEIGHT}=100 pA,200 pA", "populations.cells.size=5,10"], repeats=3)
    assert len(planned.points) == 12
    assert len({point.id for point in planned.points}) == 12
    seeds = [configuration(config, point.overrides).spec.seed for point in planned.points]
    assert seeds == [5, 6, 7] * 4
    assert planned.points[3].values == {WEIGHT: "100 pA", "populations.cells.size": 10}
    assert planned.points[4].repeat == 1


def test_the_id_of_a_point_is_that_of_the_configuration_it_runs(config):
    for point in plan(config, ["populations.cells.size=5,10"], repeats=2).points:
        assert identity(configuration(config, point.overrides).resolved) == point.id


def test_where_results_go_does_not_change_them_and_all_else_does(config):
    (here,) = plan(config).points
    (there,) = plan(config, ['output.path="elsewhere.h5"']).points
    (other,) = plan(config, ["simulation.duration=41 ms"]).points
    assert here.id == there.id != other.id


@pytest.mark.parametrize(("config", "one"), [("digit-memory", 0), ("memory/sparsey-mnist", 1)])
def test_processes_of_an_experiment_are_no_part_of_a_point_which_has_one(config, one):
    path = CONFIGS / f"{config}.yaml"
    (few,), (many,) = (plan(path, [f"experiment.workers={n}"]).points for n in (1, 7))
    assert few.id == many.id != plan(path, ["experiment.networks=2"]).points[0].id
    found = configuration(path, many.overrides)
    assert found.spec.experiment.workers == 7
    assert in_one_process(found).spec.experiment.workers == one


def test_a_point_runs_in_its_own_process_only(tmp_path, monkeypatch):
    from experiments import runner
    from experiments.sweep.workers import run_point

    path, seen = CONFIGS / "memory/sparsey-mnist.yaml", []
    monkeypatch.setattr(runner, "run", lambda found, _progress: seen.append(found))
    (point,) = plan(path, ["experiment.workers=3"]).points
    assert run_point(path, tmp_path, point) is None
    assert [found.spec.experiment.workers for found in seen] == [1]


def test_the_yaml_may_hold_the_sweep(config: Path):
    config.write_text(config.read_text() + "sweep: {grid: {seed: [1, 2, 3]}}\n")
    assert [point.values for point in plan(config).points] == [
        {"seed": 1},
        {"seed": 2},
        {"seed": 3},
    ]
    config.write_text(config.read_text().replace("seed: [1, 2, 3]}", "}, repeats: 4"))
    assert len(plan(config).points) == 4


@pytest.mark.parametrize(
    ("arguments", "repeats", "message"),
    [
        (["seed=1,1"], 1, "two points are one run"),
        (["seed=1,2"], 2, "vary the seed, or repeat"),
        (["sweep.repeats=1,2"], 1, "'sweep.repeats' cannot be varied"),
        ([], 0, "needed: a whole number from 1 on"),
        (["populations.cells.size=range(1,100001)", "seed=1,2"], 1, "200000 points"),
    ],
)
def test_a_sweep_that_makes_no_sense_is_refused(config, arguments, repeats, message):
    with pytest.raises(SpecError, match=message):
        plan(config, arguments, repeats)


def test_a_bad_value_is_told_before_anything_runs(config):
    with pytest.raises(ConfigError, match=r"populations\.cell\.model: is missing"):
        plan(config, ["populations.cell.size=5,6"])
    with pytest.raises(ConfigError, match="weight"):
        plan(config, [f"{WEIGHT}=100 pA,100 ms"])
