"""The house's trainers, driven as experiments drive them."""

from __future__ import annotations

from collections import deque

import numpy as np

from experiments.bench.training.base import Activity
from experiments.bench.training.contenders import FIRST_RATE, RATE, Contender, Course
from experiments.bench.training.material import N_CLASSES, Images, Labels, Material
from experiments.continual.learner import Learner
from experiments.continual.method_settings import Laterals
from experiments.continual.settings import ContinualLearning
from experiments.continual.tasks import Lesson


class House:
    """Train by DSR, OTTT or BPTT.

    Parameters
    ----------
    course : Course
        What is trained.
    contender : Contender
        How.
    material : Material
        Digits.
    """

    def __init__(self, course: Course, contender: Contender, material: Material) -> None:
        n_layers = len(course.hidden) + 1
        settings = ContinualLearning(
            method="hlop" if contender.hlop else "sequential",
            trainer=contender.family,  # type: ignore[arg-type]
            hidden=course.hidden,
            steps=course.steps,
            batch=course.batch,
            rate=course.rate,
            laterals=Laterals(rows=course.rows, rates=(FIRST_RATE, *[RATE] * (n_layers - 1))),
        )
        rng = np.random.default_rng(course.seed)
        self.learner = Learner(settings, material.images.shape[1], N_CLASSES, rng)
        lesson = Lesson(*material.batches(1, course.batch))
        if contender.hlop:
            # Rows of earlier tasks: random ones take as long as learnt ones.
            for _ in course.rows[:-1]:
                deque(self.learner.learn(lesson), maxlen=0)
        self.learner.method.begin_task(lesson)

    def train(self, images: Images, labels: Labels) -> None:
        """Learn batch by batch, all of it as one task that does not end."""
        deque(self.learner.learn(Lesson(images, labels), has_boundaries=False), maxlen=0)

    def answer(self, images: Images) -> Labels:
        """Return the class of each image."""
        return self.learner.answer(images).classes

    def multiply(self, left: Images, right: Images) -> None:
        """Take a product by NumPy."""
        np.matmul(left, right)

    def activity(self, images: Images) -> Activity:
        """Count spikes and operations of images."""
        network = self.learner.network
        found = network.trainer.predict(network.weights, images)
        n = len(images)
        return Activity(
            tuple(count / n for count in found.spikes),
            found.operations / n,
            sum(weight.nbytes for weight in network.weights),
        )
