"""Know which arrays lag behind after a run, and bring them up to date when somebody looks."""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeAlias, final

from numpy.typing import NDArray

if TYPE_CHECKING:
    from neuro.device.fast.history import History


Traces: TypeAlias = dict[str, NDArray[Any]]


@final
class Waiting:
    """Hold the histories whose events still wait, by the arrays that they will change or read.

    The device tells when Python code gets an array (`look`) or writes to one (`write`). A history
    lives as long as its synapses; nobody can ask for arrays of synapses that are gone.
    """

    def __init__(self) -> None:
        self._seen: dict[int, list[weakref.ref[History]]] = {}
        self._given: dict[int, list[weakref.ref[History]]] = {}
        self._latest: weakref.WeakKeyDictionary[Any, weakref.ref[History]]
        self._latest = weakref.WeakKeyDictionary()
        self._resumed: weakref.WeakKeyDictionary[Any, Traces] = weakref.WeakKeyDictionary()

    def __bool__(self) -> bool:
        """Return whether anything waits."""
        return bool(self._seen)

    def begin(self, synapses: Any, history: History) -> Traces | None:
        """Know the history of some synapses; return the traces that it goes on with, if any."""
        self._latest[synapses] = weakref.ref(history)
        return self._resumed.pop(synapses, None)

    def noted(self, synapses: Any) -> Traces | None:
        """Return the traces that neurons hold for some synapses, when nothing waits; None if none.

        The synapses themselves know them as of their last events, which rounds otherwise.
        """
        reference = self._latest.get(synapses)
        history = None if reference is None else reference()
        return None if history is None else history.traces()

    def put_back(self, synapses: Any, noted: Traces) -> None:
        """Let the next run begin with what `noted` returned, maybe in another process."""
        self._resumed[synapses] = noted

    def add(self, history: History, seen: Iterable[Any], given: Iterable[Any]) -> None:
        """Let a history wait.

        Parameters
        ----------
        history
            What waits.
        seen
            Variables that lag behind, or are read late: waiting ends when one is looked at.
        given
            Variables that waiting relies on: it ends before one is written to.
        """
        reference = weakref.ref(history)
        for place, variables in ((self._seen, seen), (self._given, given)):
            for variable in variables:
                place.setdefault(id(variable), []).append(reference)

    def remove(self, history: History) -> None:
        """Forget a history, and those whose synapses are gone."""
        self._seen = _without(self._seen, history)
        self._given = _without(self._given, history)

    def look(self, variable: Any) -> None:
        """Bring a variable up to date."""
        _settle(self._seen.get(id(variable), ()))

    def write(self, variable: Any) -> None:
        """Bring up to date what depends on a variable that is about to change."""
        self.look(variable)
        _settle(self._given.get(id(variable), ()))

    def settle(self) -> None:
        """Bring everything up to date."""
        for references in list(self._seen.values()):
            _settle(references)
        self._seen, self._given = {}, {}


def _settle(references: Iterable[weakref.ref[History]]) -> None:
    for reference in tuple(references):
        history = reference()
        if history is not None and history.is_missed:
            history.settle()


def _without(
    places: dict[int, list[weakref.ref[History]]], history: History
) -> dict[int, list[weakref.ref[History]]]:
    kept = {
        key: [reference for reference in references if reference() not in (None, history)]
        for key, references in places.items()
    }
    return {key: references for key, references in kept.items() if references}
