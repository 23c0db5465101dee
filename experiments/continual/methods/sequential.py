"""Learning one task after the other without any guard: the control."""

from __future__ import annotations

from experiments.continual.methods.base import Method


class Sequential(Method):
    """Learn each task as it comes."""
