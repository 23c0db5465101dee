"""Fold long lists of differences: what one side lacks as a whole is one line with a count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from neuro.recording.compare import ABSENT, Change

# Lines of a table, names of a group, keys that are still told one by one.
MOST_ROWS = 20
MOST_NAMES = 6
FEW = 3


def folded(changes: Sequence[Change]) -> list[Change]:
    """Fold keys that one side lacks into one line for each block.

    Parameters
    ----------
    changes : sequence of Change
        Sorted by key.

    Returns
    -------
    list of Change
        Keys that both sides have as they are; "populations.cells.*" with the number of its keys
        for those of which one side has more than three and the other none.
    """
    return [line for key, group in groupby(changes, _block) for line in _line(key, list(group))]


def _block(change: Change) -> tuple[str, str]:
    *above, _ = change.key.split(".")
    side = "a" if change.a == ABSENT else "b" if change.b == ABSENT else ""
    return (".".join(above[:2]) if side and above else change.key), side


def _line(block: tuple[str, str], group: list[Change]) -> Iterator[Change]:
    (key, side), number = block, f"{len(group)} keys"
    if len(group) <= FEW:
        yield from group
    else:
        ends: tuple[Any, Any] = (ABSENT, number) if side == "a" else (number, ABSENT)
        yield Change(f"{key}.*", *ends)


def named(names: Iterable[str]) -> list[str]:
    """Tell names of results by their group, with a count and the first few.

    Parameters
    ----------
    names : iterable of str
        "metrics/recall", "metrics/recall:definition", "edges/drive/weight", sorted.

    Returns
    -------
    list of str
        "12 metrics: bytes, fill, ..." for each group; "phases" for what is in none.
    """
    groups: dict[str, list[str]] = {}
    for name in names:
        group, _, rest = name.partition("/")
        inner = rest.partition(":")[0]
        if group in ("edges", "weights", "reports"):
            inner = inner.rpartition("/")[0]
        known = groups.setdefault(group, [])
        if inner and inner not in known:
            known.append(inner)
    return [_told(group, inner) for group, inner in groups.items()]


def _told(group: str, names: list[str]) -> str:
    if not names:
        return group
    shown = ", ".join(names[:MOST_NAMES])
    rest = len(names) - MOST_NAMES
    told = f"{group}: {shown}" if rest <= 0 else f"{group}: {shown} and {rest} more"
    return f"{len(names)} {told}"
