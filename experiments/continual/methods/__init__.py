"""Methods of continual learning: what guards old tasks while a network learns new ones.

`METHODS` is the whole set by name; each method is a file, and its rule, where it is one of
synapses, lies in `plasticity`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from experiments.continual.methods.base import Method
from experiments.continual.methods.ewc import EWC
from experiments.continual.methods.gpm import GPM
from experiments.continual.methods.hlop import HLOP
from experiments.continual.methods.joint import Joint
from experiments.continual.methods.kfpf import KFPF
from experiments.continual.methods.kwta import KWTA
from experiments.continual.methods.random_masks import RandomMasks
from experiments.continual.methods.replay import Replay
from experiments.continual.methods.sequential import Sequential
from experiments.continual.methods.si import SI
from experiments.continual.methods.svd import SVD
from experiments.continual.methods.two_timescales import TwoTimescales
from experiments.continual.methods.view_batch import ViewBatch
from experiments.continual.methods.wsn import WSN

METHODS: Mapping[str, type[Method]] = MappingProxyType(
    {
        "sequential": Sequential,
        "joint": Joint,
        "replay": Replay,
        "hlop": HLOP,
        "svd": SVD,
        "gpm": GPM,
        "ewc": EWC,
        "si": SI,
        "wsn": WSN,
        "random_masks": RandomMasks,
        "kwta": KWTA,
        "kfpf": KFPF,
        "view_batch": ViewBatch,
        "two_timescales": TwoTimescales,
    }
)
