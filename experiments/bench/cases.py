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
    n_trials : int
        Trials that differ in their first potentials; a repetition is all of them.
    """

    network: str
    size: int
    seconds: float
    settle: float
    summary: str
    patience: float = 300.0
    n_trials: int = 1

    @property
    def model_seconds(self) -> float:
        """Return the model time of a repetition, over all trials."""
        return self.seconds * self.n_trials


CASES: Mapping[str, Case] = MappingProxyType(
    {
        "cuba-4k": Case("cuba", 4_000, 2.0, 0.2, "currents, 80 inputs a cell, constant weights"),
        "cuba-40k": Case("cuba", 40_000, 0.3, 0.1, "currents, 80 inputs a cell"),
        "coba-4k": Case("coba", 4_000, 1.0, 0.2, "conductances, 80 inputs a cell"),
        "coba-40k": Case("coba", 40_000, 0.2, 0.1, "conductances, 80 inputs a cell"),
        "delays": Case("cuba_delays", 4_000, 1.0, 0.2, "currents, a delay for each synapse"),
        "reservoir-2k": Case("reservoir", 2_000, 1.0, 0.2, "a time constant for each cell"),
        "reservoir-5k": Case("reservoir", 5_000, 0.5, 0.2, "a time constant for each cell"),
        "trials-64": Case("cuba", 1_000, 0.5, 0.0, "64 trials", n_trials=64),
        "brunel": Case("brunel", 12_500, 0.2, 0.1, "15.6 M synapses, Poisson input"),
        "brunel-driven": Case("brunel_driven", 12_500, 0.2, 0.1, "15.6 M synapses, no noise"),
        "brunel-plastic": Case(
            "brunel_plastic", 12_500, 0.1, 0.05, "15.6 M synapses, 10 M with pair STDP", 400
        ),
    }
)

#: The same networks small enough for all of them to be measured within a minute.
QUICK: Mapping[str, Case] = MappingProxyType(
    {
        "cuba-4k": Case("cuba", 1_000, 0.5, 0.1, "currents, 80 inputs a cell"),
        "cuba-40k": Case("cuba", 2_000, 0.2, 0.1, "currents, 80 inputs a cell"),
        "coba-4k": Case("coba", 1_000, 0.5, 0.1, "conductances, 80 inputs a cell"),
        "coba-40k": Case("coba", 2_000, 0.2, 0.1, "conductances, 80 inputs a cell"),
        "delays": Case("cuba_delays", 1_000, 0.5, 0.1, "currents, a delay for each synapse"),
        "reservoir-2k": Case("reservoir", 500, 0.5, 0.1, "a time constant for each cell"),
        "reservoir-5k": Case("reservoir", 1_000, 0.2, 0.1, "a time constant for each cell"),
        "trials-64": Case("cuba", 200, 0.1, 0.0, "4 trials", n_trials=4),
        "brunel": Case("brunel", 1_250, 0.1, 0.1, "Poisson input"),
        "brunel-driven": Case("brunel_driven", 1_250, 0.1, 0.1, "no noise"),
        "brunel-plastic": Case("brunel_plastic", 1_250, 0.1, 0.05, "pair STDP"),
    }
)
