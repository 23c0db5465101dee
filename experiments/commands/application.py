"""The application `engram`: every command with its options, as Typer understands them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from experiments.commands import (
    bench,
    collect,
    compare,
    configuration,
    doctor,
    export,
    listing,
    optimise,
    recording,
    report,
    run,
    start,
    sweep,
    watch,
)

app = typer.Typer(
    name="engram",
    help="Simulate spiking networks that learn: one YAML file in, one HDF5 file out.",
    epilog="Exit codes: 0 ok, 1 internal error, 2 bad input, 3 numerical failure, "
    "4 environment, 5 damaged file, 6 some points of a sweep failed, 130 interrupted; "
    "1 of compare: results differ.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = (
    ("run", run.run),
    ("sweep", sweep.sweep),
    ("optimise", optimise.optimise),
    ("collect", collect.collect),
    ("report", report.report),
    ("resume", run.resume),
    ("repair", run.repair),
    ("validate", configuration.validate),
    ("show", configuration.show),
    ("schema", configuration.schema),
    ("init", start.init),
    ("list", listing.list_names),
    ("inspect", recording.inspect),
    ("compare", compare.compare),
    ("plot", recording.plot),
    ("watch", watch.watch),
    ("export", export.export),
    ("doctor", doctor.doctor),
)
for _name, _command in COMMANDS:
    app.command(_name)(_command)
app.add_typer(bench.app)


def _show_version(is_asked: bool) -> None:
    if is_asked:
        from importlib.metadata import version

        typer.echo(f"engramlab {version('engramlab')}")
        raise typer.Exit


@app.callback()
def options(
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of an error. Valid anywhere.")
    ] = False,
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    """Hold the options that are valid for every command; `invoke` reads `--debug` itself."""
    del debug, version
