"""The block `inputs`: a data set through an encoder, or given spikes, that drive a source."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from networks.config import scalars
from networks.config.blocks import named, written
from networks.config.document import Node
from networks.config.problems import Problems
from networks.config.run import Note, blocks, make_named
from networks.spec import BIN_SHIFT, Input, Population
from neuro import dimensions as dim
from neuro.dimensions import Dimension
from neuro.errors import nearest
from neuro.units import Quantity

# Data sets and encoders with what they take; `networks.inputs` imports numpy and is not read here.
DATASETS = ("mnist",)
ENCODERS: Mapping[str, Mapping[str, Dimension]] = MappingProxyType(
    {
        "poisson": {"max_rate": dim.FREQUENCY, "duration": dim.TIME},
        "latency": {"duration": dim.TIME},
    }
)
# What an input of given spikes does not have.
OF_DATASET = frozenset({"encoder", "items", "item_duration"})


def read_inputs(
    node: Node | None,
    populations: Mapping[str, Population | None],
    dt: Quantity | None,
    problems: Problems,
) -> dict[str, Input | None]:
    """Read the block `inputs`; an input with a mistake is None."""
    found: dict[str, Input | None] = {}
    for name, inner, note in blocks(node, "inputs", problems):
        before = len(problems.found)
        made: Input | None = make_named(Input, name, inner, f"inputs.{name}", problems)
        found[name] = None
        if made is None:
            continue
        _check_target(made, populations, note)
        if bool(made.dataset) == bool(made.times):
            note((), "needs either 'dataset' or 'times'")
        elif made.times:
            _check_times(made, populations.get(made.target), dt, note)
            for key in inner.mapping.keys() & OF_DATASET:
                note((key,), "is for a data set; 'times' are spikes themselves")
        else:
            _check_dataset(made, note)
        encoder = _read_encoder(inner.get("encoder"), note)
        if len(problems.found) == before:
            found[name] = replace(made, encoder=MappingProxyType(encoder))
    return found


def _check_target(made: Input, populations: Mapping[str, Population | None], note: Note) -> None:
    """Check that what is driven is a source."""
    if made.target not in populations:
        note(("target",), named(made.target, populations, "a population"))
    target = populations.get(made.target)
    if target is not None and target.model.kind == "equations":
        message = f"'{made.target}' is not a source; use model spike_generator or poisson"
        note(("target",), f"{message} and project from it")


def _check_dataset(made: Input, note: Note) -> None:
    """Check that the data set exists."""
    if made.dataset not in DATASETS:
        note(("dataset",), named(made.dataset, dict.fromkeys(DATASETS), "a data set"))
    if made.items and min(made.items) < 0:
        note(("items",), "items are counted from 0")


def _check_times(made: Input, target: Population | None, dt: Quantity | None, note: Note) -> None:
    """Check given spikes: a list for each neuron, no two spikes of a neuron in one step."""
    if target is not None and len(made.times) != target.size:
        note(("times",), f"{len(made.times)} lists for {target.size} neurons; one for each")
    for number, train in enumerate(made.times):
        seen: dict[int, Quantity] = {}
        for position, time in enumerate(train):
            place = ("times", number, position)
            if time.value < 0:
                note(place, "must not be negative")
            elif dt is not None and dt.value > 0:
                step = math.floor(time.value / dt.value + BIN_SHIFT)
                if step in seen:
                    message = f"neuron {number} spikes at {seen[step].text} in the same step"
                    note(place, f"{message} of {dt.text}")
                seen[step] = time


def _read_encoder(node: Node | None, note: Note) -> dict[str, Any]:
    """Read how a data set becomes spikes."""
    if node is None:
        return {}
    if not node.is_mapping:
        note(("encoder",), f"expected keys and values, not {scalars.show(node.plain())}")
        return {}
    given = node.mapping.get("kind", Node("poisson", node.mark))
    kind = written(given)
    if kind not in ENCODERS:
        note(("encoder", "kind"), named(kind, ENCODERS, "an encoder"))
        return {}
    found: dict[str, Any] = {"kind": kind}
    for key, inner in node.mapping.items():
        if key == "kind":
            continue
        if key not in ENCODERS[kind]:
            note(("encoder", key), f"unknown key{nearest(key, list(ENCODERS[kind]))}")
            continue
        try:
            found[key] = scalars.quantity(inner.plain(), ENCODERS[kind][key])
            if found[key].value < 0:
                note(("encoder", key), "must not be negative")
        except ValueError as error:
            note(("encoder", key), str(error))
    return found
