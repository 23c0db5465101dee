"""Neuron models, one per file; `MODELS` is the whole set by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from neuro.models.adex import ADEX
from neuro.models.base import Event, NeuronModel
from neuro.models.clocked import CLOCKED
from neuro.models.izhikevich import IZHIKEVICH
from neuro.models.lif import LIF
from neuro.models.lif_coincidence import LIF_COINCIDENCE
from neuro.models.lif_conductance import LIF_CONDUCTANCE
from neuro.models.lif_dendritic import LIF_DENDRITIC
from neuro.models.lif_plateau import LIF_PLATEAU
from neuro.models.poisson import POISSON
from neuro.models.spike_generator import SPIKE_GENERATOR

MODELS: Mapping[str, NeuronModel] = MappingProxyType(
    {
        model.name: model
        for model in (
            LIF,
            LIF_CONDUCTANCE,
            ADEX,
            IZHIKEVICH,
            LIF_DENDRITIC,
            LIF_COINCIDENCE,
            LIF_PLATEAU,
            CLOCKED,
            POISSON,
            SPIKE_GENERATOR,
        )
    }
)

__all__ = ["MODELS", "Event", "NeuronModel"]
