"""The best of many random graphs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuro.errors import SpecError
from plasticity.pruning.baselines import Uniform
from plasticity.pruning.linear import growth_rates
from plasticity.pruning.protocol import Dynamics, Graph, Pruned
from plasticity.pruning.time_constants import spectral_change

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class RandomSearch:
    """Draw graphs of one density, all sets of synapses with the same chance, and keep the best.

    Attributes
    ----------
    n_graphs : int
        How many are drawn, 1 or more; one is `Uniform`.
    rescale : bool
        Divide what stays by the density.
    spectrum : callable
        Of weights, graph and dynamics: exponents, 1/s. The best graph is that whose exponents are
        nearest to those of the whole network, by `spectral_change`.
    """

    n_graphs: int = 30
    rescale: bool = False
    spectrum: Callable[[Array, Graph, Dynamics], Array] = growth_rates

    def __post_init__(self) -> None:
        if self.n_graphs < 1:
            raise SpecError(f"n_graphs {self.n_graphs}; needed: 1 or more")

    def __call__(
        self,
        weight: Array,
        graph: Graph,
        dynamics: Dynamics,
        density: float,
        rng: np.random.Generator,
    ) -> Pruned:
        """Prune a network; see `Rule`."""
        draw, whole = Uniform(self.rescale), self.spectrum(weight, graph, dynamics)
        drawn = [draw(weight, graph, dynamics, density, rng) for _ in range(self.n_graphs)]
        return min(
            drawn,
            key=lambda found: spectral_change(whole, self.spectrum(found.weight, graph, dynamics)),
        )
