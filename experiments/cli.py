"""The command line `engram`: one YAML file in, one HDF5 file out.

This module and those in `experiments.commands` import what runs or draws only inside the command
that needs it, so that `--help` and `validate` answer at once. `validate` with nothing but files
does not even wait for Typer, which takes longer to import than a file to check.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from experiments.harmless import harmless
from neuro.errors import NeuroError

INTERNAL, ENVIRONMENT, INTERRUPTED = 1, 4, 130
# As of a command that SIGPIPE ends: 128 + 13.
CLOSED = 141


def invoke(
    arguments: Sequence[str], commands: Callable[..., object] | None = None, program: str = "engram"
) -> int:
    """Run one command line and return its exit code; never let a traceback out without `--debug`.

    Parameters
    ----------
    arguments : sequence of str
        The words after the program's name.
    commands : typer.Typer, optional
        What understands them: the command of one experiment, by default all of `engram`.
    program : str
        Name shown in usage lines.

    Returns
    -------
    int
        0, the code of the error's class (`neuro.errors`), or 141 if the reader of the output left.

    Raises
    ------
    Exception
        What the command raised, if `--debug` is among the arguments.
    """
    words = [word for word in arguments if word != "--debug"]
    try:
        if commands is None and _only_validates(words):
            return _validate(words[1:])
        _understand(words, commands, program)
    except SystemExit as done:
        # Typer and rich leave with 1 when `| head` has read enough.
        if isinstance(done.__context__, BrokenPipeError):
            return CLOSED
        return done.code if isinstance(done.code, int) else INTERNAL * bool(done.code)
    except BrokenPipeError:
        return CLOSED
    except KeyboardInterrupt:
        _tell("interrupted")
        return INTERRUPTED
    except Exception as error:
        if "--debug" in arguments:
            raise
        return report(error)
    return 0


def _only_validates(words: Sequence[str]) -> bool:
    """Return whether the words are `validate`, files and `--json`; others are Typer's."""
    files = [word for word in words[1:] if word != "--json"]
    return words[:1] == ["validate"] and bool(files) and not any(f.startswith("-") for f in files)


def _validate(words: Sequence[str]) -> int:
    from experiments.commands.validation import check

    return check([Path(word) for word in words if word != "--json"], "--json" in words)


def _understand(words: list[str], commands: Callable[..., object] | None, program: str) -> None:
    if commands is None:
        from experiments.commands.application import app

        commands = app
    # `sweep` takes a configuration, so that what is done with a sweep's folder has its own name.
    words = words[1:] if words[:2] == ["sweep", "collect"] else words
    commands(args=words, prog_name=program)


def _tell(text: str) -> None:
    print(harmless(text), file=sys.stderr, flush=True)


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
        _tell(str(error))
        return error.exit_code
    if isinstance(error, MemoryError):
        _tell("not enough memory: make the network smaller, or record less")
        return ENVIRONMENT
    if isinstance(error, OSError) and error.strerror:
        place = f"{error.filename}: " if error.filename else ""
        _tell(f"{place}{error.strerror}")
        return ENVIRONMENT
    summary = " ".join(str(error).split()) or "no message"
    _tell(
        f"internal error: {type(error).__name__}: {summary}. This is a fault of engramlab: "
        "repeat the command with --debug and report the traceback."
    )
    return INTERNAL


def main() -> None:
    """Run the command line of this process and leave with its exit code."""
    try:
        code = invoke(sys.argv[1:])
    except KeyboardInterrupt:
        # Pressed again while the first one was being told.
        code = INTERRUPTED
    if code == INTERRUPTED:
        # All is closed and told; pressed once more, it would end Python by a signal.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    if code == CLOSED:
        # What is still held for a reader who left must not fail once more at the very end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


if __name__ == "__main__":
    main()
