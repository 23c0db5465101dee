"""Known answers of a memory whose synapses estimate log odds at constant rates."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from networks.memories.bcpnn import Bcpnn, module_bits
from networks.memories.protocol import Memory
from neuro.errors import SpecError


def rng(seed=0):
    return np.random.default_rng(seed)


def traces(made, on, duration):
    """Integrate the three levels of a unit and of its pair with another one, shown together."""

    def slope(t, s):
        z, e, ee, p, pp = s
        drive = made.rate if any(begin <= t < begin + made.shown for begin in on) else 0.0
        return (
            (drive - z) / made.tau_z, (z - e) / made.tau_e, (z * z - ee) / made.tau_e,
            (e - p) / made.tau_p, (ee - pp) / made.tau_p,
        )  # fmt: skip

    found = solve_ivp(slope, (0, duration), np.zeros(5), max_step=1e-3, rtol=1e-8, atol=1e-12)
    return found.y[3, -1], found.y[4, -1]


def test_a_presentation_leaves_what_the_equations_leave():
    made = Bcpnn(2, 2, rate=0.8, tau_p=2.0)
    memory = made.empty()
    memory.store(np.array([[True, False, True, False]] * 3))
    # A presentation counts as one instant in its middle: that is wrong by its length over tau_p,
    # squared, and by what the tails of Z and E have not brought yet.
    memory.rest(0.5)
    p, joint = traces(made, on=(0.0, 0.1, 0.2), duration=0.8)
    assert memory._units[1][0] == pytest.approx(p, rel=0.01)
    assert memory._pairs[1][0, 2] == pytest.approx(joint, rel=0.01)
    assert memory._units[1][1] == 0


def stationary(made, patterns):
    memory = made.empty()
    memory.store(patterns)
    return memory.weight


def test_independent_units_end_at_zero_and_companions_at_minus_log_p():
    """Units on for the whole period: P is a probability, of pairs less the edges of tau_z."""
    made = Bcpnn(4, 2, shown=0.1, period=0.1, tau_z=1e-4, tau_e=0.01, tau_p=20.0, eps=1e-9)
    coins = rng().integers(0, 2, (4000, 4))
    coins[:, 1] = coins[:, 0]
    patterns = (coins[..., None] == np.arange(2)).reshape(len(coins), 8)
    weight = stationary(made, patterns)
    # 20 tau_p; of 400 effective patterns a frequency of 1/4 has a relative error of .09 at most.
    independent = weight[np.ix_([0, 1], [4, 5, 6, 7])]
    assert np.abs(independent).max() < 0.25
    assert abs(independent.mean()) < 0.02
    assert weight[0, 2] == pytest.approx(np.log(2), abs=0.15)
    assert weight[1, 3] == pytest.approx(np.log(2), abs=0.15)
    assert weight[0, 3] < -10


def test_units_never_on_together_end_at_the_floor_that_eps_leaves():
    made = Bcpnn(2, 2, shown=0.1, period=0.1, tau_z=1e-4, tau_e=0.01, tau_p=5.0, eps=0.001)
    patterns = np.tile(np.array([[1, 0, 1, 0], [0, 1, 0, 1]], dtype=np.bool_), (400, 1))
    memory = made.empty()
    memory.store(patterns)
    memory.rest(0.1)
    p = memory._units[1]
    assert p == pytest.approx(0.5, abs=0.02)
    floor = np.log(
        (made.eps * (p[0] + p[3]) + made.eps**2) / ((p[0] + made.eps) * (p[3] + made.eps))
    )
    # A ten-thousandth of E is left.
    assert memory.weight[0, 3] == pytest.approx(floor, abs=1e-4)


def test_half_of_a_pattern_calls_up_the_whole_and_old_patterns_are_forgotten():
    made = Bcpnn(20, 10, tau_p=2.0)
    memory, patterns = made.empty(), made.draw(120, rng(1))
    memory.store(patterns)
    found = memory.recall(made.silence(patterns, 10, rng(2)))
    exact = (found == patterns).all(axis=1)
    # One tau_p is 20 patterns.
    assert exact[-20:].all()
    assert exact[:40].mean() < 0.2


def test_cues_lose_whole_modules():
    made = Bcpnn(6, 3)
    patterns = made.draw(50, rng(3))
    assert (patterns.reshape(50, 6, 3).sum(axis=2) == 1).all()
    cues = made.silence(patterns, 2, rng(4))
    assert (cues.reshape(50, 6, 3).sum(axis=(1, 2)) == 4).all()
    assert not (cues & ~patterns).any()


def test_it_is_a_memory_that_counts():
    made = Bcpnn(4, 5)
    memory, patterns = made.empty(), made.draw(3, rng(5))
    assert isinstance(memory, Memory)
    memory.store(patterns)
    assert memory.operations.writes == 3 * 20 * 19
    memory.recall(patterns)
    assert memory.operations.reads >= 3 * 4 * 19
    assert memory.bytes == 8 * 2 * (20 + 400)


def test_bits_are_those_of_the_letters_that_came_through():
    made = Bcpnn(4, 8)
    patterns = made.draw(200, rng(6))
    assert module_bits(made, patterns, patterns, 10) == pytest.approx(10 * 4 * 3)
    assert module_bits(made, np.roll(patterns, 1, axis=1), patterns, 10) == 0
    half = patterns.copy().reshape(200, 4, 8)
    half[:, :2] = np.roll(half[:, :2], 1, axis=2)
    # Right with 1/2, else one of seven: 3 - 1 - log2(7)/2 bits.
    told = module_bits(made, half.reshape(200, 32), patterns, 10)
    assert told == pytest.approx(40 * (2 - np.log2(7) / 2))


def test_what_cannot_be_is_refused():
    with pytest.raises(SpecError, match="less than tau_p"):
        Bcpnn(2, 2, tau_e=1.0, tau_p=1.0)
    with pytest.raises(SpecError, match="of a period"):
        Bcpnn(2, 2, shown=0.2)
    with pytest.raises(SpecError, match="needed: bool"):
        Bcpnn(2, 2).empty().store(np.ones((1, 4)))
