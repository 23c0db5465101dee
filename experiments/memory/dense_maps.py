"""Maps of what dense memories recall from noisy examples, with labels and without."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import comb

import numpy as np
from numpy.typing import NDArray

from experiments.memory.dense_settings import ExampleMaps
from experiments.memory.laboratory.curves import N_FINE, Axis
from experiments.memory.laboratory.maps import Map, over
from experiments.parts import Ask, at_once
from experiments.progress import Progress
from networks.inputs.patterns import noisy_examples, rademacher
from networks.memories.dense import Dense
from networks.memories.dense_examples import SupervisedMemory
from networks.memories.dense_theory import DataSet, noise_of, supervised, unsupervised
from networks.memories.observables import mattis_overlap
from networks.streams import generator

Array = NDArray[np.float64]
LEVEL = 0.9
CLOSED = {
    "supervised": (supervised, "erf([2 (rho + a (1 + rho)^P)]^(-1/2))"),
    "unsupervised": (unsupervised, "erf([2 (rho + a (1 + rho_P))]^(-1/2))"),
}


def example_maps(
    settings: ExampleMaps, seed: int, progress: Progress, ask: Ask = at_once
) -> list[Map]:
    """Measure the overlap with the truth after one step from it, over load, quality and number.

    Parameters
    ----------
    settings : ExampleMaps
        Where.
    seed : int
        Root seed; every place and network has truths and examples of its own.
    progress : Progress
        Who shows how far it is.
    ask : callable
        Returns what a network recalls at a place: measured now, or kept from before.

    Returns
    -------
    list of Map
        Load and number with labels and without, then quality and number.
    """
    n_classes = comb(settings.size - 1, settings.order - 1)
    # Whole classes are stored, and theory is told their noise.
    noises = [_noise(settings, round(noise * n_classes)) for noise in settings.noises]
    fixed = _noise(settings, round(settings.noise * n_classes))
    load = _axis("example_noise", noises, "load a = K / C(N - 1, P - 1)")
    quality = _axis("example_quality", settings.qualities, "quality r of examples")
    number = _axis("examples", settings.examples, "examples M of a class")
    n_places = (len(noises) + len(settings.qualities)) * len(settings.examples)
    progress.stage("noisy examples", n_places * settings.networks, "places")
    by_load = _measured(
        settings, seed, progress, ask, 0, "load",
        [(noise, settings.quality) for noise in noises],
    )  # fmt: skip
    done = len(noises) * len(settings.examples) * settings.networks
    by_quality = _measured(
        settings, seed, progress, ask, done, "quality",
        [(fixed, quality) for quality in settings.qualities],
    )  # fmt: skip
    maps = []
    for axis, values, name, told in (
        (load, by_load, "load", f"r = {settings.quality:g}"),
        (quality, by_quality, "quality", f"a = {fixed:.2g}"),
    ):
        for k, (kind, (closed, definition)) in enumerate(CLOSED.items()):
            predict = _predicted(settings, closed, fixed, is_load=name == "load")
            theory, fine = over(axis, number, predict)
            maps.append(
                Map(
                    f"{kind}_{name}", axis, number, values[:, k],
                    f"mean overlap with the truth after one step from it, P = {settings.order}, "
                    f"N = {settings.size}, {told}", theory, fine, definition, LEVEL, "overlap",
                    f"{kind}, {told}",
                )
            )  # fmt: skip
    return maps


def _noise(settings: ExampleMaps, n_classes: int) -> float:
    return noise_of(max(1, n_classes), settings.size, settings.order)


def _axis(name: str, values: list[float] | tuple[float, ...], label: str) -> Axis:
    places = np.array(values)
    fine = np.geomspace(places[0], places[-1], N_FINE)
    return Axis(name, places, label, label, scale="log", fine=fine)


def _predicted(
    settings: ExampleMaps, closed: Callable[[float, DataSet, int], float], fixed: float,
    is_load: bool,
) -> Callable[[float, float], float]:  # fmt: skip
    def along_load(noise: float, examples: float) -> float:
        return closed(noise, DataSet(settings.quality, examples), settings.order)

    def along_quality(quality: float, examples: float) -> float:
        return closed(fixed, DataSet(quality, examples), settings.order)

    return along_load if is_load else along_quality


def _measured(
    settings: ExampleMaps, seed: int, progress: Progress, ask: Ask, before: int, name: str,
    places: list[tuple[float, float]],
) -> Array:  # fmt: skip
    """Return overlaps, shape (n_networks, supervised and unsupervised, n_examples, n_places)."""
    found = np.empty((settings.networks, 2, len(settings.examples), len(places)))
    done = before
    for network in range(settings.networks):
        for x, (noise, quality) in enumerate(places):
            for y, n_examples in enumerate(settings.examples):
                rng = generator(seed, f"experiment.maps.{name}.{x}.{y}", network)
                overlaps = partial(_overlaps, settings, noise, quality, n_examples, rng)
                found[network, :, y, x] = ask(f"maps/{name}/{x}/{y}/{network}", overlaps)
                done += 1
                progress.advance(done)
    return found


def _overlaps(
    settings: ExampleMaps, noise: float, quality: float, n_examples: int, rng: np.random.Generator
) -> list[float]:
    n_classes = round(noise * comb(settings.size - 1, settings.order - 1))
    truth = rademacher(n_classes, settings.size, rng)
    examples = noisy_examples(truth, n_examples, quality, rng)
    probes = truth[: settings.probes]
    made = Dense(settings.size, settings.order)
    labelled, unlabelled = SupervisedMemory(made), made.empty()
    labelled.store(examples)
    unlabelled.store(examples.reshape(-1, settings.size))
    return [
        float(mattis_overlap(each.step(probes), probes).mean()) for each in (labelled, unlabelled)
    ]
