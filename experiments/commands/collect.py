"""The command `collect`: the metrics of a sweep as one file and one table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def collect(
    folder: Annotated[Path, typer.Argument(help="The folder of a sweep.", metavar="FOLDER")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="FILE.h5; FOLDER/collected.h5 if left out."),
    ] = None,
) -> None:
    """Copy the metrics of all points of a sweep into one HDF5 file and a Parquet table.

    Neither needs the files of the points. The table, of one row for each point, lies beside the
    file, if pyarrow is installed. The last line is the file.
    """
    from experiments.export.parquet import save
    from experiments.sweep import collect as read_all
    from experiments.sweep.archive import table, write_archive
    from neuro.errors import EnvironmentFault

    found = read_all(folder)
    path = output or folder / "collected.h5"
    write_archive(found, path)
    if found.missing:
        n_points = len(found.points) + len(found.missing)
        typer.echo(f"{len(found.missing)} of {n_points} points have no result", err=True)
    beside = path.with_suffix(".parquet")
    try:
        save(beside, table(found))
        typer.echo(beside)
    except EnvironmentFault as fault:
        typer.echo(f"no table beside it: {fault}", err=True)
    typer.echo(path)
