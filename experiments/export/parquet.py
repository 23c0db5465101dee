"""Write a recording as Parquet: the tables of CSV with their types.

References
----------
https://parquet.apache.org/docs/file-format/
"""

from __future__ import annotations

from pathlib import Path

from experiments.export.network import Network
from experiments.export.tables import Table, write_tables
from neuro.extras import needed
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
    write_tables(recording, network, folder, ".parquet", save)


def save(path: Path, table: Table) -> None:
    """Write one table.

    Parameters
    ----------
    path : Path
        Replaced if it exists.
    table : mapping of str to ndarray
        Columns of equal length.

    Raises
    ------
    EnvironmentFault
        If pyarrow is not installed.
    """
    with needed("Parquet"):
        import pyarrow
        from pyarrow import parquet

    columns = {name: pyarrow.array(column) for name, column in table.items()}
    parquet.write_table(pyarrow.table(columns), path)
