"""Resonator networks: one round by its definition, tabled accuracies, what is counted."""

import numpy as np
import pytest
from scipy.special import softmax

from networks.memories.protocol import Memory, Operations
from networks.memories.resonator import Resonator
from neuro.errors import SpecError


def books(update, number, size, seed=3):
    rng = np.random.default_rng(seed)
    if update == "sign":
        return rng.choice(np.array([-1, 1], np.int8), (number, 3 * size))
    return np.exp(2j * np.pi * rng.random((number, 3 * size))).astype(np.complex64)


def products(patterns, size):
    return patterns.reshape(-1, 3, size).prod(axis=1, dtype=patterns.dtype)


@pytest.mark.parametrize("update", ["sign", "phase", "attention"])
def test_one_round_is_the_update_of_each_factor_in_turn(update):
    patterns = books(update, 7, 33)
    memory = Resonator(33, 3, update, beta=4.0, iterations=1).empty()
    memory.store(patterns[:3])
    memory.store(patterns[3:])
    product = products(patterns[:1], 33)[0]
    code = patterns.reshape(7, 3, 33).astype(complex)
    act = np.sign if update == "sign" else lambda z: z / abs(z)
    state = [act(code[:, f].sum(axis=0)) for f in range(3)]
    for f, (g, h) in enumerate([(1, 2), (0, 2), (0, 1)]):
        like = code[:, f].conj() @ (product * state[g].conj() * state[h].conj())
        weight = softmax(4 * like.real / 33) if update == "attention" else like
        state[f] = act(weight @ code[:, f])
    settled, _ = memory._settle(code.swapaxes(0, 1).astype(complex), product[None].astype(complex))
    np.testing.assert_allclose(settled[:, 0], state, atol=1e-5)
    found = memory.recall(product[None]).reshape(3, 33)
    best = [np.abs(code[:, f].conj() @ state[f]).argmax() for f in range(3)]
    np.testing.assert_allclose(found, code[best, range(3)], atol=1e-6)


@pytest.mark.parametrize(
    ("update", "number", "tabled"),
    [("sign", 8, 1.0), ("sign", 16, 1.0), ("sign", 32, 0.73), ("attention", 8, 1.0),
     ("attention", 16, 0.93)],
)  # fmt: skip
def test_products_are_taken_apart_as_often_as_tabled(update, number, tabled):
    """RES-1, of 30 trials: three standard errors of both, of 64 trials in 8 codebooks here."""
    found = []
    for seed in range(8):
        patterns = books(update, number, 256, seed)
        memory = Resonator(256, 3, update).empty()
        memory.store(patterns)
        states = memory.recall(products(patterns[:8], 256))
        found.append((states == patterns[:8]).all(axis=1).mean())
    rate = (30 * tabled + 64 * np.mean(found)) / 94
    error = np.sqrt(max(rate * (1 - rate), 0.01) * (1 / 30 + 1 / 64))
    assert abs(np.mean(found) - tabled) < 3 * error


def test_it_is_a_memory_that_counts_and_refuses():
    patterns = books("sign", 5, 64)
    memory = Resonator(64).empty()
    assert isinstance(memory, Memory)
    memory.store(patterns)
    assert (memory.operations, memory.bytes) == (Operations(0, 960), 960)
    memory.recall(products(patterns[:2], 64))
    assert memory.operations.reads == (2 * memory.rounds.sum() + 2) * 960
    with pytest.raises(SpecError, match="needed: int8"):
        memory.recall(np.ones((2, 64)))
    with pytest.raises(SpecError, match="at least one stored"):
        Resonator(64).empty().recall(products(patterns, 64))
