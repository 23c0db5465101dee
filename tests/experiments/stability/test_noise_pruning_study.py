"""The study of noise-driven pruning: leverages have their closed forms."""

from dataclasses import replace

import numpy as np
import pytest

from experiments.stability.noise_pruning import (
    _bridges,
    bridge_leverage,
    draw_network,
    laplacian,
    study,
)
from experiments.stability.noise_settings import NoisePruning
from neuro.errors import SpecError

SMALL = NoisePruning(size=60, networks=2, densities=(0.3, 1.0))


def test_leverages_sum_to_the_nodes_and_nothing_changes_where_all_is_kept():
    for kind in ("dense", "clusters"):
        bands, total = study(SMALL, kind, np.random.default_rng(1))
        assert total == pytest.approx(60, rel=1e-9)
        np.testing.assert_allclose(bands[:, 1], 1.0, rtol=0, atol=1e-9)
        lows, highs = bands[:, 0].T
        assert np.all(lows < 0.95)
        assert np.all(highs >= 1 - 1e-9)


def test_the_bridge_has_the_leverage_of_its_resistance():
    settings = replace(SMALL, size=20, leaks=(1e-5, 0.1, 10.0))
    theory = [bridge_leverage(10, leak) for leak in settings.leaks]
    np.testing.assert_allclose(_bridges(settings, 1), [theory, theory], rtol=1e-7)
    assert theory[0] == pytest.approx(1.0, abs=1e-3)
    assert theory[2] < 0.2


def test_clusters_have_few_edges_between_and_the_diagonal_is_compensated():
    weight, graph = draw_network(SMALL, "clusters", np.random.default_rng(2))
    is_between = (graph.source < 30) != (graph.target < 30)
    # 900 pairs with a chance of 0.02: false alarm below 1e-3.
    assert 5 <= is_between.sum() <= 34
    assert np.count_nonzero(~is_between) == 2 * 30 * 29 // 2
    np.testing.assert_allclose(laplacian(weight, graph, 0.5).sum(axis=1), 0.5)


@pytest.mark.parametrize("change", [{"size": 21}, {"leak": 0.0}, {"densities": (0.0,)}])
def test_settings_that_cannot_be_are_refused(change):
    with pytest.raises(SpecError, match="needed"):
        replace(SMALL, **change)
