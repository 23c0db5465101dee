"""The blocks that say how a network is run: simulation, phases, output."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from string import Formatter
from typing import Any

from networks.config.blocks import named
from networks.config.changes import read_changes
from networks.config.document import Node, Step
from networks.config.problems import Problems
from networks.config.settings import make
from networks.spec import (
    FOLDER_ENDINGS,
    MAX_STEPS,
    PLACEHOLDERS,
    Input,
    Output,
    Phase,
    Population,
    Projection,
    Simulation,
)
from neuro.errors import nearest
from neuro.expressions import check_identifier
from neuro.units import Quantity, format_quantity

# Decimal text may miss a whole number of steps by its rounding, absolute and relative.
STEP_TOLERANCE, STEP_ROUNDING = 1e-6, 1e-15
Note = Callable[[tuple[Step, ...], str], None]


@dataclass(frozen=True, slots=True)
class Parts:
    """Hold what the blocks of a run refer to; a part with a mistake of its own is None."""

    populations: Mapping[str, Population | None]
    projections: Mapping[str, Projection | None]
    inputs: Mapping[str, Input | None] = field(default_factory=dict)
    simulation: Simulation | None = None


def blocks(node: Node | None, name: str, problems: Problems) -> list[tuple[str, Node, Note]]:
    """Return the entries of a block with a function that notes a problem below one of them."""
    found = []
    for key, inner in (node.mapping if node else {}).items():
        problem = check_identifier(key)
        if problem and node:
            problems.add(node.key_mark(key), f"{name}.{key}", problem)
        found.append((key, inner, noter(inner, f"{name}.{key}", problems)))
    return found


def noter(node: Node, path: str, problems: Problems) -> Note:
    """Return a function that notes a problem below a node."""

    def note(steps: tuple[Step, ...], message: str) -> None:
        problems.add(node.find(steps), ".".join((path, *map(str, steps))), message)

    return note


def steps_problem(time: Quantity, dt: Quantity | None) -> str:
    """Say what is wrong with a time that must be a whole number of steps, nothing if it is one."""
    if dt is None or dt.value <= 0 or time.value <= 0:
        return ""
    steps = time.value / dt.value
    if steps < 1 - STEP_TOLERANCE:
        return f"is shorter than dt, {format_quantity(dt)}"
    if steps > MAX_STEPS:
        return f"is more than {MAX_STEPS:.0e} steps of dt, {format_quantity(dt)}"
    if abs(steps - round(steps)) > max(STEP_TOLERANCE, STEP_ROUNDING * steps):
        return f"is not a multiple of dt, {format_quantity(dt)}"
    return ""


def read_simulation(node: Node | None, problems: Problems) -> Simulation | None:
    """Read the block `simulation`; without it, the defaults."""
    if node is None:
        return Simulation()
    made: Simulation | None = make(Simulation, node, "simulation", problems)
    if made is None:
        return None
    note = noter(node, "simulation", problems)
    if made.dt.value <= 0:
        note(("dt",), "must be above zero")
    if made.duration.value < 0:
        note(("duration",), "must not be negative")
    if problem := steps_problem(made.duration, made.dt):
        note(("duration",), problem)
    if not 1 <= made.threads <= 1024:
        note(("threads",), f"expected 1 to 1024 threads, not {made.threads}")
    return made


def field_problem(path: str) -> str:
    """Say what is wrong with the fields of `output.path`, nothing if nothing is.

    A width would be a file name of any length, an attribute would reach into Python's objects.

    Parameters
    ----------
    path : str
        As written.

    Returns
    -------
    str
        What is wrong, to stand behind "output.path: ".
    """
    needed = f"knows the fields {' and '.join(f'{{{name}}}' for name in PLACEHOLDERS)} only"
    try:
        fields = list(Formatter().parse(path))
    except ValueError as error:
        return f"{needed}: {error}; a brace itself is written twice"
    for _, field_name, width, conversion in fields:
        if field_name is None:
            continue
        ending = f"!{conversion}" * bool(conversion) + f":{width}" * bool(width)
        if ending and field_name in PLACEHOLDERS:
            return f"{needed}, without the ending '{ending}'"
        if field_name not in PLACEHOLDERS:
            return f"{needed}, not {{{field_name}}}{nearest(field_name, PLACEHOLDERS)}"
    return ""


def read_output(node: Node | None, problems: Problems) -> Output | None:
    """Read the block `output`; without it, the defaults."""
    made: Output | None = Output() if node is None else make(Output, node, "output", problems)
    if made is None or node is None:
        return made
    note = noter(node, "output", problems)
    for key, time in (("flush", made.flush), ("checkpoint", made.checkpoint)):
        if time is not None and time.value <= 0:
            note((key,), "must be above zero")
    if not made.path or "\x00" in made.path:
        note(("path",), "expected the path of a file")
    if made.path.endswith(FOLDER_ENDINGS):
        note(("path",), "ends like a folder; expected the path of a file, such as runs/{name}.h5")
    if problem := field_problem(made.path):
        note(("path",), problem)
    return made


def make_named(cls: type, name: str, node: Node, path: str, problems: Problems) -> Any:
    """Make settings that bear the name of their block."""
    if not node.is_mapping:
        return make(cls, node, path, problems)
    if "name" in node.mapping:
        problems.add(node.key_mark("name"), f"{path}.name", "unknown key: the block is the name")
    return make(cls, node, path, problems, {**node.plain(), "name": name})


def read_phases(
    node: Node | None, parts: Parts, dt: Quantity | None, problems: Problems
) -> tuple[Phase, ...]:
    """Read the list `phases`."""
    if node is None or node.value is None:
        return ()
    if not isinstance(node.value, list):
        problems.add(node.mark, "phases", "expected a list of phases: - {name: ..., duration: ...}")
        return ()
    found: list[Phase] = []
    for number, inner in enumerate(node.value):
        made = _read_phase(inner, f"phases.{number}", parts, dt, problems)
        if made is None:
            continue
        if made.name in {other.name for other in found}:
            message = f"two phases are called '{made.name}'"
            problems.add(inner.find(["name"]), f"phases.{number}.name", message)
        found.append(made)
    return tuple(found)


def _read_phase(
    node: Node, path: str, parts: Parts, dt: Quantity | None, problems: Problems
) -> Phase | None:
    """Read one phase; `plasticity: false` stands for every projection."""
    given = node.plain() if node.is_mapping else {}
    for key in ("plasticity", "transmission"):
        if isinstance(given.get(key), bool):
            given[key] = dict.fromkeys(_switched(key, parts), given[key])
    made: Phase | None = make(Phase, node, path, problems, given)
    if made is None:
        return None
    note = noter(node, path, problems)
    problem = check_identifier(made.name)
    if problem:
        note(("name",), problem)
    if made.duration.value <= 0:
        note(("duration",), "must be above zero")
    if problem := steps_problem(made.duration, dt):
        note(("duration",), problem)
    for name in made.inputs or ():
        if name not in parts.inputs:
            note(("inputs",), named(name, parts.inputs, "an input"))
    for key, switches in (("plasticity", made.plasticity), ("transmission", made.transmission)):
        for name in switches:
            if name not in parts.projections:
                message = named(name, parts.projections, "a projection")
                problems.add(node.find_key([key, name]), f"{path}.{key}.{name}", message)
            elif key == "plasticity" and name not in _switched(key, parts):
                note((key, name), f"projection '{name}' has no plasticity")
    changed = read_changes(node.get("parameters"), parts.populations, path, problems)
    return replace(made, parameters=changed)


def _switched(key: str, parts: Parts) -> list[str]:
    """Return the projections that a switch means: those that learn, or all."""
    return [
        name
        for name, projection in parts.projections.items()
        if key == "transmission" or projection is None or projection.plasticity is not None
    ]
