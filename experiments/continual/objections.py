"""What keeps a stream from being learnt to its end, told when the configuration is read; light."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from networks.objections import Objection

if TYPE_CHECKING:
    from experiments.continual.settings import ContinualLearning

# Of sets that need not be read to know it.
PIXELS: Mapping[str, int] = MappingProxyType({"mnist": 28 * 28, "digits": 8 * 8})
N_CLASSES = 10
# Share of a layer's cells beyond which rows leave new tasks too little to learn with.
CROWDED = 0.75
WITH_ROWS = ("hlop", "svd")


def known_pixels(settings: ContinualLearning) -> int | None:
    """Return the pixels of an image as it is shown; None if its files must be read for that."""
    stream = settings.stream
    return PIXELS[stream.data] * stream.enlarge**2 if stream.data in PIXELS else None


def objections(settings: ContinualLearning) -> Iterator[Objection]:
    """Yield what is known to be wrong before images are read.

    Parameters
    ----------
    settings : ContinualLearning
        Stream, layers and rows.

    Yields
    ------
    Objection
        One for each mistake.
    """
    stream = settings.stream
    if stream.tasks == "split" and stream.data in PIXELS and N_CLASSES % stream.number:
        yield Objection(
            ("experiment", "stream", "number"),
            f"{N_CLASSES} classes do not split into {stream.number} tasks of equally many; needed: "
            "1, 2, 5 or 10 tasks",
        )
    views = settings.view_batch.views
    if settings.method == "view_batch" and views > settings.batch:
        yield Objection(
            ("experiment", "view_batch", "views"),
            f"{views} views of an image do not fit a batch of {settings.batch}; needed: at most "
            f"{settings.batch}",
            (("experiment", "batch"), ("experiment", "method")),
        )
    yield from too_many_rows(settings, known_pixels(settings))


def too_many_rows(settings: ContinualLearning, n_pixels: int | None) -> Iterator[Objection]:
    """Yield the layers of weights with more rows, in the end, than cells before them.

    Parameters
    ----------
    settings : ContinualLearning
        Stream, layers and rows.
    n_pixels : int or None
        Of an image; the first layer is passed over if it is not known.

    Yields
    ------
    Objection
        One for each such layer.
    """
    for layer, n_rows, width in _filled(settings, n_pixels):
        if n_rows > width:
            yield Objection(
                ("experiment", "laterals", "rows"),
                f"{_told(settings, layer, n_rows, width)}; needed: at most {width}, better "
                f"{CROWDED * width:g}",
                (("experiment", "stream"), ("experiment", "hidden")),
            )


def crowded_rows(settings: ContinualLearning, n_pixels: int | None) -> Iterator[tuple[str, str]]:
    """Yield, as path and message, the layers of weights whose rows leave new tasks little room.

    Parameters
    ----------
    settings, n_pixels
        As for `too_many_rows`.

    Yields
    ------
    tuple of str
        One for each such layer.
    """
    for layer, n_rows, width in _filled(settings, n_pixels):
        if CROWDED * width < n_rows <= width:
            yield (
                "experiment.laterals.rows",
                f"{_told(settings, layer, n_rows, width)} leave the last tasks little to learn "
                f"with; better at most {CROWDED * width:g}",
            )


def _told(settings: ContinualLearning, layer: int, n_rows: int, width: int) -> str:
    n_tasks = settings.stream.number
    return f"layer {layer + 1} of weights: {n_rows} rows of {width} cells after {n_tasks} tasks"


def _filled(settings: ContinualLearning, n_pixels: int | None) -> Iterator[tuple[int, int, int]]:
    """Yield layer, rows after the last task and cells of each layer of weights that has rows."""
    if settings.method not in WITH_ROWS:
        return
    rows, n_tasks = settings.laterals.rows, settings.stream.number
    for layer, width in enumerate(_widths(settings, n_pixels)):
        listed = [of_task[layer] for of_task in rows[:n_tasks]]
        if width is not None:
            yield layer, sum(listed) + (n_tasks - len(listed)) * rows[-1][layer], width


def _widths(settings: ContinualLearning, n_pixels: int | None) -> tuple[int | None, ...]:
    """Return the cells before each layer of weights, None where it is not known."""
    if settings.trainer != "eprop":
        return n_pixels, *settings.hidden
    n_parts = settings.steps if settings.recurrent.in_parts else 1
    cells = settings.hidden[0]
    return None if n_pixels is None or n_pixels % n_parts else n_pixels // n_parts, cells, cells
