"""Digits for Sparsey: what is learnt and judged, as lines; and memories built from recipes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.memory.sparsey_recipes import SHAPES, Lines, Macs, Recipe, SparseyMnist
from networks.inputs.digits import load_mnist
from networks.inputs.strokes import deskew, dilate, edges, resize, skeleton
from networks.memories.sparsey.fields import squares
from networks.memories.sparsey.mac import Mac
from networks.memories.sparsey.voters import Stack, Voters
from neuro.errors import SpecError

Bits = NDArray[np.bool_]
Images = NDArray[np.uint8]
Labels = NDArray[np.uint8]
N_CLASSES = 10
INK = 100  # intensity above which a pixel is ink
HELD_OUT = 10000  # training digits that no network learns


@dataclass(frozen=True, slots=True)
class Digits:
    """Hold the digits of one network.

    Attributes
    ----------
    learnt, labels : arrays, shapes (n, 28, 28) and (n,)
        In the order in which they are presented; classes take turns, so that every prefix of
        10 m digits has m of each class.
    judged, truth : arrays
        Digits that are classified.
    """

    learnt: Images
    labels: Labels
    judged: Images
    truth: Labels


def draw_digits(settings: SparseyMnist, rng: np.random.Generator) -> Digits:
    """Draw the training digits of one network, and those on which it is judged.

    Parameters
    ----------
    settings : SparseyMnist
        How many.
    rng : numpy.random.Generator
        Source of the draw.

    Returns
    -------
    Digits
        The last 10,000 training digits are held out from learning, whatever they are judged on.
    """
    images, labels = load_mnist("train")
    n_each = max((settings.samples, *settings.curve))
    known = labels[: len(labels) - HELD_OUT]
    chosen = np.stack(
        [rng.choice(np.flatnonzero(known == c), n_each, replace=False) for c in range(N_CLASSES)]
    )
    order = np.concatenate([rng.permutation(of_each) for of_each in chosen.T])
    if settings.judged_on == "validation":
        judged, truth = images[-HELD_OUT:], labels[-HELD_OUT:]
    else:
        judged, truth = load_mnist("test")
    return Digits(images[order], labels[order], judged[: settings.tested], truth[: settings.tested])


def skeletons(images: Images) -> Bits:
    """Thin digits of 24 x 16 pixels, shape (n, 24, 16)."""
    height, width = SHAPES["skeletons"]
    return skeleton(resize(images, height, width) > INK)


def strokes(images: Images) -> Bits:
    """Thin digits and widen them again, shape (n, 28, 28)."""
    return dilate(skeleton(images > INK))


def upright_strokes(images: Images) -> Bits:
    """Set digits upright, thin them and widen them again, shape (n, 28, 28)."""
    return dilate(skeleton(deskew(images) > INK))


def wide_edges(images: Images) -> Bits:
    """Set digits upright and mark their edges, two pixels wider on both sides.

    Returns
    -------
    array of bool, shape (n, 4, 28, 28)
        One plane for each direction of the edge.
    """
    planes = edges(deskew(images))
    flat = planes.reshape(-1, *planes.shape[2:])
    return dilate(dilate(flat)).reshape(planes.shape)


MAKERS: Mapping[Lines, Callable[[Images], Bits]] = MappingProxyType(
    {
        "skeletons": skeletons,
        "strokes": strokes,
        "upright strokes": upright_strokes,
        "edges": wide_edges,
    }
)


def lines_of(images: Images, lines: Lines) -> Bits:
    """Turn digits into flat patterns of lines, shape (n, N)."""
    return MAKERS[lines](images).reshape(len(images), -1)


def build_stack(recipe: Recipe, rng: np.random.Generator) -> Stack:
    """Make the memory of a recipe, which has learnt nothing.

    Parameters
    ----------
    recipe : Recipe
        What is asked for.
    rng : numpy.random.Generator
        Source of its draws.

    Returns
    -------
    Stack
        Its levels; a level above the first sees all units below by one mac.

    Raises
    ------
    SpecError
        If a level above the first is a grid, or fields do not fit the image.
    """
    for steps, message in recipe.misfits():
        raise SpecError(f"{'.'.join(map(str, steps))} of '{recipe.name}': {message}")
    levels: list[Voters] = []
    for number, macs in enumerate(recipe.levels):
        fields = _fields(recipe, macs) if number == 0 else (np.arange(levels[-1].size),)
        levels.append(Voters(_mac(macs), fields, N_CLASSES, recipe.paired and number == 0, rng))
    return Stack(levels)


def _fields(recipe: Recipe, macs: Macs) -> tuple[NDArray[Any], ...]:
    shape = SHAPES[recipe.lines]
    if macs.grid == 1 and macs.side >= max(shape[-2:]):
        return (np.arange(int(np.prod(shape))),)
    return squares(shape, macs.grid, macs.side)


def _mac(macs: Macs) -> Mac:
    # The number of lines is filled in with the field.
    return Mac(
        1, macs.modules, macs.units, powers=(1.0, 1.0, float(macs.gate)),
        selection=macs.selection, period=macs.period,
    )  # fmt: skip
