"""List the networks that engines are compared on, with their sizes and durations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import final


@final
@dataclass(frozen=True, slots=True)
class Case:
    """Describe one row of the comparison.

    Parameters
    ----------
    network : str
        Name of the definition in `experiments.bench.engines.networks`.
    size : int
        Number of neurons.
    seconds : float
        Model time of one repetition.
    settle : float
        Model time before the first repetition, in which rates settle.
    summary : str
        One line on the network.
    patience : float
        Wall time in seconds after which an engine is given up: to build, and for a repetition.
    """

    network: str
    size: int
    seconds: float
    settle: float
    summary: str
    patience: float = 120.0


CASES: Mapping[str, Case] = MappingProxyType(
    {
        "cuba-4k": Case("cuba", 4_000, 1.0, 0.2, "currents, 80 inputs a cell, constant weights"),
        "coba-4k": Case("coba", 4_000, 2.0, 0.2, "conductances, 80 inputs a cell"),
        "cuba-40k": Case("cuba", 40_000, 0.2, 0.2, "currents, 80 inputs a cell"),
        "coba-40k": Case("coba", 40_000, 0.1, 0.2, "conductances, 80 inputs a cell"),
    }
)

#: The same networks small enough for all of them to be measured within a minute.
QUICK: Mapping[str, Case] = MappingProxyType(
    {
        "cuba-4k": Case("cuba", 1_000, 0.5, 0.1, "currents, 80 inputs a cell"),
        "coba-4k": Case("coba", 1_000, 0.2, 0.1, "conductances, 80 inputs a cell"),
    }
)
