"""What the house offers under a name is sound: its texts pass the checks of a stranger's."""

from __future__ import annotations

import pytest

from networks.config.catalog import house_catalog
from networks.config.inputs import DATASETS, ENCODERS
from neuro.expressions import check_model, check_rule, check_synapse
from neuro.units import unit

CATALOG = house_catalog({})


@pytest.mark.parametrize("weight", ["1", "amp", "siemens", "volt"])
@pytest.mark.parametrize("name", sorted(CATALOG.rules))
def test_every_rule_is_sound_for_every_kind_of_weight(name: str, weight: str) -> None:
    rule = CATALOG.rules[name]
    sides = {variable: unit(text)[1] for variable, text in rule.reads.items()}
    assert check_rule(rule, unit(weight)[1], sides=sides) == ()


def test_every_model_is_sound() -> None:
    assert [check_model(model) for model in CATALOG.models.values() if check_model(model)] == []
    synapses = CATALOG.synapses.values()
    assert [check_synapse(model) for model in synapses if check_synapse(model)] == []


def test_data_sets_and_encoders_are_those_of_the_inputs() -> None:
    from networks.build import inputs

    assert set(DATASETS) == set(inputs.DATASETS)
    assert set(ENCODERS) == set(inputs.ENCODERS)
    for kind, takes in ENCODERS.items():
        theirs = inputs.ENCODERS[kind].__dataclass_fields__
        assert set(takes) == set(theirs) - {"time_step", "kind"}
