"""Accuracy against bytes: a mark of its own for each method, in megabytes and per cent."""

from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from experiments.figures import NothingToDrawError, forgetting, rivals
from experiments.sweep.collection import Collection
from experiments.sweep.points import Point
from neuro.errors import SpecError
from neuro.recording import Metric

METHODS = {f"method{k}": (0.9 - k / 100, 10.0 ** (5 + k / 7)) for k in range(14)}


def metric(value, unit="1"):
    return Metric(np.asarray(value), "of the whole run", unit, {})


def collection(key="experiment.method", repeats=2, methods=METHODS):
    points, metrics = [], []
    for number, (name, (accuracy, kept)) in enumerate(methods.items()):
        for repeat in range(repeats):
            points.append(Point(f"{number:08x}{repeat:08x}", (), {key: name}, repeat))
            found = {
                "acc": metric(accuracy + repeat / 50),
                "bytes_kept_last": metric(kept, "byte"),
                "accuracy_matrix": metric(np.array([[0.9, 0.1], [0.4 + repeat / 10, 0.8]])),
            }
            metrics.append(found)
    return Collection(Path("sweep"), tuple(points), tuple(metrics), ())


def test_every_method_has_a_mark_of_its_own_at_its_bytes():
    (axis,) = rivals.draw(collection()).axes
    assert axis.get_xscale() == "log"
    looks, places = set(), {}
    for container in axis.containers:
        line = container.lines[0]
        colour = line.get_color()
        looks.add((line.get_marker(), line.get_markerfacecolor() == colour))
        places[container.get_label()] = line.get_xydata()[0]
    assert len(looks) == len(METHODS)
    for name, (accuracy, kept) in METHODS.items():
        assert places[name] == pytest.approx((kept / 1e6, 100 * (accuracy + 0.01)))


class ReadoutsRecorded:
    """Stand for a recording of two read-outs in three networks."""

    path, arrays = "key-value.h5", ("recipes/names",)
    values: ClassVar = {"counts/acc": [0.88, 0.89, 0.9], "counts/bytes_kept": [2e5] * 3,
              "keys/acc": [0.95, 0.95, 0.95], "keys/bytes_kept": [4e6] * 3}  # fmt: skip

    def array(self, name):
        return np.array([b"counts", b"keys"])

    def metric(self, name):
        return np.array(self.values[name.removeprefix("recipes/")])


def test_readouts_of_fixed_codes_join_the_methods_in_shapes_of_their_own():
    (axis,) = rivals.draw(collection(repeats=3), [ReadoutsRecorded()]).axes
    marks = {each.get_label(): each.lines[0] for each in axis.containers}
    assert tuple(marks["counts"].get_xydata()[0]) == pytest.approx((0.2, 89.0))
    assert tuple(marks["keys"].get_xydata()[0]) == pytest.approx((4.0, 95.0))
    shapes = {name: (line.get_marker()) for name, line in marks.items()}
    assert len({shapes["counts"], shapes["keys"]} - {shapes[name] for name in METHODS}) == 2


def test_a_recording_without_readouts_cannot_join():
    recording = ReadoutsRecorded()
    recording.arrays = ()
    with pytest.raises(SpecError, match="needed: a run of kind 'key_value'"):
        rivals.draw(collection(), [recording])


def looks(axis):
    """Return colour, marker and filling by label."""
    found = {}
    for container in axis.containers:
        line = container.lines[0]
        look = line.get_color(), line.get_marker(), line.get_markerfacecolor()
        found[container.get_label()] = look
    return found


def test_a_method_looks_the_same_in_every_figure_and_report():
    methods = {"sequential": (0.4, 1e5), "hlop": (0.9, 2e5), "svd": (0.95, 3e5)}
    points = collection(methods=methods)
    both = [looks(figure.draw(points).axes[0]) for figure in (rivals, forgetting)]
    assert both[0] == both[1]
    assert len(set(both[0].values())) == 3
    del methods["sequential"]
    fewer = looks(rivals.draw(collection(methods=methods)).axes[0])
    assert fewer["hlop"] == both[0]["hlop"]
    unnamed = [looks(figure.draw(collection()).axes[0]) for figure in (rivals, forgetting)]
    assert unnamed[0] == unnamed[1]


