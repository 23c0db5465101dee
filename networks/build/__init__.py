"""From a description to a Brian2 network."""

from __future__ import annotations

from networks.build.inputs import phases_of
from networks.build.network import Built, build, listen, set_phase
from networks.build.pruning import remove_synapses

__all__ = ["Built", "build", "listen", "phases_of", "remove_synapses", "set_phase"]
