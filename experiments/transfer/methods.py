"""Who prunes: every rule of `plasticity.pruning` by the name that a configuration has for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.transfer.settings import CHOSEN_FOR, LnpTransfer
from plasticity.pruning import (
    LNP,
    Activity,
    Bayesian,
    Dynamics,
    Gradual,
    Graph,
    Magnitude,
    NoiseDriven,
    Pruned,
    RandomSearch,
    Rewind,
    Rule,
    Sketch,
    Uniform,
)
from plasticity.pruning.protocol import keep

Array = NDArray[Any]
#: Distributions of time constants that are drawn before the Gaussian process proposes any.
MOST_DRAWN = 10


@dataclass(frozen=True, slots=True)
class Search:
    """Draw masks as `Uniform` does, the same ones, and keep that with the highest score.

    Unlike the rules of `plasticity.pruning` it sees a task, through the score: the control that
    tells what choosing a mask for a task brings to it, and to the others.

    Attributes
    ----------
    n_graphs : int
        How many are drawn; the first is that of `Uniform`.
    score : callable
        Of what would be left.
    """

    n_graphs: int
    score: Callable[[Pruned], float]

    def __call__(
        self,
        weight: Array,
        graph: Graph,
        dynamics: Dynamics,
        density: float,
        rng: np.random.Generator,
    ) -> Pruned:
        """Prune a network; see `Rule`."""
        draw = Uniform()
        drawn = [draw(weight, graph, dynamics, density, rng) for _ in range(self.n_graphs)]
        return max(drawn, key=self.score)


@dataclass(frozen=True, slots=True)
class Sight:
    """Hold what rules may look through at tasks; those that no task has a part in get none of it.

    Attributes
    ----------
    train : callable
        For `rewind` and `gradual`, of weights and mask: the weights trained.
    score : callable
        For `search_...`, of a task and of what would be left: how well that does it.
    """

    train: Callable[[Array, Array], Array]
    score: Callable[[str, Pruned], float]


def unpruned(
    weight: Array, graph: Graph, dynamics: Dynamics, density: float, rng: np.random.Generator  # noqa: ARG001
) -> Pruned:  # fmt: skip
    """Keep everything; see `Rule`."""
    return keep(weight, np.ones(graph.n_edges, dtype=bool))


def blind_rules(settings: LnpTransfer, protected: tuple[int, ...]) -> Mapping[str, Rule]:
    """Return the rules that see no task: not through their settings, not through what they get.

    Parameters
    ----------
    settings : LnpTransfer
        Sizes.
    protected : tuple of int
        Neurons that have inputs.
    """
    n_drawn = min(MOST_DRAWN, settings.trials)
    tuned = None if settings.homogeneous else Bayesian(settings.trials, n_drawn)
    lnp = LNP(protected=protected, optimise=tuned)
    return {
        "unpruned": unpruned,
        "noise": NoiseDriven(),
        "noise_plain": NoiseDriven(rescale=False),
        "lnp": lnp,
        "lnp_lyapunov": replace(lnp, mode="lyapunov"),
        "random": Uniform(),
        "random_rescaled": Uniform(rescale=True),
        "magnitude": Magnitude(),
        "magnitude_uniform": Magnitude("group"),
        "activity": Activity(),
        "sketch": Sketch(),
        "random_search": RandomSearch(settings.search),
    }


def rule_of(settings: LnpTransfer, protected: tuple[int, ...], sight: Sight) -> Rule:
    """Return the rule of the settings' method."""
    if settings.method not in CHOSEN_FOR:
        return blind_rules(settings, protected)[settings.method]
    if settings.method == "rewind":
        return Rewind(sight.train, settings.lessons.rounds)
    if settings.method == "gradual":
        return Gradual(sight.train)
    task = CHOSEN_FOR[settings.method]
    return Search(settings.search, lambda found: sight.score(task, found))
