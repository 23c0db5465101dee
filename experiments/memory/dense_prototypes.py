"""Which prototypes of digits dense memories find from images as examples."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.memory.dense_settings import Prototypes
from experiments.memory.laboratory.curves import Axis, Panel, Series
from experiments.parts import Ask, at_once
from experiments.progress import Progress
from networks.inputs.digits import load_mnist
from networks.memories.dense import Dense, DenseMemory
from networks.memories.dense_examples import SupervisedMemory
from networks.memories.observables import mattis_overlap
from networks.streams import generator

Polar = NDArray[np.int8]
Array = NDArray[np.float64]
N_CLASSES = 10
INK = 127
KINDS = ("supervised", "unsupervised")


class Digits(NamedTuple):
    """Hold digits as +1 and -1 on the pixels that count, with the prototype of each class."""

    images: Polar
    labels: NDArray[np.uint8]
    tests: Polar
    test_labels: NDArray[np.uint8]
    prototypes: Polar


def digits(ink: float) -> Digits:
    """Return MNIST: +1 where a pixel has more ink than on average, and signs of class means.

    Plain black and white would make prototypes overlap by .6 and all cues end in one state: the
    average digit.
    """
    images, labels = load_mnist("train")
    tests, test_labels = load_mnist("test")
    flat = [each.reshape(len(each), -1) for each in (images, tests)]
    counted = (flat[0] > INK).mean(axis=0) >= ink
    average = flat[0][:, counted].mean(axis=0)
    polar = [np.where(each[:, counted] > average, 1, -1).astype(np.int8) for each in flat]
    means = np.stack([polar[0][labels == k].mean(axis=0) for k in range(N_CLASSES)])
    prototypes = np.where(means > 0, 1, -1).astype(np.int8)
    return Digits(polar[0], labels, polar[1], test_labels, prototypes)


def prototype_panels(
    settings: Prototypes, seed: int, progress: Progress, ask: Ask = at_once
) -> list[Panel]:
    """Measure overlaps with the prototypes and the digit that a test image ends nearest to.

    Parameters
    ----------
    settings : Prototypes
        Orders, numbers of examples, tests.
    seed : int
        Root seed.
    progress : Progress
        Who shows how far it is.
    ask : callable
        Returns what a network recalls: measured now, or kept from before.

    Returns
    -------
    list of Panel
        Prototypes kept with labels and without, and accuracy with labels and without.
    """
    held = digits(settings.ink)
    progress.stage("prototypes of digits", settings.networks * len(settings.examples), "places")
    shape = settings.networks, len(settings.orders), len(KINDS), 2, len(settings.examples)
    found = np.empty(shape)
    for network in range(settings.networks):
        rng = generator(seed, "experiment.prototypes", network)
        order = [rng.permutation(np.flatnonzero(held.labels == k)) for k in range(N_CLASSES)]
        tested = rng.choice(len(held.tests), settings.probes, replace=False)
        for place, number in enumerate(settings.examples):
            examples = np.stack([held.images[each[:number]] for each in order])
            for k, each in enumerate(settings.orders):
                name = f"prototypes/{each}/{number}/{network}"
                recall = partial(_asked, held, examples, tested, each)
                found[network, k, :, :, place] = ask(name, recall)
            progress.advance(network * len(settings.examples) + place + 1)
    axis = Axis("images", np.array(settings.examples), "images of each class",
                "images of each class", scale="log")  # fmt: skip
    plain = _nearest(held, held.tests).mean()
    return [
        _panel(settings, axis, found, kind, what, plain) for what in range(2) for kind in range(2)
    ]


def _asked(
    held: Digits, examples: Polar, tested: NDArray[np.int64], order: int
) -> list[tuple[float, float]]:
    made = Dense(examples.shape[-1], order)
    memories: tuple[SupervisedMemory | DenseMemory, ...] = SupervisedMemory(made), made.empty()
    memories[0].store(examples)
    memories[1].store(examples.reshape(-1, examples.shape[-1]))
    found = []
    for memory in memories:
        kept = mattis_overlap(memory.recall(held.prototypes), held.prototypes).mean()
        ends = memory.recall(held.tests[tested])
        found.append((float(kept), float(_nearest(held, ends, tested).mean())))
    return found


def _nearest(
    held: Digits, states: Polar, tested: NDArray[np.int64] | None = None
) -> NDArray[np.bool_]:
    """Return whether each state is nearest to the prototype of its test image's class."""
    labels = held.test_labels if tested is None else held.test_labels[tested]
    nearest = (states.astype(np.float64) @ held.prototypes.T).argmax(axis=1)
    return np.asarray(nearest == labels)


def _panel(
    settings: Prototypes, axis: Axis, found: Array, kind: int, what: int, plain: float
) -> Panel:
    name, definition, quantity = (
        ("prototype_overlap", "mean overlap of the state in which recall from a prototype ends "
         "with that prototype", "overlap with the prototype"),
        ("prototype_accuracy", "fraction of test images from which recall ends nearest to the "
         "prototype of their class", "accuracy"),
    )[what]  # fmt: skip
    series = tuple(
        Series(
            f"{name}_{KINDS[kind]}_{order}", found[:, k, kind, what], definition,
            label=f"P = {order}, digits", bounds=(-1.0 if what == 0 else 0.0, 1.0),
            trials=settings.probes if what else None,
            theory=np.full(len(axis.values), plain) if what and k == 0 else None,
            theory_definition="of the test images themselves, all 10,000", dashed="no memory",
        )
        for k, order in enumerate(settings.orders)
    )  # fmt: skip
    return Panel(axis, quantity, series, title=f"digits, {KINDS[kind]}")
