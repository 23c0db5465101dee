"""The random streams of one build, and a record of those that were used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from networks.streams import generator, spawn_key


@dataclass(frozen=True, slots=True)
class Streams:
    """Hand out named generators and remember their spawn keys for the provenance.

    Attributes
    ----------
    seed : int
        Root seed.
    replicate : int
        Number of the independent replicate.
    used : mapping of str to tuple of int
        Spawn key of every stream that was asked for.
    """

    seed: int
    replicate: int = 0
    used: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def __call__(self, name: str) -> np.random.Generator:
        """Return the generator of a stream from its beginning."""
        self.used[name] = spawn_key(name, self.replicate)
        return generator(self.seed, name, self.replicate)

    def keys(self) -> Mapping[str, tuple[int, ...]]:
        """Return the spawn key of every stream used so far."""
        return dict(self.used)
