"""Ask how many sparse patterns binary Hebbian synapses hold, and how exact the closed forms are.

Random patterns of k of N units are stored by switching synapses on (`networks.memories.willshaw`)
and recalled from damaged cues. Fill, spurious units and exact recall are laid over their theory:
one step with a threshold (`willshaw_theory`), or settling by k winners (`willshaw_settling`).
"""

from __future__ import annotations

from functools import cache, partial
from typing import Any

from experiments.memory.binary_settings import WillshawStudy
from experiments.memory.laboratory.report import run_study
from experiments.memory.laboratory.study import Measure, Probing, Study
from experiments.memory.trials import caution_of
from experiments.progress import Progress
from networks.inputs.patterns import corrupt, fixed_k
from networks.memories.observables import count_units
from networks.memories.willshaw import Willshaw
from networks.memories.willshaw_settling import settle
from networks.memories.willshaw_theory import Load, fill, one_step
from neuro.recording import Checkpoint, Recorder

# Measured with coding levels of 1/16 to 1/4: recall is up to .07 off in 64 units, up to .04 in
# 128, and on the theory within .02 in 256.
LEAST_SIZE = 256


def run(
    configuration: Any,
    recorder: Recorder,
    progress: Progress,
    begun: Checkpoint | None = None,
) -> None:
    """Measure a Willshaw memory at every load in every network.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is a `WillshawStudy`.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    begun : Checkpoint, optional
        The networks that are complete already.
    """
    spec = configuration.spec
    settings: WillshawStudy = spec.experiment
    title = f"Willshaw memory, N = {settings.size}, k = {settings.active}"
    run_study(study(settings), settings, spec.seed, recorder, progress, title, begun)


def study(settings: WillshawStudy) -> Study:
    """Return the memory, its patterns and cues, and its theory."""
    memory = Willshaw(
        settings.size, settings.active, settings.iterations, settings.threshold, settings.autapses
    )
    foretold = cache(partial(predicted, settings))
    return Study(
        size=settings.size,
        make=lambda _rng: memory.empty(),
        draw=lambda number, rng: fixed_k(number, settings.size, settings.active, rng),
        damage=lambda patterns, rng: corrupt(patterns, settings.erase, settings.insert, rng),
        theory=lambda load: foretold(load)[0],
        theory_definition=_THEORY["winners" if settings.threshold is None else "threshold"],
        caution=caution_of(settings.size, LEAST_SIZE, settings.active - settings.erase),
        measures=(
            Measure(
                "spurious",
                "mean number of active units that are not in the pattern",
                lambda probing: count_units(probing.states, probing.wanted).spurious.mean(),
                "spurious units of a recall",
                theory=lambda load: foretold(load)[1],
                theory_definition="mean number of spurious units, by the theory of recall",
            ),
            Measure(
                "fill",
                "fraction of the pairs of different units that are connected, p1",
                connected,
                "fill p1",
                theory=lambda load: fill(_load(settings, load)),
                theory_definition="1 - (1 - k (k - 1) / (N (N - 1))) ** P",
                bounds=(0.0, 1.0),
            ),
        ),
    )


def connected(probing: Probing) -> float:
    """Return the fraction of the pairs of different units that are connected."""
    weight = probing.memory.weight
    size = len(weight)
    return float(weight.sum() - weight.diagonal().sum()) / (size * (size - 1))


_THEORY = {
    "threshold": "every unit right in one step, units independent given their usage",
    "winners": "exact recall by k winners, mean-field theory of settling",
}


def _load(settings: WillshawStudy, n_patterns: int) -> Load:
    return Load(settings.size, settings.active, n_patterns)


def predicted(settings: WillshawStudy, n_patterns: int) -> tuple[float, float]:
    """Predict the fraction recalled exactly and the mean number of spurious units."""
    load, k = _load(settings, n_patterns), settings.active
    cue = k - settings.erase, settings.insert
    if settings.threshold is None:
        right = settle(load, *cue, settings.iterations, settings.autapses)[-1]
        return float(right[-1]), float(k - right @ range(k + 1))
    step = one_step(load, *cue, settings.threshold, settings.autapses)
    return step.exact, step.spurious


if __name__ == "__main__":
    from experiments.script import main

    main("willshaw", "memory/willshaw.yaml")
