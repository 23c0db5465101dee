"""List the engines that are compared, each with its threads, precision and mode."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, final

Family = Literal["brian2", "standalone", "nest", "numba"]


@final
@dataclass(frozen=True, slots=True)
class Contender:
    """Describe one engine as it is run.

    Parameters
    ----------
    family : {"brian2", "standalone", "nest", "numba"}
        What runs the network.
    threads : int
        Threads that it may use.
    mode : {"strict", "fast"}
        Of the device "numba"; others have one.
    precision : {"float64", "float32"}
        Of the state variables.
    """

    family: Family
    threads: int = 1
    mode: Literal["strict", "fast"] = "strict"
    precision: Literal["float64", "float32"] = "float64"

    @property
    def is_peer(self) -> bool:
        """Return whether this is what users could pick instead of the device "numba"."""
        return self.family != "numba"


CONTENDERS: Mapping[str, Contender] = MappingProxyType(
    {
        "brian2-cython": Contender("brian2"),
        "standalone-1": Contender("standalone"),
        "standalone-2": Contender("standalone", threads=2),
        "nest-1": Contender("nest"),
        "nest-2": Contender("nest", threads=2),
        "numba-strict": Contender("numba"),
        "numba-fast": Contender("numba", mode="fast"),
        "numba-fast32": Contender("numba", mode="fast", precision="float32"),
        "numba-strict-2": Contender("numba", threads=2),
        "numba-fast-2": Contender("numba", threads=2, mode="fast"),
    }
)
