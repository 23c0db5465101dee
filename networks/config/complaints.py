"""Errors of pydantic's in the words and at the places of a configuration."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, get_args, get_type_hints

from networks.config import scalars
from networks.config.document import Node, Step
from networks.config.problems import Problems
from neuro.errors import nearest

UNKNOWN = "unexpected_keyword_argument"


@dataclass(frozen=True, slots=True)
class _Complaint:
    """Hold one error of pydantic's.

    Attributes
    ----------
    steps : tuple of str or int
        Where it is, without what pydantic inserts for the members of a union.
    members : tuple
        Steps before a union and the member that was tried, for each union on the way.
    error : dict
        What pydantic says.
    """

    steps: tuple[Step, ...]
    members: tuple[tuple[tuple[Step, ...], str], ...]
    error: Any


def report(
    errors: Sequence[Any], cls: type, data: Any, node: Node, path: str, problems: Problems
) -> None:
    """Note pydantic's errors, each at its place.

    Parameters
    ----------
    errors : sequence of dict
        Errors of a `pydantic_core.ValidationError`.
    cls : type
        The settings dataclass.
    data : dict
        What was validated.
    node : Node
        Where it was written.
    path : str
        Path of the block, for messages.
    problems : Problems
        Where problems are noted.
    """
    found = _nearest_members([_locate(error, data) for error in errors], data, cls)
    at: dict[tuple[Step, ...], list[_Complaint]] = {}
    for each in found:
        at.setdefault(each.steps, []).append(each)
    for steps, group in at.items():
        message = " or ".join(dict.fromkeys(_message(each, cls) for each in group))
        mark = node.find(steps)
        if group[0].error["type"] == UNKNOWN:
            mark = node.find_key(steps)
        problems.add(mark, ".".join(map(str, (path, *steps))).strip("."), message)


def steps_of(error: Any, data: Any) -> tuple[Step, ...]:
    """Return where in the data one error of pydantic's is."""
    return _locate(error, data).steps


def _locate(error: Any, data: Any) -> _Complaint:
    """Separate the steps of the data from the names of union members."""
    steps: list[Step] = []
    members: list[tuple[tuple[Step, ...], str]] = []
    location = error["loc"]
    for number, step in enumerate(location):
        in_mapping = isinstance(data, dict) and step in data
        in_list = isinstance(data, list | tuple) and isinstance(step, int) and step < len(data)
        if in_mapping or in_list:
            data = data[step]
        elif number < len(location) - 1 or not error["type"].startswith("missing"):
            members.append((tuple(steps), str(step)))
            continue
        steps.append(step)
    if error["type"] == "value_error" and isinstance(data, dict):
        # A check of a whole block begins its message with the field that it is about; where that
        # has its default, with another one that is written.
        words = str(error["ctx"]["error"]).split(";")[0].split()
        steps += [word for word in (each.strip(":,") for each in words) if word in data][:1]
    return _Complaint(tuple(steps), tuple(members), error)


def _nearest_members(found: list[_Complaint], data: Any, cls: type) -> list[_Complaint]:
    """Keep, where a block could be one of several, what is wrong with the nearest one."""
    tried: dict[tuple[Step, ...], dict[str, int]] = {}
    for each in found:
        # A misspelt key speaks for the member that has it.
        weight = -1 if each.error["type"] == UNKNOWN and _hint(each, cls) else 1
        for steps, member in each.members:
            tried.setdefault(steps, {}).setdefault(member, 0)
            tried[steps][member] += weight
    best = {
        steps: min(counts, key=lambda member: counts[member])
        for steps, counts in tried.items()
        if isinstance(_at(data, steps), dict)
    }
    return [
        each
        for each in found
        if all(best.get(steps, member) == member for steps, member in each.members)
    ]


def _at(data: Any, steps: Sequence[Step]) -> Any:
    """Return what a path leads to."""
    for step in steps:
        data = data[step]
    return data


def _message(each: _Complaint, cls: type) -> str:
    """Say an error of pydantic's in our words."""
    kind, given = each.error["type"], each.error["input"]
    if kind in ("value_error", "assertion_error"):
        return str(each.error["ctx"]["error"])
    if kind == UNKNOWN:
        names = _names(each, cls)
        listed = f"; there are {', '.join(names)}" if names else ""
        return f"unknown key{_hint(each, cls) or listed}"
    if kind.startswith("missing"):
        return "is missing"
    if kind in ("tuple_type", "list_type"):
        return f"expected a list such as [1, 2], not {scalars.show(given)}"
    if kind in ("dict_type", "dataclass_type", "dataclass_exact_type", "mapping_type"):
        return f"expected keys and values, not {scalars.show(given)}"
    if kind == "too_long":
        context = each.error["ctx"]
        return f"expected {context['max_length']} values, not {context['actual_length']}"
    return str(each.error["msg"])


def _names(each: _Complaint, cls: type) -> list[str]:
    """Return the keys that may stand where an unknown one does."""
    return field_names(cls, each.steps[:-1], {member for _, member in each.members})


def _hint(each: _Complaint, cls: type) -> str:
    """Say which key an unknown one may have meant."""
    return nearest(str(each.steps[-1]), _names(each, cls))


def field_names(cls: Any, steps: Sequence[Step], members: set[str] | None = None) -> list[str]:
    """Return the field names of a dataclass, or of one nested in it.

    Parameters
    ----------
    cls : type
        The outer dataclass.
    steps : sequence of str or int
        Path to the nested one.
    members : set of str, optional
        Names of the classes meant, where there are several.

    Returns
    -------
    list of str
        Names.
    """
    for step in steps:
        hint = get_type_hints(cls).get(str(step)) if dataclasses.is_dataclass(cls) else None
        inner = [each for each in _inner(hint) if dataclasses.is_dataclass(each)]
        meant = [each for each in inner if getattr(each, "__name__", "") in (members or set())]
        cls = next(iter(meant or inner), None)
    return [field.name for field in dataclasses.fields(cls)] if cls is not None else []


def _inner(hint: Any) -> Iterator[Any]:
    """Give an annotation and all that it is made of."""
    yield hint
    for each in get_args(hint):
        yield from _inner(each)
