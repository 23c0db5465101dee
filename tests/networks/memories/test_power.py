"""Known answers of units that add powers of overlaps."""

import numpy as np
import pytest

from networks.inputs.patterns import corrupt, fixed_k
from networks.memories.power import Power
from networks.memories.power_theory import exact, spurious
from neuro.errors import SpecError


def test_segments_tell_powers_and_steps():
    count = np.arange(5)
    assert Power(1)(count).tolist() == [0, 1, 2, 3, 4]
    assert Power(3)(count).tolist() == [0, 1, 8, 27, 64]
    assert Power(step=3)(count).tolist() == [0, 0, 0, 1, 1]


def test_chances_of_few_patterns_are_those_counted_by_hand():
    # Another pattern of two of six units has a unit with 1/3, and one of the cue's besides.
    assert spurious(Power(1), 6, 2, 1, 2) == pytest.approx(1 / 3 * 1 / 5)
    assert spurious(Power(1), 6, 2, 1, 3) == pytest.approx(1 - (1 - 1 / 15) ** 2)
    # Two cells of the cue are needed, and no pattern brings more than one: two patterns do.
    assert spurious(Power(1), 6, 2, 2, 2) == 0
    assert spurious(Power(1), 6, 2, 2, 3) == pytest.approx((1 / 3 * 2 / 5) ** 2)
    # Four ones make a square of two.
    assert spurious(Power(2), 6, 2, 2, 4) == 0
    assert spurious(Power(2), 6, 2, 2, 5) == pytest.approx((1 / 3 * 2 / 5) ** 4)


def test_one_pattern_alone_is_always_recalled():
    for power in (Power(1), Power(3), Power(step=4)):
        assert exact(power, 50, 6, 4, 1) == 1


def test_higher_powers_hold_more_and_a_step_at_all_most():
    found = [exact(power, 200, 10, 5, 700) for power in (Power(1), Power(2), Power(3))]
    assert found[0] < 1e-3 < found[1] < found[2] < exact(Power(step=5), 200, 10, 5, 700)


@pytest.mark.parametrize(
    ("power", "number"), [(Power(1), 60), (Power(2), 600), (Power(3), 3000), (Power(step=4), 4000)]
)
def test_theory_is_what_sums_of_random_patterns_do(power, number):
    rng, right, wrong, n_cues = np.random.default_rng(2), [], [], 200
    for _ in range(8):
        patterns = fixed_k(number, 200, 10, rng)
        wanted = patterns[:n_cues] if number > n_cues else patterns
        cues = corrupt(wanted, 5, 0, rng).astype(np.int64)
        heard = power(cues @ patterns.T.astype(np.int64)) @ patterns.astype(np.int64)
        states = heard >= power(5)
        assert (states | ~wanted).all()
        right.append((states == wanted).all(axis=1).mean())
        wrong.append((states & ~wanted).sum(axis=1).mean())
    error = np.std(right) / np.sqrt(7)
    # Cells that are wrong come together a little: they share the overlaps.
    assert np.mean(right) == pytest.approx(exact(power, 200, 10, 5, number), abs=4 * error + 0.03)
    foretold = 190 * spurious(power, 200, 10, 5, number)
    assert np.mean(wrong) == pytest.approx(foretold, abs=4 * np.std(wrong) / np.sqrt(7) + 0.02)


def test_what_cannot_be_is_refused():
    with pytest.raises(SpecError, match="degree 0"):
        Power(0)
    with pytest.raises(SpecError, match="7 cued of 6"):
        spurious(Power(1), 50, 6, 7, 3)
