"""Give Brian2's functions an implementation for the target "numba".

An implementation is a `Rendering`: the text of a call and the objects that this text names.
Importing this module registers the default functions, `TimedArray` and `BinomialFunction`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numba
import numpy as np
from brian2.core.functions import DEFAULT_FUNCTIONS
from brian2.input.binomial import BinomialFunction
from brian2.input.timedarray import TimedArray, _find_K
from numpy.typing import NDArray

from neuro.device.fast.table import binomial_table
from neuro.device.libm import form

#: The name under which implementations are registered.
TARGET = "numba"

_RAND = "_rand_values, _rand_index, _mt"
_RANDN = "_randn_values, _randn_index, _mt, _mt_spare"


@dataclass(frozen=True, slots=True)
class Rendering:
    """Describe how a call of a Brian2 function is written in generated code.

    Parameters
    ----------
    fast
        The call in the mode "fast", if it differs.
    text
        The call, with ``{0}``, ``{1}``, ... for the arguments.
    arrays
        Arrays and numbers that the text names, handed to the kernel as arguments.
    objects
        Compiled functions that the text names and that are not importable by name.
    """

    text: str
    arrays: Mapping[str, NDArray[Any] | float | int] = field(default_factory=dict)
    objects: Mapping[str, Any] = field(default_factory=dict)
    fast: str = ""


#: Double precision in and out, as the C library has it, whatever the type of the argument.
_LIBRARY = {
    "arccos": "acos",
    "arcsin": "asin",
    "arctan": "atan",
    "cos": "cos",
    "cosh": "cosh",
    "exp": "exp",
    "expm1": "expm1",
    "log": "log",
    "log10": "log10",
    "log1p": "log1p",
    "sin": "sin",
    "sinh": "sinh",
    "sqrt": "sqrt",
    "tan": "tan",
    "tanh": "tanh",
}

_TEXTS = {
    "abs": "abs({0})",
    "ceil": "np.ceil(np.float64({0}))",
    "clip": "clip({0}, np.float64({1}), np.float64({2}))",
    "exprel": "exprel(np.float64({0}))",
    "floor": "np.floor(np.float64({0}))",
    "int": "np.int32({0})",
    "poisson": f"poisson(np.float64({{0}}), {_RAND})",
    "rand": f"rand({_RAND})",
    "randn": f"randn({_RANDN})",
    "sign": "sign({0})",
    "timestep": "timestep(np.float64({0}), np.float64({1}))",
}

_FAST_TEXTS = {
    # Each call gets its place in the loop and the number of the element (`fast.drawing`).
    "rand": "draw_uniform()",
    "randn": "draw_normal()",
    "poisson": "draw_poisson(np.float64({0}))",
    "log": "fast_log(np.float64({0}))",
    "exp": "fast_exp(np.float64({0}))",
    # Written out, so that the division by dt becomes a product.
    "timestep": "np.int64((np.float64({0}) + 1e-3 * np.float64({1})) / np.float64({1}))",
}


#: The calls of the mode "strict".
TEXTS = {name: f"math.{c}(np.float64({{0}}))" for name, c in _LIBRARY.items()} | _TEXTS
if (_FORM := form()) != "unknown":
    TEXTS["exp"] = f"exp_{_FORM}(np.float64({{0}}))"


def _register_default_functions() -> None:
    for name, text in TEXTS.items():
        rendering = Rendering(text, fast=_FAST_TEXTS.get(name, ""))
        DEFAULT_FUNCTIONS[name].implementations.add_implementation(TARGET, rendering)


def _timed_array(function: str, arguments: str) -> Callable[..., Any]:
    """Return the factory that `TimedArray` calls with its values, its dt and its name."""

    def factory(values: NDArray[np.float64], dt: float, name: str) -> Callable[[Any], Rendering]:
        def implementation(owner: Any) -> Rendering:
            upsampling = int(_find_K(owner.clock.dt_, dt))
            # Brian2 writes dt into its C code with 18 decimals.
            epsilon = float(f"{dt:.18f}") / upsampling
            # The array itself, however it is strided: the user may change it in place.
            array = np.asarray(values, dtype=np.float64)
            symbol = f"_timed{name}"
            text = f"{function}({symbol}, {arguments}, {symbol}_epsilon, {symbol}_upsampling)"
            arrays: dict[str, NDArray[Any] | float | int] = {
                symbol: array,
                f"{symbol}_epsilon": epsilon,
                f"{symbol}_upsampling": upsampling,
            }
            return Rendering(text, arrays)

        return implementation

    return factory


def _binomial(n: int, p: float, use_normal: bool, name: str) -> tuple[Rendering, dict[str, Any]]:
    """Return the implementation of a `BinomialFunction`, its constants rounded as in Brian2."""
    numbers: dict[str, NDArray[Any] | float | int]
    if use_normal:
        numbers = {
            f"{name}_scale": float(f"{np.sqrt(n * p * (1 - p)):.15f}"),
            f"{name}_loc": float(f"{n * p:.15f}"),
        }
        # Brian2's C function returns a float, so single precision is part of the result.
        text = f"np.float32({{}} * {name}_scale + {name}_loc)"
        fast = text.format("draw_normal()")
        return Rendering(text.format(f"randn({_RANDN})"), numbers, fast=fast), {}
    reverse = p > 0.5
    success = 1.0 - p if reverse else p
    failure = 1.0 - success
    bound = min(n, n * success + 10.0 * np.sqrt(n * success * failure + 1))
    numbers = {
        f"{name}_n": int(n),
        f"{name}_p": float(f"{success:.15f}"),
        f"{name}_q": float(f"{failure:.15f}"),
        f"{name}_qn": float(f"{np.exp(n * np.log(failure)):.15f}"),
        f"{name}_bound": float(f"{bound:.15f}"),
    }
    text = f"binomial({', '.join(numbers)}, {_RAND})"
    fast = f"draw_count({name}_table)"
    if reverse:
        text, fast = (f"({name}_n - {draw})" for draw in (text, fast))
    table = {f"{name}_table": binomial_table(int(n), success)}
    return Rendering(text, numbers | table, fast=fast), {}


def _is_pure(python: Any) -> bool:
    """Return whether a function names nothing but builtins and the modules numpy and math.

    Numba freezes the globals of a function, so one that reads others may not be compiled.
    """
    code = getattr(python, "__code__", None)
    if code is None or code.co_freevars or "random" in code.co_names:
        return False
    known = {name: python.__globals__[name] for name in code.co_names if name in python.__globals__}
    return all(getattr(value, "__name__", "") in {"numpy", "math"} for value in known.values())


#: The functions of users that were tried in this process; code objects are equal by value.
_compiled: dict[tuple[Any, str, int], Any] = {}


def _compile(python: Any, n_arguments: int) -> Any:
    """Compile a function of floating-point numbers; return None if that is impossible."""
    compiled = numba.njit(error_model="numpy", _nrt=False)(python)
    try:
        compiled.compile((numba.float64,) * n_arguments)
    except Exception:  # Numba raises many kinds for code that it does not know
        return None
    result = compiled.overloads[(numba.float64,) * n_arguments].signature.return_type
    return compiled if isinstance(result, numba.types.Number | numba.types.Boolean) else None


def add_user_function(name: str, function: Any) -> bool:
    """Try to compile the Python function of a user and register it for this target.

    Parameters
    ----------
    name
        The name under which equations call it.
    function
        The `brian2.Function`.

    Returns
    -------
    bool
        Whether Numba accepted it for floating-point arguments. A function that uses units, or
        that Numba cannot compile, is left to Python.
    """
    python = getattr(function.pyfunc, "_orig_func", function.pyfunc)
    if function.auto_vectorise or not _is_pure(python):
        return False
    n_arguments = len(function._arg_units)
    key = (python.__code__, repr(python.__defaults__), n_arguments)
    if key not in _compiled:
        _compiled[key] = _compile(python, n_arguments)
    compiled = _compiled[key]
    if compiled is None:
        return False
    symbol = f"_user_{name}"
    arguments = ", ".join(f"np.float64({{{k}}})" for k in range(n_arguments))
    rendering = Rendering(f"{symbol}({arguments})", objects={symbol: compiled})
    function.implementations.add_implementation(TARGET, rendering)
    return True


_register_default_functions()
TimedArray.implementations[TARGET] = (
    _timed_array("timed_array", "np.float64({0})"),
    _timed_array("timed_array_2d", "np.float64({0}), np.int32({1})"),
)
BinomialFunction.implementations[TARGET] = _binomial
