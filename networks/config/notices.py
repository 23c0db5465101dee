"""What a sound configuration says that will not happen, or not well."""

from __future__ import annotations

from collections.abc import Iterator

from networks.config.document import Node
from networks.config.problems import Problem
from networks.spec import Spec

# Engines with a name and no program yet.
RESERVED = ("nest",)


def notices(spec: Spec, node: Node) -> tuple[Problem, ...]:
    """Return what a reader of a sound configuration should know, at its place.

    Parameters
    ----------
    spec : Spec
        The description.
    node : Node
        What was written.

    Returns
    -------
    tuple of Problem
        In the order of the file's blocks.
    """
    return tuple(
        Problem(node.find(path.split(".")), path, message) for path, message in _notices(spec)
    )


def _notices(spec: Spec) -> Iterator[tuple[str, str]]:
    if spec.simulation.engine in RESERVED:
        yield "simulation.engine", f"engine '{spec.simulation.engine}' is not available yet"
    driven = {entry.target for entry in spec.inputs.values()}
    for name, population in spec.populations.items():
        silent = population.model.kind == "spike_generator" and name not in driven
        # An experiment drives its sources itself.
        if silent and spec.experiment is None:
            yield f"populations.{name}", "no input drives this spike_generator; it stays silent"
    if hasattr(spec.experiment, "notices"):
        yield from spec.experiment.notices()
    if spec.sweep:
        yield "sweep", "'engram run' runs the configuration itself; the sweep is not run"
