"""Networks give the same results whoever runs them, and what fails in a process is told."""

import gc
from dataclasses import replace
from pathlib import Path

import pytest
from brian2.synapses.synapses import SynapticPathway

from experiments import SETTINGS
from experiments.memory import crew as crew_module
from experiments.memory import spiking
from experiments.memory.codes import draw_items
from experiments.memory.crew import compile_ahead, crew, one_network
from experiments.memory.settings import Condition
from networks.config import load
from neuro.engines.activation import activate
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
    told, kept = [], {}
    with crew(spec, JOBS, "numpy") as workers:
        workers.wait(told.append, kept.__setitem__)
        found = workers.complete()
    assert told == [1, 2]
    assert kept == found
    for job in JOBS:
        alone = one_network(spec, job, "numpy")
        assert all(
            (values == found[job].curve[name]).all()
            for name, values in alone.curve.items()
            if name not in TIMES
        )
        assert (alone.recalled[0] == found[job].recalled[0]).all()


def test_without_workers_this_process_finds_the_same(spec):
    told, kept = [], {}
    alone = replace(spec, experiment=replace(spec.experiment, workers=0))
    with activate("numba"), crew(alone, JOBS, None) as workers:
        assert workers.complete() == {}
        workers.wait(told.append, kept.__setitem__)
    found = workers.complete()
    assert told == [1, 2]
    assert kept == found
    assert set(found) == set(JOBS)
    other = one_network(spec, JOBS[1], None)
    assert (other.recalled[0] == found[JOBS[1]].recalled[0]).all()


@pytest.mark.slow(reason="a process imports everything")
def test_a_mistake_in_a_process_is_told_as_in_this_one(spec):
    roles = replace(spec.experiment.roles, reset="nobody")
    wrong = replace(spec, experiment=replace(spec.experiment, roles=roles))
    with pytest.raises(SpecError, match="nobody"), crew(wrong, JOBS, "numpy") as workers:
        workers.wait(lambda _done: None, lambda _job, _outcome: None)


def test_what_is_compiled_ahead_is_the_network_that_will_run(spec, monkeypatch):
    spec = replace(spec, simulation=replace(spec.simulation, engine="brian2"))
    compiled, ran = [], []

    def note(network, *_rest):
        ran.append(names(network))
        raise LookupError("far enough")

    monkeypatch.setattr(crew_module, "compile_backwards", lambda net: compiled.append(names(net)))
    monkeypatch.setattr(spiking, "simulate", note)
    monkeypatch.setattr(spiking, "make_outlets", lambda *_: None)
    compile_ahead(spec, "numpy")
    condition = spec.experiment.conditions[0]
    items = draw_items(spec.experiment, condition, spec.populations["exc"].size, spec.seed, 0)
    with activate("brian2", target="numpy"), pytest.raises(LookupError):
        spiking.measure(spec, condition, items, 0, recorder=object())
    assert compiled == ran
    assert "readout" in ran[0]


def names(network) -> list[str]:
    """List the objects of a network."""
    return sorted(item.name for item in network.objects)


def n_pathways() -> int:
    """Count the synaptic pathways of all networks in memory; asking for types wakes no proxy."""
    return sum(type(thing) is SynapticPathway for thing in gc.get_objects())


def test_a_process_keeps_no_network_when_it_begins_the_next(spec):
    gc.collect()
    before = n_pathways()
    gc.disable()
    try:
        one_network(spec, JOBS[0], "numpy")
        assert n_pathways() == before
    finally:
        gc.enable()
