"""Ask how many sparse patterns graded covariance synapses hold, and where their units err.

Patterns of k of N units are stored by the covariance rule (`networks.memories.covariance`) and
recalled in one step with a threshold that follows the activity of the cue. Exact recall, missed
and spurious units are laid over the closed form of a finite network (`covariance_theory`).
"""

from __future__ import annotations

from functools import cache
from typing import Any

from experiments.memory.binary_settings import CovarianceStudy
from experiments.memory.laboratory.report import run_study
from experiments.memory.laboratory.study import Measure, Study
from experiments.memory.trials import caution_of
from experiments.progress import Progress
from networks.inputs.patterns import corrupt, fixed_k
from networks.memories.covariance import Covariance
from networks.memories.covariance_theory import one_step
from networks.memories.observables import count_units
from networks.memories.willshaw_theory import Load
from neuro.recording import Checkpoint, Recorder

# Measured with coding levels of 1/16 to 1/4: recall is up to .18 off in 64 units, within .03 on the
# theory in 128.
LEAST_SIZE = 128


def run(
    configuration: Any,
    recorder: Recorder,
    progress: Progress,
    begun: Checkpoint | None = None,
) -> None:
    """Measure a covariance memory at every load in every network.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is a `CovarianceStudy`.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    begun : Checkpoint, optional
        The networks that are complete already.
    """
    spec = configuration.spec
    settings: CovarianceStudy = spec.experiment
    title = f"sparse covariance memory, N = {settings.size}, k = {settings.active}"
    run_study(study(settings), settings, spec.seed, recorder, progress, title, begun)


def study(settings: CovarianceStudy) -> Study:
    """Return the memory, its patterns and cues, and its theory."""
    level = settings.active / settings.size
    memory = Covariance(settings.size, level, settings.threshold)

    @cache
    def predicted(n_patterns: int) -> Any:
        load = Load(settings.size, settings.active, n_patterns)
        return one_step(memory, load, settings.active - settings.erase, settings.insert)

    return Study(
        size=settings.size,
        make=lambda _rng: memory.empty(),
        draw=lambda number, rng: fixed_k(number, settings.size, settings.active, rng),
        damage=lambda patterns, rng: corrupt(patterns, settings.erase, settings.insert, rng),
        theory=lambda load: float(predicted(load).exact),
        theory_definition="every unit right in one step, units independent given their usage",
        caution=caution_of(settings.size, LEAST_SIZE, settings.active - settings.erase),
        measures=(
            Measure(
                "missing",
                "mean number of units of the pattern that are not recalled",
                lambda probing: count_units(probing.states, probing.wanted).missing.mean(),
                "missed units of a recall",
                theory=lambda load: float(predicted(load).missing),
                theory_definition="mean number of missed units, by the theory of one step",
            ),
            Measure(
                "spurious",
                "mean number of active units that are not in the pattern",
                lambda probing: count_units(probing.states, probing.wanted).spurious.mean(),
                "spurious units of a recall",
                theory=lambda load: float(predicted(load).spurious),
                theory_definition="mean number of spurious units, by the theory of one step",
            ),
        ),
    )


if __name__ == "__main__":
    from experiments.script import main

    main("covariance", "memory/covariance.yaml")
