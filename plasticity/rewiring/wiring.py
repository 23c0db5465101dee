"""The synapses of a layered network while it learns: kept to, and rewired every so many steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuro.errors import SpecError
from plasticity.rewiring.protocol import Mask, Rewired, Rule, Seen
from plasticity.rewiring.similarity import Similarity

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Schedule:
    """Say when synapses move, and how many.

    Attributes
    ----------
    every : int
        Steps from one rewiring to the next.
    share : float
        Of the synapses, those that move at first; 0 to 1.
    until : int
        Step from which on none move any more; the share falls to 0 until then as a half cosine. 0
        for the same share for ever.
    window : int
        Steps before a rewiring whose activities count; 0 for all since the last one.
    """

    every: int = 1000
    share: float = 0.1
    until: int = 0
    window: int = 0

    def __post_init__(self) -> None:
        if self.every < 1 or not 0 <= self.share <= 1 or min(self.until, self.window) < 0:
            raise SpecError(
                f"every {self.every}, share {self.share}, until {self.until}, window "
                f"{self.window}; needed: at least 1, 0 to 1, 0 or more"
            )

    def share_at(self, step: int) -> float:
        """Return the share that moves after a step, counted from 1; 0 where none does."""
        if step % self.every or (self.until and step >= self.until):
            return 0.0
        fall = 0.5 * (1 + np.cos(np.pi * step / self.until)) if self.until else 1.0
        return float(self.share * fall)

    def is_watched(self, step: int) -> bool:
        """Return whether the activities of a step, counted from 1, count for the next rewiring."""
        left = -step % self.every
        return not self.window or left < self.window


@dataclass(slots=True)
class Wiring:
    """Hold the masks of a network; the trainer's owner calls it at each step.

    One step is: `observe` the activities of the batch, change the weights along the gradient
    confined by `confine`, then `after_step` with the whole gradient. Weights and moments outside of
    the masks are 0 after it.

    Attributes
    ----------
    masks : list of array of bools, shape (n_before, n_after), or None
        Synapses of each layer; None for a layer that has all of them and keeps them.
    rule : Rule or None
        What moves them; None for nothing.
    schedule : Schedule
        When.
    rng : numpy.random.Generator
        For the rule.
    n_steps : int
        Steps so far.
    n_moved : int
        Synapses moved so far, those that came back at once not counted.
    """

    masks: list[Mask | None]
    rule: Rule | None
    schedule: Schedule
    rng: np.random.Generator
    n_steps: int = 0
    n_moved: int = 0
    _similarities: list[Similarity | None] = field(init=False)
    _budgets: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self._budgets = [0 if mask is None else int(mask.sum()) for mask in self.masks]
        watches = self.rule is not None and self.rule.needs_similarity
        self._similarities = [
            Similarity(*mask.shape) if watches and mask is not None else None for mask in self.masks
        ]

    @property
    def is_watching(self) -> bool:
        """Return whether the activities of the step that comes now are needed."""
        has_any = any(each is not None for each in self._similarities)
        return has_any and self.schedule.is_watched(self.n_steps + 1)

    def confine(self, arrays: Sequence[Array]) -> list[Array]:
        """Return arrays, one for each layer, that are 0 outside of the masks."""
        return [
            array if mask is None else array * mask
            for array, mask in zip(arrays, self.masks, strict=True)
        ]

    def observe(self, activities: Sequence[Array]) -> None:
        """Take note of the activities of a batch, if they are needed.

        Parameters
        ----------
        activities : sequence of array, shape (n_rows, n_cells)
            Of the inputs and of each layer that a rewired one leads to; see `Similarity.add`.
        """
        if not self.is_watching:
            return
        for layer, similarity in enumerate(self._similarities):
            if similarity is not None:
                similarity.add(activities[layer], activities[layer + 1])

    def after_step(
        self,
        weights: Sequence[Array],
        gradient: Sequence[Array],
        moments: Sequence[Sequence[Array]] = (),
    ) -> dict[int, Rewired]:
        """Keep all to the masks, in place, and rewire if it is time.

        Parameters
        ----------
        weights : sequence of array, shape (n_before, n_after)
            After the step.
        gradient : sequence of array
            Of the loss with respect to all weights of the batch, not confined.
        moments : sequence of sequence of array
            Whatever else the optimiser holds for each weight; 0 for a synapse that has just come.

        Returns
        -------
        dict of int to Rewired
            What changed, by layer; empty if it was not time.
        """
        self.n_steps += 1
        share = self.schedule.share_at(self.n_steps)
        changed: dict[int, Rewired] = {}
        for layer, mask in enumerate(self.masks):
            if mask is None:
                continue
            held = [weights[layer], *(each[layer] for each in moments)]
            for array in held:
                array *= mask
            if self.rule is None or not share:
                continue
            seen = self._seen(layer, gradient[layer])
            found = self.rule(weights[layer], mask, seen, share, self.rng)
            self.masks[layer] = found.mask
            for array in held:
                found.start(array)
            self.n_moved += int((found.mask & ~mask).sum())
            changed[layer] = found
        return changed

    def _seen(self, layer: int, gradient: Array) -> Seen:
        similarity, budget = self._similarities[layer], self._budgets[layer]
        if similarity is None:
            return Seen(gradient, budget=budget)
        found = Seen(gradient, similarity.cosine(), budget)
        similarity.clear()
        return found

    def state(self) -> dict[str, Array]:
        """Return all that a checkpoint must hold, but for the generator."""
        found: dict[str, Array] = {"steps": np.array([self.n_steps, self.n_moved])}
        for layer, (mask, seen) in enumerate(zip(self.masks, self._similarities, strict=True)):
            if mask is not None:
                found[f"mask/{layer}"] = mask
            if seen is not None:
                for name in ("product", "before", "after"):
                    found[f"{name}/{layer}"] = getattr(seen, name)
        return found

    def restore(self, state: Mapping[str, Array]) -> None:
        """Take back what `state` gave."""
        self.n_steps, self.n_moved = (int(n) for n in state["steps"])
        for layer, (mask, seen) in enumerate(zip(self.masks, self._similarities, strict=True)):
            if mask is not None:
                self.masks[layer] = state[f"mask/{layer}"].astype(bool)
            if seen is not None:
                for name in ("product", "before", "after"):
                    getattr(seen, name)[:] = state[f"{name}/{layer}"]
