"""The networks of the benchmarks, each written once as a Brian2 script and run by every engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from experiments.bench.engines.networks.base import Model
from experiments.bench.engines.networks.coba import coba
from experiments.bench.engines.networks.cuba import cuba

#: name -> function of the number of neurons.
NETWORKS: Mapping[str, Callable[[int], Model]] = MappingProxyType({"coba": coba, "cuba": cuba})

__all__ = ["NETWORKS", "Model"]
