"""The block `synapse` of a projection: model, target, weight, delay and parameters."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from networks.config import scalars
from networks.config.blocks import Block, named
from networks.config.populations import input_dimension, variables
from networks.config.values import extremes, plain_value
from networks.spec import MAX_DELAY_STEPS, Population, Synapse, Value
from neuro import dimensions as dim
from neuro.dimensions import Dimension
from neuro.expressions import parse_equations
from neuro.synapses.base import SynapseModel
from neuro.units import Quantity, describe, parse, unit

DEFAULT_DELAY = "1 ms"
KEYS = ("model", "weight", "delay", "target", "initial")
_SEGMENT = re.compile(r"segment\[([0-9]{1,6})\]")


def read_synapse(
    block: Block,
    models: Mapping[str, SynapseModel],
    target: Population | None,
    dt: Quantity | None,
) -> tuple[Synapse | None, Dimension | None]:
    """Read the block `synapse`.

    Parameters
    ----------
    block : Block
        The block.
    models : mapping of str to SynapseModel
        Synapse models.
    target : Population or None
        The target, None if it has mistakes of its own.
    dt : Quantity or None
        Time step, None if it is wrong.

    Returns
    -------
    synapse : Synapse or None
        None if anything is wrong.
    weight : Dimension or None
        Dimension of the weight, as far as it is known.
    """
    name = block.kind("model", models, "a synapse model")
    if name is None:
        return None, None
    return _Reader(block, models[name], target, dt).read()


class _Reader:
    """Read one synapse block."""

    def __init__(
        self,
        block: Block,
        model: SynapseModel,
        target: Population | None,
        dt: Quantity | None,
    ) -> None:
        self.block, self.model, self.population, self.dt = block, model, target, dt

    def read(self) -> tuple[Synapse | None, Dimension | None]:
        """Read the block."""
        block, model = self.block, self.model
        block.only((*KEYS, *model.parameters))
        address, addressed = self.target()
        direct = model.weight_unit == "target"
        dimension = addressed if direct else unit(model.weight_unit)[1]
        weight = block.value("weight", dimension)
        delay = self.delay()
        parameters = block.parameters(model.parameters, dimension, model.constraints)
        initial = self.initial()
        if weight is None or delay is None:
            return None, dimension
        frozen = MappingProxyType(parameters), MappingProxyType(initial)
        return Synapse(model, weight, delay, address, *frozen), dimension

    def delay(self) -> Value | None:
        """Return the delay: neither negative nor of more steps than an engine can count."""
        node = self.block.node.get("delay")
        if node is None:
            return parse(DEFAULT_DELAY)
        delay = self.block.value("delay", dim.TIME)
        if delay is None:
            return None
        least, greatest = extremes(delay)
        if least < 0:
            hint = "; give 'low: 0 ms'" if node.is_mapping else ""
            self.block.add(("delay",), f"must not be negative{hint}")
        step = self.dt.value if self.dt is not None else 0.0
        if math.isfinite(greatest) and step > 0 and greatest / step >= MAX_DELAY_STEPS:
            longest = f"a delay lasts less than {MAX_DELAY_STEPS * step:g} s"
            self.block.add(("delay",), f"{longest}, {MAX_DELAY_STEPS} steps of dt")
        return delay

    def target(self) -> tuple[str, Dimension | None]:
        """Return which part of the target is addressed and the dimension of its variable."""
        inner = self.block.node.get("target")
        address = "soma" if inner is None else inner.plain()
        if not isinstance(address, str):
            message = f"expected soma, segment[k] or a variable, not {scalars.show(address)}"
            self.block.add(("target",), message)
            return "", None
        if self.population is None or self.population.model.kind != "equations":
            return address, None
        if address == "soma":
            return address, self.soma(self.population)
        if address.startswith("segment"):
            return address, self.segment(address, self.population)
        return address, self.variable(address, self.population)

    def soma(self, population: Population) -> Dimension | None:
        """Check a synapse on the soma."""
        neuron = population.model
        addressed = variables(neuron).get(neuron.voltage)
        if addressed is None:
            message = f"model '{neuron.name}' has no membrane variable '{neuron.voltage}'"
            self.block.add(("target",), message)
        self.fits(population)
        return addressed

    def segment(self, address: str, population: Population) -> Dimension | None:
        """Check a synapse on a dendritic segment."""
        neuron, match = population.model, _SEGMENT.fullmatch(address)
        if not neuron.n_segments:
            message = f"model '{neuron.name}' of '{population.name}' has no segments"
        elif not match or int(match[1]) >= neuron.n_segments:
            last = f"segment[{neuron.n_segments - 1}]"
            message = f"'{address[:40]}' is not segment[0] to {last} of '{population.name}'"
        else:
            self.fits(population)
            return variables(neuron).get(neuron.segment_voltage)
        self.block.add(("target",), message)
        return None

    def variable(self, address: str, population: Population) -> Dimension | None:
        """Check a synapse that writes to a variable."""
        known, steps = variables(population.model), ("target",)
        if address not in known or "{k}" in address:
            places = ["soma", *(name for name in known if "{k}" not in name)]
            what = f"soma, segment[k] or a variable of model '{population.model.name}'"
            self.block.add(steps, named(address, dict.fromkeys(places), what))
            return None
        if self.model.current:
            message = f"synapse model '{self.model.name}' gives a current to soma or segment[k], "
            self.block.add(steps, message + "not to a variable; use model delta")
            return None
        return known[address]

    def fits(self, population: Population) -> None:
        """Check that the target reads the current that a synapse gives, by its method."""
        neuron, model = population.model, self.model
        if not model.current:
            return
        if "I_syn" not in neuron.equations and "I_seg" not in neuron.segment_equations:
            message = f"model '{neuron.name}' does not read I_syn; use model delta"
            self.block.add(("model",), message)
        elif input_dimension(neuron) != dim.CURRENT:
            reads = describe(input_dimension(neuron))
            message = f"gives a current; model '{neuron.name}' reads I_syn as {reads}"
            self.block.add(("model",), f"'{model.name}' {message}")
        if neuron.method == "exact" and not model.linear:
            projection = self.block.path.split(".")[1]
            self.block.add(
                ("model",),
                f"projection '{projection}': '{model.name}' is not linear, so '{population.name}' "
                f"(model '{neuron.name}') cannot be integrated by method exact; "
                f"use a model with method exponential_euler",
            )

    def initial(self) -> dict[str, Value | str]:
        """Return the initial values of the synapse's own variables."""
        model = self.model
        known = {each.name: each.dimension for each in parse_equations(model.equations)}
        known |= target_variables(model, "{p}")
        found: dict[str, Value | str] = {
            name: text if text in model.parameters else parse(text)
            for name, text in model.initial.items()
        }
        given = self.block.sub("initial")
        if given is None or not given.is_mapping():
            return found
        for name in given.node.mapping:
            if name not in known:
                what = f"a variable of synapse model '{model.name}'"
                given.add((name,), named(name, known, what), at_key=True)
                continue
            value = given.value(name, known[name] or dim.NONE)
            if value is not None:
                found[name] = value
        return found


def target_variables(model: SynapseModel, name: str) -> dict[str, Dimension]:
    """Return the variables that a synapse model adds to its target, for a projection's name."""
    # Three digits stand for the name while the text is read.
    text = model.target_equations.replace("{p}", "000").replace("{v}", "v")
    return {each.name.replace("000", name): each.dimension for each in parse_equations(text)}


def plain_synapse(synapse: Synapse) -> dict[str, Any]:
    """Return a synapse as JSON can hold it, every default filled in."""
    found: dict[str, Any] = {
        "model": synapse.model.name,
        "weight": plain_value(synapse.weight),
        "delay": plain_value(synapse.delay),
        "target": synapse.target,
    }
    found |= {name: plain_value(value) for name, value in synapse.parameters.items()}
    initial = {name: plain_value(value) for name, value in synapse.initial.items()}
    return found | ({"initial": initial} if initial else {})
