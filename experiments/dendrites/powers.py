"""Ask what a memory holds whose dendrites make a power of coincident spikes, or a step.

A segment for each pattern counts the spikes of a cue; when it is read it tells its cells g(q), and
a cell fires if what it is told reaches g of the whole cue. With g(q) = q ** d units interact d + 1
at a time. All happens by events in a network of the house, whatever the engine; the theory is the
law of such sums (`networks.memories.power_theory`).
"""

from __future__ import annotations

from functools import cache
from typing import Any

from experiments.dendrites.powers_network import PowerNetwork
from experiments.dendrites.powers_settings import DendritePowers
from experiments.memory.laboratory.report import run_variants
from experiments.memory.laboratory.study import Measure, Study
from experiments.progress import Progress
from networks.inputs.patterns import corrupt, fixed_k
from networks.memories.observables import count_units
from networks.memories.power import Power
from networks.memories.power_theory import exact, spurious
from networks.spec import Spec
from neuro.recording import Checkpoint, Recorder


def run(
    configuration: Any,
    recorder: Recorder,
    progress: Progress,
    begun: Checkpoint | None = None,
) -> None:
    """Measure every kind of segment at every load in every network.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is a `DendritePowers`; the engine is active.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    begun : Checkpoint, optional
        The networks that are complete already.
    """
    spec: Spec = configuration.spec
    settings: DendritePowers = spec.experiment
    studies = {name: study(spec, power) for name, power in settings.powers.items()}
    title = f"dendritic powers, k = {settings.active}, cues of {settings.cued}"
    run_variants(studies, settings, spec.seed, recorder, progress, title, begun)


def study(spec: Spec, power: Power) -> Study:
    """Return the network, its patterns and cues, and the theory of one kind of segment."""
    settings: DendritePowers = spec.experiment
    size, active, cued = spec.populations[settings.cells].size, settings.active, settings.cued

    @cache
    def wrong(load: int) -> float:
        return (size - active) * spurious(power, size, active, cued, load)

    return Study(
        size=size,
        make=lambda _rng: PowerNetwork(spec, power),
        is_compiled=True,
        is_incremental=False,
        draw=lambda number, rng: fixed_k(number, size, active, rng),
        damage=lambda patterns, rng: corrupt(patterns, settings.erase, 0, rng),
        theory=cache(lambda load: exact(power, size, active, cued, load)),
        theory_definition="no other cell is told as much by its other patterns: convolution of "
        "hypergeometric overlaps, cells independent",
        measures=(
            Measure(
                "spurious",
                "mean number of cells that answer and are not in the pattern",
                lambda probing: count_units(probing.states, probing.wanted).spurious.mean(),
                "spurious cells",
                theory=wrong,
                theory_definition="(N - k) times the chance of one cell",
            ),
        ),
    )


if __name__ == "__main__":
    from experiments.script import main

    main("dendrite_powers", "memory/dendrite-powers.yaml")
