"""Independent random streams, one per name, from a single root seed."""

from __future__ import annotations

import hashlib

import numpy as np


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
