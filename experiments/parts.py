"""Independent parts of a run, such as networks: measured once, kept beside the recording."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any, Protocol, TypeVar

import numpy as np

from neuro.errors import DamagedFileError
from neuro.recording import Checkpoint, Recorder, packed, unpacked, write_checkpoint

Result = TypeVar("Result")
# Writing checkpoints takes at most this part of a run whose parts are quick.
SHARE = 0.1
_FORM, _FIELDS = "form of", "fields"


class Ask(Protocol):
    """Return the result of a part, measured now or kept from before."""

    def __call__(self, name: str, measure: Callable[[], Result], /, *forms: type) -> Result:
        """See `Parts`."""
        ...


def at_once(_name: str, measure: Callable[[], Result], /, *_forms: type) -> Result:
    """Measure a part and keep nothing."""
    return measure()


class Parts:
    """Measure each part of a run once, however often the run is stopped and goes on.

    A part draws from random streams of its own, so that it does not matter which others were
    measured before it in the same process.

    Parameters
    ----------
    recorder : Recorder
        The recording beside which results are kept. It is flushed before.
    begun : Checkpoint, optional
        Of the same configuration: parts that it holds are not measured again.

    Raises
    ------
    DamagedFileError
        If the checkpoint is none of such a run.
    """

    def __init__(self, recorder: Recorder, begun: Checkpoint | None = None) -> None:
        self._recorder = recorder
        self._found: dict[str, Any] = {} if begun is None else _opened(begun)
        self._due = 0.0

    def __call__(self, name: str, measure: Callable[[], Result], *forms: type) -> Result:
        """Return the result of a part.

        Parameters
        ----------
        name : str
            Of the part, unlike all others of the run.
        measure : callable
            Returns the result: of dicts with text as keys, lists, tuples, arrays of numbers,
            text, numbers, None, and `forms`. Results do not depend on whether they were kept.
        *forms : type
            The dataclasses and named tuples of which the result is made.

        Raises
        ------
        DamagedFileError
            If what was kept is no result of this part.
        """
        if name not in self._found:
            self._found[name] = _laid(measure())
            self._keep()
        try:
            found: Result = _built(self._found[name], {form.__name__: form for form in forms})
        except (KeyError, TypeError, ValueError) as error:
            told = f"the checkpoint holds no part '{name}' of this run: {error!r}"
            raise DamagedFileError(told) from None
        return found

    def __contains__(self, name: str) -> bool:
        """Say whether a part was measured already."""
        return name in self._found

    def _keep(self) -> None:
        began = time.monotonic()
        if began < self._due:
            return
        self._recorder.flush()
        write_checkpoint(self._recorder.path, packed({"parts": self._found}))
        now = time.monotonic()
        self._due = now + (now - began) / SHARE


def _opened(begun: Checkpoint) -> dict[str, Any]:
    state = unpacked(begun)
    if not isinstance(state, dict) or not isinstance(state.get("parts"), dict):
        raise DamagedFileError("the checkpoint is none of a run of independent parts")
    return dict(state["parts"])


def _laid(value: Any) -> Any:
    """Write forms as dicts, and scalars as Python's own: as they come back from a file."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, dict):
        return {key: _laid(inner) for key, inner in value.items()}
    names = _names(value)
    if names is not None:
        inner = {name: _laid(getattr(value, name)) for name in names}
        return {_FORM: type(value).__name__, _FIELDS: inner}
    if isinstance(value, list | tuple):
        return type(value)(_laid(inner) for inner in value)
    return value


def _names(value: Any) -> tuple[str, ...] | None:
    if is_dataclass(value) and not isinstance(value, type):
        return tuple(field.name for field in fields(value))
    return getattr(value, "_fields", None)


def _built(laid: Any, forms: dict[str, type]) -> Any:
    if isinstance(laid, dict):
        inner = {key: _built(each, forms) for key, each in laid.get(_FIELDS, laid).items()}
        return forms[laid[_FORM]](**inner) if _FORM in laid else inner
    if isinstance(laid, list | tuple):
        return type(laid)(_built(each, forms) for each in laid)
    return laid.copy() if isinstance(laid, np.ndarray) else laid
