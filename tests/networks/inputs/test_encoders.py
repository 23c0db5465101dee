import numpy as np
import pytest

from networks.inputs.digits import load_mnist, separate
from networks.inputs.encoders import SparseCoder
from neuro.errors import SpecError

CHANCE = 40**2 / 2000
# Mean pairwise overlap of 2,000 codes, three draws of map and images in a trial study:
# plain 3.55 to 3.99, homeostatic .850 to .861, whitened .807 to .810.
OVERLAP = {"plain": (3.2, 4.4), "homeostatic": (0.83, 0.90), "whitened": (0.80, 0.82)}


@pytest.fixture(scope="module")
def images():
    images, _ = load_mnist("train")
    parts = separate(len(images), 4000, 1000, np.random.default_rng(11))
    return images[parts.fit], images[parts.stored]


def mean_overlap(code):
    shared = code.astype(np.float32) @ code.T.astype(np.float32)
    return (shared.sum() - np.trace(shared)) / (len(code) * (len(code) - 1))


@pytest.mark.parametrize("homeostasis", OVERLAP)
def test_homeostasis_separates_digits(images, homeostasis):
    fit, stored = images
    coder = SparseCoder(homeostasis=homeostasis).fit(fit, np.random.default_rng(1))
    code = coder.encode(stored)
    low, high = OVERLAP[homeostasis]
    assert (code.sum(axis=1) == 40).all()
    assert low < mean_overlap(code) < high
    # Codes of k of N units share at least k^2/N on average, up to the part that a finite sample
    # leaves: sum over units of count * (count - 1) is least at equal counts.
    assert mean_overlap(code) > CHANCE - 40 / len(stored)


def test_homeostatic_drives_are_standardised_on_the_images_of_the_fit(images):
    fit = images[0][:, ::2, ::2]
    for homeostasis in ("homeostatic", "whitened"):
        coder = SparseCoder(size=50, active=5, homeostasis=homeostasis, components=20)
        drive = coder.fit(fit, np.random.default_rng(1)).drive(fit)
        np.testing.assert_allclose(drive.mean(axis=0), 0, atol=1e-9)
        np.testing.assert_allclose(drive.std(axis=0), 1, rtol=1e-9)


def test_whitened_drives_of_different_units_are_those_of_white_noise(images):
    fit = images[0][:, ::2, ::2]
    coder = SparseCoder(size=300, active=5, homeostasis="whitened", components=100)
    correlation = np.corrcoef(coder.fit(fit, np.random.default_rng(1)).drive(fit).T)
    off = correlation[~np.eye(300, dtype=bool)]
    # Cosines of random directions in 100 dimensions: standard deviation 1/sqrt(100).
    assert off.std() == pytest.approx(100**-0.5, rel=0.05)


def test_plain_codes_do_not_see_a_uniform_change_of_light(images):
    fit, stored = images
    coder = SparseCoder(homeostasis="plain").fit(fit, np.random.default_rng(1))
    brighter = stored[:50].astype(float) + 40
    shared = (coder.encode(stored[:50]) & coder.encode(brighter)).sum(axis=1)
    assert shared.tolist() == [40] * 50


def test_same_seed_same_code_and_other_seed_another(images):
    fit, stored = images
    coder = SparseCoder(size=500, active=10)
    first, again, other = (
        coder.fit(fit, np.random.default_rng(seed)).active_units(stored[:20]) for seed in (1, 1, 2)
    )
    assert first.shape == (20, 10)
    assert (np.diff(first, axis=1) > 0).all()
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_images_without_any_variance_still_code_deterministically():
    blank = np.zeros((5, 28, 28), np.uint8)
    code = SparseCoder(size=20, active=3).fit(blank, np.random.default_rng(0)).encode(blank)
    assert np.flatnonzero(code[0]).tolist() == [0, 1, 2]


def test_wrong_settings_and_images_are_refused():
    rng = np.random.default_rng(0)
    with pytest.raises(SpecError, match="41 active of 40"):
        SparseCoder(size=40, active=41)
    with pytest.raises(SpecError, match="'zscore'"):
        SparseCoder(homeostasis="zscore")
    with pytest.raises(SpecError, match="200 principal components of 9 images"):
        SparseCoder(homeostasis="whitened").fit(np.zeros((9, 784)), rng)
    with pytest.raises(SpecError, match="9 pixels"):
        SparseCoder(size=9, active=1).fit(np.zeros((3, 4)), rng).encode(np.zeros((1, 9)))
