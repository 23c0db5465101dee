"""Write the network of a recording as lists of edges, a text file for each projection."""

from __future__ import annotations

from pathlib import Path

from experiments.export.network import Network, rows_of
from neuro.recording import Recording


def write(_recording: Recording, network: Network, folder: Path) -> None:
    """Write lines of source, target and weight, which most graph tools read.

    Parameters
    ----------
    network : Network
        Populations and projections.
    folder : Path
        Receives `{projection}.edgelist`. A fourth column is the delay in ms; the first line, a
        comment, names populations and units.
    """
    for name, edges in network.projections.items():
        with (folder / f"{name}.edgelist").open("w", encoding="utf-8") as file:
            weight = f"weight({edges.weight_unit})"
            file.write(
                f"# source({edges.source_pop}) target({edges.target_pop}) {weight} delay(ms)\n"
            )
            for row in rows_of(edges):
                file.write(" ".join(map(repr, row)) + "\n")
