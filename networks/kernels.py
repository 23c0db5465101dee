"""Compile kernels by Numba: those that are kept, and what they call.

Numba's cache looks at the file of a kernel and not at those of its callees. Here a change of any
file of this package makes all of its kernels anew, so that a kernel may call one of another file.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.extending import register_jitable

Function = TypeVar("Function", bound=Callable[..., Any])
PACKAGE = Path(__file__).parent


def kernel(**options: Any) -> Callable[[Function], Function]:
    """Make a decorator of functions that Python calls; machine code is kept beside their file.

    Parameters
    ----------
    **options
        Of `numba.njit`, e.g. ``fastmath=True``.

    Returns
    -------
    callable
        The decorator.
    """

    def compiled(function: Function) -> Function:
        dispatcher = numba.njit(cache=True, no_cfunc_wrapper=True, **options)(function)
        _stamp(dispatcher)
        return cast(Function, dispatcher)

    return compiled


def inner(**options: Any) -> Callable[[Function], Function]:
    """Make a decorator of functions that only kernels call; they are kept with their callers.

    Python that calls one, as a test may, runs it as it is written: a way into machine code from
    Python takes longer to compile than most of these functions.

    Parameters
    ----------
    **options
        Of `numba.njit`, as those of the callers.

    Returns
    -------
    callable
        The decorator.
    """

    def compiled(function: Function) -> Function:
        decorated = register_jitable(no_cfunc_wrapper=True, **options)(function)
        return cast(Function, decorated)

    return compiled


def spliced() -> Callable[[Function], Function]:
    """Make a decorator of functions that a kernel calls in one place: their text is put there.

    The compiler optimises every function once for itself and once more in each of its callers, so
    that a kernel of nested ones takes twice as long as the same kernel in one piece.

    Returns
    -------
    callable
        The decorator.
    """

    def compiled(function: Function) -> Function:
        return cast(Function, numba.njit(inline="always")(function))

    return compiled


@functools.lru_cache(maxsize=1)
def _package_stamp() -> str:
    """Return a hash of the names, times and sizes of all files of this package."""
    found = [(str(file), file.stat()) for file in sorted(PACKAGE.rglob("*.py"))]
    listed = [(name, status.st_mtime_ns, status.st_size) for name, status in found]
    return hashlib.sha256(repr(listed).encode()).hexdigest()


def _stamp(dispatcher: Any) -> None:
    """Let cached machine code be valid for this state of the package only."""
    kept = getattr(getattr(dispatcher, "_cache", None), "_cache_file", None)
    if kept is not None:
        kept._source_stamp = (_package_stamp(), kept._source_stamp)
