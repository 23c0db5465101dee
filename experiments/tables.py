"""Tables for people: aligned columns on standard output, coloured on a terminal."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

WIDE = 200  # columns assumed when the output is no terminal: a log is not wrapped


def show_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table.

    Parameters
    ----------
    title : str
        Printed above the table.
    columns : sequence of str
        Headings.
    rows : iterable of sequence of str
        One text per column.
    """
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDE)
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console.print(table)


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
