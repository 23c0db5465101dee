"""Prepare the objects of a network: lower what can be lowered, leave the rest to Python."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from brian2.core.base import BrianObject, BrianObjectException
from brian2.core.functions import Function
from brian2.core.network import Network
from brian2.utils.logger import get_logger

from neuro.device.functions import add_user_function

if TYPE_CHECKING:
    from neuro.device.device import NumbaDevice

logger = get_logger(__name__)

#: Brian2's message for a function without an implementation for the target.
_UNKNOWN_FUNCTION = re.compile(r"Cannot use function '(\w+)'")


def before_run(device: NumbaDevice, network: Any, namespace: Mapping[str, Any]) -> None:
    """Do what `Network.before_run` does, choosing for each object how it will run.

    Raises
    ------
    BrianObjectException
        If an object cannot be prepared at all; the cause is the original error.
    """
    objects = network.sorted_objects
    active = [obj for obj in objects if obj.active]
    # The original does the checks; with all objects inactive it leaves the preparation to us.
    try:
        for obj in active:
            obj._active = False
        Network.before_run.original_function(network, namespace)
    finally:
        for obj in active:
            obj._active = True
    for obj in active:
        try:
            _prepare(device, obj, namespace)
        except Exception as error:
            raise BrianObjectException(
                "An error occurred when preparing an object.", obj
            ) from error


def _prepare(device: NumbaDevice, obj: BrianObject, namespace: Mapping[str, Any]) -> None:
    """Prepare one object, in Numba if possible."""
    tried: set[str] = set()
    while True:
        try:
            with device.lowering(True):
                obj.before_run(namespace)
        except NotImplementedError as error:
            name = _unknown_function(error)
            if name is not None and name not in tried and _compile(obj, name, namespace):
                tried.add(name)
                continue
            if name is None and not _is_our_limit(error):
                raise
            logger.info(f"'{obj.name}' runs in Python: {error}", "not_lowered", once=True)
            with device.lowering(False):
                obj.before_run(namespace)
        return


def _is_our_limit(error: BaseException) -> bool:
    return type(error).__name__ == "CannotLowerError"


def _unknown_function(error: BaseException) -> str | None:
    match = _UNKNOWN_FUNCTION.search(str(error))
    return None if match is None else match.group(1)


def _compile(obj: BrianObject, name: str, namespace: Mapping[str, Any]) -> bool:
    """Try to compile the user's function that equations call `name`."""
    group = getattr(obj, "group", obj)
    function = group.resolve_all([name], namespace, user_identifiers=set()).get(name)
    return isinstance(function, Function) and add_user_function(name, function)
