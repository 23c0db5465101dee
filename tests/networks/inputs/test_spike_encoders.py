import numpy as np
import pytest
from scipy import stats

from networks.inputs.spike_encoders import LatencyEncoder, PoissonEncoder
from neuro.errors import SpecError

# Chance that a correct encoder fails a statistical test; seeds are fixed, so it fails for ever.
FALSE_ALARM = 1e-6


def test_poisson_counts_have_the_exact_binomial_law_of_the_grid():
    encoder = PoissonEncoder(max_rate=200.0, duration=1.0, time_step=1e-3)
    image = np.repeat([0, 51, 255], [10, 500, 500]).astype(np.uint8)
    train = encoder.encode(image, np.random.default_rng(5))
    count = np.bincount(train.index, minlength=len(image))
    assert count[:10].sum() == 0
    for pixels, rate in ((slice(10, 510), 40.0), (slice(510, 1010), 200.0)):
        total, chance = count[pixels].sum(), 1 - np.exp(-rate * 1e-3)
        assert stats.binomtest(total, 500 * 1000, chance).pvalue > FALSE_ALARM
        spread = count[pixels].var(ddof=1) * 499 / (1000 * chance * (1 - chance))
        assert FALSE_ALARM < stats.chi2.sf(spread, 499) < 1 - FALSE_ALARM


def test_poisson_spikes_are_sorted_on_the_grid_and_never_twice_in_a_step():
    encoder = PoissonEncoder(max_rate=5000.0, duration=0.01, time_step=1e-3)
    train = encoder.encode(np.full((4, 4), 255, np.uint8), np.random.default_rng(5))
    step = np.rint(train.time / 1e-3).astype(int)
    np.testing.assert_array_equal(train.time, step * 1e-3)
    assert step.min() >= 0
    assert step.max() <= 9
    assert (np.diff(step * 16 + train.index) > 0).all()


def test_same_seed_same_spikes():
    image = np.full((28, 28), 100, np.uint8)
    first, again, other = (
        PoissonEncoder().encode(image, np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first.time, again.time)
    np.testing.assert_array_equal(first.index, again.index)
    assert first.time.tolist() != other.time.tolist()


def test_the_brightest_pixel_is_first_and_the_blank_one_silent():
    image = np.array([[0, 255], [51, 204]], np.uint8)
    train = LatencyEncoder(duration=0.01, time_step=1e-3).encode(image)
    assert train.index.tolist() == [1, 3, 2]
    np.testing.assert_allclose(train.time, [0.0, 0.002, 0.008], rtol=1e-12)


def test_equal_latencies_come_in_order_of_index():
    assert LatencyEncoder().encode(np.full(5, 9, np.uint8)).index.tolist() == [0, 1, 2, 3, 4]


def test_impossible_settings_are_refused():
    with pytest.raises(SpecError, match="at least one step"):
        PoissonEncoder(duration=1e-5)
    with pytest.raises(SpecError, match="-3"):
        PoissonEncoder(max_rate=-3.0)
    with pytest.raises(SpecError, match="0 to 255"):
        LatencyEncoder().encode(np.array([256.0]))
