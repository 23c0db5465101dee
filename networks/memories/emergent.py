"""A recurrent network that becomes a binary sparse memory while it hears noisy messages.

Each message is presented some times. Noise erases units of it and inserts others; the network adds
what its own synapses call up; an energy limit lets only some units stay active; units that stay
active together tag their synapses; and a synapse whose tag reaches a threshold is consolidated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.kernels import inner, kernel
from networks.memories.bits import n_words, pack, unpack
from networks.memories.planes import settle
from networks.memories.protocol import Operations
from networks.memories.willshaw import WINNERS
from neuro.errors import SpecError

Bits = NDArray[np.bool_]
NOTHING = np.float32(0)


@dataclass(frozen=True, slots=True)
class Emergent:
    """Store messages by repeated noisy presentation, consolidated Hebbian learning, limited energy.

    One presentation of a message x:

    1. noise: every active unit of x is erased with chance p_e, every other one inserted with p_i;
    2. recurrence: a silent unit that hears `recruit` active units or more becomes active too;
    3. energy: if more than `energy` units are active, those from outside stay first, among them
       and among the others those that hear most active units, then by chance;
    4. tags: tag_ij loses `leak` for each presentation that passed, not below 0, and gains 1 if i
       and j are active;
    5. consolidation: W_ij = 1 for good if tag_ij >= `theta`.

    Tags begin at 0 with each message: between messages passes more time than they last. Recall
    settles from a cue as the Willshaw memory does, by k winners.

    Attributes
    ----------
    size, active : int
        n units, of which k are active in a message.
    repetitions : int
        R, presentations of each message.
    erase, insert : float
        p_e and p_i.
    theta : int
        theta_c; 1 consolidates the first coincidence, which is learning without consolidation.
    energy : int, optional
        E_max, most units active at once; without it there is no limit.
    recruit : int, optional
        Active units that a silent unit must hear to become active; without it none does.
    leak : float
        Loss of a tag in each presentation without coincidence.
    iterations : int
        Most steps of one recall.

    References
    ----------
    Coyac, Gripon, Langlais & Berrou, "Robust associative memories naturally occurring from
    recurrent Hebbian networks under noise", arXiv:1709.08367 (2017). Only its abstract states the
    ingredients (insertions and erasures, limited energy, consolidated Hebbian learning); order and
    form of the steps are ours.
    """

    size: int
    active: int
    repetitions: int = 30
    erase: float = 0.2
    insert: float = 0.01
    theta: int = 5
    energy: int | None = None
    recruit: int | None = None
    leak: float = 0.0
    iterations: int = 4

    def __post_init__(self) -> None:
        if not 0 < self.active <= self.size:
            raise SpecError(f"{self.active} active of {self.size} units; needed: 1 to {self.size}")
        for name in ("repetitions", "theta", "iterations"):
            if getattr(self, name) < 1:
                raise SpecError(f"{name} {getattr(self, name)}; needed: at least 1")
        for name in ("erase", "insert"):
            if not 0 <= getattr(self, name) <= 1:
                raise SpecError(f"{name} {getattr(self, name)}; needed: 0 to 1")
        for name in ("energy", "recruit"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise SpecError(f"{name} {value}; needed: at least 1")
        if self.leak < 0:
            raise SpecError(f"leak {self.leak}; needed: 0 or more")

    def empty(self, rng: np.random.Generator) -> EmergentMemory:
        """Make a memory that stores nothing; `rng` is the source of its noise."""
        return EmergentMemory(self, rng)


class EmergentMemory:
    """Hold the synapses of one memory.

    Attributes
    ----------
    settings : Emergent
        What was asked for.
    weight : array of bool, shape (n, n)
        W, consolidated synapses, [source, target].
    """

    def __init__(self, settings: Emergent, rng: np.random.Generator) -> None:
        self.settings = settings
        self.weight: Bits = np.zeros((settings.size, settings.size), dtype=np.bool_)
        self._rng = rng
        self._tag = np.zeros(self.weight.shape, dtype=np.float32)
        self._tagged = np.zeros(self.weight.shape, dtype=np.int32)
        self._everyone = pack(np.ones((1, settings.size), dtype=np.bool_))[0]
        self._activity: list[float] = []
        self._operations = Operations()

    def store(self, patterns: Bits, /) -> None:
        """Present each message `repetitions` times, shape (P, n)."""
        self._check(patterns)
        self._activity = []
        for pattern in patterns:
            shown = self.present(pattern, self._rng)
            self._activity.append(float(shown.sum() / len(shown)))

    def present(self, pattern: Bits, rng: np.random.Generator) -> Bits:
        """Present one message, shape (n,), and learn.

        Returns
        -------
        array of bool, shape (R, n)
            Which units were active at last in each presentation.
        """
        made = self.settings
        shape = (made.repetitions, made.size)
        shown = rng.random(shape) < np.where(pattern, 1 - made.erase, made.insert)
        none = made.size + 1
        reads, writes = _present(
            self.weight, self._tag, self._tagged, shown, rng.random(shape),
            none if made.energy is None else made.energy,
            none if made.recruit is None else made.recruit,
            np.float32(made.theta), np.float32(made.leak),
        )  # fmt: skip
        self._operations += Operations(int(reads), int(writes))
        return shown

    def recall(self, cues: Bits, /) -> Bits:
        """Let every cue settle by k winners for at most `iterations` steps, shape (P, n)."""
        self._check(cues)
        states, made = pack(cues), self.settings
        rows = settle(
            pack(self.weight), states, self._everyone, made.active, WINNERS, made.iterations
        )
        self._operations += Operations(reads=int(rows) * made.size)
        return unpack(states, made.size)

    @property
    def activity(self) -> float:
        """Return the mean number of active units in the presentations of the last call of store."""
        return float(np.mean(self._activity)) if self._activity else 0.0

    @property
    def bytes(self) -> int:
        """Return the size of synapses (a bit each) and tags (32 bits)."""
        return self.settings.size * n_words(self.settings.size) * 8 + self._tag.nbytes

    @property
    def n_synapses(self) -> int:
        """Return the number of pairs of different units, each direction one."""
        return self.settings.size * (self.settings.size - 1)

    @property
    def operations(self) -> Operations:
        """Return the accesses to synapses and tags since the memory was made."""
        return self._operations

    def _check(self, states: NDArray[Any]) -> None:
        if states.ndim != 2 or states.shape[1] != self.settings.size or states.dtype != np.bool_:
            raise SpecError(
                f"patterns of {states.dtype} {states.shape}; "
                f"needed: bool (number, {self.settings.size})"
            )


@kernel()
def _present(
    weight: Any, tag: Any, tagged: Any, shown: Any, lot: Any, energy: int, recruit: int,
    theta: Any, leak: Any,
) -> tuple[int, int]:  # fmt: skip
    """Present one message; `shown` becomes what was active at last. Count reads and writes.

    A synapse is a weight and a tag; each of the two that is read or written counts.
    """
    size = len(weight)
    n_reads = n_writes = 0
    for source in range(size):
        for target in range(size):
            tag[source, target] = 0
        n_writes += size
    heard, active = np.empty(size, np.int64), np.empty(size, np.int64)
    wish = np.empty(size)
    for number in range(len(shown)):
        state = shown[number]
        n_reads += _hear(weight, state, heard) * size
        n_active = _limit(state, heard, lot[number], energy, recruit, wish, active)
        for place in range(n_active):
            source = active[place]
            own, joined = tag[source], weight[source]
            if leak > 0:
                _fade(own, tagged[source], active[:n_active], number, leak)
                n_reads += n_active
                n_writes += n_active
            # Whole rows, which the compiler makes wide: a tag or weight may stay as it was.
            for target in range(size):
                grown = own[target] + np.float32(state[target])
                own[target] = grown
                joined[target] |= grown >= theta
            own[source] = NOTHING
            joined[source] = False
            n_reads += 2 * size
            n_writes += 2 * size + 2
    return n_reads, n_writes


@inner()
def _hear(weight: Any, state: Any, heard: Any) -> int:
    """Count for each unit the active units that it hears; return how many are active."""
    n_active = 0
    for unit in range(len(state)):
        heard[unit] = 0
    for source in range(len(state)):
        if state[source]:
            n_active += 1
            for unit in range(len(state)):
                heard[unit] += weight[source, unit]
    return n_active


@inner()
def _fade(tag: Any, since: Any, active: Any, number: int, leak: Any) -> None:
    """Take from the tags of the active units what they lost since they were written last."""
    for target in active:
        lost = leak * np.float32(max(0, number - 1 - since[target]))
        tag[target] = max(NOTHING, tag[target] - lost)
        since[target] = number


@kernel()
def _limit(
    state: Any, heard: Any, lot: Any, energy: int, recruit: int, wish: Any, active: Any
) -> int:
    """Recruit units, keep those that the energy allows, write the state; count and list them."""
    size = len(state)
    n_wishing = 0
    for unit in range(size):
        wish[unit] = 0
        if state[unit] or heard[unit] >= recruit:
            outside = size if state[unit] else 0
            wish[unit] = 1 + outside + heard[unit] + 0.5 * lot[unit]
            n_wishing += 1
        state[unit] = wish[unit] > 0
    if n_wishing > energy:
        _keep_best(state, wish, energy)
    n_active = 0
    for unit in range(size):
        if state[unit]:
            active[n_active] = unit
            n_active += 1
    return n_active


@inner()
def _keep_best(state: Any, wish: Any, number: int) -> None:
    """Silence all but the given number of units that wish most; `wish` is overwritten."""
    for unit in range(len(state)):
        state[unit] = False
    for _ in range(number):
        best = 0
        for unit in range(1, len(state)):
            if wish[unit] > wish[best]:
                best = unit
        state[best], wish[best] = True, -1.0
