"""The demo, `python -m experiments.demo`: digits stored at once, and tasks that are not forgotten.

A spiking memory stores MNIST digits by one presentation each; then a layered network learns a
stream of tasks twice, once without protection and once with Hebbian orthogonal projection.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from experiments.cli import invoke
from experiments.commands.listing import CONFIGS
from experiments.commands.run import execute

METHODS = ("sequential", "hlop")
PICTURE = "demo.png"

app = typer.Typer(pretty_exceptions_enable=False, rich_markup_mode=None, add_completion=False)


@app.command()
def demo(
    folder: Annotated[Path, typer.Option("--output", "-o", help="Where files go.")] = Path("runs"),
    quick: Annotated[bool, typer.Option("--quick", help="Both stories at a test's size.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
) -> None:
    """Store and recall digits, learn a stream of tasks with and without protection, and draw both.

    The last line printed is the picture that shows the two stories side by side.
    """
    words = [f"output.path={folder}/{{name}}/{{run_id}}.h5", *(["quick=true"] if quick else [])]
    memory = execute(CONFIGS / "digit-memory.yaml", words, quiet)
    stream = CONFIGS / "continual" / "digits-stream.yaml"
    streams = {
        method: execute(stream, [*words, f"continual.method={method}"], quiet) for method in METHODS
    }
    _draw(memory, streams, folder / PICTURE)


def _draw(memory: Path, streams: dict[str, Path], picture: Path) -> None:
    from experiments import figures
    from experiments.figures import demo as both
    from neuro.recording import read

    with ExitStack() as opened:
        recordings = {m: opened.enter_context(read(path)) for m, path in streams.items()}
        figures.write(both.draw(opened.enter_context(read(memory)), recordings), picture)
    typer.echo(picture)


if __name__ == "__main__":
    sys.exit(invoke(sys.argv[1:], app, "python -m experiments.demo"))
