"""Digits in batches, the same for all who train on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.bench.training.contenders import Course
from experiments.continual.settings import Stream
from experiments.continual.tasks import make_scenario

Images = NDArray[np.float32]
Labels = NDArray[np.int64]
N_CLASSES = 10


@dataclass(frozen=True, slots=True)
class Material:
    """Hold the normalised digits.

    Attributes
    ----------
    images, labels : arrays, shapes (n, 784) and (n,)
        To learn, in an order that was drawn.
    test_images, test_labels : arrays
        To see that something was learnt.
    """

    images: Images
    labels: Labels
    test_images: Images
    test_labels: Labels

    def batches(self, number: int, size: int, after: int = 0) -> tuple[Images, Labels]:
        """Return the images of some batches, begun anew where there are no more."""
        places = (np.arange(number * size) + after * size) % len(self.images)
        return self.images[places], self.labels[places]


def material(course: Course) -> Material:
    """Draw 12,800 training digits, permuted as in the streams of tasks, and 1000 test digits."""
    stream = Stream(data="mnist", tasks="permuted", number=1, train=12_800, test=1000)
    task = make_scenario(stream, course.seed).tasks[0]
    return Material(task.train, task.train_labels, task.test, task.test_labels)
