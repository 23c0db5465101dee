"""Every memory that gives patterns back, fitted to a number of bytes.

`CONTENDERS` is the set; a contender says which code it wants and how its size follows from one
number, the largest of which fits into the bytes. `NOT_COMPARED` names the others, with reasons.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from math import log, log2
from types import MappingProxyType

import numpy as np

from experiments.memory.atlas.items import Code
from experiments.memory.atlas.settings import MemoryName
from experiments.memory.atlas.wrapped import Associator, Roomy
from networks.memories.bcpnn import Bcpnn
from networks.memories.cliques import Cliques
from networks.memories.covariance import Covariance
from networks.memories.dense import Dense
from networks.memories.emergent import Emergent
from networks.memories.hopfield import Hopfield
from networks.memories.hopfield_settings import RuleName, RuleSettings
from networks.memories.modern_hopfield import ModernHopfield
from networks.memories.multitasking import Multitasking
from networks.memories.online_settings import SynapseKind, SynapseSettings
from networks.memories.palimpsest import Fading, Palimpsest
from networks.memories.protocol import Memory
from networks.memories.sdm import Sdm
from networks.memories.sdm_theory import best_activation, least_radius
from networks.memories.separation import Separation
from networks.memories.sparsey.mac import Mac
from networks.memories.weighted_read import WeightedRead, softmax_weights
from networks.memories.willshaw import Willshaw
from neuro.errors import SpecError

Make = Callable[[np.random.Generator], Memory]
# Bytes that a fitted memory may leave unused: units, blocks and words are whole.
TOLERANCE = 0.1
LEAST_ACTIVE = 8
CLIQUES, BCPNN_MODULES, MODULES = range(8, 17), range(5, 13), 8
MOST_SCALE, NEAR = 1 << 16, 20
ITERATIONS = 8


@dataclass(frozen=True, slots=True)
class Fitted:
    """Hold a memory of a given size.

    Attributes
    ----------
    code : Code
        What it wants.
    make : callable
        Takes a generator, returns a memory that stores nothing.
    most : int
        Patterns that it has room for; 0 for one that overlays patterns in synapses.
    is_incremental : bool
        Whether `store` may add patterns to stored ones.
    bytes : int
        Size of everything that it keeps when it is full.
    """

    code: Code
    make: Make
    bytes: int
    most: int = 0
    is_incremental: bool = True


@dataclass(frozen=True, slots=True)
class Contender:
    """Describe one memory of the atlas.

    Attributes
    ----------
    label : str
        In tables and figures.
    build : callable
        Takes a scale and a number of bytes, returns the memory of that scale.
    keeps : str
        What its bytes are.
    """

    label: str
    build: Callable[[int, int], Fitted]
    keeps: str


@lru_cache(maxsize=256)
def fit(name: MemoryName, n_bytes: int) -> Fitted:
    """Return the largest memory of a kind that a number of bytes holds.

    Parameters
    ----------
    name : str
        One of `CONTENDERS`.
    n_bytes : int
        What it may use.

    Returns
    -------
    Fitted
        Of at most as many bytes, and at most `TOLERANCE` less.

    Raises
    ------
    SpecError
        If none of its sizes is as near.
    """
    build = CONTENDERS[name].build
    low, high = 1, 2
    while high < MOST_SCALE and _size(build, high, n_bytes) <= n_bytes:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _size(build, middle, n_bytes) <= n_bytes else (low, middle)
    # Words of tables are wide: a few units less may fill the bytes better.
    near = (build(scale, n_bytes) for scale in range(low, max(0, low - NEAR), -1))
    found = next(
        (each for each in near if (1 - TOLERANCE) * n_bytes <= each.bytes <= n_bytes), None
    )
    if found is None:
        sizes = build(low, n_bytes).bytes, build(low + 1, n_bytes).bytes
        raise SpecError(
            f"no {name} of {n_bytes} bytes, or up to 10 % less; there are {sizes[0]} and {sizes[1]}"
        )
    return found


def _size(build: Callable[[int, int], Fitted], scale: int, n_bytes: int) -> int:
    return build(scale, n_bytes).bytes


def _overlaid(code: Code, make: Make, *, is_incremental: bool = True) -> Fitted:
    """Describe a memory whose bytes do not grow with what is stored."""
    size = make(np.random.default_rng(0)).bytes
    return Fitted(code, make, size, is_incremental=is_incremental)


def _sparse(size: int) -> Code:
    """Return the code of sparse memories: log2 N active units, at least 8."""
    return Code("sparse", size, max(LEAST_ACTIVE, round(log2(size))))


def _polar(size: int) -> Code:
    return Code("dense", size, (size + 1) // 2, is_polar=True)


def _willshaw(scale: int, _bytes: int) -> Fitted:
    code = _sparse(scale + LEAST_ACTIVE)
    memory = Willshaw(code.size, code.active, ITERATIONS)
    return _overlaid(code, lambda _rng: memory.empty())


def _covariance(scale: int, _bytes: int) -> Fitted:
    code = _sparse(scale + LEAST_ACTIVE)
    memory = Covariance(code.size, code.active / code.size, iterations=ITERATIONS)
    return _overlaid(code, lambda _rng: memory.empty())


def _emergent(scale: int, _bytes: int) -> Fitted:
    code = _sparse(scale + LEAST_ACTIVE)
    memory = Emergent(
        code.size, code.active, energy=code.active + 2, recruit=code.active - 2,
        iterations=ITERATIONS,
    )  # fmt: skip
    return _overlaid(code, memory.empty)


def _sparsey(scale: int, _bytes: int) -> Fitted:
    code = _sparse(MODULES * (scale + 1))
    mac = Mac(code.size, MODULES, code.size // MODULES)
    return _overlaid(code, lambda rng: Associator(mac, code.active, rng))


def _cliques(scale: int, n_bytes: int) -> Fitted:
    """Return clusters of `scale` units, as many as fill the bytes best."""

    def of(clusters: int) -> Fitted:
        memory = Cliques(clusters, scale, ITERATIONS)
        code = Code("blocks", memory.size, clusters)
        return _overlaid(code, lambda _rng: memory.empty())

    made = [of(clusters) for clusters in CLIQUES]
    fitting = [each for each in made if each.bytes <= n_bytes]
    return max(fitting, key=lambda each: each.bytes) if fitting else made[0]


def _bcpnn(scale: int, _bytes: int) -> Fitted:
    """Return about 8 modules that have as many units together, or nearly so."""
    wanted = scale + MODULES
    sizes = {modules: modules * (wanted // modules) for modules in BCPNN_MODULES}
    modules = max(sizes, key=lambda each: (sizes[each], -abs(each - MODULES)))
    memory = Bcpnn(modules, wanted // modules, iterations=ITERATIONS)
    code = Code("blocks", memory.size, modules)
    return _overlaid(code, lambda _rng: memory.empty())


def _hopfield(rule: RuleName, scale: int, _bytes: int) -> Fitted:
    learning = RuleSettings(margin=1.0, sweeps=100) if rule == "perceptron" else RuleSettings()
    memory = Hopfield(scale + 1, rule, learning=learning)
    return _overlaid(
        _polar(scale + 1), lambda _rng: memory.empty(), is_incremental=rule != "perceptron"
    )


def _kept(code: Code, make: Make, most: int, size: int) -> Fitted:
    """Describe a memory that keeps its patterns one by one, as many as there is room for."""
    return Fitted(code, lambda rng: Roomy(make(rng), most), size, most)


def _multitasking(scale: int, _bytes: int) -> Fitted:
    size = scale + 4
    memory = Multitasking(size)
    most = size // 5
    return _kept(_polar(size), memory.empty, most, 8 * most * size)


def _dense(order: int, scale: int, n_bytes: int) -> Fitted:
    """Return the units that have a table full at N^(P-1) / (2 (2 P - 3)!! ln N) patterns."""
    size = scale + order
    memory = Dense(size, order)
    odd = np.prod(np.arange(2 * order - 3, 0, -2))
    wanted = size ** (order - 1) / (2 * odd * log(size))
    tables = 2 * 8 * (size + 1)
    most = 64 * max(1, round(wanted / 64))
    room = 64 * ((n_bytes - tables) // (8 * size))
    # Tables are whole words wide: the last ones are filled up.
    if 0 < room < most or (most < room <= 1.2 * most):
        most = room if most > room and wanted <= 1.2 * room else max(most, room)
    return _kept(_polar(size), lambda _rng: memory.empty(), most, most * size // 8 + tables)


def _attention(scale: int, n_bytes: int) -> Fitted:
    """Return bits of which as many patterns as half their square fill the bytes."""
    size = 8 * scale
    weight = softmax_weights(size, size / 2)
    width = 8 * -(-size // 64)
    most = max(1, size * size // 2)
    if width * most <= n_bytes:
        most = n_bytes // width
    code = Code("dense", size, size // 2)
    return _kept(code, lambda _rng: WeightedRead(weight, ITERATIONS), most, width * most)


def _modern(separation: Separation, scale: int, _bytes: int) -> Fitted:
    """Return a memory that is full at four times as many patterns as units."""
    size = scale + 7
    memory = ModernHopfield(size, separation, iterations=ITERATIONS)
    return _kept(_polar(size), lambda _rng: memory.empty(), 4 * size, 4 * size**2)


def _sdm(scale: int, _bytes: int) -> Fitted:
    """Return twice as many locations as bits, whose circles are best for a tenth as many items."""
    size, locations = scale + 7, 2 * (scale + 7)
    radius = least_radius(size, best_activation(max(1, locations // 10), locations))
    memory = Sdm(size, locations, radius, ITERATIONS)
    return _overlaid(Code("dense", size, (size + 1) // 2), memory.empty)


def _online(kind: SynapseKind, scale: int, _bytes: int) -> Fitted:
    # What small networks see of a pattern is its first few ages: quick synapses, short chains.
    settings = SynapseSettings(chance=0.5, levels=20, depth=4, fast=0.5, slow=0.1, variables=4)
    memory = Palimpsest(scale + 1, Fading(kind, settings))
    return _overlaid(_polar(scale + 1), memory.empty)


CONTENDERS: Mapping[MemoryName, Contender] = MappingProxyType(
    {
        "willshaw": Contender("Willshaw", _willshaw, "a bit a synapse"),
        "covariance": Contender("sparse covariance", _covariance, "32-bit counts"),
        "emergent": Contender("emergent binary", _emergent, "a bit and a 32-bit tag a synapse"),
        "sparsey": Contender("Sparsey mac", _sparsey, "a bit a synapse; counts of units"),
        "cliques": Contender("cliques", _cliques, "a bit a synapse, both directions"),
        "bcpnn": Contender("BCPNN", _bcpnn, "two 64-bit traces a synapse"),
        "hebb": Contender("Hopfield, Hebb", partial(_hopfield, "hebb"), "64 bits a synapse"),
        "storkey": Contender(
            "Hopfield, Storkey", partial(_hopfield, "storkey"), "64 bits a synapse"
        ),
        "pseudo_inverse": Contender(
            "Hopfield, pseudo-inverse", partial(_hopfield, "pseudo_inverse"), "64 bits a synapse"
        ),
        "perceptron": Contender(
            "Hopfield, perceptron", partial(_hopfield, "perceptron"), "64 bits a synapse"
        ),
        "multitasking": Contender("multitasking", _multitasking, "patterns, 64 bits a unit"),
        "dense_3": Contender("dense, order 3", partial(_dense, 3), "patterns, a bit a unit"),
        "dense_4": Contender("dense, order 4", partial(_dense, 4), "patterns, a bit a unit"),
        "attention": Contender("attention of bits", _attention, "patterns, a bit a unit"),
        "modern": Contender(
            "modern Hopfield", partial(_modern, "softmax"), "patterns, a byte a unit"
        ),
        "modern_sparse": Contender(
            "modern Hopfield, sparse", partial(_modern, "sparsemax"), "patterns, a byte a unit"
        ),
        "sdm": Contender("SDM", _sdm, "16-bit counters, addresses"),
        "binary": Contender("palimpsest, binary", partial(_online, "binary"), "a byte a pair"),
        "bounded": Contender("palimpsest, bounded", partial(_online, "bounded"), "a byte a pair"),
        "cascade": Contender("cascade", partial(_online, "cascade"), "a byte a pair"),
        "fast_slow": Contender("fast and slow", partial(_online, "fast_slow"), "a byte a pair"),
        "benna_fusi": Contender(
            "Benna-Fusi chain", partial(_online, "rounded_chain"), "four 32-bit variables a pair"
        ),
    }
)

NOT_COMPARED: Mapping[str, str] = MappingProxyType(
    {
        "HTM and spiking temporal memory": "keep transitions between elements of sequences",
        "resonator": "keeps codebooks as they are; what it finds is factors of a product",
        "two-layer branches (dendrite classifier)": "answers a pattern by one bit, its class",
        "dendrite detectors": "answer a pattern by yes or no, at one unit each",
        "power and step dendrites": "keep each pattern as segments, one at each of its active "
        "cells: a dense memory, written as often as units are active",
        "read-outs of fixed codes": "answer a key by a class; compared in `key_value`",
        "LIF attractors, spiking BCPNN, spiking Sparsey": "hold the synapses of a clocked memory "
        "that is compared; they would add a simulator's bytes and time",
        "Hopfield, covariance rule": "Hebb's rule for units that are on half of the time",
        "Sparsey of several levels": "answers by codes of its top, read out as a class",
    }
)
