"""From a description to a Brian2 network."""

from __future__ import annotations

from networks.build.built import Built
from networks.build.layers import Layer, layers_of, run_layers
from networks.build.network import build, listen, set_phase
from networks.build.pruning import remove_synapses
from networks.spec import phases_of

__all__ = [
    "Built",
    "Layer",
    "build",
    "layers_of",
    "listen",
    "phases_of",
    "remove_synapses",
    "run_layers",
    "set_phase",
]
