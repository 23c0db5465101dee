"""Teach a network of rates by a curriculum, epoch by epoch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.tasks.bits import BitTask
from experiments.timescales.curriculum import Curriculum, Stage
from experiments.timescales.settings import Training
from plasticity.gradient import rates
from plasticity.gradient.momentum import Momentum, bound
from plasticity.gradient.rates import RateNetwork, draw_start, logits
from plasticity.gradient.spikes import Dynamics

Array = NDArray[Any]


TRAINING = Training()


@dataclass(frozen=True, slots=True)
class Epoch:
    """Hold what an epoch came to.

    Attributes
    ----------
    stage : Stage
        What was taught.
    accuracy : array of float64, shape (n_tasks,)
        On each task of the stage, by sequences drawn for the test.
    loss : float
        Cross-entropy of a head, mean over its batches.
    tau : float
        Mean time constant after it, in steps.
    is_mastered : bool
        Whether another stage follows, or none any more.
    """

    stage: Stage
    accuracy: NDArray[np.float64]
    loss: float
    tau: float
    is_mastered: bool


@dataclass(slots=True)
class Lesson:
    """Teach a network one task family, and go on where the last epoch ended.

    Attributes
    ----------
    network : RateNetwork
        Its arrays change in place.
    mask : array of bool, shape (n_units, n_units)
        Synapses that learn; those outside stay as they are.
    task : BitTask
        What is asked.
    curriculum : Curriculum
        In which order: `SingleHead` or `MultiHead`.
    rng : numpy.random.Generator
        Draws sequences and states to begin with.
    training : Training
        How long and how fast.
    dynamics : Dynamics
        What units do: rates, or spiking cells with the same parameters.
    stage : Stage or None
        What is taught now; None once all is mastered.
    """

    network: RateNetwork
    mask: Array
    task: BitTask
    curriculum: Curriculum
    rng: np.random.Generator
    training: Training = TRAINING
    dynamics: Dynamics = rates
    stage: Stage | None = field(init=False)
    _momentum: Momentum = field(init=False)

    def __post_init__(self) -> None:
        self.stage = self.curriculum.first()
        self._momentum = Momentum(self.training.rate, self.training.momentum, looks_ahead=True)

    def epochs(self, n: int) -> Iterator[Epoch]:
        """Teach up to n epochs, and yield what each came to; end early once all is mastered."""
        for _ in range(n):
            if self.stage is None:
                return
            yield self._epoch(self.stage)

    @property
    def moments(self) -> list[Array]:
        """Return the moment of each parameter; none before the first step."""
        return self._momentum.moments

    @moments.setter
    def moments(self, moments: list[Array]) -> None:
        self._momentum.moments = moments

    def _epoch(self, stage: Stage) -> Epoch:
        losses = [self._batch(stage) for _ in range(self.training.n_batches)]
        found = accuracy(
            self.network, self.task, stage.tasks, stage.heads, self.rng,
            self.training.n_tests, self.training.n_sequences, self.dynamics,
        )  # fmt: skip
        self.stage = self.curriculum.after(stage, found.tolist())
        loss = float(np.mean(losses)) / len(stage.tasks)
        tau = float(np.maximum(self.network.tau, 1).mean())
        return Epoch(stage, found, loss, tau, self.stage != stage)

    def _batch(self, stage: Stage) -> float:
        bits = self.task.draw(stage.tasks[-1], self.training.n_sequences, self.rng)
        labels = [self.task.label(bits, n) for n in stage.tasks]
        start = draw_start(bits.shape[1], len(self.network.tau), self.rng)
        loss, change = self.dynamics.gradient(
            self.network, as_inputs(bits), start, labels, stage.heads
        )
        descend_on(self.mask, self.network, change, self._momentum, self.training.largest)
        return loss


def descend_on(
    mask: Array, network: RateNetwork, change: RateNetwork, momentum: Momentum, largest: float
) -> None:
    """Take a step down a gradient, in place, with the synapses that there are.

    Parameters
    ----------
    mask : array of bool, shape (n_units, n_units)
        Synapses that learn.
    network, change : RateNetwork
        Parameters, and their gradient, which is confined to the mask and bounded in place.
    momentum : Momentum
        Of the same network at every step.
    largest : float
        Bound on the norm of the gradient.
    """
    np.multiply(change.weight, mask, out=change.weight)
    changes = list(change.arrays())
    bound(changes, largest)
    momentum.step(list(network.arrays()), changes)


def as_inputs(bits: Array) -> Array:
    """Return bits as inputs of one line, shape (n_steps, n_sequences, 1)."""
    return bits[:, :, None].astype(np.float32)


def accuracy(
    network: RateNetwork,
    task: BitTask,
    tasks: Sequence[int],
    heads: Sequence[int],
    rng: np.random.Generator,
    n_batches: int = TRAINING.n_tests,
    n_sequences: int = TRAINING.n_sequences,
    dynamics: Dynamics = rates,
) -> NDArray[np.float64]:
    """Measure how often heads are right about sequences drawn anew.

    Parameters
    ----------
    network : RateNetwork
    task : BitTask
        What is asked.
    tasks, heads : sequence of int
        N, and the head that answers it.
    rng : numpy.random.Generator
        Draws sequences, as long as the largest N asks for, and states to begin with.
    n_batches, n_sequences : int
        How many batches of how many sequences.
    dynamics : Dynamics
        What units do.

    Returns
    -------
    array of float64, shape (n_tasks,)
        Compare with `task.chance`.
    """
    right = np.zeros(len(tasks))
    for _ in range(n_batches):
        bits = task.draw(max(tasks), n_sequences, rng)
        start = draw_start(n_sequences, len(network.tau), rng)
        last = dynamics.run(network, as_inputs(bits), start).last
        for k, (n, head) in enumerate(zip(tasks, heads, strict=True)):
            said = logits(network, last, head).argmax(axis=1)
            right[k] += (said == task.label(bits, n)).mean()
    return right / n_batches
