"""What is typical of a class: the units that codes of its members share, read downwards.

Nothing is trained for this. Digits that were not learnt are shown; in each module the unit that
wins most often for digits of a class is their intersection; its synapses from the image say what
it stands for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.memory.sparsey_digits import N_CLASSES, Digits
from experiments.memory.sparsey_recipes import SHAPES, Recipe
from networks.memories.sparsey.generation import SILENT, intersection, reconstruct
from networks.memories.sparsey.voters import Stack
from neuro.recording import Recorder

Bits = NDArray[np.bool_]
N_SHOWN = 100  # digits of a class whose codes are intersected
MODULES = (1.0, 0.1)  # parts of the modules that are read: all, and those that intersect most


@dataclass(frozen=True, slots=True)
class Typical:
    """Hold the images that stand for the classes.

    Attributes
    ----------
    generated : array, shape (n_parts, 10, height, width)
        Drive of each pixel, -1 (off) to 1 (on).
    mean : array, shape (10, height, width)
        Mean lines of the judged digits of the class.
    modules : array of float64, shape (n_parts, 10)
        Fraction of modules that take part.
    share : array of float64, shape (10,)
        Mean fraction of the class's codes that hold the commonest unit of a module.
    recognised : array of float64, shape (n_parts, 10)
        1 if the mean digit that correlates most with the image is the one of its class.
    """

    generated: NDArray[np.float64]
    mean: NDArray[np.float64]
    modules: NDArray[np.float64]
    share: NDArray[np.float64]
    recognised: NDArray[np.float64]


def typical_digits(recipe: Recipe, stack: Stack, digits: Digits, judged: Bits) -> Typical | None:
    """Generate an image for each class from what codes share.

    Parameters
    ----------
    recipe : Recipe
        Only one level with one mac over paired lines is read downwards.
    stack : Stack
        The memory, after learning.
    digits : Digits
        Their truth says whose codes are intersected.
    judged : array of bool, shape (n, N)
        Lines of digits that were not learnt.

    Returns
    -------
    Typical or None
        None if the memory is another one, or a class has no judged digit.
    """
    shape = SHAPES[recipe.lines]
    voters = stack.levels[0]
    if len(stack.levels) > 1 or len(voters.macs) > 1 or not recipe.paired or len(shape) > 2:
        return None
    if len(np.unique(digits.truth)) < N_CLASSES:
        return None
    mac, n_pixels = voters.macs[0], int(np.prod(shape))
    codes, shares = [], []
    for digit in range(N_CLASSES):
        shown = judged[np.flatnonzero(digits.truth == digit)[:N_SHOWN]]
        winners = mac.read(voters.seen(shown, 0)).winners
        common, fraction = intersection(winners, mac.settings.units)
        least = np.quantile(fraction, 1 - np.array(MODULES))
        codes.append([np.where(fraction >= share, common, SILENT) for share in least])
        shares.append(fraction.mean())
    code = np.swapaxes(np.array(codes), 0, 1)
    drive = np.stack([reconstruct(mac, each) for each in code])
    image = drive[..., :n_pixels] - drive[..., n_pixels:]
    mean = _mean_digits(judged, digits)
    nearest = np.stack([_nearest(each, mean) for each in image])
    return Typical(
        image.reshape(len(MODULES), N_CLASSES, *shape),
        mean.reshape(N_CLASSES, *shape),
        (code != SILENT).mean(axis=2),
        np.array(shares),
        (nearest == np.arange(N_CLASSES)).astype(np.float64),
    )


def _mean_digits(judged: Bits, digits: Digits) -> NDArray[np.float64]:
    return np.stack([judged[digits.truth == digit].mean(axis=0) for digit in range(N_CLASSES)])


def _nearest(images: NDArray[np.float64], mean: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return for each image the class whose mean digit correlates most with it."""
    scaled = [each - each.mean(axis=1, keepdims=True) for each in (images, mean)]
    norm = [np.maximum(np.linalg.norm(each, axis=1), 1e-12) for each in scaled]
    return np.asarray((scaled[0] @ scaled[1].T / np.outer(*norm)).argmax(axis=1))


def write_typical(recorder: Recorder, typical: Typical) -> None:
    """Record the generated images and how far codes of a class intersect."""
    recorder.array(
        "typical/generated", typical.generated, "1",
        "[part, class]: pixel drive by the intersection of codes, on minus off lines",
    )  # fmt: skip
    recorder.array("typical/mean", typical.mean, "1", "[class]: mean lines of the judged digits")
    recorder.array("typical/parts", np.array(MODULES), "1", "part of the modules that is read")
    recorder.metric("typical/modules", typical.modules, "[part, class]: modules that take part")
    recorder.metric(
        "typical/share", typical.share,
        "[class]: mean fraction of 100 codes of the class that hold a module's commonest unit",
    )  # fmt: skip
    recorder.metric(
        "typical/recognised", typical.recognised,
        "[part, class]: 1 if the mean judged digit that correlates most with the generated image "
        "is the one of its class",
    )  # fmt: skip
