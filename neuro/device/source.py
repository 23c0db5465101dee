"""Hold generated functions: their text, and what each name in the text stands for.

A `Kernel` is canonical: arrays and constants are renamed by order of appearance, so two neuron
groups with the same equations share one function, whatever they are called. A `Step` is what the
time loop does for one Brian2 object.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from neuro.device.threads.region import Region

#: Returns the array or number that a name stands for at this moment.
Getter = Callable[[], Any]

_IDENTIFIER = re.compile(r"(?<![\w.])[A-Za-z_]\w*")


def indented(lines: Iterable[str], levels: int = 1) -> list[str]:
    """Indent lines, each of which may span several lines of text."""
    pad = "    " * levels
    return [pad + part for line in lines for part in line.split("\n")]


def substitute(text: str, names: Mapping[str, str]) -> str:
    """Replace whole identifiers in a text."""
    return _IDENTIFIER.sub(lambda match: names.get(match.group(), match.group()), text)


def appearing(text: str, names: Iterable[str]) -> list[str]:
    """Return those of `names` that occur in a text, in the order in which they do."""
    wanted = set(names)
    found = dict.fromkeys(match.group() for match in _IDENTIFIER.finditer(text))
    return [name for name in found if name in wanted]


@dataclass(frozen=True, slots=True)
class Kernel:
    """Hold the text of one generated function.

    Parameters
    ----------
    name
        A name that holds the hash of the body.
    text
        The function definition.
    symbols
        The names, in the language of the caller, of the arguments.
    objects
        Compiled functions that the text names and cannot import.
    """

    name: str
    text: str
    symbols: tuple[str, ...]
    objects: Mapping[str, Any] = field(default_factory=dict)

    @property
    def call(self) -> str:
        """Write the call of this function with the names of the caller."""
        return f"{self.name}({', '.join(self.symbols)})"


def make_kernel(
    body: Sequence[str], bindings: Iterable[str], objects: Mapping[str, Any] | None = None
) -> Kernel:
    """Make a function of lines of code.

    Parameters
    ----------
    body
        Lines of Python.
    bindings
        Names that are arguments if the body mentions them.
    objects
        Compiled functions that the body may call.
    """
    text = "\n".join(indented(body))
    symbols = appearing(text, bindings)
    renamed = substitute(text, {symbol: f"_p{k}" for k, symbol in enumerate(symbols)})
    digest = hashlib.sha256(renamed.encode()).hexdigest()[:16]
    name = f"kernel_{digest}"
    arguments = ", ".join(f"_p{k}" for k in range(len(symbols)))
    used = {key: objects[key] for key in appearing(text, objects)} if objects else {}
    return Kernel(name, f"def {name}({arguments}):\n{renamed}\n", tuple(symbols), used)


@dataclass(frozen=True, slots=True)
class Step:
    """Hold what the time loop does for one object when its clock ticks.

    Parameters
    ----------
    lines
        Statements of the loop body.
    kernels
        The functions that the statements call.
    bindings
        The arrays and numbers that the statements name.
    room
        A condition under which there is room for what the step may write. When it is false the
        loop returns to Python, which calls `make_room`.
    make_room
        Empties or enlarges what is full.
    flush
        Hands to Brian2 what the step has recorded in arrays of its own.
    entry
        Statements for whenever the loop is entered, before its first step.
    begin
        Called before the first step of a run; returns whether the step still fits the data.
    settle
        Brings Brian2's arrays up to date where the step lags behind, before Python may look.
    wait
        Called when a run is over: the step may lag behind until somebody looks.
    withdraw
        Called after `begin` if another step of the loop did not fit: nothing has begun.
    region
        What threads may share, before the statements.
    """

    lines: tuple[str, ...]
    kernels: tuple[Kernel, ...] = ()
    bindings: Mapping[str, Getter] = field(default_factory=dict)
    room: str = ""
    make_room: Callable[[], None] | None = None
    flush: Callable[[], None] | None = None
    entry: tuple[str, ...] = ()
    begin: Callable[[], bool] | None = None
    settle: Callable[[], None] | None = None
    wait: Callable[[], None] | None = None
    withdraw: Callable[[], None] | None = None
    region: Region | None = None
