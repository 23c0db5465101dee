"""Synapse models, one per file; `SYNAPSES` is the whole set by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from neuro.synapses.alpha import ALPHA
from neuro.synapses.base import SynapseModel
from neuro.synapses.biexponential import BIEXPONENTIAL
from neuro.synapses.conductance import CONDUCTANCE
from neuro.synapses.delta import DELTA
from neuro.synapses.deviation import DEVIATION
from neuro.synapses.exponential import EXPONENTIAL
from neuro.synapses.nmda import NMDA
from neuro.synapses.tsodyks_markram import TSODYKS_MARKRAM, TSODYKS_MARKRAM_CONDUCTANCE

SYNAPSES: Mapping[str, SynapseModel] = MappingProxyType(
    {
        model.name: model
        for model in (
            DELTA,
            EXPONENTIAL,
            ALPHA,
            CONDUCTANCE,
            BIEXPONENTIAL,
            NMDA,
            TSODYKS_MARKRAM,
            TSODYKS_MARKRAM_CONDUCTANCE,
            DEVIATION,
        )
    }
)

__all__ = ["SYNAPSES", "SynapseModel"]
