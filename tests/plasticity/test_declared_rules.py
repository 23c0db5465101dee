"""What every learning rule must satisfy, by being listed."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from neuro.expressions import check_rule
from neuro.units import unit
from plasticity import RULES


def sides(rule):
    return {name: unit(text)[1] for name, text in rule.reads.items()}


WEIGHT_UNITS = ("1", "amp", "siemens", "volt")


@pytest.mark.parametrize("weight", WEIGHT_UNITS)
@pytest.mark.parametrize("rule", RULES.values(), ids=lambda r: r.name)
def test_rule_is_sound_for_weights_of_every_unit(rule, weight):
    assert check_rule(rule, unit(weight)[1], sides=sides(rule)) == ()


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda r: r.name)
def test_a_parameter_of_another_dimension_is_noticed(rule):
    for name in rule.parameters:
        wrong = replace(rule, parameters={**rule.parameters, name: "3 kelvin"})
        assert check_rule(wrong, unit("amp")[1], sides=sides(rule)), name


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda r: r.name)
def test_every_parameter_is_used_and_every_rule_says_what_it_is(rule):
    parts = [getattr(rule, name) for name in rule.__dataclass_fields__]
    text = "\n".join(part for part in parts if isinstance(part, str))
    assert rule.summary
    assert rule.source
    for name in rule.parameters:
        assert re.search(rf"\b{name}\b", text) or name in rule.bounds, name


def test_set_is_listed_under_its_own_names():
    assert all(name == rule.name for name, rule in RULES.items())
    assert set(RULES) == {
        "clipped_hebb", "consolidated_hebb", "covariance", "oja", "bcpnn", "stdp_pair",
        "stdp_triplet", "subspace", "subspace_feedback",
    }  # fmt: skip
