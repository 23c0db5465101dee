"""The networks of the benchmarks, each written once as a Brian2 script and run by every engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from experiments.bench.engines.networks.base import Model
from experiments.bench.engines.networks.brunel import (
    brunel_network,
    driven_network,
    plastic_network,
)
from experiments.bench.engines.networks.coba import coba_network
from experiments.bench.engines.networks.cuba import cuba_network, delays_network, trials_network
from experiments.bench.engines.networks.reservoir import reservoir_network

#: name -> function of the number of neurons.
NETWORKS: Mapping[str, Callable[[int], Model]] = MappingProxyType(
    {
        "brunel": brunel_network,
        "brunel_driven": driven_network,
        "brunel_plastic": plastic_network,
        "coba": coba_network,
        "cuba": cuba_network,
        "cuba_delays": delays_network,
        "reservoir": reservoir_network,
    }
)

#: Networks of which many trials can be simulated side by side: name -> function of the number of
#: neurons and the number of trials.
SIDE_BY_SIDE: Mapping[str, Callable[[int, int], Model]] = MappingProxyType({"cuba": trials_network})

__all__ = ["NETWORKS", "SIDE_BY_SIDE", "Model"]
