"""What a configuration may name: models, synapses, rules, connectivities, experiments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from neuro.models.base import NeuronModel
from neuro.synapses.base import SynapseModel
from plasticity.base import PlasticityRule


@dataclass(frozen=True, slots=True)
class Catalog:
    """Hold every set by name.

    Attributes
    ----------
    models, synapses, rules : mapping
        Declarations.
    connectivity, pruning, experiments : mapping of str to type
        Settings dataclasses.
    """

    models: Mapping[str, NeuronModel]
    synapses: Mapping[str, SynapseModel]
    rules: Mapping[str, PlasticityRule]
    connectivity: Mapping[str, type]
    pruning: Mapping[str, type]
    experiments: Mapping[str, type] = field(default_factory=dict)


def house_catalog(experiments: Mapping[str, type]) -> Catalog:
    """Return the sets of the house, with the experiments of the floor above."""
    from networks.connectivity import CONNECTIVITY
    from networks.pruning import PRUNING
    from neuro.models import MODELS
    from neuro.synapses import SYNAPSES
    from plasticity import RULES

    return Catalog(MODELS, SYNAPSES, RULES, CONNECTIVITY, PRUNING, experiments)
