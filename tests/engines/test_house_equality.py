"""Every model, synapse and learning rule of the house is on the device what it is in Brian2.

One network a model: each synapse leads to it, and each projection learns by another rule; shifting
the rules by one gives the next of the networks that together hold all combinations. NumPy has an
exponential of its own and adds in another order, so spikes are the same and the rest nearly so;
Cython without contraction is the same bit for bit. All draw the same uniform numbers, so a Poisson
source has the same spikes.
"""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import neuro.models
import neuro.synapses
import plasticity
from networks.build import build
from networks.spec import Spec
from neuro.device.threads import elements, region
from neuro.engines.activation import activate
from neuro.engines.simulation import Outlets, Stretch, simulate
from neuro.engines.taps import Tap
from neuro.models import MODELS, NeuronModel
from neuro.synapses import SYNAPSES, SynapseModel
from plasticity import RULES, PlasticityRule

N_SOURCE, N_CELLS, DURATION = 12, 5, 0.06
#: Relative to the largest value of a variable: 600 steps with some ten roundings each.
ROUNDING = 600 * 10 * np.finfo(float).eps
CELLS = [name for name, model in MODELS.items() if model.kind == "equations"]
#: Rules that read variables of the neurons need neurons that have them: the circuit's own test.
LEARNING: list[str | None] = [None, *(name for name, rule in RULES.items() if not rule.reads)]
WEIGHTS = {"amp": 30.0, "siemens": 0.4, "target": 1.0}
UNITS = {"amp": "pA", "siemens": "nS", "target": "mV"}
#: Cells that listen to a variable of another unit than the membrane's.
CURRENTS = {"lif_plateau": 300.0, "izhikevich": 8.0}


def projection(model: str, synapse: str, rule: str | None, place: int) -> dict[str, Any]:
    """Describe a projection of moderate strength; every other one has a delay per synapse."""
    unit = SYNAPSES[synapse].weight_unit
    low, high = 0.5 * WEIGHTS[unit], WEIGHTS[unit]
    spread = {"uniform": {"low": f"{low} {UNITS[unit]}", "high": f"{high} {UNITS[unit]}"}}
    delay = {"uniform": {"low": "0.3 ms", "high": "4 ms"}} if place % 2 else "1.2 ms"
    described: dict[str, Any] = {
        "source": "src",
        "target": "cells",
        "connectivity": {"rule": "pairwise_bernoulli", "p": 0.7},
        "synapse": {"model": synapse, "weight": spread, "delay": delay},
    }
    if MODELS[model].segment_voltage and place % 3:
        described["synapse"]["target"] = "segment[0]"
    if rule is not None:
        scaled = {
            key: f"{float(text.split()[0]) * high} {UNITS[unit]}"
            for key, text in RULES[rule].parameters.items()
            if text.endswith(" weight")
        }
        described["plasticity"] = {"rule": rule, **scaled}
    return described


def describe(specify: Any, model: str, shift: int, synapses: list[str], drive: float = 1.0) -> Spec:
    """Describe the network of a model whose rules are shifted."""
    rules = [LEARNING[(place + shift) % len(LEARNING)] for place in range(len(synapses))]
    projections = {
        f"p{place}": projection(model, name, rule, place)
        for place, (name, rule) in enumerate(zip(synapses, rules, strict=True))
    }
    current = drive * CURRENTS.get(model, 250.0)
    cells = {
        "model": model,
        "size": N_CELLS,
        "parameters": {"I_e": {"uniform": {"low": "0 pA", "high": f"{current} pA"}}},
    }
    rate = {"uniform": {"low": "10 Hz", "high": "90 Hz"}}
    sources = {
        "src": {"model": "spike_generator", "size": N_SOURCE},
        "noise": {"model": "poisson", "size": N_SOURCE, "parameters": {"rate": rate}},
    }
    projections["from_noise"] = {**projection(model, synapses[0], None, 1), "source": "noise"}
    return specify({**sources, "cells": cells}, projections, record=("cells.spikes",))


