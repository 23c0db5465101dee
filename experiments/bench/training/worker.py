"""Serve one contender from a process of its own: a line of JSON in, a line out.

The parent says ``build``, ``run`` (as often as it likes), ``count`` and ``memory STEPS``.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from experiments.bench.engines.base import peak_memory, resident_memory
from experiments.bench.process import serve
from experiments.bench.training.base import Trainee
from experiments.bench.training.contenders import Contender, Course
from experiments.bench.training.material import Material, material

RESET = "5"  # what makes Linux forget the greatest resident memory so far
N_COUNTED = 500  # images whose spikes are counted


def make(course: Course, contender: Contender, digits: Material) -> Trainee:
    """Return what trains; torch is imported only where it is asked for."""
    if contender.is_house:
        from experiments.bench.training.house import House

        return House(course, contender, digits)
    from experiments.bench.training.autograd import Autograd

    return Autograd(course, contender, digits)


class Service:
    """Answer what the parent asks.

    Parameters
    ----------
    task : mapping
        `course` and `contender`.
    """

    def __init__(self, task: Mapping[str, Any]) -> None:
        given = dict(task["course"])
        given["hidden"], given["rows"] = tuple(given["hidden"]), tuple(map(tuple, given["rows"]))
        self.course = Course(**given)
        self.contender = Contender(**task["contender"])
        self._n_done = 0

    def answer(self, request: str) -> Mapping[str, Any]:
        """Do what is asked for and return what is told."""
        word, _, steps = request.partition(" ")
        if word == "build":
            return self._build()
        if word == "run":
            return self._run()
        if word == "count":
            return asdict(self.trainee.activity(self.digits.test_images[:N_COUNTED]))
        return self._memory(int(steps))

    def _build(self) -> Mapping[str, Any]:
        began = time.perf_counter()
        self.digits = material(self.course)
        self.trainee = make(self.course, self.contender, self.digits)
        self.trainee.train(*self.digits.batches(2, self.course.batch))
        compiled = time.perf_counter() - began
        self.trainee.train(*self.digits.batches(self.course.warm, self.course.batch))
        self._n_done = self.course.warm
        right = self.trainee.answer(self.digits.test_images) == self.digits.test_labels
        return {"seconds": compiled, "accuracy": float(right.mean())}

    def _run(self) -> Mapping[str, Any]:
        course = self.course
        images, labels = self.digits.batches(course.batches, course.batch, self._n_done)
        self._n_done += course.batches
        wall, cpu = time.perf_counter(), time.process_time()
        self.trainee.train(images, labels)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        return {"wall": wall / len(images), "cpu": cpu / len(images), "limit": self._limit()}

    def _limit(self) -> float:
        """Return 1e9 operations a second of the product of one layer at all steps.

        A second of processor time for one thread, of the wall for several.
        """
        course = self.course
        width, rng = course.hidden[0], np.random.default_rng(0)
        shapes = (course.steps * course.batch, width), (width, width)
        left, right = (rng.random(shape, dtype=np.float32) for shape in shapes)
        clock = time.process_time if self.contender.threads == 1 else time.perf_counter
        began = clock()
        self.trainee.multiply(left, right)
        return 2 * left.size * width / (clock() - began) / 1e9

    def _memory(self, steps: int) -> Mapping[str, Any]:
        """Return by how much a batch raises the resident memory, the gradient included."""
        course = replace(self.course, steps=steps)
        trainee = make(course, self.contender, self.digits)
        images, labels = self.digits.batches(1, course.batch)
        trainee.train(images, labels)
        try:
            with open("/proc/self/clear_refs", "w") as refs:
                refs.write(RESET)
        except OSError:
            return {"bytes": None}
        before = resident_memory()
        trainee.train(images, labels)
        return {"bytes": peak_memory() - before}


if __name__ == "__main__":
    serve(lambda task: Service(task).answer)
