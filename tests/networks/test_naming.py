"""A projection must not take a name from its target population."""

import pytest

from networks.naming import clash
from neuro.models import MODELS
from neuro.synapses import SYNAPSES


@pytest.mark.parametrize(
    ("name", "synapse", "model", "taken"),
    [
        ("m", "exponential", "lif", "tau_m"),
        ("e", "exponential", "lif", "I_e"),
        ("syn", "exponential", "lif", "I_syn"),
        ("c", "conductance", "lif_dendritic", "g_c"),
        ("seg0", "exponential", "lif_dendritic", "I_seg0"),
    ],
)
def test_a_clash_names_what_is_taken(name, synapse, model, taken):
    assert f"'{taken}'" in clash(name, SYNAPSES[synapse], MODELS[model])


@pytest.mark.parametrize("synapse", SYNAPSES)
@pytest.mark.parametrize("model", MODELS)
def test_an_ordinary_name_clashes_with_no_model_of_the_house(synapse, model):
    assert clash("from_cortex", SYNAPSES[synapse], MODELS[model]) == ""


def test_a_delta_synapse_brings_no_name():
    assert clash("m", SYNAPSES["delta"], MODELS["lif"]) == ""
