"""The command `export`: a recording in a format that tools of others read."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer


class Weights(Enum):
    """Name the moment whose weights are exported."""

    INITIAL = "initial"
    FINAL = "final"


def export(
    kind: Annotated[
        str, typer.Argument(metavar="FORMAT", help="Which format; a wrong name lists all.")
    ],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A recording.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="File or folder; FILE-FORMAT if left out."),
    ] = None,
    weights: Annotated[
        Weights,
        typer.Option(help="Weights of the network: as built, or as last recorded, unpruned."),
    ] = Weights.INITIAL,
) -> None:
    """Write a recording as SONATA, NWB, NIR, graph or table; the last line is its path."""
    from experiments.export import FORMATS, export
    from neuro.recording import read

    suffix = FORMATS[kind].suffix if kind in FORMATS else ""
    out = output or file.parent / f"{file.stem}-{kind}{suffix}"
    with read(file) as recording:
        export(kind, recording, out, weights.value)
    typer.echo(out)
