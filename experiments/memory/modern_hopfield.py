"""Ask modern Hopfield memories what they recall over load, sharpness and noise, and whom they know.

Random patterns of +1 and -1 are kept as they are and read by softmax, by sparse shares, and by
softmax-one, which may decline (`networks.memories.modern_hopfield`), beside closed forms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.memory.laboratory.curves import Axis, Panel, Series, along
from experiments.memory.laboratory.report import measure_variants, show_outcome, write_outcomes
from experiments.memory.laboratory.study import Measure, Probing, Study, begin, is_exact
from experiments.memory.modern_hopfield_settings import ModernHopfieldStudy, Separation
from experiments.parts import Ask, Parts
from experiments.progress import Progress
from networks.inputs.patterns import flip_signs, rademacher
from networks.memories.modern_hopfield import ModernHopfield
from networks.memories.modern_hopfield_theory import accepted, exact_gap, nearest, wrong_units
from networks.memories.observables import stored_bits
from networks.streams import generator
from neuro.recording import Checkpoint, Recorder

ALPHA: dict[str, float] = {"entmax": 1.5, "sparsemax": 2.0}
NEAREST = "chance that no other pattern is as near to the cue: what the sharpest read recalls"


def run(
    configuration: Any,
    recorder: Recorder,
    progress: Progress,
    begun: Checkpoint | None = None,
) -> None:
    """Measure every way of sharing at every load, sharpness and noise.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is a `ModernHopfieldStudy`.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    begun : Checkpoint, optional
        The networks that are complete already.
    """
    spec = configuration.spec
    settings: ModernHopfieldStudy = spec.experiment
    parts = Parts(recorder, begun)
    studies: dict[str, Study] = {e: study(settings, e, spec.seed) for e in settings.separations}
    outcomes = {label: begin(settings) for label in studies}
    more: list[Panel] = []
    try:
        measure_variants(studies, settings, spec.seed, outcomes, progress, parts)
        more += _panels(settings, spec.seed, parts)
    finally:
        found = {label: each for label, each in outcomes.items() if each.n_networks}
        if found:
            write_outcomes(recorder, studies, found, more)
        title = f"modern Hopfield, N = {settings.size}, beta = {settings.beta:g}"
        for label, outcome in found.items():
            show_outcome(studies[label], outcome, f"{title}, {label}")


def described(settings: ModernHopfieldStudy, separation: Separation) -> ModernHopfield:
    """Return the memory of one way of sharing."""
    return ModernHopfield(
        settings.size, separation, settings.beta, settings.iterations, settings.threshold
    )


def study(settings: ModernHopfieldStudy, separation: Separation, seed: int = 42) -> Study:
    """Return the memory, its patterns and cues, and the theory of one way of sharing."""
    memory = described(settings, separation)
    return Study(
        size=settings.size,
        make=lambda _rng: memory.empty(),
        draw=lambda number, rng: rademacher(number, settings.size, rng),
        damage=lambda patterns, rng: flip_signs(patterns, settings.flip, rng),
        bits=lambda states, kept, load: stored_bits(states > 0, kept > 0, load),
        measures=(*_measures(settings, separation), *_verdicts(settings, separation, seed)),
        is_compiled=True,
    )


def _measures(settings: ModernHopfieldStudy, separation: Separation) -> Iterator[Measure]:
    size, beta, flip = settings.size, settings.beta, settings.flip
    is_soft = separation not in ALPHA
    yield Measure(
        "wrong_units_first", "mean number of units that are wrong after one read",
        lambda probing: wrong(probing.memory.step(probing.cues), probing.wanted),
        "wrong units after one read",
        theory=cache(lambda load: wrong_units(size, load, beta, flip)) if is_soft else None,
        theory_definition="the law of a sum of P - 1 independent shares of binomial overlaps",
    )  # fmt: skip
    if separation in ALPHA:
        gap = exact_gap(ALPHA[separation], beta)
        yield Measure(
            "alone", "fraction of cues of which the first read is the right pattern and no other",
            lambda probing: float(is_alone(probing).mean()), "read as one pattern alone",
            theory=lambda load: nearest(size, load, flip, gap),
            theory_definition="(P(Bin(N, 1/2) >= k + 1 / (2 beta (alpha - 1))))**(P - 1)",
            bounds=(0.0, 1.0), is_counted=True,
        )  # fmt: skip


def _verdicts(
    settings: ModernHopfieldStudy, separation: Separation, seed: int
) -> Iterator[Measure]:
    """Yield what softmax-one says of its own patterns and of strangers."""
    if separation != "softmax-one":
        return
    size, beta, theta = settings.size, settings.beta, settings.threshold
    overlap = size - 2 * settings.flip
    for name, asked, own in (
        ("known", attrgetter("cues"), overlap),
        ("strangers", partial(strangers, seed=seed), None),
    ):
        yield Measure(
            f"accepted_{name}", f"fraction of {name} of which less than half is kept back",
            partial(_accepted_share, asked),
            "accepted by softmax-one",
            theory=cache(partial(_accepted, size, beta, theta, own)),
            theory_definition="chance that a sum of exp(beta (m - theta)) is above 1",
            bounds=(0.0, 1.0), is_counted=True,
        )  # fmt: skip


def _accepted_share(asked: Callable[[Probing], NDArray[np.int8]], probing: Probing) -> float:
    return float(probing.memory.knows(asked(probing)).mean())


def _accepted(size: int, beta: float, theta: float, own: float | None, load: int) -> float:
    return accepted(size, load, beta, theta, own)


def strangers(probing: Probing, seed: int) -> NDArray[np.int8]:
    """Draw probes that are no pattern's, as many as there are cues."""
    number, size = probing.cues.shape
    return rademacher(number, size, generator(seed, "experiment.strangers", probing.load))


