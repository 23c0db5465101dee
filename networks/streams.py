"""Independent random streams, one per name, from a single root seed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np

from networks.spec import Spec

NOISE = "simulation.noise"


def spawn_key(name: str, replicate: int = 0) -> tuple[int, ...]:
    """Return the spawn key of a named stream.

    Parameters
    ----------
    name : str
        Name of the stream, e.g. "projections.in_exc.connectivity".
    replicate : int
        Number of the independent replicate (network 0, 1, ...).

    Returns
    -------
    tuple of int
        First 16 bytes of the SHA-256 of the name as four 32-bit words, then the replicate.
    """
    digest = hashlib.sha256(name.encode()).digest()[:16]
    words = (int.from_bytes(digest[k : k + 4], "big") for k in range(0, 16, 4))
    return (*words, replicate)


def generator(seed: int, name: str, replicate: int = 0) -> np.random.Generator:
    """Make the generator of a named stream.

    Parameters
    ----------
    seed : int
        Root seed of the configuration.
    name : str
        Name of the stream.
    replicate : int
        Number of the independent replicate.

    Returns
    -------
    numpy.random.Generator
        PCG64 seeded by ``SeedSequence(seed, spawn_key=spawn_key(name, replicate))``: the same
        bits whatever else draws, in whatever order, in whatever process.
    """
    sequence = np.random.SeedSequence(seed, spawn_key=spawn_key(name, replicate))
    return np.random.Generator(np.random.PCG64(sequence))


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
        if projection.pruning is not None:
            yield f"{where}.pruning"
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