@pytest.mark.parametrize(("repeats", "has_ends"), [(1, False), (2, False), (3, True)])
def test_intervals_are_drawn_from_three_runs_on_and_the_number_is_told(repeats, has_ends):
    points = collection(methods=dict(list(METHODS.items())[:3]), repeats=repeats)
    told = "one run each" if repeats == 1 else f"of {repeats} runs"
    memory, course = rivals.draw(points), forgetting.draw(points)
    for figure, title in ((memory, memory.axes[0].get_title()), (course, course.get_suptitle())):
        assert told in title
        assert ("interval" in title) == has_ends
        for axis in figure.axes:
            assert {container.has_yerr for container in axis.containers} == {has_ends}


def test_an_interval_reaches_as_far_above_the_mean_as_below():
    """Three runs 2 points apart: t = 4.30265 of 2 degrees of freedom, times 2 / sqrt(3)."""
    (axis,) = rivals.draw(collection(methods=dict([*METHODS.items()][:2]), repeats=3)).axes
    ((segment,),) = [bars.get_segments() for bars in axis.containers[0].lines[2]]
    half = 4.30265 * 2 / 3**0.5
    np.testing.assert_allclose(segment[:, 1], [92 - half, 92 + half], rtol=1e-6)


def test_marks_of_equal_bytes_stand_side_by_side():
    points = collection(repeats=1)
    for found in points.metrics:
        found["bytes_kept_last"] = metric(1e6, "byte")
    (axis,) = rivals.draw(points).axes
    places = sorted(container.lines[0].get_xdata()[0] for container in axis.containers)
    np.testing.assert_allclose(places, 1.04 ** np.arange(len(METHODS)))


def test_the_legend_has_the_most_accurate_first_and_the_line_is_the_best_so_far():
    (axis,) = rivals.draw(collection()).axes
    texts = [text.get_text() for text in axis.get_legend().get_texts()]
    assert [text for text in texts if text in METHODS] == list(METHODS)
    (best,) = [line for line in axis.lines if line.get_label() == "best for its memory"]
    # method0 keeps least and is best: nothing beyond it is better.
    np.testing.assert_allclose(best.get_ydata(), 91)
    np.testing.assert_allclose(best.get_xdata(), [0.1, 10 ** (13 / 7 - 1)])


def test_accuracy_over_tasks_is_that_of_the_first_and_the_mean_of_those_so_far():
    first, mean = forgetting.draw(collection()).axes
    assert len(first.containers) == len(METHODS)
    np.testing.assert_allclose(first.containers[0].lines[0].get_xydata(), [[1, 90], [2, 45]])
    np.testing.assert_allclose(mean.containers[3].lines[0].get_xydata(), [[1, 90], [2, 62.5]])


def test_one_run_has_no_interval_and_the_title_says_so():
    (axis,) = rivals.draw(collection(repeats=1)).axes
    assert axis.get_title() == "one run each"


def test_a_sweep_over_something_else_compares_no_methods():
    for figure in (rivals, forgetting):
        with pytest.raises(NothingToDrawError, match="no methods"):
            figure.draw(collection(key="experiment.rate"))


def test_methods_that_differ_in_operations_are_drawn_against_these():
    points = collection()
    metrics = tuple(
        {"accuracy": metric(0.93 + n / 10000), "synaptic_operations": metric(1e4 * (n + 1))}
        for n in range(len(points.points))
    )
    other = Collection(points.folder, points.points, metrics, ())
    (axis,) = rivals.draw(other).axes
    assert rivals.picture_name(other) == "operations"
    assert rivals.picture_name(points) == "memory"
    assert "operations" in axis.get_xlabel()
    # The first method: two runs of 10,000 and 20,000 operations.
    line = axis.containers[-1].lines[0]
    assert line.get_xydata()[0] == pytest.approx((15, 93.005))
    low, high = axis.get_ylim()
    assert high - low < 10
