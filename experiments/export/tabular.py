"""Write a recording as CSV: a folder of tables, numbers with all their digits."""

from __future__ import annotations

import csv
from pathlib import Path

from experiments.export.network import Network
from experiments.export.tables import Table, write_tables
from neuro.recording import Recording


def write(recording: Recording, network: Network, folder: Path) -> None:
    """Write nodes, edges, spikes, metrics and reports, each into a file of its own.

    Parameters
    ----------
    recording : Recording
        The run.
    network : Network
        Its populations and projections.
    folder : Path
        Empty.
    """
    write_tables(recording, network, folder, ".csv", _save)


def _save(path: Path, table: Table) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(table)
        writer.writerows(zip(*(column.tolist() for column in table.values()), strict=True))
