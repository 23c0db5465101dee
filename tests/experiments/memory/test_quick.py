"""The quick form has fewer cells, unless something in the description counts on their number."""

from dataclasses import replace
from pathlib import Path

import pytest

from experiments import SETTINGS
from experiments.memory.quick import QUICK_SIZE, shrink
from networks.config import load
from networks.connectivity import FixedIndegree
from networks.spec import Distribution, Recording
from neuro.units import parse

CONFIG = Path(__file__).resolve().parents[3] / "data/configs/digit-memory.yaml"


@pytest.fixture(scope="module")
def spec():
    return load(CONFIG, experiments=SETTINGS).spec


def sizes(spec):
    return {name: population.size for name, population in spec.populations.items()}


def test_the_memory_shrinks_and_nothing_else(spec):
    small = shrink(spec)
    assert sizes(small) == sizes(spec) | {"exc": QUICK_SIZE, "cue": QUICK_SIZE}
    assert not list(small.experiment.objections(small))


def test_codes_stay_sparse(spec):
    dense = replace(spec, experiment=replace(spec.experiment, active=80))
    assert sizes(shrink(dense))["exc"] == 800


def listed(spec):
    cells = spec.populations["exc"]
    values = Distribution("values", values=(parse("1 ms"),) * cells.size)
    parameters = {**cells.parameters, "t_ref": values}
    return {"populations": {**spec.populations, "exc": replace(cells, parameters=parameters)}}


def counted(spec):
    recurrent = replace(spec.projections["recurrent"], connectivity=FixedIndegree(indegree=900))
    return {"projections": {**spec.projections, "recurrent": recurrent}}


def recorded(_spec):
    return {"recordings": {"x": Recording("x", population="exc", nodes=(1999,))}}


@pytest.mark.parametrize("change", [listed, counted, recorded])
def test_a_network_that_counts_on_its_size_keeps_it(spec, change):
    kept = replace(spec, **change(spec))
    assert sizes(shrink(kept)) == sizes(spec)
