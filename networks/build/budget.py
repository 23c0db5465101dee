"""The estimate of memory, where assembly had it before it could be asked without Brian2."""

from networks.needs.memory import bytes_per_synapse

__all__ = ["bytes_per_synapse"]
