"""List the templates of Brian2 that are lowered to Numba."""

from __future__ import annotations

from neuro.device.lower import (
    monitors,
    reset,
    spatial,
    spikegenerator,
    stateupdate,
    summed,
    synapses,
    threshold,
)
from neuro.device.lower.template import Template

TEMPLATES: dict[str, Template] = {
    "ratemonitor": monitors.RATE,
    "reset": reset.TEMPLATE,
    "spatialstateupdate": spatial.TEMPLATE,
    "spikegenerator": spikegenerator.TEMPLATE,
    "spikemonitor": monitors.SPIKES,
    "statemonitor": monitors.STATES,
    "stateupdate": stateupdate.TEMPLATE,
    "summed_variable": summed.TEMPLATE,
    "synapses": synapses.DELIVER,
    "synapses_push_spikes": synapses.PUSH,
    "threshold": threshold.TEMPLATE,
}

__all__ = ["TEMPLATES", "Template"]
