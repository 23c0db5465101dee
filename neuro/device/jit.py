"""Compile functions with the flags that all kernels of the device share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
from numba.core.cpu import CPUTargetOptions
from numba.core.options import TargetOptions

Function = TypeVar("Function", bound=Callable[..., Any])

# Numba has the flag (numba.core.compiler.Flags.noalias) but no decorator option that sets it.
if not hasattr(CPUTargetOptions, "noalias"):
    CPUTargetOptions.noalias = TargetOptions.Mapping("noalias")

#: No reference counts (atomic, once per call), C semantics for 1/0, arrays that never overlap.
OPTIONS: dict[str, Any] = {
    "_nrt": False,
    "error_model": "numpy",
    "noalias": True,
    "nogil": True,
}


#: What the mode "fast" leaves to the compiler: no sign of zero. Fused multiply-add and products
#: with a reciprocal would depend on the loop around a statement, and so on the number of threads.
FAST_MATH = ("nsz",)


def kernel(function: Function) -> Function:
    """Compile a function that generated code calls; it is cached with its caller.

    Parameters
    ----------
    function : callable
        A function over scalars and arrays that do not overlap and that allocates nothing.

    Returns
    -------
    callable
        Numba's dispatcher.
    """
    # Without the wrappers for calls from Python and C the cold start is a quarter shorter.
    options = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, **OPTIONS}
    return cast(Function, numba.njit(**options)(function))


def fast_kernel(function: Function) -> Function:
    """Compile a function of the mode "fast": it may lose the sign of a zero.

    Parameters
    ----------
    function : callable
        As for `kernel`.

    Returns
    -------
    callable
        Numba's dispatcher.
    """
    options = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, **OPTIONS}
    return cast(Function, numba.njit(fastmath=set(FAST_MATH), **options)(function))


def cached_kernel(function: Function) -> Function:
    """Compile a function that Python calls and keep the machine code beside its source file.

    Parameters
    ----------
    function : callable
        As for `kernel`; it must live in a real file.

    Returns
    -------
    callable
        Numba's dispatcher.
    """
    dispatcher = numba.njit(cache=True, no_cfunc_wrapper=True, **OPTIONS)(function)
    _load_at_once(dispatcher)
    return cast(Function, dispatcher)


def _load_at_once(dispatcher: Any) -> None:
    """Let machine code be loaded without the tables that only compiling needs.

    Numba imports its implementation of Python and NumPy, for half a second, before it looks into a
    cache (`numba.core.caching.Cache.load_overload`). Compiling does the same by itself.
    """
    kept: Any = getattr(dispatcher, "_cache", None)
    if not hasattr(kept, "_load_overload"):
        return

    def load_overload(signature: Any, target: Any) -> Any:
        with kept._guard_against_spurious_io_errors():
            return kept._load_overload(signature, target)

    kept.load_overload = load_overload


def uncached_kernel(function: Function) -> Function:
    """Compile a function that Python calls and whose machine code cannot be kept.

    Parameters
    ----------
    function : callable
        As for `kernel`.

    Returns
    -------
    callable
        Numba's dispatcher.
    """
    return cast(Function, numba.njit(no_cfunc_wrapper=True, **OPTIONS)(function))
