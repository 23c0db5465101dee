"""Multiply and add with one rounding where the machine can, said rather than left to the compiler.

What the compiler may fuse it fuses by what stands around it, so that the same statement in another
loop, as threads need it, would round differently. This is one instruction of its machine code, on
processors without one a product and a sum, and in either case the same wherever it is called.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba.extending import intrinsic

_SUFFIX = {"float": "f32", "double": "f64"}


def fused(builder: Any, a: Any, b: Any, c: Any) -> Any:
    """Emit a * b + c of three values of one floating-point type."""
    real = a.type
    kind = ir.FunctionType(real, [real] * 3)
    name = f"llvm.fmuladd.{_SUFFIX[str(real)]}"
    return builder.call(builder.module.declare_intrinsic(name, fnty=kind), (a, b, c))


@intrinsic  # type: ignore[untyped-decorator]
def multiply_add(typing_context: Any, a: Any, b: Any, c: Any) -> Any:  # noqa: ARG001
    """Return a * b + c of three numbers of one floating-point type (inside compiled code)."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        return fused(builder, *arguments)

    return a(a, a, a), generate
