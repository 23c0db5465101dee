"""What every neuron and synapse model must satisfy, by being listed."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace

import pytest

from neuro.expressions import check_model, check_synapse
from neuro.models import MODELS
from neuro.synapses import SYNAPSES

WITH_EQUATIONS = [model for model in MODELS.values() if model.kind == "equations"]


def texts(declaration):
    """Return all texts of a declaration in one."""
    events = getattr(declaration, "events", {}).values()
    parts = [getattr(declaration, name) for name in declaration.__dataclass_fields__]
    parts += [f"{event.condition} {event.statements}" for event in events]
    return "\n".join(part for part in parts if isinstance(part, str))


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda m: m.name)
def test_model_passes_the_whitelist_and_has_sound_dimensions(model):
    assert check_model(model) == ()


@pytest.mark.parametrize("model", SYNAPSES.values(), ids=lambda m: m.name)
def test_synapse_passes_the_whitelist_and_has_sound_dimensions(model):
    assert check_synapse(model) == ()


@pytest.mark.parametrize("model", WITH_EQUATIONS, ids=lambda m: m.name)
def test_a_parameter_of_another_dimension_is_noticed(model):
    for name in model.parameters:
        wrong = replace(model, parameters={**model.parameters, name: "3 kelvin"})
        assert check_model(wrong), name


@pytest.mark.parametrize("model", SYNAPSES.values(), ids=lambda m: m.name)
def test_a_synapse_parameter_of_another_dimension_is_noticed(model):
    for name in model.parameters:
        wrong = replace(model, parameters={**model.parameters, name: "3 kelvin"})
        assert check_synapse(wrong), name


@pytest.mark.parametrize("model", [*MODELS.values(), *SYNAPSES.values()], ids=lambda m: m.name)
def test_every_parameter_is_used_and_every_member_says_what_it_is(model):
    assert model.summary
    assert model.source
    if getattr(model, "kind", "equations") == "equations":
        for name in model.parameters:
            assert re.search(rf"\b{name}(\b|_{{p}})", texts(model)), name


def test_sets_are_listed_under_their_own_names():
    for members in (MODELS, SYNAPSES):
        assert all(name == model.name for name, model in members.items())
    assert {"lif", "lif_conductance", "adex", "izhikevich", "poisson"} <= set(MODELS)
    assert {"delta", "exponential", "alpha", "conductance", "nmda"} <= set(SYNAPSES)


def test_declarations_import_no_engine():
    code = (
        "import sys, neuro.models, neuro.synapses, plasticity;"
        "print(sorted({'brian2', 'numba', 'numpy', 'sympy', 'h5py'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
