"""The random streams of one build, and a list of those that were used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from networks.spec import Spec
from networks.streams import generator, spawn_key

NOISE = "simulation.noise"


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


def stream_names(spec: Spec) -> Iterator[str]:
    """List the streams that building a description may use.

    Parameters
    ----------
    spec : Spec
        The description.

    Yields
    ------
    str
        Name of a stream; the same names are handed to `Streams`.
    """
    yield NOISE
    for name in spec.inputs:
        yield f"inputs.{name}"
    for population in spec.populations.values():
        for kind in ("parameters", "initial"):
            for key in getattr(population, kind):
                yield f"populations.{population.name}.{kind}.{key}"
    for projection in spec.projections.values():
        where = f"projections.{projection.name}"
        for key in ("connectivity", "weight", "delay"):
            yield f"{where}.{key}"
        learnt = projection.plasticity.parameters if projection.plasticity else {}
        for key in (*projection.synapse.parameters, *learnt):
            yield f"{where}.parameters.{key}"
        for key in projection.synapse.initial:
            yield f"{where}.initial.{key}"


def seeds(spec: Spec, replicate: int = 0) -> dict[str, object]:
    """Return the root seed and the spawn key of every stream, for the provenance.

    Parameters
    ----------
    spec : Spec
        The description.
    replicate : int
        Number of the independent replicate.

    Returns
    -------
    dict
        "root" and "streams" (name -> spawn key).
    """
    keys = {name: list(spawn_key(name, replicate)) for name in stream_names(spec)}
    return {"root": spec.seed, "streams": keys}
