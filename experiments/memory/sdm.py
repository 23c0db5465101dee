"""Ask what a sparse distributed memory recalls, and whether attention reads the same from it.

Random patterns are written at themselves (`networks.memories.sdm`) and read with some bits wrong:
once, and again where was read. Beside the hard locations the patterns themselves are read, weighed
by the mean overlap of circles, and by the softmax whose sharpness is fitted to that overlap.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.memory.laboratory.report import run_variants
from experiments.memory.laboratory.study import Measure, Probing, Study
from experiments.memory.sdm_settings import Reading, SdmStudy
from experiments.progress import Progress
from networks.inputs.patterns import flip
from networks.memories.sdm import Sdm
from networks.memories.sdm_theory import (
    Circles,
    best_activation,
    critical_distance,
    least_radius,
    one_read,
    softmax_sharpness,
    weighted_read,
    wrong_bits,
)
from networks.memories.weighted_read import WeightedRead, softmax_weights
from networks.streams import generator
from neuro.recording import Checkpoint, Recorder

COUNTS, WEIGHTS = 2.0, 0.0  # spacing of the sums that a read compares with 0


def run(
    configuration: Any,
    recorder: Recorder,
    progress: Progress,
    begun: Checkpoint | None = None,
) -> None:
    """Measure every way of reading at every load in every network.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is an `SdmStudy`.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    begun : Checkpoint, optional
        The networks that are complete already.
    """
    spec = configuration.spec
    settings: SdmStudy = spec.experiment
    circles = described(settings)
    title = f"sparse distributed memory, n = {settings.size}, r = {settings.locations}, " + (
        f"d = {circles.radius}, beta = {sharpness(settings, circles):.4g}"
    )
    studies: dict[str, Study] = {each: study(settings, each, spec.seed) for each in settings.reads}
    run_variants(studies, settings, spec.seed, recorder, progress, title, begun)


def described(settings: SdmStudy) -> Circles:
    """Return the circles of some settings, of best radius where none is set."""
    radius = settings.radius
    if radius is None:
        middle = settings.loads[len(settings.loads) // 2]
        radius = least_radius(settings.size, best_activation(middle, settings.locations))
    return Circles(settings.size, radius, settings.locations)


def sharpness(settings: SdmStudy, circles: Circles) -> float:
    """Return the beta of the softmax that stands for some circles."""
    return softmax_sharpness(circles, settings.reach or circles.radius)


def study(settings: SdmStudy, reading: Reading = "locations", seed: int = 42) -> Study:
    """Return the memory, its patterns and cues, and the theory of one way of reading."""
    circles = described(settings)
    weight = _weight(settings, reading, circles)
    memory = Sdm(settings.size, settings.locations, circles.radius, settings.iterations)

    def make(rng: np.random.Generator) -> Any:
        return memory.empty(rng) if weight is None else WeightedRead(weight, settings.iterations)

    return Study(
        size=settings.size,
        make=make,
        draw=lambda number, rng: rng.integers(0, 2, (number, settings.size)).astype(np.bool_),
        damage=lambda patterns, rng: flip(patterns, settings.flip, rng),
        measures=(
            Measure(
                "wrong_bits_first",
                "mean number of bits that are wrong after one read",
                lambda probing: count(probing.memory.step(probing.cues), probing.wanted),
                "wrong bits after one read",
                theory=cache(_foretold(settings, circles, weight)),
                theory_definition="sums of one read as normal given how many locations share, "
                "with the pull of patterns that were stored at themselves",
            ),
            Measure(
                "wrong_bits",
                f"mean number of bits that are wrong after up to {settings.iterations} reads",
                lambda probing: count(probing.states, probing.wanted),
                f"wrong bits after {settings.iterations} reads",
            ),
            Measure(
                "critical_distance",
                "wrong bits of a cue from which half of the patterns are recalled exactly",
                partial(reached, seed=seed),
                "wrong bits of a cue, half recalled",
                theory=partial(critical_distance, circles) if weight is None else None,
                theory_definition="x = n Q(I(x) / sigma) of one read, sigma^2 = m (lam + lam^2), "
                "without the pull of patterns that were stored at themselves",
            ),
        ),
    )


def _weight(settings: SdmStudy, reading: Reading, circles: Circles) -> NDArray[np.float64] | None:
    """Return what a pattern counts by its distance; None for the locations themselves."""
    if reading == "locations":
        return None
    if reading == "circles":
        return np.asarray(circles.intersection / circles.intersection[0])
    return softmax_weights(settings.size, sharpness(settings, circles))


def _foretold(
    settings: SdmStudy, circles: Circles, weight: NDArray[np.float64] | None
) -> Callable[[int], float]:
    def predicted(load: int) -> float:
        if weight is None:
            read, step = one_read(circles, load, settings.flip), COUNTS
        else:
            read, step = weighted_read(weight, load, settings.flip), WEIGHTS
        return wrong_bits(read, settings.size, settings.flip, step)

    return predicted


def count(states: NDArray[np.bool_], wanted: NDArray[np.bool_]) -> float:
    """Return the mean number of bits in which states and patterns differ."""
    return float((states != wanted).sum(axis=1).mean())


def reached(probing: Probing, seed: int) -> float:
    """Return the most wrong bits of a cue with which at least half of the patterns are recalled.

    A bisection: bits are wrong in the same order at every number of them.
    """
    size = probing.wanted.shape[1]
    low, high = -1, size // 2
    while high - low > 1:
        middle = (low + high) // 2
        cues = flip(probing.wanted, middle, generator(seed, "experiment.critical", probing.load))
        exact = (probing.memory.recall(cues) == probing.wanted).all(axis=1).mean()
        low, high = (middle, high) if exact >= 0.5 else (low, middle)
    return float(max(low, 0))


if __name__ == "__main__":
    from experiments.script import main

    main("sdm", "memory/sdm.yaml")
