"""Fixtures of the rules: both sides of a plastic projection fire when told to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

# A teacher's volley crosses the threshold one step after it arrives.
TEACHER_LAG = 1


@pytest.fixture
def pair_spikes(simulate: Callable[..., Any]) -> Callable[..., Any]:
    """Make source and target fire at given steps and return the run; the projection is "learn".

    `source` and `target` are lists of spike steps, one list per cell. The plastic projection has
    exponential currents of at most a few pA, which never fire a target.
    """

    def run(
        source: list[list[int]],
        target: list[list[int]],
        rule: dict[str, Any],
        *,
        weight: Any = "0.5 pA",
        delay: str = "0 ms",
        dt_ms: float = 0.1,
        steps: int | None = None,
        **more: Any,
    ) -> Any:
        last = max((step for train in (*source, *target) for step in train), default=0)
        cell = {
            "model": "lif",
            "size": len(target),
            "parameters": {"V_reset": "-70 mV", "t_ref": "0 ms"},
        }
        return simulate(
            {
                "source": {"model": "spike_generator", "size": len(source)},
                "teacher": {"model": "spike_generator", "size": len(target)},
                "cell": cell,
            },
            {
                "teach": {
                    "source": "teacher",
                    "target": "cell",
                    "connectivity": {"rule": "one_to_one"},
                    "synapse": {"model": "delta", "weight": "100 mV"},
                },
                "learn": {
                    "source": "source",
                    "target": "cell",
                    "synapse": {"model": "exponential", "weight": weight, "delay": delay},
                    "plasticity": rule,
                },
            },
            duration=f"{((steps or last) + 3) * dt_ms} ms",
            dt=f"{dt_ms} ms",
            spikes={
                "source": train(source, dt_ms, 0),
                "teacher": train(target, dt_ms, -TEACHER_LAG),
            },
            record=["cell.spikes"],
            **more,
        )

    return run


def train(cells: list[list[int]], dt_ms: float, shift: int) -> tuple[np.ndarray, np.ndarray]:
    """Return times in s, in the middle of their step, and cell numbers."""
    steps = np.array([step for cell in cells for step in cell], dtype=float)
    nodes = np.repeat(np.arange(len(cells)), [len(cell) for cell in cells])
    return (steps + shift + 0.5) * dt_ms * 1e-3, nodes
