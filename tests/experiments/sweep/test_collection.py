"""What a report makes of metrics with a number for each network, and of those without a number."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest

from experiments.figures import sweep
from experiments.sweep.collection import Collection, check_metrics
from experiments.sweep.points import Point
from experiments.sweep.table import short, table
from networks.memories.intervals import wilson_interval
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


def _of(**metrics) -> Collection:
    """Return a sweep over one key, the named metrics at its two values."""
    points = tuple(Point(f"{k:016x}", (), {"active": k}, 0) for k in (8, 10))
    found = tuple({name: pair[k] for name, pair in metrics.items()} for k in (0, 1))
    return Collection(Path("sweep"), points, found, ())


def _each(*values) -> list[Metric]:
    return [Metric(np.array(value), "[network]: x", "1", {}) for value in values]


def test_a_network_without_a_number_is_left_out_and_told():
    found = _of(alpha_50=_each([1.0, np.nan, 3.0], [np.nan, np.nan, np.nan]))
    assert found.interval("alpha_50", {"active": 8}).mean == 2
    assert np.isnan(found.interval("alpha_50", {"active": 10})).all()
    _, rows = table(found, ["alpha_50"])
    assert rows[0][-1].endswith("(2 of 3)")
    assert rows[1][-1] == "nan"
    (axis,) = sweep.draw(found, ["alpha_50"]).axes
    assert axis.containers[0].lines[0].get_ydata()[0] == 2
    assert "2 of 6 networks have it" in [text.get_text() for text in axis.texts]


def test_a_flag_is_no_curve():
    flags = [Metric(np.array([1, 0], dtype=np.int8), "[network]: 1 if", "1", {})] * 2
    found = _of(alpha_50=_each([1.0, 2.0], [2.0, 3.0]), alpha_50_bracketed=flags)
    assert check_metrics(found, []) == ["alpha_50"]
    assert check_metrics(found, ["alpha_50_bracketed"]) == ["alpha_50_bracketed"]


def test_a_value_beyond_what_was_tried_is_called_extrapolated():
    flags = [Metric(np.array(each, dtype=np.int8), "[network]: 1 if", "1", {})
             for each in ([1, 0, 0], [0, 0, 0])]  # fmt: skip
    found = _of(alpha_50=_each([1.0, np.nan, 3.0], [2.0, 3.0, 4.0]), alpha_50_bracketed=flags)
    _, rows = table(found, ["alpha_50"])
    assert rows[0][-1].endswith("(2 of 3, 1 extrapolated)")
    assert rows[1][-1].endswith("(extrapolated)")
    (axis,) = sweep.draw(found, ["alpha_50"]).axes
    assert "5 of 6 networks have it, 4 extrapolated" in [text.get_text() for text in axis.texts]


def test_networks_that_say_the_same_have_no_interval_of_nothing():
    found = _of(alpha_50=_each([2.25, 2.25], [2.0, 2.5]))
    _, rows = table(found, ["alpha_50"])
    assert [row[-1] for row in rows] == ["2.25", "2.25 ± 3.2"]


def test_keys_are_as_short_as_they_can_be_told_apart():
    assert short(["experiment.size"]) == ["size"]
    assert short(["a.weight", "b.c.weight", "seed"]) == ["a.weight", "c.weight", "seed"]
    assert short(["weight", "a.weight"]) == ["weight", "a.weight"]


def _large(*numbers: int) -> Collection:
    """Return a sweep over as many keys, with as many values of each."""
    values = [dict(zip(("a.size", "b.active", "b.erased"), each, strict=False))
              for each in product(*map(range, numbers))]  # fmt: skip
    points = tuple(Point(f"{k:016x}", (), each, 0) for k, each in enumerate(values))
    return Collection(Path("sweep"), points, tuple(_metrics(k) for k in range(len(points))), ())


@pytest.mark.parametrize("numbers", [(4, 3, 3), (6, 5, 4)])
def test_a_large_sweep_leaves_room_for_its_panels(numbers):
    figure = sweep.draw(_large(*numbers), ["recall", "alpha_50"])
    figure.draw_without_rendering()
    recall, alpha = figure.axes
    heights = [axis.get_position().height * figure.get_figheight() for axis in figure.axes]
    assert min(heights) > 1.0
    n = min(np.prod(numbers), sweep.MOST_LINES)
    entries = [text.get_text() for text in recall.get_legend().get_texts()]
    assert entries[:2] == ["size=0, active=0, erased=0", "size=0, active=0, erased=1"]
    assert len(entries) == len(set(entries)) == len(recall.containers) == n
    assert ("the first 42 of 120 lines" in recall.get_title()) == (np.prod(numbers) > n)
    looks = {(bars.lines[0].get_color(), bars.lines[0].get_marker()) for bars in recall.containers}
    assert len(looks) == n
    assert alpha.get_xlabel() == "a.size"


def test_theory_is_dashed_in_the_panel_of_its_metric_and_in_the_legend():
    theory = [Metric(np.float64(value), "by theory", "1", {}) for value in (1.4, 2.6)]
    found = _of(alpha_50=_each([1.0, 2.0], [2.0, 3.0]), alpha_50_theory=theory)
    (axis,) = sweep.draw(found, ["alpha_50", "alpha_50_theory"]).axes
    (dashed,) = (line for line in axis.lines if line.get_linestyle() == "--")
    assert dashed.get_ydata() == pytest.approx([1.4, 2.6])
    assert [text.get_text() for text in axis.get_legend().get_texts()] == ["theory"]


def test_intervals_of_fractions_stay_within_one(collection):
    (axis,) = sweep.draw(collection, ["recall"]).axes
    (_, _, (bars,)) = axis.containers[0].lines
    assert max(end for _, end in bars.get_segments()[1]) <= 1
    assert min(end for end, _ in bars.get_segments()[1]) >= 0
    assert "95 %" in axis.get_title()


def test_fractions_on_which_all_networks_agree_have_the_interval_of_their_trials():
    counted = [Metric(np.ones(3), "[network]: recalled", "1", {"trials": 20})] * 2
    found = _of(recall=counted, alpha_50=_each([1.0, 1.0], [2.0, 2.0]))
    assert found.interval("recall", {"active": 8}) == wilson_interval(60, 60)
    assert found.interval("alpha_50", {"active": 8}) == (1, 1, 1)
    load = [Metric(np.array([5, 9]), "[load]: stored", "1", {})] * 2
    rows = Metric(np.ones((3, 2)), "[network, load]: x", "1", {"trials": np.array([5, 9])})
    (axis,) = sweep.draw(_of(recall=[rows] * 2, load=load), ["recall"]).axes
    (_, _, (bars,)) = axis.containers[0].lines
    lows = [low for (_, low), _ in bars.get_segments()]
    assert lows == pytest.approx([wilson_interval(n, n).low for n in (15, 27)])


def test_one_network_has_no_interval():
    (axis,) = sweep.draw(_of(alpha_50=_each([1.0], [2.0])), ["alpha_50"]).axes
    assert axis.get_title() == "one network each, no interval"
    assert not axis.containers[0].has_yerr
