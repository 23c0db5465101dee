"""Tables for people: aligned columns on standard output, coloured on a terminal."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from experiments.harmless import harmless

BESIDE = 3  # blanks beside a column
WIDE = 200  # columns assumed when the output is no terminal: a log is not wrapped


def show_table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], n_keys: int = 0
) -> None:
    """Print a table; where it is too wide, its columns in parts, one below the other.

    Parameters
    ----------
    title : str
        Printed above the table.
    columns : sequence of str
        Headings.
    rows : iterable of sequence of str
        One text per column.
    n_keys : int
        Columns that say what a row is of and stand in each part; 0 for a table in one part, whose
        cells are folded.
    """
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDE)
    kept = list(rows)
    widths = [max(map(len, cells)) + BESIDE for cells in zip(columns, *kept, strict=True)]
    for part in _parts(widths, n_keys, console.width - BESIDE):
        table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
        for column in part:
            table.add_column(columns[column], overflow="fold")
        for row in kept:
            table.add_row(*(Text(harmless(row[column])) for column in part))
        console.print(table)
        title = ""


def _parts(widths: Sequence[int], n_keys: int, room: int) -> list[list[int]]:
    """Return the columns of each part, as many as there is room for beside the keys."""
    keys = list(range(n_keys))
    parts: list[list[int]] = [list(keys)]
    for column in range(n_keys, len(widths)):
        part = parts[-1]
        if n_keys and len(part) > n_keys and sum(widths[k] for k in (*part, column)) > room:
            parts.append([*keys, column])
        else:
            part.append(column)
    return parts


def tell_ends(low: float, high: float, digits: str, is_fraction: bool = False) -> str:
    """Write the ends of an interval across networks.

    Parameters
    ----------
    low, high : float
        NaN if there is a single network.
    digits : str
        How a number is written: ".4f".
    is_fraction : bool
        Whether the ends stay within 0 and 1, as what they are of.

    Returns
    -------
    str
        "low - high", or "one network", which has no interval.
    """
    if math.isnan(low):
        return "one network"
    if is_fraction:
        low, high = max(low, 0.0), min(high, 1.0)
    return f"{low:{digits}} - {high:{digits}}"
