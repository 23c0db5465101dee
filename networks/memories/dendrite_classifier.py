"""A neuron with nonlinear branches that learns two classes by where its synapses are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.kernels import inner, kernel
from networks.memories.dendrite_capacity import N_CELLS
from networks.memories.protocol import Operations
from neuro.errors import SpecError

Bits = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class DendriteClassifier:
    """Tell two classes of patterns apart by the places of synapses of equal strength.

    Two cells have m branches of k sites each. A branch answers its number b of active contacts by
    g(b) = (b / k) ** power; the neuron says yes where the branches of the first cell sum to more
    than those of the second one. Power 1 is a linear neuron, whatever its branches.

    Patterns have d + 1 units: the input lines, and last the class.

    Attributes
    ----------
    lines : int
        d, input lines.
    branches, sites : int
        m and k.
    power : float
        Of the branch's nonlinearity; at least 1.
    swaps : int
        Swaps tried for each site while patterns are stored.
    poor, candidates : int
        Sites among which the poorest is sought, and lines among which the best is.
    temperature : float
        By how much a swap may raise the logistic loss on average and be accepted, at first; it
        falls to 0.

    References
    ----------
    P. Poirazi, B. W. Mel (2001). Impact of active dendrites and structural plasticity on the
    memory capacity of neural tissue. Neuron 29, 779-796. The loss and the schedule are ours.
    """

    lines: int
    branches: int
    sites: int
    power: float = 1.0
    swaps: int = 20
    poor: int = 10
    candidates: int = 10
    temperature: float = 0.1

    def __post_init__(self) -> None:
        if min(self.lines, self.branches, self.sites, self.poor, self.candidates) < 1:
            raise SpecError("lines, branches, sites, poor and candidates must be at least 1")
        if self.power < 1 or self.swaps < 0 or self.temperature < 0:
            raise SpecError("power must be at least 1, swaps and temperature at least 0")

    def empty(self, rng: np.random.Generator) -> BranchMemory:
        """Return a neuron with contacts at random; `rng` is also the source of its swaps."""
        return BranchMemory(self, rng)


class BranchMemory:
    """Hold the contacts of one neuron.

    Parameters
    ----------
    design : DendriteClassifier
        The neuron.
    rng : numpy.random.Generator
        Source of the first contacts and of the swaps.
    """

    def __init__(self, design: DendriteClassifier, rng: np.random.Generator) -> None:
        self.design = design
        shape = N_CELLS, design.branches, design.sites
        self.contact = rng.integers(0, design.lines, shape, dtype=np.int32)
        self.answer = (np.arange(design.sites + 1) / design.sites) ** design.power
        self.operations = Operations()
        self._rng = rng

    @property
    def bytes(self) -> int:
        """Return the size of the contacts."""
        return self.contact.nbytes

    @property
    def n_synapses(self) -> int:
        """Return the number of sites of both cells."""
        return self.contact.size

    def store(self, patterns: Bits, /, told: Callable[[int], None] = lambda _errors: None) -> None:
        """Swap contacts until the patterns are classified right, or all swaps are tried.

        Earlier patterns are not kept: what is to be remembered is stored in one call.

        Parameters
        ----------
        patterns : array of bool, shape (P, d + 1)
            Lines, and the class.
        told : callable
            Hears the number of errors that are left.
        """
        self._check(patterns)
        active = np.ascontiguousarray(patterns[:, :-1].T).astype(np.float32)
        sign = np.where(patterns[:, -1], 1.0, -1.0)
        n_tries = self.design.swaps * self.contact.size
        slope = np.gradient(self.answer)
        errors, n_tried, n_swaps = _swap(
            active, sign, self.contact, self.answer, slope, n_tries, self.design.poor,
            self.design.candidates, self.design.temperature, self._rng,
        )  # fmt: skip
        told(int(errors))
        # Once to know what the neuron says of each pattern, then those among which the poorest is
        # sought; a line that is no synapse yet is not read.
        reads = len(patterns) * self.contact.size + int(n_tried) * self.design.poor
        self.operations += Operations(reads=reads, writes=int(n_swaps))

    def recall(self, cues: Bits, /) -> Bits:
        """Return the cues with the class that the neuron gives them in the last column."""
        self._check(cues)
        states = cues.copy()
        states[:, -1] = self.difference(cues[:, :-1]) > 0
        self.operations += Operations(reads=len(cues) * self.contact.size)
        return states

    def difference(self, active: Bits) -> NDArray[np.float64]:
        """Return by how much the first cell answers more than the second one, shape (P,)."""
        difference = np.zeros(len(active))
        for cell, weight in zip(self.contact, (1.0, -1.0), strict=True):
            for branch in cell:
                difference += weight * self.answer[active[:, branch].sum(axis=1)]
        return difference

    def _check(self, patterns: Bits) -> None:
        if patterns.ndim != 2 or patterns.shape[1] != self.design.lines + 1:
            raise SpecError(
                f"patterns of shape {patterns.shape}; needed: (number, {self.design.lines} lines "
                f"and the class)"
            )


@kernel(fastmath=True)
def _swap(
    active: Any,
    sign: Any,
    contact: Any,
    answer: Any,
    slope: Any,
    n_tries: int,
    n_poor: int,
    n_candidates: int,
    temperature: float,
    rng: Any,
) -> Any:
    """Replace poor contacts by better ones; return errors left, swaps tried and swaps made."""
    n_cells, n_branches, n_sites = contact.shape
    n_lines, n_patterns = active.shape
    count, total = _drive(active, contact, answer)
    scale = max(total.std(), answer[1])
    loss, errors = _loss(total, sign, scale)
    blame = np.zeros(n_patterns, dtype=np.float32)
    changed = np.zeros(n_patterns)
    n_tried = n_swaps = 0
    for attempt in range(n_tries):
        if errors == 0:
            break
        n_tried += 1
        cell, branch = int(rng.random() * n_cells), int(rng.random() * n_branches)
        side = 1.0 - 2.0 * cell
        hits = count[cell, branch]
        for p in range(n_patterns):
            wrong = 1.0 / (1.0 + np.exp(sign[p] * total[p] / scale))
            blame[p] = side * sign[p] * wrong * slope[hits[p]]
        worst, least = -1, np.inf
        for _ in range(n_poor):
            site = int(rng.random() * n_sites)
            fitness = np.dot(blame, active[contact[cell, branch, site]])
            if fitness < least:
                worst, least = site, fitness
        best, most = -1, -np.inf
        for _ in range(n_candidates):
            line = int(rng.random() * n_lines)
            fitness = np.dot(blame, active[line])
            if fitness > most:
                best, most = line, fitness
        if most <= least:
            continue
        old, new = active[contact[cell, branch, worst]], active[best]
        for p in range(n_patterns):
            now = hits[p] + int(new[p]) - int(old[p])
            changed[p] = total[p] + side * (answer[now] - answer[hits[p]])
        found, left = _loss(changed, sign, scale)
        heat = temperature * (1.0 - attempt / n_tries)
        if found < loss - heat * np.log(1.0 - rng.random()):
            for p in range(n_patterns):
                hits[p] += int(new[p]) - int(old[p])
                total[p] = changed[p]
            contact[cell, branch, worst] = best
            loss, errors = found, left
            n_swaps += 1
    return errors, n_tried, n_swaps


@inner()
def _drive(active: Any, contact: Any, answer: Any) -> Any:
    """Count active contacts [cell, branch, pattern], and sum the answers [pattern]."""
    n_cells, n_branches, n_sites = contact.shape
    n_patterns = active.shape[1]
    count = np.zeros((n_cells, n_branches, n_patterns), dtype=np.int32)
    total = np.zeros(n_patterns)
    for cell in range(n_cells):
        for branch in range(n_branches):
            for site in range(n_sites):
                line = active[contact[cell, branch, site]]
                for p in range(n_patterns):
                    count[cell, branch, p] += int(line[p])
            for p in range(n_patterns):
                total[p] += (1.0 - 2.0 * cell) * answer[count[cell, branch, p]]
    return count, total


@inner(fastmath=True)
def _loss(total: Any, sign: Any, scale: float) -> Any:
    """Return the logistic loss and the number of errors."""
    loss, errors = 0.0, 0
    for p in range(len(total)):
        margin = sign[p] * total[p] / scale
        loss += np.log1p(np.exp(-margin)) if margin > -30 else -margin
        errors += (total[p] > 0) != (sign[p] > 0)
    return loss, errors
