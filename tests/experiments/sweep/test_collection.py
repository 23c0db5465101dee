"""What a report makes of metrics with a number for each network, and of those without a number."""

from pathlib import Path

import numpy as np
import pytest

from experiments.figures import sweep
from experiments.sweep.collection import Collection, check_metrics, table
from experiments.sweep.points import Point
from neuro.recording import Metric


def _metrics(shift: float) -> dict[str, Metric]:
    return {
        "alpha_50": Metric(np.array([1.0, 2.0]) + shift, "[network]: half load", "1", {}),
        "alpha_50_theory": Metric(np.float64(np.nan), "where the theory has it", "1", {}),
        "load": Metric(np.array([10, 20]), "[load]: stored", "1", {}),
        "recall": Metric(np.array([[1.0, 0.5], [1.0, 0.7]]), "[network, load]: share", "1", {}),
    }


@pytest.fixture
def collection() -> Collection:
    points = tuple(Point(f"{k:016x}", (), {"size": 100 * k}, 0) for k in (1, 2))
    return Collection(Path("sweep"), points, (_metrics(0), _metrics(4)), ())


def test_networks_are_samples(collection):
    np.testing.assert_array_equal(collection.values("alpha_50"), [1, 2, 5, 6])
    np.testing.assert_array_equal(collection.values("alpha_50", size=200), [5, 6])
    # Student with one degree of freedom: 12.706 standard errors of 0.5.
    estimate = collection.interval("alpha_50", {"size": 100})
    assert estimate.mean == 1.5
    assert estimate.high - estimate.mean == pytest.approx(12.706 * 0.5, rel=1e-4)


def test_what_no_point_knows_is_left_out_unless_asked_for(collection):
    assert check_metrics(collection, []) == ["recall", "alpha_50"]
    assert check_metrics(collection, ["alpha_50_theory"]) == ["alpha_50_theory"]
    columns, rows = table(collection, ["alpha_50"])
    assert columns == ["size", "runs", "alpha_50"]
    assert [row[0] for row in rows] == ["100", "200"]


def test_load_and_a_swept_key_have_axes_of_their_own(collection):
    recall, alpha = sweep.draw(collection, ["recall", "alpha_50"]).axes
    assert recall.get_xlabel() == "load (stored items)"
    assert alpha.get_xlabel() == "size"
    assert recall.get_xlim()[1] < 30
    assert alpha.get_xlim()[1] > 200
