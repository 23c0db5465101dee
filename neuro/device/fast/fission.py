"""Divide the statements of a synapse between several loops, so that the costly ones vectorise.

A loop that adds to variables of targets, or that visits synapses which lie scattered, is no loop
of vectors. What the statements compute in between is one as soon as it stands alone: no operation
changes, and none moves past another that it depends on.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from neuro.device.expression import is_cast


@dataclass(frozen=True, slots=True)
class Line:
    """Hold one statement.

    Parameters
    ----------
    text
        The statement, which may have several lines.
    reads, assigns
        The names, arrays included, that it reads and those that it assigns.
    loaded, stored
        The arrays whose elements it reads, and those whose elements it writes, with the index.
    calls
        Whether it calls anything but a conversion.
    """

    text: str
    reads: frozenset[str]
    assigns: frozenset[str]
    loaded: frozenset[str]
    stored: frozenset[tuple[str, str]]
    calls: bool


def read(lines: Iterable[str]) -> list[Line]:
    """Split lines of code into statements."""
    text = "\n".join(lines)
    rows = text.split("\n")
    return [_line(node, rows) for node in ast.parse(text).body]


def _line(node: ast.stmt, rows: Sequence[str]) -> Line:
    parts = list(ast.walk(node))
    names = [part for part in parts if isinstance(part, ast.Name)]
    elements = [part for part in parts if isinstance(part, ast.Subscript)]
    stored = [part for part in elements if isinstance(part.ctx, ast.Store)]
    return Line(
        "\n".join(rows[node.lineno - 1 : node.end_lineno]),
        frozenset(name.id for name in names if isinstance(name.ctx, ast.Load)),
        frozenset(name.id for name in names if isinstance(name.ctx, ast.Store)),
        frozenset(ast.unparse(part.value) for part in elements if part not in stored),
        frozenset((ast.unparse(part.value), ast.unparse(part.slice)) for part in stored),
        any(isinstance(part, ast.Call) and not is_cast(part) for part in parts),
    )


def by_side(lines: Sequence[str]) -> list[list[str]]:
    """Return the statements of a synapse in the loops that may visit a row one after the other.

    Parameters
    ----------
    lines
        Statements for synapse `_idx`, with their reads before and their writes after them.

    Returns
    -------
    list of list of str
        First what writes variables of the other end, then what writes those of the synapse; or all
        of it together.
    """
    found = read(lines)
    own = {
        line for line in found if line.stored and {index for _, index in line.stored} == {"_idx"}
    }
    other = {line for line in found if line.stored} - own
    if not own or not other:
        return [list(lines)]
    first, second = _needed(found, other), _needed(found, own)
    written = {array for line in other for array, _ in line.stored}
    if any(line.calls for line in first) or any(line.loaded & written for line in second):
        return [list(lines)]
    return [[line.text for line in part] for part in (first, second)]


def _needed(lines: Sequence[Line], seeds: set[Line]) -> list[Line]:
    """Return the statements that some of them depend on, and these, in their order."""
    names: frozenset[str] = frozenset()
    kept = []
    for line in reversed(lines):
        if line in seeds or line.assigns & names:
            names |= line.reads
            kept.append(line)
    return kept[::-1]


@dataclass(frozen=True, slots=True)
class Stages:
    """Hold the statements of an event by what they do with arrays.

    Parameters
    ----------
    gather, compute, scatter
        Reads of arrays, operations on numbers, and writes to arrays.
    read, written
        The names that the operations take over, and those whose values are written.
    """

    gather: tuple[str, ...]
    compute: tuple[str, ...]
    scatter: tuple[str, ...]
    read: tuple[str, ...]
    written: tuple[str, ...]


def by_stage(lines: Sequence[str]) -> Stages | None:
    """Return statements as a gathering, a computing and a scattering part, None if they mix."""
    found = read(lines)
    gather = [line for line in found if line.loaded]
    scatter = [line for line in found if line.stored]
    compute = [line for line in found if not line.loaded and not line.stored]
    computed = {name for line in compute for name in line.assigns}
    gathered = {name for line in gather for name in line.assigns}
    if found != [*gather, *compute, *scatter] or any(line.reads & computed for line in gather):
        return None
    if any(line.stored and line.loaded for line in found) or not any(c.calls for c in compute):
        return None
    taken = {name for line in compute for name in line.reads} & gathered
    written = {name for line in scatter for name in line.reads} & (computed | gathered)
    gathers, computes, scatters = (
        tuple(line.text for line in part) for part in (gather, compute, scatter)
    )
    return Stages(
        gathers,
        computes,
        scatters,
        # A condition may leave what was read as it is.
        tuple(sorted(taken | (written & gathered))),
        tuple(sorted(written)),
    )
