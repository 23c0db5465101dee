"""The figure of a stream: nothing drawn leaves the panel, and one label says what accuracy is."""

import numpy as np

from experiments.figures.continual import draw


class Told:
    """A recording of three tasks, of which only the middle one is learnt badly."""

    path = "told.h5"

    def metrics(self):
        return {"accuracy_matrix": None}

    def metric(self, name):
        assert name == "accuracy_matrix"
        return np.array([[0.95, 0.1, 0.1], [0.9, 0.2, 0.1], [0.9, 0.15, 0.9]])


def test_every_line_lies_in_the_panel():
    course = draw(Told()).axes[1]
    lowest = min(line.get_ydata().min() for line in course.lines)
    assert lowest == 20
    assert course.get_ylim()[0] < lowest


def test_shades_and_numbers_are_those_of_the_matrix():
    panel, matrix = draw(Told()).axes[0], 100 * Told().metric("accuracy_matrix")
    (shades,) = panel.images
    np.testing.assert_allclose(shades.get_array(), matrix)
    for text in panel.texts:
        column, row = text.get_position()
        assert text.get_text() == f"{matrix[row, column]:.0f}"
    assert len(panel.texts) == matrix.size


def test_accuracy_is_named_once():
    texts = [axis.get_ylabel() for axis in draw(Told()).axes]
    assert sum("accuracy" in text for text in texts) == 1
