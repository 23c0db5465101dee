"""Decide whether a network is what it was at its last run, so that preparing it can be skipped.

Preparing costs 50 to 300 ms per `run()`. A fingerprint holds all that generated code depends on:
the attributes of every object and of its group, the variables and their indices, the names that
were looked up outside of the network and what they stood for, the preferences, the clocks. What
the arrays *hold* is no part of it, and neither is where they are: arrays are looked up whenever
compiled code is entered. When in doubt a part differs, and the network is prepared again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, final

import numpy as np
from brian2.core.base import BrianObject
from brian2.core.functions import Function
from brian2.core.preferences import prefs
from brian2.groups.group import CodeRunner
from brian2.units import Quantity

PREFERENCES = (
    "codegen.loop_invariant_optimisations",
    "codegen.string_expression_target",
    "codegen.target",
    "core.default_float_dtype",
    "core.default_integer_dtype",
    "legacy.refractory_timing",
)
#: Attributes that every run changes or that say nothing about generated code.
VOLATILE = frozenset(
    {
        "_lines_cache",
        "_previous_dt",
        "_profiling_info",
        "_spikes_changed",
        "abstract_code",
        "code_objects",
        "codeobj",
        "eventspace",
        "user_code",
        "_code_objects",
        "_pushspikes_codeobj",
        "create_code_objects",
    }
)
_BUT_CODE = VOLATILE - {"abstract_code"}
MISSING = "(no such name)"
#: Arrays of the network of at most so many bytes are compared by value where they are attributes.
SMALL = 4096
#: Containers inside of containers are looked into so many levels deep.
DEPTH = 3


@final
class RecordingNamespace(Mapping[str, Any]):
    """Stand for the namespace of a run and remember which names were looked up.

    Parameters
    ----------
    names
        The namespace.
    """

    def __init__(self, names: Mapping[str, Any]) -> None:
        self._names = names
        self.asked: set[str] = set()
        #: What stands for some of the names, such as a compiled function for a Python one.
        self.replaced: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        self.asked.add(name)
        return self.replaced[name] if name in self.replaced else self._names[name]

    def __contains__(self, name: object) -> bool:
        self.asked.add(str(name))
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


@final
class Fingerprint:
    """Hold the parts of one moment of a network, and what keeps their identities unique.

    Parameters
    ----------
    objects
        The objects of the network in order.
    namespace
        The namespace of the run.
    asked
        The names that preparing looked up.
    options
        What the device adds (its mode and threads).
    """

    def __init__(
        self,
        objects: Iterable[BrianObject],
        namespace: Mapping[str, Any],
        asked: Iterable[str],
        options: tuple[Any, ...],
    ) -> None:
        # An id stays unique only as long as its object lives.
        self._kept: list[Any] = []
        names = sorted(asked)
        parts: list[Any] = [options, *(repr(prefs[name]) for name in PREFERENCES)]
        parts += [self._value(namespace.get(name, MISSING)) for name in names]
        parts += [
            (id(obj), obj.clock.name, getattr(obj.clock, "dt_", None), self._attributes(obj))
            for obj in objects
        ]
        for group in groups_of(objects):
            parts += [self._attributes(group), self._variables(group)]
            own = getattr(group, "namespace", None) or {}
            parts += [self._value(own.get(name, MISSING)) for name in names]
        self._parts = parts

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fingerprint) and self._parts == other._parts

    __hash__ = None  # type: ignore[assignment]

    def _identity(self, value: Any) -> int:
        if not isinstance(value, BrianObject):
            self._kept.append(value)
        return id(value)

    def _value(self, value: Any, depth: int = 0) -> Any:
        """Return something that is equal if and only if the value means the same."""
        if value is None or isinstance(value, str | bool | int | float | type):
            return (type(value).__name__, repr(value))
        if isinstance(value, np.ndarray) and value.nbytes <= SMALL and value.dtype != object:
            dimension = id(value.dim) if isinstance(value, Quantity) else 0
            return (value.shape, value.dtype.str, value.tobytes(), dimension)
        if isinstance(value, np.generic):
            return (value.dtype.str, value.tobytes())
        if depth < DEPTH and isinstance(value, Mapping) and type(value) is dict:
            return tuple(
                (self._value(k, DEPTH), self._value(v, depth + 1)) for k, v in value.items()
            )
        if depth < DEPTH and type(value) in (list, tuple):
            return tuple(self._value(v, depth + 1) for v in value)
        if depth < DEPTH and type(value) in (set, frozenset):
            return frozenset(self._value(v, depth + 1) for v in value)
        if isinstance(value, Function):
            implementations = value.implementations._implementations
            return (self._identity(value), self._value(implementations, depth))
        return self._identity(value)

    def _attributes(self, obj: Any) -> tuple[Any, ...]:
        left_out = volatile(obj)
        return tuple(
            (name, self._value(value))
            for name, value in obj.__dict__.items()
            if name not in left_out
        )

    def _variables(self, group: Any) -> tuple[Any, ...]:
        variables = getattr(group, "variables", None)
        if variables is None:
            return ()
        described = tuple(
            (
                name,
                self._identity(variable),
                str(getattr(variable, "dtype", None)),
                getattr(variable, "scalar", None),
                getattr(variable, "constant", None),
                getattr(variable, "expr", None),
                id(getattr(variable, "conditional_write", None)),
                self._value(getattr(variable, "value", None)),
            )
            for name, variable in variables.items()
        )
        return (*described, tuple(variables.indices.items()))


def volatile(obj: Any) -> frozenset[str]:
    """Return the attributes of an object that say nothing: its code does, if nothing derives it."""
    is_written = getattr(type(obj), "update_abstract_code", None) is CodeRunner.update_abstract_code
    return _BUT_CODE if is_written else VOLATILE


def groups_of(objects: Iterable[BrianObject]) -> list[Any]:
    """Return the distinct groups that some objects belong to."""
    groups = [_original(getattr(obj, "group", obj)) for obj in objects]
    return list({id(group): group for group in groups}.values())


def _original(obj: Any) -> Any:
    """Return the object behind a weak proxy."""
    return getattr(obj.__repr__, "__self__", obj)
