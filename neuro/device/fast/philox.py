"""Generate random bits from a counter and a key: Philox 4x32 with 10 rounds.

Every number is a function of (key, element, place, step, attempt), so it does not matter in which
order, by which thread or how many at a time numbers are drawn. The rounds are written in LLVM's
language, without calls, loops or tuples in memory, so that loops over elements vectorise.

References
----------
J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3",
SC11 (2011), doi:10.1145/2063384.2063405.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic

_M0, _M1 = 0xD2511F53, 0xCD9E8D57
#: What the rounds add to the key: the golden ratio and sqrt(3) - 1.
_W0, _W1 = 0x9E3779B9, 0xBB67AE85
_N_ROUNDS = 10
_WORD = ir.IntType(64)


def _constant(value: int) -> Any:
    return ir.Constant(_WORD, value)


def _low(builder: Any, value: Any) -> Any:
    return builder.and_(value, _constant(0xFFFFFFFF))


def _high(builder: Any, value: Any) -> Any:
    return builder.lshr(value, _constant(32))


def _rounds(builder: Any, counter: Sequence[Any], key: Sequence[Any]) -> list[Any]:
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(_N_ROUNDS):
        p0 = builder.mul(_constant(_M0), c0)
        p1 = builder.mul(_constant(_M1), c2)
        c0 = builder.xor(builder.xor(_high(builder, p1), c1), k0)
        c2 = builder.xor(builder.xor(_high(builder, p0), c3), k1)
        c1, c3 = _low(builder, p1), _low(builder, p0)
        k0 = _low(builder, builder.add(k0, _constant(_W0)))
        k1 = _low(builder, builder.add(k1, _constant(_W1)))
    return [c0, c1, c2, c3]


@intrinsic  # type: ignore[untyped-decorator]
def philox(typing_context: Any, c0: Any, c1: Any, c2: Any, c3: Any, k0: Any, k1: Any) -> Any:  # noqa: ARG001
    """Return four words of 32 random bits.

    Parameters
    ----------
    c0, c1, c2, c3
        The counter: four words, of which 32 bits count.
    k0, k1
        The key, likewise.
    """
    words = types.UniTuple(types.uint64, 4)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        low = [_low(builder, argument) for argument in arguments]
        found = _rounds(builder, low[:4], low[4:])
        return context.make_tuple(builder, signature.return_type, found)

    return words(*(types.uint64,) * 6), generate


@intrinsic  # type: ignore[untyped-decorator]
def words(
    typing_context: Any,  # noqa: ARG001
    k0: Any,  # noqa: ARG001
    k1: Any,  # noqa: ARG001
    step: Any,  # noqa: ARG001
    place: Any,  # noqa: ARG001
    element: Any,  # noqa: ARG001
    attempt: Any,  # noqa: ARG001
) -> Any:
    """Return four random words for one element at one place of the time loop in one step.

    Parameters
    ----------
    k0, k1
        The key.
    step
        Numbers the steps, at most 2**48.
    place
        Numbers the calls of random functions in a loop.
    element
        Numbers the elements of a place, at most 2**32.
    attempt
        Numbers the draws of one element at one place, at most 2**16.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        k0, k1, step, place, element, attempt = arguments
        high = builder.or_(_high(builder, step), builder.shl(attempt, _constant(16)))
        low = [_low(builder, value) for value in (element, step, high, place, k0, k1)]
        found = _rounds(builder, low[:4], low[4:])
        return context.make_tuple(builder, signature.return_type, found)

    return types.UniTuple(types.uint64, 4)(*(types.uint64,) * 3, *(types.int64,) * 3), generate
