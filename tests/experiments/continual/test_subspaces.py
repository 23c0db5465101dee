"""How well subspaces fit: angles and shares that are known beforehand."""

import numpy as np
import pytest

from experiments.continual.subspaces import fit

WIDTH = 12


def samples(deviations):
    """Return activity whose second moment is diagonal, with these deviations."""
    return np.diag(np.asarray(deviations, dtype=float))


def test_the_best_rows_fit_and_turned_ones_fit_by_the_cosine():
    activity = samples([3, 2, 1, *[0] * (WIDTH - 3)])
    best = fit(activity, np.eye(WIDTH)[:2], 0)
    assert best.explained == best.explained_exact == pytest.approx(13 / 14)
    assert best.angle == pytest.approx(0, abs=1e-7)
    turned = np.eye(WIDTH)[:2]
    turned[1] = np.cos(0.3) * turned[1] + np.sin(0.3) * np.eye(WIDTH)[5]
    found = fit(activity, turned, 0)
    assert found.angle == pytest.approx(0.3, abs=1e-7)
    assert found.median_angle == pytest.approx(0.15, abs=1e-7)
    assert found.explained == pytest.approx((9 + 4 * np.cos(0.3) ** 2) / 14)


def test_new_rows_are_compared_outside_of_the_old_ones():
    activity = samples([3, 2, 1, *[0] * (WIDTH - 3)])
    skewed = np.stack([np.eye(WIDTH)[0], np.eye(WIDTH)[1] + 0.5 * np.eye(WIDTH)[0]])
    found = fit(activity, skewed, 1)
    assert found.angle == pytest.approx(0, abs=1e-7)
    assert found.explained == pytest.approx(13 / 14)


def test_without_new_rows_there_is_no_angle():
    found = fit(samples(np.ones(WIDTH)), np.eye(WIDTH)[:3], 3)
    assert np.isnan(found.angle)
    assert found.explained == found.explained_exact == pytest.approx(0.25)
