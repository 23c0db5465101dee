"""Do what every run of an unchanged network still needs: queues, generators, code in Python."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, final

from brian2.core.base import BrianObject, BrianObjectException
from brian2.groups.group import CodeRunner
from brian2.groups.neurongroup import NeuronGroup
from brian2.input.poissongroup import PoissonGroup
from brian2.synapses.synapses import SummedVariableUpdater, Synapses, SynapticPathway

from neuro.device.codeobject import NumbaCodeObject
from neuro.device.delivery import SpikeQueue
from neuro.device.lower.synapses import PUSH
from neuro.device.lower.template import Template, nothing

if TYPE_CHECKING:
    from neuro.device.device import NumbaDevice

#: Preparations that check units of equations, make code and initialise it.
_KNOWN = (
    BrianObject.before_run,
    CodeRunner.before_run,
    NeuronGroup.before_run,
    PoissonGroup.before_run,
    SummedVariableUpdater.before_run,
    SynapticPathway.before_run,
    Synapses.before_run,
)
#: What one object needs before a run, given the names that it may use.
Action = Callable[[Mapping[str, Any]], None]
#: Arrays of at most so many elements are compared by value.
_FEW = 16


@final
class Pathway:
    """Prepare the queue of a pathway where its synapses, delays or time step have changed.

    The arrays of a pathway may have millions of elements, so a change is noticed by the device's
    count of writes. An array that was written to without Brian2 knowing (through
    ``variable.get_value()``) is taken over only if it has few elements.

    Parameters
    ----------
    device
        Counts the writes to arrays.
    pathway
        The pathway, whose queue has been prepared.
    """

    def __init__(self, device: NumbaDevice, pathway: SynapticPathway) -> None:
        self._device = device
        self._pathway = pathway
        self._token = self._now()

    def _now(self) -> tuple[Any, ...]:
        pathway = self._pathway
        delays, sources = pathway._delays, pathway.synapse_sources
        array = self._device.arrays[delays].data
        return (
            self._device.writes.get(delays),
            self._device.writes.get(sources),
            array.tobytes() if len(array) <= _FEW else len(array),
            pathway.source.clock.variables["dt"].get_value()[0],
        )

    def __call__(self, namespace: Mapping[str, Any]) -> None:  # noqa: ARG002
        """Prepare the queue if need be."""
        token = self._now()
        if token != self._token or not self._pathway.queue.is_settled:
            self._device.waiting.settle()
            self._pathway.initialise_queue()
            self._token = token


def actions(
    device: NumbaDevice, objects: Sequence[BrianObject]
) -> list[tuple[BrianObject, Action]]:
    """Return what has to be done before each run, with the object that it is done for.

    Parameters
    ----------
    device
        The device.
    objects
        The prepared objects, in order.
    """
    named = {id(v) for obj in objects for code in obj.code_objects for v in code.variables.values()}
    found: list[tuple[BrianObject, Action]] = []
    for obj in objects:
        templates = _templates(obj)
        if type(obj).before_run not in _KNOWN or templates is None:
            found.append((obj, _again(obj)))
        elif PUSH in templates and _is_countable(device, obj) and id(obj._delays) not in named:
            found.append((obj, Pathway(device, obj)))
        elif any(template.before_run is not nothing for template in templates):
            found.append((obj, _again(obj)))
    return found


def _templates(obj: Any) -> list[Template] | None:
    """Return the templates of an object's code, None where some of it runs in Python."""
    codes = list(obj.code_objects)
    if not all(isinstance(code, NumbaCodeObject) for code in codes):
        return None
    return [code.template for code in codes]


def _is_countable(device: NumbaDevice, pathway: SynapticPathway) -> bool:
    """Return whether only writes that the device counts can change the queue's arrays."""
    return (
        isinstance(pathway.queue, SpikeQueue)
        and pathway._delays in device.arrays
        and pathway.synapse_sources in device.arrays
    )


def _again(obj: Any) -> Action:
    """Return what prepares an object that has not changed: all but its code, which is kept."""
    original = weakref.proxy(obj)

    def prepare(namespace: Mapping[str, Any]) -> None:
        if not hasattr(original, "create_code_objects"):
            original.before_run(namespace)
            return
        original.__dict__["create_code_objects"] = lambda run_namespace: None  # noqa: ARG005
        try:
            original.before_run(namespace)
        finally:
            del original.__dict__["create_code_objects"]

    return prepare


def refresh(todo: Iterable[tuple[BrianObject, Action]], namespace: Mapping[str, Any]) -> None:
    """Do what `actions` returned.

    Raises
    ------
    BrianObjectException
        If an object cannot be prepared; the cause is the original error.
    """
    for obj, action in todo:
        try:
            action(namespace)
        except Exception as error:
            raise BrianObjectException(
                "An error occurred when preparing an object.", obj
            ) from error
