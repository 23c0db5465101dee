"""The command line `engram`: one YAML file in, one HDF5 file out.

This module and those in `experiments.commands` import what runs or draws only inside the command
that needs it, so that `--help` and `validate` answer at once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Annotated

import typer

from experiments.commands import configuration, doctor, listing, recording, run, start
from neuro.errors import NeuroError

INTERNAL, ENVIRONMENT, INTERRUPTED = 1, 4, 130

app = typer.Typer(
    name="engram",
    help="Simulate spiking networks that learn: one YAML file in, one HDF5 file out.",
    epilog="Exit codes: 0 ok, 1 internal error, 2 bad input, 3 numerical failure, "
    "4 environment, 5 damaged file, 6 some points of a sweep failed, 130 interrupted.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = (
    ("run", run.run),
    ("repair", run.repair),
    ("validate", configuration.validate),
    ("show", configuration.show),
    ("schema", configuration.schema),
    ("init", start.init),
    ("list", listing.list_names),
    ("inspect", recording.inspect),
    ("plot", recording.plot),
    ("doctor", doctor.doctor),
)
for _name, _command in COMMANDS:
    app.command(_name)(_command)


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


def invoke(arguments: Sequence[str], commands: typer.Typer = app, program: str = "engram") -> int:
    """Run one command line and return its exit code; never let a traceback out without `--debug`.

    Parameters
    ----------
    arguments : sequence of str
        The words after the program's name.
    commands : typer.Typer
        What understands them: `app`, or the command of one experiment.
    program : str
        Name shown in usage lines.

    Returns
    -------
    int
        0, or the code of the error's class (`neuro.errors`).

    Raises
    ------
    Exception
        What the command raised, if `--debug` is among the arguments.
    """
    words = [word for word in arguments if word != "--debug"]
    try:
        commands(args=words, prog_name=program)
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else INTERNAL * bool(done.code)
    except KeyboardInterrupt:
        typer.echo("interrupted", err=True)
        return INTERRUPTED
    except Exception as error:
        if "--debug" in arguments:
            raise
        return report(error)
    return 0


def report(error: Exception) -> int:
    """Print an error for its reader, on standard error, and return the exit code of its class.

    Parameters
    ----------
    error : Exception
        What a command raised.

    Returns
    -------
    int
        The class's own code for a foreseen error, 4 for a fault of the operating system, else 1.
    """
    if isinstance(error, NeuroError):
        typer.echo(str(error), err=True)
        return error.exit_code
    if isinstance(error, MemoryError):
        typer.echo("not enough memory: make the network smaller, or record less", err=True)
        return ENVIRONMENT
    if isinstance(error, OSError) and error.strerror:
        place = f"{error.filename}: " if error.filename else ""
        typer.echo(f"{place}{error.strerror}", err=True)
        return ENVIRONMENT
    summary = " ".join(str(error).split()) or "no message"
    typer.echo(
        f"internal error: {type(error).__name__}: {summary}. This is a fault of engramlab: "
        "repeat the command with --debug and report the traceback.",
        err=True,
    )
    return INTERNAL


def main() -> None:
    """Run the command line of this process and leave with its exit code."""
    sys.exit(invoke(sys.argv[1:]))


if __name__ == "__main__":
    main()
