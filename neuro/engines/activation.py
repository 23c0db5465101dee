"""Choose how Brian2 turns equations into machine code, and undo the choice afterwards."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from neuro.engines.brian import brian2
from neuro.engines.compiler import (
    COMPILE_FLAGS,
    cache_folder,
    find_compiler,
    find_python_header,
)
from neuro.errors import EnvironmentFault, SpecError, nearest

Target = Literal["numpy", "cython"]
Mode = Literal["strict", "fast"]
PREFERENCES = (
    "codegen.cpp.extra_compile_args",
    "codegen.max_cache_dir_size",
    "codegen.runtime.cython.cache_dir",
    "codegen.target",
    "core.stop_on_keyboard_interrupt",
    "devices.cpp_standalone.extra_make_args_unix",
    "devices.cpp_standalone.openmp_threads",
)
ENGINES = ("brian2", "brian2_standalone", "numba", "nest")
AVAILABLE = ENGINES[:3]


@dataclass(frozen=True, slots=True)
class Activation:
    """Tell what was switched on.

    Attributes
    ----------
    engine : str
        "brian2", "brian2_standalone" or "numba".
    target : str
        "numpy", "cython", "c++", or the mode of engine "numba".
    notice : str
        One sentence for the user if the run will be slower than wished, else empty.
    folder : Path or None
        Where the C++ of a standalone run is written.
    options : mapping of str to str or int
        What else decides about the bits of a result: of engine "numba" the type of numbers and
        the random generator.
    """

    engine: str
    target: str
    notice: str = ""
    folder: Path | None = None
    options: Mapping[str, str | int] = field(default_factory=lambda: MappingProxyType({}))


def choose_target() -> tuple[Target, str]:
    """Choose Brian2's code generation target for this machine.

    Returns
    -------
    target : {"cython", "numpy"}
        "cython" where a trial extension compiles, else "numpy".
    notice : str
        Why the slower target was taken; empty for cython.
    """
    advice = "; running on NumPy, slower, same results. To compile: install g++ and Python headers"
    if find_compiler() is None:
        return "numpy", f"no C++ compiler found{advice}"
    if find_python_header() is None:
        return "numpy", f"Python.h not found{advice}"
    from brian2.codegen.runtime.cython_rt.cython_rt import CythonCodeObject

    if not CythonCodeObject.is_available():
        return "numpy", f"the C++ compiler {find_compiler()} failed on a trial{advice}"
    return "cython", ""


def current_target() -> Target | None:
    """Return the target of engine "brian2" that is active now, None if another engine is.

    A run that hands networks to other processes gives it to them, so that all use the same.
    """
    if brian2.get_device() is not brian2.all_devices["runtime"]:
        return None
    return "cython" if brian2.prefs["codegen.target"] == "cython" else "numpy"


@contextlib.contextmanager
def interpreted() -> Iterator[None]:
    """Run code that is needed once, such as making synapses of arrays, by NumPy.

    Compiling it takes ten seconds and running it milliseconds; the results are the same. Does
    nothing while a standalone engine is active.

    Yields
    ------
    None
    """
    target = current_target()
    if target is not None:
        brian2.prefs["codegen.target"] = "numpy"
    try:
        yield
    finally:
        if target is not None:
            brian2.prefs["codegen.target"] = target


def compile_backwards(network: Any) -> None:
    """Compile a network's code from its last object to its first, without running it.

    A process that does so beside one that runs the same network, which compiles from the first,
    halves the time of a cold start: compiled code is shared through the cache.

    Parameters
    ----------
    network : brian2.Network
        The network; it is not to be run afterwards.
    """
    for item in reversed(network.sorted_objects):
        item.before_run({})


@contextlib.contextmanager
def activate(
    engine: str = "brian2",
    *,
    target: Target | None = None,
    mode: Mode = "strict",
    threads: int = 1,
    folder: Path | None = None,
) -> Iterator[Activation]:
    """Switch an engine on for everything built and run inside the `with` block.

    Parameters
    ----------
    engine : str
        "brian2", "brian2_standalone" or "numba".
    target : {"numpy", "cython"}, optional
        Force a target of engine "brian2"; by default the fastest that works here.
    mode : {"strict", "fast"}
        Of engine "numba": every bit as Brian2, or cheaper and equal in distribution.
    threads : int
        Threads of the engines "numba" and "brian2_standalone" (OpenMP); "brian2" has one.
    folder : Path, optional
        Where standalone code goes and stays; by default a temporary folder, removed afterwards.

    Yields
    ------
    Activation
        What was switched on, with a notice if compiled code is not available.

    Raises
    ------
    SpecError
        If the engine's name is unknown.
    EnvironmentFault
        If the engine does not exist yet, or needs a compiler that is missing.
    """
    if engine not in ENGINES:
        raise SpecError(f"unknown engine '{engine}'{nearest(engine, ENGINES)}")
    if engine == "nest":
        raise EnvironmentFault(
            f"engine '{engine}' is not available yet; use one of: {', '.join(AVAILABLE)}"
        )
    saved = {name: brian2.prefs[name] for name in PREFERENCES}
    try:
        _set_preferences(threads)
        if engine == "brian2":
            yield _activate_runtime(target)
        elif engine == "numba":
            with _activated_numba(mode, threads) as activation:
                yield activation
        else:
            with _activated_standalone(folder) as activation:
                yield activation
    finally:
        for name, value in saved.items():
            brian2.prefs[name] = value


def _set_preferences(threads: int) -> None:
    prefs = brian2.prefs
    prefs["core.stop_on_keyboard_interrupt"] = False
    prefs["codegen.cpp.extra_compile_args"] = list(COMPILE_FLAGS)
    prefs["codegen.max_cache_dir_size"] = 0
    prefs["devices.cpp_standalone.openmp_threads"] = 0 if threads == 1 else threads
    prefs["devices.cpp_standalone.extra_make_args_unix"] = ["-j2"]


def _activate_runtime(target: Target | None) -> Activation:
    if target != "numpy":
        brian2.prefs["codegen.runtime.cython.cache_dir"] = str(cache_folder())
    chosen, notice = (target, "") if target else choose_target()
    brian2.prefs["codegen.target"] = chosen
    return Activation("brian2", chosen, notice)


@contextlib.contextmanager
def _activated_numba(mode: Mode, threads: int) -> Iterator[Activation]:
    from neuro.device import numba_device

    # What the device does not lower, and what runs while a network is built.
    brian2.prefs["codegen.target"] = "numpy"
    brian2.set_device("numba", mode=mode, threads=threads)
    try:
        yield Activation("numba", mode, options=MappingProxyType(numba_device.options()))
    finally:
        brian2.devices.reset_device()


@contextlib.contextmanager
def _activated_standalone(folder: Path | None) -> Iterator[Activation]:
    if find_compiler() is None or shutil.which("make") is None:
        raise EnvironmentFault(
            "engine 'brian2_standalone' needs a C++ compiler and make (on Debian or Ubuntu: "
            "apt install g++ make); engines 'numba' and 'brian2' run without them"
        )
    place = folder or Path(tempfile.mkdtemp(prefix="engram-standalone-"))
    brian2.set_device("cpp_standalone", build_on_run=False, directory=str(place))
    try:
        yield Activation("brian2_standalone", "c++", folder=place)
    finally:
        brian2.device.reinit()
        brian2.devices.reset_device()
        if folder is None:
            shutil.rmtree(place, ignore_errors=True)
