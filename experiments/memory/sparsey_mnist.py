"""Ask how well Sparsey tells digits apart that it saw once, as it is written and as it is cured.

Macs learn digits with their labels in one presentation each (`sparsey_digits`), and classify
others. The literal algorithm fails for two reasons: dividing by the number of active lines measures
containment rather than similarity, and units that collect unions of many digits win everything.
Lines in pairs, on and off, cure the first; a critical period for each unit the second. Ablations
say what each part is worth, nearest neighbours among the same digits (`sparsey_controls`) what the
lines are worth, and codes that digits of a class share give back what is typical of it.
"""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

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
from experiments.parts import Parts
from experiments.progress import Progress
from networks.memories.sparsey.voters import Stack
from networks.streams import generator
from neuro.recording import Checkpoint, Recorder

Bits = NDArray[np.bool_]
N_CURVE = 2000  # digits judged at each point of a curve, about
N_NOVEL = 200  # digits whose familiarity is averaged


@dataclass(slots=True)
class Network:
    """Hold what came out of one network.

    Attributes
    ----------
    found : list of Found
        Of each recipe.
    control : list of float
        Of the nearest neighbours.
    typical : Typical or None
        Of the first recipe in the first network.
    """

    found: list[Found]
    control: list[float]
    typical: Typical | None


def run(
    configuration: Any,
    recorder: Recorder,
    progress: Progress,
    begun: Checkpoint | None = None,
) -> None:
    """Let every recipe learn and tell digits, in every network.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is a `SparseyMnist`.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    begun : Checkpoint, optional
        The networks that are complete already.
    """
    spec = configuration.spec
    settings: SparseyMnist = spec.experiment
    progress.stage("learn and tell", settings.networks, "networks")
    networks = _all_networks(settings, spec.seed, progress.advance, Parts(recorder, begun))
    found = [network.found for network in networks]
    control = np.array([network.control for network in networks])
    write_found(recorder, settings, found)
    for name, values in zip(CONTROLS, control.T, strict=True):
        definition = f"[network]: accuracy of the nearest neighbour by {CONTROLS[name]}"
        recorder.metric(f"controls/{name}", values, definition)
    if networks[0].typical is not None:
        write_typical(recorder, networks[0].typical)
    show_found(settings, found, control)


def _all_networks(
    settings: SparseyMnist, seed: int, told: Callable[[int], None], ask: Parts
) -> list[Network]:
    """Run all networks, in processes of their own if there are several workers."""
    numbers = range(settings.networks)
    forms = Network, Found, Typical
    workers = min(settings.workers, settings.networks)
    if workers == 1:
        found = []
        for number in numbers:
            learn = partial(one_network, settings, seed, number)
            found.append(ask(f"{number}", learn, *forms))
            told(number + 1)
        return found
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_begin_worker) as pool:
        left = [number for number in numbers if f"{number}" not in ask]
        asked = {pool.submit(one_network, settings, seed, number): number for number in left}
        try:
            for n_done, future in enumerate(as_completed(asked), start=1):
                ask(f"{asked[future]}", future.result, *forms)
                told(len(numbers) - len(left) + n_done)
            return [ask(f"{number}", _not_measured, *forms) for number in numbers]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for child in multiprocessing.active_children():
                child.terminate()
            raise


def _not_measured() -> Network:
    raise RuntimeError("a network was neither kept nor measured")


def _begin_worker() -> None:
    """Leave Ctrl+C to the first process, which ends the others; one thread each."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threadpool_limits(1)


def one_network(settings: SparseyMnist, seed: int, network: int) -> Network:
    """Let every recipe learn the digits of one network, and tell others.

    Parameters
    ----------
    settings : SparseyMnist
        What is asked.
    seed : int
        Root seed.
    network : int
        Number of the network, which has its own training digits.

    Returns
    -------
    Network
        What came out.
    """
    digits = draw_digits(settings, generator(seed, "experiment.digits", network))
    n_learnt = settings.samples * N_CLASSES

    @cache
    def seen(lines: Lines) -> tuple[Bits, Bits]:
        is_long = any(recipe.curve and recipe.lines == lines for recipe in settings.recipes)
        n_needed = len(digits.learnt) if is_long else n_learnt
        return lines_of(digits.learnt[:n_needed], lines), lines_of(digits.judged, lines)

    result = Network([], controls(digits, n_learnt, seen), None)
    for number, recipe in enumerate(settings.recipes):
        rng = generator(seed, f"experiment.{recipe.name}", network)
        stack = build_stack(recipe, rng)
        result.found.append(measure(settings, recipe, stack, digits, *seen(recipe.lines), rng))
        if network == number == 0:
            result.typical = typical_digits(recipe, stack, digits, seen(recipe.lines)[1])
    return result


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
    if recipe.curve:
        _measure_curve(settings, recipe, digits, learnt, judged, rng, found)
    return found


def _measure_curve(
    settings: SparseyMnist,
    recipe: Recipe,
    digits: Digits,
    learnt: Bits,
    judged: Bits,
    rng: np.random.Generator,
    found: Found,
) -> None:
    """Let fresh memories learn more and more digits; one of a single level just goes on."""
    stack, before = build_stack(recipe, rng), 0
    # Spread over all, since the first half of the test set is harder than the second.
    some = slice(None, None, max(1, len(judged) // N_CURVE))
    for samples in settings.curve:
        n = samples * N_CLASSES
        if len(recipe.levels) > 1:
            stack, before = build_stack(recipe, rng), 0
        stack.learn(learnt[before:n], digits.labels[before:n])
        is_right = stack.classify(judged[some]) == digits.truth[some]
        found.accuracy.append(float(is_right.mean()))
        found.familiarity.append(novelty(stack, judged))
        before = n


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
