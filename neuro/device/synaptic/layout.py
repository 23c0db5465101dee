"""Decide at the beginning of each run how the kernels of a network visit its synapses.

What is decided depends on the contents of arrays, so it is decided anew for each run; a loop that
was compiled for other decisions is not used.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

import numpy as np
from brian2.core.base import BrianObject

from neuro.device.codeobject import NumbaCodeObject
from neuro.device.synaptic.constant import candidates, is_uniform
from neuro.device.synaptic.idle import recognise
from neuro.device.synaptic.listing import Share, decide, sides_written
from neuro.device.threads import region
from neuro.device.threads.team import IS_AVAILABLE
from neuro.device.threads.work import step_work

if TYPE_CHECKING:
    from neuro.device.device import NumbaDevice


@dataclass(frozen=True, slots=True)
class Layout:
    """Hold what is decided about one code object that visits synapses.

    Parameters
    ----------
    mode
        What the queue of the pathway holds.
    constants
        Per-synapse variables that are read once per step.
    is_idle
        Whether synapses that a statement would not change are left alone.
    share
        What threads divide between them.
    """

    mode: str = ""
    constants: frozenset[str] = frozenset()
    is_idle: bool = False
    share: Share = ""


@final
class Layouts:
    """Decide about all synapses of a network.

    Parameters
    ----------
    device
        Knows which variables have unusual values.
    objects
        The prepared objects of the network.
    """

    def __init__(self, device: NumbaDevice, objects: Sequence[Any]) -> None:
        self._device = device
        active = [obj for obj in objects if obj.active]
        lowered = [code for obj in active for code in _lowered(obj)]
        written = {identity for code in lowered for identity in code.written}
        self._is_whole = all(_is_lowered(obj) for obj in active)
        self._codes = [
            (code, candidates(code, written) if self._is_whole else (), sides_written(code))
            for code in lowered
            if code.template_name in {"synapses", "summed_variable"}
        ]
        self._work = step_work(lowered) if device.threads > 1 and IS_AVAILABLE else 0.0
        self._idle = _idle(lowered) if self._is_whole else {}

    def decide(self, is_watched: bool) -> tuple[Layout, ...]:
        """Tell each code object how to visit its synapses.

        Parameters
        ----------
        is_watched
            Whether Python code of the user, which may write anything, runs between the steps.

        Returns
        -------
        tuple of Layout
            Equal to that of another run if the same machine code serves both.
        """
        is_shared = self._device.threads > 1 and self._work >= region.LEAST_STEP
        self._device.n_parts = self._device.threads if is_shared else 0
        decisions = []
        for code, names, sides in self._codes:
            queue = getattr(code.template_kwds.get("pathway"), "queue", None)
            uniform = () if is_watched else _uniform(code, names)
            changed = None if is_watched else self._idle.get(id(code))
            is_idle = changed is not None and self._device.quiet.is_quiet(changed)
            mode = getattr(queue, "mode", "")
            code.layout = Layout(mode, frozenset(uniform), is_idle, decide(code, sides))
            decisions.append(code.layout)
        return tuple(decisions)


def _uniform(code: NumbaCodeObject, names: Iterable[str]) -> list[str]:
    return [name for name in names if is_uniform(code.variables[name].get_value())]


def _idle(codes: Sequence[NumbaCodeObject]) -> dict[int, Any]:
    """Return the variables that idle statements change, by the identity of the code object.

    All code of the network that writes such a variable has to test what it writes.
    """
    found: dict[int, Any] = {}
    for code in codes:
        idle = recognise(code.vector[None]) if code.template_name == "synapses" else None
        variable = code.variables[idle.name] if idle is not None else None
        if variable is not None and variable.dtype == np.float64:
            found[id(code)] = variable
    unknown = {v for code in codes if id(code) not in found for v in code.written}
    return {key: variable for key, variable in found.items() if id(variable) not in unknown}


def _lowered(obj: Any) -> list[NumbaCodeObject]:
    codes = [code.__repr__.__self__ for code in obj.code_objects]
    return [code for code in codes if isinstance(code, NumbaCodeObject)]


def _is_lowered(obj: Any) -> bool:
    """Return whether an object runs in compiled code only."""
    return type(obj).run is BrianObject.run and len(_lowered(obj)) == len(obj.code_objects)
