"""Know which arrays lag behind after a run, and bring them up to date when somebody looks."""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, final

if TYPE_CHECKING:
    from neuro.device.fast.history import History


@final
class Waiting:
    """Hold the histories whose events still wait, by the arrays that they will change or read.

    The device asks `look` whenever Python code gets an array or writes to one. A history lives as
    long as its synapses; nobody can ask for arrays of synapses that are gone.
    """

    def __init__(self) -> None:
        self._by_array: dict[int, weakref.ref[History]] = {}

    def __bool__(self) -> bool:
        """Return whether anything waits."""
        return bool(self._by_array)

    def add(self, history: History, variables: Iterable[Any]) -> None:
        """Let a history wait until somebody looks at one of some variables."""
        reference = weakref.ref(history)
        self._by_array.update((id(variable), reference) for variable in variables)

    def remove(self, history: History) -> None:
        """Forget a history, and those whose synapses are gone."""
        self._by_array = {
            key: reference
            for key, reference in self._by_array.items()
            if reference() is not None and reference() is not history
        }

    def look(self, variable: Any) -> None:
        """Bring a variable up to date."""
        reference = self._by_array.get(id(variable))
        history = None if reference is None else reference()
        if history is not None:
            history.settle()

    def settle(self) -> None:
        """Bring everything up to date."""
        for reference in {id(r): r for r in self._by_array.values()}.values():
            history = reference()
            if history is not None:
                history.settle()
        self._by_array = {}
