"""Methods of continual learning: what guards old tasks while a network learns new ones.

`METHODS` is the whole set by name; each method is a file, and its rule, where it is one of
synapses, lies in `plasticity`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from experiments.continual.methods.base import Method
from experiments.continual.methods.hlop import HLOP
from experiments.continual.methods.joint import Joint
from experiments.continual.methods.replay import Replay
from experiments.continual.methods.sequential import Sequential
from experiments.continual.methods.svd import SVD

METHODS: Mapping[str, type[Method]] = MappingProxyType(
    {
        "sequential": Sequential,
        "joint": Joint,
        "replay": Replay,
        "hlop": HLOP,
        "svd": SVD,
    }
)
