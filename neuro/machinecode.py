"""Load machine code that Numba has kept without what only compiling needs."""

from __future__ import annotations

from typing import Any

from numba.core.runtime import rtsys


def load_at_once(dispatcher: Any) -> None:
    """Let the cached machine code of a dispatcher be loaded without the tables of the compiler.

    Numba imports its implementation of Python and NumPy, for half a second, before it looks into a
    cache (`numba.core.caching.Cache.load_overload`). Compiling does the same by itself. What runs
    in any case is the initialisation of its runtime, which code that allocates arrays calls.

    Parameters
    ----------
    dispatcher : numba.core.dispatcher.Dispatcher
        Made by `numba.njit(cache=True)`; one without a cache stays as it is.
    """
    kept: Any = getattr(dispatcher, "_cache", None)
    if not hasattr(kept, "_load_overload"):
        return
    allocates = dispatcher.targetoptions.get("_nrt", True)

    def load_overload(signature: Any, target: Any) -> Any:
        if allocates:
            rtsys.initialize(target)
        with kept._guard_against_spurious_io_errors():
            return kept._load_overload(signature, target)

    kept.load_overload = load_overload
