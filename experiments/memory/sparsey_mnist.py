"""Ask how well Sparsey tells digits apart that it saw once, as it is written and as it is cured.

Macs learn digits with their labels in one presentation each (`sparsey_digits`), and classify
others. The literal algorithm fails for two reasons: dividing by the number of active lines measures
containment rather than similarity, and units that collect unions of many digits win everything.
Lines in pairs, on and off, cure the first; a critical period for each unit the second. Ablations
say what each part is worth, nearest neighbours among the same digits (`sparsey_controls`) what the
lines are worth, and codes that digits of a class share give back what is typical of it.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.memory.sparsey_controls import CONTROLS, controls
from experiments.memory.sparsey_digits import (
    N_CLASSES,
    Digits,
    build_stack,
    draw_digits,
    lines_of,
)
from experiments.memory.sparsey_recipes import Lines, Recipe, SparseyMnist
from experiments.memory.sparsey_results import Found, show_found, write_found
from experiments.memory.sparsey_typical import Typical, typical_digits, write_typical
from experiments.progress import Progress
from networks.memories.sparsey.voters import Stack
from networks.streams import generator
from neuro.recording import Recorder

Bits = NDArray[np.bool_]
N_NOVEL = 200  # digits whose familiarity is averaged


def run(configuration: Any, recorder: Recorder, progress: Progress) -> None:
    """Let every recipe learn and tell digits, in every network.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is a `SparseyMnist`.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    """
    spec = configuration.spec
    settings: SparseyMnist = spec.experiment.quick() if spec.quick else spec.experiment
    progress.stage("learn and tell", settings.networks * len(settings.recipes), "memories")
    found: list[list[Found]] = []
    control: list[list[float]] = []
    typical: Typical | None = None
    for network in range(settings.networks):
        digits = draw_digits(settings, generator(spec.seed, "experiment.digits", network))
        seen: dict[Lines, tuple[Bits, Bits]] = {}
        row = []
        for number, recipe in enumerate(settings.recipes):
            if recipe.lines not in seen:
                seen[recipe.lines] = (
                    lines_of(digits.learnt, recipe.lines),
                    lines_of(digits.judged, recipe.lines),
                )
            rng = generator(spec.seed, f"experiment.{recipe.name}", network)
            stack = build_stack(recipe, rng)
            row.append(measure(settings, recipe, stack, digits, *seen[recipe.lines], rng))
            if network == number == 0:
                typical = typical_digits(recipe, stack, digits, seen[recipe.lines][1])
            progress.advance(network * len(settings.recipes) + number + 1)
        found.append(row)
        control.append(controls(digits, settings.samples * N_CLASSES))
    write_found(recorder, settings, found)
    for name, values in zip(CONTROLS, np.array(control).T, strict=True):
        definition = f"[network]: accuracy of the nearest neighbour by {CONTROLS[name]}"
        recorder.metric(f"controls/{name}", values, definition)
    if typical is not None:
        write_typical(recorder, typical)
    show_found(settings, found, np.array(control))


def measure(
    settings: SparseyMnist,
    recipe: Recipe,
    stack: Stack,
    digits: Digits,
    learnt: Bits,
    judged: Bits,
    rng: np.random.Generator,
) -> Found:
    """Let one memory learn, and judge it; on the way too where the recipe asks for a curve.

    Parameters
    ----------
    settings : SparseyMnist
        How much.
    recipe : Recipe
        What the memory is.
    stack : Stack
        The memory, empty; it has learnt `settings.samples` digits of each class afterwards.
    digits : Digits
        Labels and truth.
    learnt, judged : array of bool, shapes (n, N)
        Lines of the digits.
    rng : numpy.random.Generator
        Source of the draws of the memories of the curve.

    Returns
    -------
    Found
        What came out.
    """
    n_learnt = settings.samples * N_CLASSES
    compile_kernels(recipe, learnt, digits.labels)
    began = time.process_time()
    stack.learn(learnt[:n_learnt], digits.labels[:n_learnt])
    seconds_learn, store = time.process_time() - began, stack.operations
    began = time.process_time()
    is_right = stack.classify(judged) == digits.truth
    seconds_recall, recall = time.process_time() - began, stack.operations - store
    found = Found(
        {
            "accuracy": float(is_right.mean()),
            "seconds_learn": seconds_learn,
            "seconds_store": seconds_learn / n_learnt,
            "seconds_recall": seconds_recall / len(judged),
            "operations_store": (store.reads + store.writes) / n_learnt,
            "operations_recall": recall.reads / len(judged),
            "bytes": float(stack.bytes),
            "familiarity": novelty(stack, judged),
        },
        is_right,
    )
    for samples in settings.curve if recipe.curve else ():
        n = samples * N_CLASSES
        fresh = build_stack(recipe, rng)
        fresh.learn(learnt[:n], digits.labels[:n])
        found.accuracy.append(float((fresh.classify(judged) == digits.truth).mean()))
        found.familiarity.append(novelty(fresh, judged))
    return found


def compile_kernels(recipe: Recipe, learnt: Bits, labels: NDArray[Any]) -> None:
    """Let kernels compile before anything is timed."""
    small = build_stack(recipe, np.random.default_rng(0))
    small.learn(learnt[:2], labels[:2])
    small.classify(learnt[:2])


def novelty(stack: Stack, judged: Bits) -> float:
    """Return the mean familiarity of digits that were not learnt, over all macs on top."""
    return float(np.mean([codes.familiarity for codes in stack.read(judged[:N_NOVEL])]))


if __name__ == "__main__":
    from experiments.script import main

    main("sparsey_mnist", "memory/sparsey-mnist.yaml")
