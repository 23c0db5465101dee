"""Errors that speak to the reader; each class names the exit code of the command line."""

from __future__ import annotations

from typing import ClassVar


class NeuroError(Exception):
    """Signal a failure that the house foresaw.

    The message says where, what was given, what is needed and, for a name, the nearest
    valid one. The command line prints it without a traceback and exits with `exit_code`.
    """

    exit_code: ClassVar[int] = 1


class SpecError(NeuroError, ValueError):
    """Signal a description that cannot be built: bad input."""

    exit_code: ClassVar[int] = 2


class NumericalError(NeuroError, ArithmeticError):
    """Signal a state variable that became NaN or ran away during a simulation."""

    exit_code: ClassVar[int] = 3


class EnvironmentFault(NeuroError, OSError):
    """Signal a fault of the surroundings: disk, permission, lock, missing compiler."""

    exit_code: ClassVar[int] = 4


class DamagedFileError(NeuroError, ValueError):
    """Signal a file that is damaged or hostile and was not read."""

    exit_code: ClassVar[int] = 5


class Interrupted(NeuroError):
    """Signal a run that the user stopped; everything recorded so far was kept."""

    exit_code: ClassVar[int] = 130


def nearest(name: str, valid: list[str] | tuple[str, ...]) -> str:
    """Return "; did you mean 'x'?" for the valid name nearest to `name`, or an empty string.

    Parameters
    ----------
    name : str
        What was given.
    valid : sequence of str
        What would have been accepted.

    Returns
    -------
    str
        Text to append to an error message.
    """
    from difflib import get_close_matches

    found = get_close_matches(name, list(valid), n=1, cutoff=0.5)
    return f"; did you mean '{found[0]}'?" if found else ""
