"""Ask how many messages cliques hold, and what settling adds to one step of completing them.

A message chooses one unit in each of c clusters; its units are joined by binary synapses
(`networks.memories.cliques`). A cue lacks some clusters. Density, ambiguity after one step and
recall after settling are laid over their closed forms (`cliques_theory`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from experiments.memory.binary_settings import CliqueStudy
from experiments.memory.laboratory.report import run_study
from experiments.memory.laboratory.study import Measure, Probing, Study, is_exact
from experiments.progress import Progress
from networks.inputs.patterns import block, erase_blocks
from networks.memories.cliques import Cliques
from networks.memories.cliques_theory import (
    clique_density,
    clique_error,
    message_bits,
    settled_error,
)
from neuro.recording import Checkpoint, Recorder

Failure = Callable[[Cliques, int, int], float]
# Measured, recall against theory. One step: 2 clusters of 2 units up to .20 off, 8 of 16 up to .14.
# Settled: 4 of 4 and 6 of 32 up to .06; from less than half of the clusters 3 of 8 of 256 up to
# .17, 2 of 8 of 64 up to .30.
LEAST_CLUSTERS, LEAST_UNITS, LEAST_SIZE = 3, 16, 128


def run(
    configuration: Any,
    recorder: Recorder,
    progress: Progress,
    begun: Checkpoint | None = None,
) -> None:
    """Measure a clique memory at every load in every network.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is a `CliqueStudy`.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    begun : Checkpoint, optional
        The networks that are complete already.
    """
    spec = configuration.spec
    settings: CliqueStudy = spec.experiment
    title = f"clique memory, c = {settings.clusters}, l = {settings.units}"
    run_study(study(settings), settings, spec.seed, recorder, progress, title, begun)


def study(settings: CliqueStudy) -> Study:
    """Return the memory, its messages and cues, and its theory."""
    memory = Cliques(settings.clusters, settings.units, settings.iterations)
    bits = message_bits(memory)
    failure, definition = _failure(settings.iterations)
    return Study(
        size=memory.size,
        make=lambda _rng: memory.empty(),
        draw=lambda number, rng: block(number, settings.clusters, settings.units, rng),
        damage=lambda patterns, rng: erase_blocks(patterns, settings.clusters, settings.erase, rng),
        theory=failure and (lambda load: 1 - failure(memory, load, settings.erase)),
        theory_definition=definition,
        caution=caution(settings),
        bits=lambda states, wanted, load: load * bits * float(is_exact(states, wanted).mean()),
        bits_definition="P c log2(l) times the fraction recalled",
        measures=(
            Measure(
                "ambiguous",
                "fraction of probes of which one step leaves more units than the message",
                _ambiguous,
                "not unique after one step",
                theory=lambda load: clique_error(memory, load, settings.erase),
                theory_definition="1 - (1 - d ** (c - c_e)) ** ((l - 1) c_e)",
                bounds=(0.0, 1.0),
                is_counted=True,
            ),
            Measure(
                "density",
                "fraction of the pairs of units of different clusters that are joined, d",
                lambda probing: probing.memory.density,
                "density d",
                theory=lambda load: clique_density(memory, load),
                theory_definition="1 - (1 - 1 / l ** 2) ** P",
                bounds=(0.0, 1.0),
            ),
        ),
    )


def caution(settings: CliqueStudy) -> str:
    """Say why the closed forms do not hold for so small a memory or cue; empty if they do."""
    known = settings.clusters - settings.erase
    if settings.iterations is None and settings.erase > known:
        return (
            f"cues of {known} of {settings.clusters} clusters; needed: half of them, lest wrong "
            "units keep each other of which two are in one cluster"
        )
    is_large = settings.clusters * settings.units >= LEAST_SIZE
    if is_large and settings.clusters >= LEAST_CLUSTERS and settings.units >= LEAST_UNITS:
        return ""
    return (
        f"{settings.clusters} clusters of {settings.units} units; needed: {LEAST_CLUSTERS} of "
        f"{LEAST_UNITS}, and {LEAST_SIZE} units altogether"
    )


def _failure(iterations: int | None) -> tuple[Failure | None, str]:
    """Return the closed form of so many steps, and what it says; None if there is none."""
    if iterations is None:
        return settled_error, "no wrong units keep each other among those of the message (Poisson)"
    if iterations == 1:
        return clique_error, "(1 - d ** (c - c_e)) ** ((l - 1) c_e)"
    return None, ""


def _ambiguous(probing: Probing) -> float:
    return 1 - float(is_exact(probing.memory.step(probing.cues), probing.wanted).mean())


if __name__ == "__main__":
    from experiments.script import main

    main("cliques", "memory/cliques.yaml")
