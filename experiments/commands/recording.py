"""The commands `inspect` and `plot`: what a file holds, in words and as a picture."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.harmless import harmless
from neuro.errors import DamagedFileError, SpecError

if TYPE_CHECKING:
    from neuro.recording import Description, Node

File = Annotated[
    Path, typer.Argument(metavar="FILE", help="A recording, or FILE.h5 of a run that goes on.")
]


def inspect(
    file: File, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False
) -> None:
    """Show what a file holds: run, populations and rates, tree, provenance, problems (exit 5)."""
    from neuro.recording import describe

    found = describe(file)
    if as_json:
        typer.echo(found.to_json())
    else:
        _show(found)
    if found.problems:
        raise DamagedFileError("\n".join(found.problems))


def plot(
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="Which figure; a wrong name lists all.")
    ],
    file: File,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The picture; FILE-KIND.png if left out.")
    ] = None,
    population: Annotated[
        list[str] | None,
        typer.Option("--population", metavar="NAME", help="Only this one; may be repeated."),
    ] = None,
    neurons: Annotated[
        str, typer.Option("--neurons", metavar="A:B", help="Only neurons A to B-1, or one.")
    ] = "",
    start: Annotated[
        str, typer.Option("--from", metavar="TIME", help="Only from then on, as '200 ms'.")
    ] = "",
    stop: Annotated[
        str, typer.Option("--until", metavar="TIME", help="Only until then, as '1 s'.")
    ] = "",
    as_text: Annotated[
        bool, typer.Option("--text", help="Print a raster in letters, draw no picture.")
    ] = False,
) -> None:
    """Draw a figure of a recording into a PNG, PDF or SVG file; the last line is its path.

    Of raster, rates and trace a part can be chosen. If the recording holds nothing of this kind,
    that is said, no file is made and the code is 0.
    """
    from experiments import figures
    from experiments.figures.selection import ALL, selection
    from neuro.recording import read

    chosen = selection(tuple(population or ()), neurons, start, stop)
    if as_text and kind != "raster":
        raise SpecError(f"--text draws the figure 'raster', not '{kind}'")
    picture = output or file.parent / f"{file.stem}-{kind}.png"
    with read(file) as recording:
        try:
            if as_text:
                from experiments.figures.textraster import text_raster

                width = shutil.get_terminal_size().columns
                typer.echo(harmless(text_raster(recording, width, chosen)))
                return
            figures.save(kind, recording, picture, None if chosen == ALL else chosen)
        except figures.NothingToDrawError as nothing:
            # Standard output is for paths of pictures.
            typer.echo(harmless(f"nothing drawn: {nothing}"), err=True)
            return
    typer.echo(picture)


def _show(found: Description) -> None:
    from experiments.tables import show_table

    sealed = "sealed" if found.is_sealed else "segments, not sealed yet"
    typer.echo(f"{found.path}: {found.status}, {sealed}")
    typer.echo(f"simulated {found.model_ms:g} ms in {found.wall_s:.1f} s of wall-clock time")
    populations = [
        (
            activity.name,
            "" if activity.size is None else str(activity.size),
            activity.model or "",
            "not recorded" if activity.n_spikes is None else str(activity.n_spikes),
            "" if activity.rate_hz is None else f"{activity.rate_hz:.2f}",
        )
        for activity in found.populations
    ]
    columns = ("population", "neurons", "model", "spikes", "rate (spikes/s per neuron)")
    show_table("populations", columns, populations)
    if found.phases:
        phases = [(p.name, f"{p.t_start_ms:g}", f"{p.t_stop_ms:g}", p.task) for p in found.phases]
        show_table("phases", ("phase", "from (ms)", "to (ms)", "task"), phases)
    tree = [_row(node) for node in found.tree if node.kind == "dataset"]
    show_table("tree", ("path", "shape", "type", "unit", "bytes"), tree)
    told = {**found.provenance, **{f"seed: {name}": key for name, key in found.seeds.items()}}
    show_table("provenance", ("", ""), [(name, str(value)) for name, value in told.items()])


def _row(node: Node) -> tuple[str, str, str, str, str]:
    shape = " x ".join(str(length) for length in node.shape or ()) or "scalar"
    kind = "table" if (node.dtype or "").startswith("[") else node.dtype or ""
    return node.path, shape, kind, node.unit or "", str(node.n_stored)