def input_spikes() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(8)
    steps = np.unique(rng.integers(0, 600 * N_SOURCE, 120))
    return (steps // N_SOURCE) * 1e-4, steps % N_SOURCE


def outcome(spec: Spec, engine: str, target: Any = None, **options: Any) -> Any:
    """Run a description and return its spikes and all final states."""
    spikes: list[tuple[np.ndarray, np.ndarray]] = []
    with activate(engine, target=target, **options):
        built = build(spec, spikes={"src": input_spikes()})
        tap = Tap(built.monitors["cells_spikes"].monitor, lambda t, i: spikes.append((t, i)))
        simulate(built.network, [Stretch("all", DURATION, lambda: None)], Outlets(taps=(tap,)))
        states = {
            f"{name}.{variable}": np.array(obj.state(variable, use_units=False)[:])
            for name, obj in ({"cells": built.groups["cells"]} | built.synapses).items()
            for variable in (*obj.equations.diff_eq_names, *obj.equations.parameter_names)
        }
        times, nodes = (np.concatenate(column) for column in zip(*spikes, strict=True))
    return times, nodes, states


def check(ours: Any, theirs: Any, is_exact: bool) -> None:
    for mine, reference in zip(ours[:2], theirs[:2], strict=True):
        np.testing.assert_array_equal(mine, reference)
    for name, reference in theirs[2].items():
        if is_exact:
            np.testing.assert_array_equal(ours[2][name], reference, err_msg=name)
            continue
        scale = np.max(np.abs(reference), initial=0.0)
        np.testing.assert_allclose(
            ours[2][name], reference, rtol=0, atol=ROUNDING * scale, err_msg=name
        )


def test_a_model_that_learns_is_brian2_numpy(specify: Any) -> None:
    spec = describe(specify, "lif", 3, ["exponential"])
    theirs = outcome(spec, "brian2", "numpy")
    assert len(theirs[0]) > 5
    check(outcome(spec, "numba"), theirs, is_exact=False)
    changed = (theirs[0] + np.eye(1, len(theirs[0]))[0] * 1e-4, *theirs[1:])
    with pytest.raises(AssertionError):
        check(changed, theirs, is_exact=False)


@pytest.mark.nightly  # each compiles eight projections: a minute
@pytest.mark.parametrize("model", CELLS)
def test_every_model_synapse_and_rule_is_brian2_numpy(specify: Any, model: str) -> None:
    spec = describe(specify, model, CELLS.index(model), list(SYNAPSES))
    theirs = outcome(spec, "brian2", "numpy")
    assert len(theirs[0]) > 5
    check(outcome(spec, "numba"), theirs, is_exact=False)


@pytest.mark.nightly  # compiles forty programs, and some two hundred extensions unless cached
@pytest.mark.compiler
@pytest.mark.parametrize("shift", range(len(LEARNING)))
@pytest.mark.parametrize("model", CELLS)
def test_every_combination_is_brian2_cython(specify: Any, model: str, shift: int) -> None:
    spec = describe(specify, model, shift, list(SYNAPSES))
    theirs = outcome(spec, "brian2", "cython")
    assert len(theirs[0]) > 5
    check(outcome(spec, "numba"), theirs, is_exact=True)


@pytest.mark.nightly  # compiles three programs of eight projections each
@pytest.mark.parametrize("mode", ["strict", "fast"])
@pytest.mark.parametrize("model", CELLS)
def test_threads_change_no_bit(
    specify: Any, model: str, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(region, "LEAST_STEP", 0)
    monkeypatch.setattr(region, "LEAST_REGION", 0)
    monkeypatch.setattr(elements, "GRAIN", 1)
    # Twelve networks have all combinations of synapses and rules between them.
    shift = 2 * CELLS.index(model) + (mode == "fast")
    # With rules that weaken most synapses it would hardly spike.
    drive = 3.0 if model == "lif_plateau" else 1.0
    spec = describe(specify, model, shift, list(SYNAPSES), drive)
    alone = outcome(spec, "numba", mode=mode)
    assert len(alone[0]) > 5
    for n_threads in (2, 3):
        check(outcome(spec, "numba", mode=mode, threads=n_threads), alone, is_exact=True)


def test_combinations_are_all_there() -> None:
    shifts = range(len(LEARNING))
    pairs = {
        (synapse, LEARNING[(place + shift) % len(LEARNING)])
        for shift in shifts
        for place, synapse in enumerate(SYNAPSES)
    }
    assert pairs == {(synapse, rule) for synapse in SYNAPSES for rule in LEARNING}


def declared(package: ModuleType, kind: type) -> list[Any]:
    """Return what the files of a package declare of a kind."""
    files = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    values = (
        value for file in files for value in vars(importlib.import_module(file.name)).values()
    )
    return [value for value in values if isinstance(value, kind)]


@pytest.mark.parametrize(
    ("package", "kind", "members"),
    [
        pytest.param(neuro.models, NeuronModel, MODELS, id="models"),
        pytest.param(neuro.synapses, SynapseModel, SYNAPSES, id="synapses"),
        pytest.param(plasticity, PlasticityRule, RULES, id="rules"),
    ],
)
def test_what_has_a_file_is_listed_and_so_compared(
    package: ModuleType, kind: type, members: dict[str, Any]
) -> None:
    found = declared(package, kind)
    assert found
    assert [value.name for value in found if value not in members.values()] == []


def test_sources_are_part_of_the_networks() -> None:
    sources = {name for name, model in MODELS.items() if model.kind != "equations"}
    assert sources == {"poisson", "spike_generator"}
