"""Remember which code the objects of a network have, and give it back to them."""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from typing import Any, final

#: Where Brian2's objects keep their code.
_CODE = ("codeobj", "_code_objects", "_pushspikes_codeobj")


@final
class Assignment:
    """Remember which code, and which queues, the objects of a network have.

    Parameters
    ----------
    objects
        The prepared objects.
    """

    def __init__(self, objects: Iterable[Any]) -> None:
        self._entries = [
            (weakref.ref(obj), _code_of(obj), getattr(obj, "queue", None)) for obj in objects
        ]

    def restore(self) -> bool:
        """Give the objects back their code; return whether it still fits."""
        found = [(reference(), code, queue) for reference, code, queue in self._entries]
        if any(obj is None or getattr(obj, "queue", None) is not q for obj, _, q in found):
            return False
        for obj, code, _ in found:
            obj.__dict__.update({name: _copied(value) for name, value in code.items()})
        return True


def _code_of(obj: Any) -> dict[str, Any]:
    return {name: _copied(obj.__dict__[name]) for name in _CODE if name in obj.__dict__}


def _copied(value: Any) -> Any:
    """Copy a list, which Brian2 changes in place."""
    return list(value) if isinstance(value, list) else value
