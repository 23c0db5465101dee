"""Tell within microseconds that nothing about a network has changed since its last run.

A `Fingerprint` describes a network by value, which takes milliseconds. A `Stamp` remembers the very
objects that the description was made of: as long as every attribute, variable and name is the same
object and every small array and container holds what it held, the fingerprint would be the same.
Where an identity differs the stamp says no and the fingerprint decides, so an error can only be on
the slow side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from operator import call, is_, itemgetter
from typing import Any, final

import numpy as np
from brian2.core.functions import Function
from brian2.core.preferences import prefs
from brian2.core.variables import DynamicArrayVariable
from brian2.units import Quantity

from neuro.device.fingerprint import DEPTH, MISSING, PREFERENCES, SMALL, groups_of, volatile

#: Preferences that decide about code or about the order of objects.
_preferences = itemgetter(*PREFERENCES, "core.network.default_schedule")
#: Recording makes these attributes of a variable change.
_VOLATILE_VARIABLE = frozenset({"size"})


def _attributes(names: Sequence[str]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """Return what looks up several names at once, always as a tuple."""
    if len(names) == 1:
        return lambda mapping: (mapping[names[0]],)
    return itemgetter(*names) if names else lambda _: ()


#: Looks up all values of a dictionary.
_values: Callable[[Any], Iterable[Any]] = dict.values


def _is_same(values: Iterable[Any], kept: tuple[Any, ...]) -> bool:
    return all(map(is_, values, kept))


@final
class Stamp:
    """Hold the identities of everything that a network's generated code depends on.

    Parameters
    ----------
    network
        The network.
    objects
        Its objects in order.
    namespace
        The namespace of the run.
    asked
        The names that preparing looked up.
    options
        What the device adds (its mode and threads).
    """

    def __init__(
        self,
        network: Any,
        objects: Sequence[Any],
        namespace: Mapping[str, Any],
        asked: Iterable[str],
        options: tuple[Any, ...],
    ) -> None:
        self._objects = frozenset(network.objects)
        self._schedule = _schedule(network)
        self._options = options
        self._preferences = _preferences(prefs)
        self._names = tuple(asked)
        self._dicts: list[dict[str, Any]] = []
        self._getters: list[Callable[[Any], Iterable[Any]]] = []
        self._containers: list[Any] = []
        self._readers: list[Callable[[Any], Iterable[Any]]] = []
        self._sets: list[tuple[Any, Any]] = []
        self._arrays: list[tuple[Any, tuple[int, ...], bytes]] = []
        self._quantities: list[tuple[Any, Any]] = []
        self._values = tuple(namespace.get(name, MISSING) for name in self._names)
        for value in self._values:
            self._watch(value)
        clocks = {id(obj.clock): obj.clock for obj in objects}
        for clock in clocks.values():
            if "dt" in clock.variables:
                self._watch(clock.variables["dt"].get_value())
        groups = groups_of(objects)
        for thing in {id(thing): thing for thing in (*objects, *groups)}.values():
            self._watch_attributes(thing.__dict__, volatile(thing))
        for group in groups:
            self._watch_variables(group)
        self._sizes = self._present_sizes()
        self._kept = tuple(self._current())

    def holds(self, network: Any, namespace: Mapping[str, Any], options: tuple[Any, ...]) -> bool:
        """Return whether everything is the same object, with the same small contents."""
        return (
            options == self._options
            and network.objects == self._objects
            and _schedule(network) == self._schedule
            and _preferences(prefs) == self._preferences
            and _is_same([namespace.get(name, MISSING) for name in self._names], self._values)
            and self._present_sizes() == self._sizes
            and _is_same(self._current(), self._kept)
            and self._contents_hold()
        )

    def _present_sizes(self) -> list[int]:
        return list(map(len, chain(self._dicts, self._containers)))

    def _current(self) -> Iterable[Any]:
        """Return the present values of all watched attributes and contents of all containers."""
        return chain.from_iterable(
            chain(map(call, self._getters, self._dicts), map(call, self._readers, self._containers))
        )

    def _contents_hold(self) -> bool:
        return (
            all(container == kept for container, kept in self._sets)
            and all(
                array.shape == shape and array.tobytes() == kept
                for array, shape, kept in self._arrays
            )
            and all(quantity.dim is dimension for quantity, dimension in self._quantities)
        )

    def _watch_container(self, container: Any) -> None:
        """Remember the elements of a list, or the keys and values of a dictionary."""
        readers = (iter, _values) if isinstance(container, dict) else (iter,)
        for reader in readers:
            self._containers.append(container)
            self._readers.append(reader)

    def _watch_attributes(self, attributes: dict[str, Any], ignored: frozenset[str]) -> None:
        names = [name for name in attributes if name not in ignored]
        self._dicts.append(attributes)
        self._getters.append(_values if len(names) == len(attributes) else _attributes(names))
        for name in names:
            self._watch(attributes[name])

    def _watch_variables(self, group: Any) -> None:
        variables = getattr(group, "variables", None)
        if variables is None:
            return
        for container in (variables._variables, variables.indices):
            self._watch_container(container)
        for variable in variables.values():
            is_dynamic = isinstance(variable, DynamicArrayVariable)
            ignored = _VOLATILE_VARIABLE if is_dynamic else frozenset[str]()
            self._watch_attributes(variable.__dict__, ignored)

    def _watch(self, value: Any, depth: int = 0) -> None:
        """Remember the contents of what can change in place."""
        if isinstance(value, np.ndarray):
            if value.nbytes <= SMALL and value.dtype != object:
                self._arrays.append((value, value.shape, value.tobytes()))
            if isinstance(value, Quantity):
                self._quantities.append((value, value.dim))
        elif isinstance(value, Function):
            self._watch(value.implementations._implementations)
        elif depth < DEPTH and type(value) is dict:
            self._watch_container(value)
            for inner in value.values():
                self._watch(inner, depth + 1)
        elif depth < DEPTH and type(value) in (list, tuple):
            kept = tuple(value)
            if type(value) is list:
                self._watch_container(value)
            for inner in kept:
                self._watch(inner, depth + 1)
        elif depth < DEPTH and type(value) is set:
            self._sets.append((value, frozenset(value)))


def _schedule(network: Any) -> tuple[str, ...] | None:
    """Return the network's own schedule, or None for that of the preferences."""
    return None if network._schedule is None else tuple(network._schedule)
