"""Ask resonator networks for the factors of products, by signs, by phases and by attention.

A pattern is a vector of each codebook, side by side; a cue is their product. Codebooks are drawn
independently, so that products of vectors of one number are as hard as any others.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.memory.laboratory.report import run_variants
from experiments.memory.laboratory.study import Measure, Probing, Study
from experiments.memory.resonator_settings import ResonatorKind, ResonatorStudy
from experiments.progress import Progress
from networks.inputs.patterns import rademacher
from networks.memories.resonator import Resonator
from networks.memories.vsa_theory import first_guess
from neuro.recording import Checkpoint, Recorder


def run(
    configuration: Any,
    recorder: Recorder,
    progress: Progress,
    begun: Checkpoint | None = None,
) -> None:
    """Measure every update with every size of the codebooks.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is a `ResonatorStudy`.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    begun : Checkpoint, optional
        The networks that are complete already.
    """
    spec = configuration.spec
    settings: ResonatorStudy = spec.experiment
    title = f"resonator, F = {settings.factors}, N = {settings.size}, beta = {settings.beta:g}"
    studies: dict[str, Study] = {each: study(settings, each) for each in settings.updates}
    run_variants(studies, settings, spec.seed, recorder, progress, title, begun)


def study(settings: ResonatorStudy, update: ResonatorKind) -> Study:
    """Return the network, its codebooks and products of one update."""
    size, factors = settings.size, settings.factors
    described = Resonator(size, factors, update, settings.beta, settings.iterations)

    def draw(number: int, rng: np.random.Generator) -> NDArray[Any]:
        if update == "sign":
            return rademacher(number, factors * size, rng)
        turns = rng.random((number, factors * size))
        return np.asarray(np.exp(2j * np.pi * turns), dtype=np.complex64)

    def multiply(patterns: NDArray[Any], _rng: np.random.Generator) -> NDArray[Any]:
        vectors = patterns.reshape(-1, factors, size)
        return np.asarray(vectors.prod(axis=1, dtype=patterns.dtype))

    def known(states: NDArray[Any], wanted: NDArray[Any], load: int) -> float:
        return float(factors * np.log2(load) * (states == wanted).all(axis=1).mean())

    def guessed(load: int) -> float:
        return first_guess(size, factors, load)

    return Study(
        size=size,
        make=lambda _rng: described.empty(),
        draw=draw,
        damage=multiply,
        recalled_definition="all factors of the product are found",
        bits=known,
        bits_definition="F log2(D) times the fraction recalled, of one product",
        measures=(
            Measure(
                "rounds",
                "mean number of rounds over the factors until none changes, or the most allowed",
                lambda probing: float(probing.memory.rounds.mean()),
                "rounds",
                scale="log",
            ),
            Measure(
                "first_guess",
                "fraction of products of which the first update finds the first factor",
                first,
                "found by the first update",
                theory=guessed if update == "sign" else None,
                theory_definition="m c_D**(F - 1) against the largest of D - 1 normal likenesses",
                bounds=(0.0, 1.0),
                is_counted=True,
            ),
        ),
    )


def first(probing: Probing) -> float:
    """Return the fraction of products of which the first update finds the first factor."""
    chosen = probing.stored[probing.memory.first_guess(probing.cues)]
    size = probing.cues.shape[1]
    return float((chosen[:, :size] == probing.wanted[:, :size]).all(axis=1).mean())


if __name__ == "__main__":
    from experiments.script import main

    main("resonator", "memory/resonator.yaml")
