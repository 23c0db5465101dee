"""Networks give the same results whoever runs them, and what fails in a process is told."""

from dataclasses import replace
from pathlib import Path

import pytest

from experiments import SETTINGS
from experiments.memory.crew import crew, one_network
from experiments.memory.settings import Condition
from networks.config import load
from neuro.errors import SpecError

CONFIG = Path(__file__).resolve().parents[3] / "data/configs/digit-memory.yaml"
JOBS = [(0, 0), (0, 1)]
TIMES = ("seconds_store", "seconds_recall")


@pytest.fixture(scope="module")
def spec():
    smaller = [f"populations.{name}.size=300" for name in ("exc", "cue")]
    found = load(CONFIG, smaller, experiments=SETTINGS).spec
    conditions = (Condition("random", (2,)),)
    experiment = replace(
        found.experiment, conditions=conditions, networks=2, probes=1, drawn_load=2, workers=2
    )
    return replace(found, experiment=experiment)


@pytest.mark.slow(reason="two processes import everything and build a network")
def test_processes_find_what_one_process_finds(spec):
    told = []
    with crew(spec, JOBS, "numpy") as workers:
        found = workers.results(told.append)
    assert told == [1, 2]
    for job in JOBS:
        alone = one_network(spec, job, "numpy")
        assert all(
            (values == found[job].curve[name]).all()
            for name, values in alone.curve.items()
            if name not in TIMES
        )
        assert (alone.recalled[0] == found[job].recalled[0]).all()


@pytest.mark.slow(reason="a process imports everything")
def test_a_mistake_in_a_process_is_told_as_in_this_one(spec):
    roles = replace(spec.experiment.roles, reset="nobody")
    wrong = replace(spec, experiment=replace(spec.experiment, roles=roles))
    with pytest.raises(SpecError, match="nobody"), crew(wrong, JOBS, "numpy") as workers:
        workers.results(lambda _done: None)
