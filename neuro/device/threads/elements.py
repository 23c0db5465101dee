"""Divide the elements of a group: each part is a stretch of whole lines of memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

import numpy as np

from neuro.device.fast.draws import BLOCK
from neuro.device.jit import kernel
from neuro.device.threads import region
from neuro.device.threads.work import is_elementwise, nanoseconds

if TYPE_CHECKING:
    from neuro.device.codeobject import NumbaCodeObject

#: Elements that stay together: whole lines of the cache, and whole turns of vector loops.
GRAIN = 64


@kernel
def edge(size: Any, part: Any, n_parts: Any, grain: Any) -> Any:
    """Return the first element of a part, or `size` for the one behind the last."""
    return np.uint64(min(size, -(-size // grain) * part // n_parts * grain))


@final
@dataclass(frozen=True, slots=True)
class Stretch:
    """Hold the elements that one call visits, as generated code says it.

    Parameters
    ----------
    visit
        The head of the loop over the elements.
    head
        Lines before the loop.
    """

    visit: str
    head: tuple[str, ...] = ()


def parts(code: NumbaCodeObject, lines: Sequence[str]) -> int:
    """Return in how many parts threads share the elements of a group, 0 for no sharing.

    Parameters
    ----------
    code
        The code object, which visits all its elements in every step.
    lines
        What it does for each of them.
    """
    n_parts = code.device.n_parts
    if n_parts == 0 or not is_elementwise(code):
        return 0
    work = code.n_elements * nanoseconds(lines)
    return n_parts if work >= region.LEAST_REGION else 0


def stretch(size: str, n_parts: int, has_blocks: bool) -> Stretch:
    """Return the elements that a call visits.

    Parameters
    ----------
    size
        The number of elements, in generated code.
    n_parts
        The number of parts, 0 for a call that visits all elements.
    has_blocks
        Whether random numbers are drawn for blocks of elements, which a part must not break.
    """
    if n_parts == 0:
        return Stretch(f"for _idx in range({size}):")
    grain = BLOCK if has_blocks else GRAIN
    head = (
        f"_begin = edge({size}, {region.FIRST}, {n_parts}, {grain})",
        f"_end = edge({size}, {region.LAST}, {n_parts}, {grain})",
    )
    return Stretch("for _idx in range(_begin, _end):", head)
