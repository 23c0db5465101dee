"""Say which extra brings a library that only some of the work needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from neuro.errors import EnvironmentFault


@contextmanager
def needed(purpose: str, extra: str = "export") -> Iterator[None]:
    """Turn a failed import inside the block into advice.

    Parameters
    ----------
    purpose : str
        What the library is needed for.
    extra : str
        Extra of this distribution that brings it.

    Raises
    ------
    EnvironmentFault
        If a module is not installed.
    """
    try:
        yield
    except ImportError as fault:
        raise EnvironmentFault(
            f"{purpose}: {fault}; install the extra: pip install 'engramlab[{extra}]'"
        ) from None