def wrong(states: NDArray[Any], wanted: NDArray[np.int8]) -> float:
    """Return the mean number of units whose sign is not that of the pattern."""
    return float((states * wanted <= 0).sum(axis=1).mean())


def is_alone(probing: Probing) -> NDArray[np.bool_]:
    """Return whether the first read of each cue is its pattern, unit for unit, unscaled."""
    read = probing.memory.step(probing.cues)
    return np.asarray((np.abs(read - probing.wanted) < 1e-6).all(axis=1))


def measured(
    settings: ModernHopfieldStudy, separation: Separation, seed: int, network: int
) -> dict[str, list[float]]:
    """Recall from one network of `held` patterns at every sharpness, and with every noise."""
    rng = generator(seed, "experiment.held", network)
    pattern = rademacher(settings.held, settings.size, rng)
    wanted = pattern[: settings.probes]
    plain = described(settings, separation)

    def recalled(memory: ModernHopfield, flip: int) -> float:
        kept = memory.empty()
        kept.store(pattern)
        cue = flip_signs(wanted, flip, generator(seed, "experiment.noise", network))
        return float(is_exact(kept.recall(cue), wanted).mean())

    return {
        "beta": [recalled(replace(plain, beta=b), settings.flip) for b in settings.betas],
        "flip": [recalled(plain, flip) for flip in settings.flips],
    }


def _panels(settings: ModernHopfieldStudy, seed: int, ask: Ask) -> Iterator[Panel]:
    found = {
        each: [
            ask(f"held/{each}/{k}", partial(measured, settings, each, seed, k))
            for k in range(settings.networks)
        ]
        for each in settings.separations
    }
    size, held = settings.size, settings.held
    trials = min(settings.probes, held)
    title = f"P = {held}"

    def series(what: str, axis: Axis, closed: Callable[[Any], float]) -> tuple[Series, ...]:
        theory, fine = along(axis, closed)
        return tuple(
            Series(
                f"recall_{what}_{separation}",
                np.array([row[what] for row in found[separation]]),
                "fraction of cues that are recalled unit for unit",
                label=separation, bounds=(0.0, 1.0), trials=trials, size=size,
                theory=None if number else theory, theory_fine=None if number else fine,
                theory_definition=NEAREST, dashed="nearest pattern",
            )
            for number, separation in enumerate(settings.separations)
        )  # fmt: skip

    betas, flips = np.array(settings.betas), np.array(settings.flips)
    between = np.arange(flips[0], flips[-1] + 1)
    noise = "wrong units of a cue"
    beta = Axis("beta", betas, "sharpness", "beta", scale="log", fine=betas)
    flip = Axis("flip", flips, noise, noise, fine=between)
    recalled = "recalled (fraction)"
    yield Panel(
        beta, recalled, series("beta", beta, lambda _: nearest(size, held, settings.flip)),
        title=f"{title}, {settings.flip} units wrong",
    )  # fmt: skip
    yield Panel(flip, recalled, series("flip", flip, lambda k: nearest(size, held, k)), title=title)


if __name__ == "__main__":
    from experiments.script import main

    main("modern_hopfield", "memory/modern-hopfield.yaml")
