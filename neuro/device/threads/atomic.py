"""Read and write words that several threads see, in an order on which all of them agree."""

from __future__ import annotations

import platform
from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic

_ORDER = "seq_cst"
_BYTES = 8
_IS_X86 = platform.machine().lower() in {"x86_64", "amd64", "i686"}


def _pointer(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """Return the address of word `arguments[1]` of the array `arguments[0]`."""
    array = context.make_array(signature.args[0])(context, builder, arguments[0])
    return builder.gep(array.data, [arguments[1]])


@intrinsic  # type: ignore[untyped-decorator]
def atomic_load(typing_context: Any, words: Any, place: Any) -> Any:  # noqa: ARG001
    """Return a word of an int64 array."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = _pointer(context, builder, signature, arguments)
        return builder.load_atomic(pointer, _ORDER, _BYTES)

    return types.int64(words, types.intp), generate


@intrinsic  # type: ignore[untyped-decorator]
def atomic_store(typing_context: Any, words: Any, place: Any, value: Any) -> Any:  # noqa: ARG001
    """Write a word of an int64 array."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = _pointer(context, builder, signature, arguments)
        builder.store_atomic(arguments[2], pointer, _ORDER, _BYTES)
        return context.get_dummy_value()

    return types.none(words, types.intp, types.int64), generate


@intrinsic  # type: ignore[untyped-decorator]
def atomic_add(typing_context: Any, words: Any, place: Any, value: Any) -> Any:  # noqa: ARG001
    """Add to a word of an int64 array and return what it was."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = _pointer(context, builder, signature, arguments)
        return builder.atomic_rmw("add", pointer, arguments[2], _ORDER)

    return types.int64(words, types.intp, types.int64), generate


@intrinsic  # type: ignore[untyped-decorator]
def compare_and_set(
    typing_context: Any,  # noqa: ARG001
    words: Any,
    place: Any,  # noqa: ARG001
    expected: Any,  # noqa: ARG001
    value: Any,  # noqa: ARG001
) -> Any:
    """Write a word of an int64 array if it has the expected value; return whether it had."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = _pointer(context, builder, signature, arguments)
        _, _, expected, value = arguments
        found = builder.cmpxchg(pointer, expected, value, _ORDER, _ORDER)
        return builder.extract_value(found, 1)

    return types.boolean(words, types.intp, types.int64, types.int64), generate


@intrinsic  # type: ignore[untyped-decorator]
def pause(typing_context: Any) -> Any:  # noqa: ARG001
    """Let the other thread of the core work for some 40 ns, on processors that know how."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        if _IS_X86:
            kind = ir.FunctionType(ir.VoidType(), [])
            builder.call(builder.module.declare_intrinsic("llvm.x86.sse2.pause", (), kind), [])
        return context.get_dummy_value()

    return types.none(), generate
