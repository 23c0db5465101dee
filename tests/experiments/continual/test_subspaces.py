"""How well subspaces fit: angles and shares that are known beforehand."""

import numpy as np
import pytest

from experiments.continual.subspaces import fit
from experiments.figures import NothingToDrawError
from experiments.figures.subspaces import draw

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


class Told:
    """A recording of two tasks and three layers."""

    path = "told.h5"
    values = {  # noqa: RUF012
        "explained_variance": np.full((2, 3), 0.9),
        "explained_variance_exact": np.full((2, 3), 0.95),
        "principal_angle": np.full((2, 3), 1.5),
        "principal_angle_median": np.full((2, 3), 0.2),
    }

    def metrics(self):
        return self.values

    def metric(self, name):
        return self.values[name]


def test_the_figure_shows_per_cent_and_degrees():
    left, right = draw(Told()).axes
    assert [line.get_ydata()[0] for line in left.lines if len(line.get_ydata())] == [90] * 3 + [
        95
    ] * 3
    assert left.lines[0].get_xdata().tolist() == [1, 2]
    assert right.lines[0].get_ydata()[0] == pytest.approx(np.degrees(0.2))


@pytest.mark.parametrize("n_layers", [3, 12])
def test_every_layer_has_a_look_of_its_own_and_no_legend_covers_a_line(n_layers):
    told = Told()
    told.values = {name: np.full((2, n_layers), each[0, 0]) for name, each in Told.values.items()}
    figure = draw(told)
    figure.draw_without_rendering()
    looks = {(line.get_color(), line.get_marker()) for line in figure.axes[0].lines[:n_layers]}
    assert len(looks) == n_layers
    for axis in figure.axes:
        legend, panel = axis.get_legend().get_window_extent(), axis.get_window_extent()
        assert legend.y0 >= panel.y1
        assert legend.y1 <= figure.bbox.y1


def test_without_subspaces_there_is_nothing_to_draw():
    empty = Told()
    empty.values = {}
    with pytest.raises(NothingToDrawError, match="no subspaces"):
        draw(empty)
