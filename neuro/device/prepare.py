"""Prepare the objects of a network: lower what can be lowered, leave the rest to Python."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, final

from brian2.codegen.runtime.numpy_rt import NumpyCodeObject
from brian2.core.base import BrianObject, BrianObjectException
from brian2.core.functions import Function
from brian2.core.namespace import DEFAULT_CONSTANTS, DEFAULT_FUNCTIONS, DEFAULT_UNITS
from brian2.core.network import Network
from brian2.utils.logger import get_logger

from neuro.device.assignment import Assignment
from neuro.device.codeobject import NumbaCodeObject
from neuro.device.fingerprint import Fingerprint, RecordingNamespace
from neuro.device.functions import add_user_function
from neuro.device.loop import Loop
from neuro.device.refresh import Action, actions, refresh
from neuro.device.stamp import Stamp
from neuro.device.synaptic.layout import Layout, Layouts

if TYPE_CHECKING:
    from neuro.device.device import NumbaDevice

logger = get_logger(__name__)

#: Different forms of one network whose code is kept.
FORMS = 4
#: Brian2's message for a function without an implementation for the target.
_UNKNOWN_FUNCTION = re.compile(r"Cannot use function '(\w+)'")


@final
class Prepared:
    """Hold what preparing a network led to, for its next run.

    Parameters
    ----------
    fingerprint
        The network as it was.
    asked
        The names that were looked up outside of the network.
    external
        Those of them whose value was used: no variable and no namespace of a group has them.
    objects
        The objects of the network in order.
    todo
        What every run still needs.
    code
        What code the objects had.
    """

    def __init__(
        self,
        fingerprint: Fingerprint,
        asked: set[str],
        external: set[str],
        objects: Sequence[Any],
        todo: list[tuple[BrianObject, Action]],
        code: Assignment,
    ) -> None:
        self.fingerprint = fingerprint
        self.asked = asked
        self.external = external
        self.objects = objects
        self.todo = todo
        self.code = code
        self.stamp: Stamp | None = None
        self.loop: Loop | None = None
        self.layouts: Layouts | None = None
        self.layout: tuple[Layout, ...] = ()


def kept(device: NumbaDevice, network: Any, namespace: Mapping[str, Any]) -> Prepared | None:
    """Return what the last run prepared, if nothing has even been touched since."""
    known = device.prepared.get(network)
    if known is None or known.stamp is None:
        return None
    is_same = known.stamp.holds(network, namespace, _options(device))
    return known if is_same else None


def before_run(
    device: NumbaDevice, network: Any, namespace: Mapping[str, Any], objects: Sequence[Any]
) -> None:
    """Do what `Network.before_run` does, choosing for each object how it will run.

    Raises
    ------
    BrianObjectException
        If an object cannot be prepared at all; the cause is the original error.
    """
    known = _recall(device, network, namespace, objects)
    if known is not None:
        reuse(network, known, namespace)
        known.stamp = Stamp(network, objects, namespace, known.asked, _options(device))
        return
    active = [obj for obj in objects if obj.active]
    # The original does the checks; with all objects inactive it leaves the preparation to us.
    try:
        for obj in active:
            obj._active = False
        Network.before_run.original_function(network, namespace)
    finally:
        for obj in active:
            obj._active = True
    recording = RecordingNamespace(namespace)
    external: set[str] = set()
    _for_each(active, lambda obj: external.update(_prepare_noting(device, obj, recording)))
    fingerprint = Fingerprint(objects, namespace, recording.asked, _options(device))
    todo, code = actions(device, active), Assignment(active)
    device.prepared[network] = Prepared(fingerprint, recording.asked, external, objects, todo, code)


def _recall(
    device: NumbaDevice, network: Any, namespace: Mapping[str, Any], objects: Sequence[Any]
) -> Prepared | None:
    """Return what was prepared when the network was as it is now, and keep what is not.

    A network that learns and is tested in turn has the same two forms again and again.
    """
    last = device.prepared.pop(network, None)
    past = device.past.setdefault(network, [])
    if last is not None:
        past.insert(0, last)
    for number, known in enumerate(past):
        fingerprint = Fingerprint(objects, namespace, known.asked, _options(device))
        if known.fingerprint == fingerprint and (number == 0 or known.code.restore()):
            # What is compared next has to be what the next stamp holds.
            known.fingerprint, known.objects = fingerprint, objects
            device.prepared[network] = past.pop(number)
            return known
    del past[FORMS - 1 :]
    return None


def reuse(network: Any, known: Prepared, namespace: Mapping[str, Any]) -> None:
    """Begin another run of a network that is as it was prepared."""
    network._stopped = False
    Network._globally_stopped = False
    refresh(known.todo, namespace)


def _options(device: NumbaDevice) -> tuple[Any, ...]:
    return (device.mode, device.threads, device.postpones)


def _for_each(objects: Iterable[BrianObject], action: Callable[[BrianObject], None]) -> None:
    for obj in objects:
        try:
            action(obj)
        except Exception as error:
            raise BrianObjectException(
                "An error occurred when preparing an object.", obj
            ) from error


def _prepare_noting(
    device: NumbaDevice, obj: BrianObject, recording: RecordingNamespace
) -> set[str]:
    """Prepare one object and return the names that it takes from the namespace of the run.

    Brian2 looks there for every name, to warn of two meanings, but prefers its own and the group's.
    """
    before, recording.asked = recording.asked, set()
    try:
        _prepare(device, obj, recording)
        group = getattr(obj, "group", obj)
        own = set(getattr(group, "variables", ())) | set(getattr(group, "namespace", None) or ())
        return recording.asked.difference(own, DEFAULT_CONSTANTS, DEFAULT_UNITS, DEFAULT_FUNCTIONS)
    finally:
        recording.asked |= before


def _prepare(device: NumbaDevice, obj: BrianObject, namespace: Mapping[str, Any]) -> None:
    """Prepare one object, in Numba if possible."""
    tried: set[str] = set()
    while True:
        try:
            with device.preparing(NumbaCodeObject):
                obj.before_run(namespace)
        except NotImplementedError as error:
            name = _unknown_function(error)
            if name is not None and name not in tried and _compile(obj, name, namespace):
                tried.add(name)
                continue
            if name is None and not _is_our_limit(error):
                raise
            in_python(device, obj, namespace, str(error))
        return


def in_python(
    device: NumbaDevice, obj: BrianObject, namespace: Mapping[str, Any], reason: str
) -> None:
    """Prepare an object for running in Python when its clock ticks, and say so."""
    logger.info(f"'{obj.name}' runs in Python: {reason}", "not_lowered", once=True)
    if isinstance(getattr(obj, "_pushspikes_codeobj", None), NumbaCodeObject):
        obj._pushspikes_codeobj = None
    with device.preparing(NumpyCodeObject):
        obj.before_run(namespace)


def _is_our_limit(error: BaseException) -> bool:
    return type(error).__name__ == "CannotLowerError"


def _unknown_function(error: BaseException) -> str | None:
    match = _UNKNOWN_FUNCTION.search(str(error))
    return None if match is None else match.group(1)


def _compile(obj: BrianObject, name: str, namespace: Mapping[str, Any]) -> bool:
    """Try to compile the user's function that equations call `name`."""
    group = getattr(obj, "group", obj)
    function = group.resolve_all([name], namespace, user_identifiers=set()).get(name)
    if not isinstance(function, Function) or not add_user_function(name, function):
        return False
    if isinstance(namespace, RecordingNamespace) and name in namespace:
        # Brian2 wraps a plain Python function anew whenever it looks it up.
        namespace.replaced[name] = function
    return True
