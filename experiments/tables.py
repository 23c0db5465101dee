"""Tables for people: aligned columns on standard output, coloured on a terminal."""

from __future__ import annotations

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
