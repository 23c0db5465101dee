"""The block `experiment`: settings of the floor above, and what these object to."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from networks.config.blocks import named, written
from networks.config.complaints import steps_of
from networks.config.document import Node
from networks.config.problems import Problems
from networks.config.settings import make, validator
from networks.objections import Described, Path


def read_experiment(
    root: Node, known: Mapping[str, type], described: Described, problems: Problems
) -> Any:
    """Read the experiment, chosen by `kind`, and note all that keeps it from running.

    Parameters
    ----------
    root : Node
        The whole configuration.
    known : mapping of str to type
        Settings dataclass of each kind. One with a method ``objections`` is asked what it has
        against the network, see `networks.objections`.
    described : Described
        The network on which it plays.
    problems : Problems
        Where problems are noted.

    Returns
    -------
    object or None
        The settings; None if there is no experiment or it is wrong.
    """
    node = root.get("experiment")
    if node is None or node.value is None:
        return None
    kind = node.get("kind")
    if kind is None:
        listed = ", ".join(known) or "none"
        message = f"expected {{kind: ...}} with its settings; there are {listed}"
        problems.add(node.mark, "experiment", message)
        return None
    if not isinstance(kind.value, str) or kind.value not in known:
        problems.add(kind.mark, "experiment.kind", named(written(kind), known, "an experiment"))
        return None
    given = {key: value for key, value in node.plain().items() if key != "kind"}
    cls = known[kind.value]
    made = make(cls, node, "experiment", problems, given)
    readable, wrong = (made, set()) if made is not None else _readable(cls, given)
    if hasattr(readable, "objections"):
        for each in readable.objections(described):
            if not any(_touches(place, wrong) for place in (each.path, *each.rests_on)):
                problems.add(root.find(each.path), ".".join(map(str, each.path)), each.message)
    return made


def _readable(cls: type, given: Mapping[str, Any]) -> tuple[Any, set[Path]]:
    """Return the settings with defaults in place of what is wrong, and where that was.

    The settings are None if no defaults can stand in.
    """
    from pydantic_core import ValidationError

    data, wrong = copy.deepcopy(dict(given)), set[Path]()
    while True:
        try:
            return validator(cls).validate_python(data), wrong
        except ValidationError as error:
            # Places are those in the data that were checked, which the first removal changes.
            places = [steps_of(each, data) for each in error.errors(include_url=False)]
            for place in places:
                steps = _removed(data, place)
                if not steps:
                    return None, wrong
                wrong.add(("experiment", *steps))


def _removed(data: Any, steps: Path) -> Path:
    """Remove a value, the block that lacks it, or the entry of a list that holds it.

    Returns the path of what was removed, or of the whole list, whose entries change their
    numbers; nothing if nothing could be removed.
    """
    parents: list[Any] = []
    for step in steps:
        if isinstance(data, list):
            if data:
                data.pop(min(int(step), len(data) - 1))
            return steps[: len(parents)]
        if not isinstance(data, dict) or step not in data:
            break
        parents.append(data)
        data = data[step]
    if parents:
        del parents[-1][steps[len(parents) - 1]]
    return steps[: len(parents)]


def _touches(place: Path, wrong: set[Path]) -> bool:
    """Say whether a place lies in, or holds, one that is wrong."""
    return any(all(a == b for a, b in zip(place, other, strict=False)) for other in wrong)
