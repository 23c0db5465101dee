"""Say in the house's words what Brian2 does not accept."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from brian2.core.base import BrianObjectException
from brian2.equations.equations import EquationError
from brian2.stateupdaters.base import UnsupportedEquationsException

from neuro.engines.brian import brian2
from neuro.errors import NeuroError, SpecError


@contextlib.contextmanager
def explained(where: str) -> Iterator[None]:
    """Turn what Brian2 refuses inside the block into a `SpecError`.

    Parameters
    ----------
    where : str
        Part of the description that is being built or run.

    Yields
    ------
    None

    Raises
    ------
    SpecError
        With Brian2's reason.
    """
    try:
        yield
    except NeuroError:
        raise
    except BrianObjectException as error:
        raise SpecError(f"{where}: {_reason(error)}") from error
    except (
        brian2.DimensionMismatchError,
        EquationError,
        UnsupportedEquationsException,
        SyntaxError,
        ValueError,
        KeyError,
        IndexError,
    ) as error:
        raise SpecError(f"{where}: {_words(error)}") from error


def _reason(error: BrianObjectException) -> str:
    name = getattr(error, "_brian_objname", "")
    cause = error.__cause__ or error
    return f"in '{name}': {_words(cause)}" if name else _words(cause)


def _words(error: BaseException) -> str:
    text = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    return " ".join(text.split()) or type(error).__name__
