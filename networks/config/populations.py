"""The block `populations`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from networks.config.blocks import named
from networks.config.constraints import check_constraints
from networks.config.document import Node
from networks.config.problems import Problems
from networks.config.settings import make
from networks.config.values import extremes, read_value
from networks.spec import Distribution, Population, Value
from neuro import dimensions as dim
from neuro.dimensions import Dimension
from neuro.expressions import check_identifier, parse_equations, side_problem
from neuro.models.base import NeuronModel
from neuro.units import Quantity, describe, parse, unit

MAX_SIZE = 100_000_000


@dataclass(frozen=True, slots=True)
class PopulationText:
    """Describe a population of neurons of one model.

    Attributes
    ----------
    model : str
        A model of the house or of the block `models`.
    size : int
        Number of neurons.
    parameters : mapping of str to Any
        Values that differ from the model's: a quantity, a distribution or a list.
    initial : mapping of str to Any
        Initial values of state variables: the same, or the name of a parameter.
    n_segments : int
        Number of dendritic segments, for a model that has them.
    """

    model: str
    size: int
    parameters: Mapping[str, Any] = field(default_factory=dict)
    initial: Mapping[str, Any] = field(default_factory=dict)
    n_segments: int | None = None


def variables(model: NeuronModel) -> dict[str, Dimension]:
    """Return the variables of a model and their dimensions; ``{k}`` stands for a segment."""
    soma = {each.name: each.dimension for each in parse_equations(model.equations)}
    if not model.segment_equations:
        return soma
    # Three digits stand for the number while the text is read.
    segment = parse_equations(model.segment_equations.replace("{k}", "000"))
    return soma | {each.name.replace("000", "{k}"): each.dimension for each in segment}


def side_variables(population: Population | None, side: str) -> dict[str, Dimension]:
    """Return what a learning rule may read of the population at one side: ``z_post``, ``v_pre``."""
    if population is None or population.model.kind != "equations":
        return {}
    known = variables(population.model)
    return {f"{name}_{side}": each for name, each in known.items() if "{k}" not in name}


def parameter_dimensions(model: NeuronModel) -> dict[str, Dimension]:
    """Return the parameters of a model and their dimensions."""
    return {name: parse(text).dimension for name, text in model.parameters.items()}


def read_populations(
    node: Node | None,
    own: Mapping[str, NeuronModel | None],
    house: Mapping[str, NeuronModel],
    dt: Quantity | None,
    problems: Problems,
) -> dict[str, Population | None]:
    """Read the block `populations`; a population with a mistake is None.

    Parameters
    ----------
    node : Node or None
        The block.
    own, house : mapping of str to NeuronModel
        Models of the configuration, None if they have mistakes, and of the house.
    dt : Quantity or None
        Time step, None if it is wrong.
    problems : Problems
        Where problems are noted.

    Returns
    -------
    dict of str to Population or None
        By name.
    """
    found: dict[str, Population | None] = {}
    for name, inner in (node.mapping if node else {}).items():
        path = f"populations.{name}"
        problem = check_identifier(name)
        if problem and node:
            problems.add(node.key_mark(name), path, problem)
        found[name] = _Reader(name, path, inner, dt, problems).read({**house, **own})
    return found


class _Reader:
    """Read one population."""

    def __init__(
        self, name: str, path: str, node: Node, dt: Quantity | None, problems: Problems
    ) -> None:
        self.name, self.path, self.node, self.problems = name, path, node, problems
        self.dt = dt

    def add(self, steps: tuple[str, ...], message: str, at_key: bool = False) -> None:
        """Note a problem below the population."""
        mark = self.node.find_key(steps) if at_key else self.node.find(steps)
        self.problems.add(mark, ".".join((self.path, *steps)), message)

    def read(self, models: Mapping[str, NeuronModel | None]) -> Population | None:
        """Read the population."""
        before = len(self.problems.found)
        text: PopulationText | None = make(PopulationText, self.node, self.path, self.problems)
        if text is None:
            return None
        if not 1 <= text.size <= MAX_SIZE:
            self.add(("size",), f"expected 1 to {MAX_SIZE} neurons, not {text.size}")
        if text.model not in models:
            self.add(("model",), named(text.model, models, "a neuron model"))
        model = models.get(text.model)
        if model is None:
            return None
        model = self.segments(text, model)
        parameters = self.parameters(model, text.size)
        initial = self.initial(model, parameters, text.size)
        if len(self.problems.found) > before:
            return None
        return Population(
            self.name, text.size, model, MappingProxyType(parameters), MappingProxyType(initial)
        )

    def segments(self, text: PopulationText, model: NeuronModel) -> NeuronModel:
        """Return the model with as many segments as the population asks for."""
        if text.n_segments is None:
            return model
        if not model.segment_equations:
            self.add(("n_segments",), f"model '{model.name}' has no segments", at_key=True)
        elif not 1 <= text.n_segments <= 1000:
            self.add(("n_segments",), f"expected 1 to 1000 segments, not {text.n_segments}")
        return replace(model, n_segments=text.n_segments)

    def parameters(self, model: NeuronModel, size: int) -> dict[str, Value]:
        """Return all parameters: those given, and the model's defaults."""
        found: dict[str, Value] = {name: parse(text) for name, text in model.parameters.items()}
        dimensions = parameter_dimensions(model)
        given = self.node.get("parameters")
        for name, inner in (given.mapping if given else {}).items():
            if name not in dimensions:
                self.add(("parameters", name), _no_parameter(name, model), at_key=True)
                continue
            value = self.value(inner, ("parameters", name), dimensions[name], size)
            if isinstance(value, Distribution) and (problem := side_problem(name)):
                # What differs between neurons is a variable.
                self.add(("parameters", name), problem, at_key=True)
            if value is not None:
                found[name] = value
        check_constraints(model.constraints, found, self.compared)
        if model.kind == "poisson":
            self.rate(found["rate"])
        return found

    def compared(self, names: tuple[str, ...], message: str) -> None:
        """Note a problem of parameters at the first of them that is given."""
        given = (self.node.get("parameters") or self.node).mapping
        self.add(("parameters", next((name for name in names if name in given), names[0])), message)

    def rate(self, rate: Value) -> None:
        """Refuse a rate of more than one spike in a step; the engine would cut it silently."""
        greatest = extremes(rate)[1]
        if self.dt is None or not math.isfinite(greatest) or greatest * self.dt.value <= 1:
            return
        message = f"must be at most one spike in a step, {1 / self.dt.value:g} Hz"
        self.add(("parameters", "rate"), message)

    def value(
        self, node: Node, steps: tuple[str, ...], dimension: Dimension, size: int
    ) -> Value | None:
        """Read one value; a list must have one entry per neuron."""
        value = read_value(node, ".".join((self.path, *steps)), dimension, self.problems)
        if isinstance(value, Distribution) and value.values and len(value.values) != size:
            self.add(steps, f"{len(value.values)} values for {size} neurons")
        return value

    def initial(
        self, model: NeuronModel, parameters: Mapping[str, Value], size: int
    ) -> dict[str, Value | str]:
        """Return all initial values: those given, and the model's defaults."""
        found: dict[str, Value | str] = {}
        for name, text in model.initial.items():
            found[name] = text if text in parameters else parse(text)
        known = variables(model)
        given = self.node.get("initial")
        for name, inner in (given.mapping if given else {}).items():
            if name not in known:
                what = f"a variable of model '{model.name}'"
                self.add(("initial", name), named(name, known, what), at_key=True)
            elif isinstance(inner.value, str) and inner.value in parameters:
                self.reference(name, inner.value, known[name], model)
                found[name] = inner.value
            else:
                needed = known[name] or dim.NONE
                value = self.value(inner, ("initial", name), needed, size)
                if value is not None:
                    found[name] = value
        return found

    def reference(self, name: str, parameter: str, needed: Dimension, model: NeuronModel) -> None:
        """Check that a parameter can be the initial value of a variable."""
        given = parameter_dimensions(model)[parameter]
        if given != needed:
            message = f"'{parameter}' is {describe(given)}, '{name}' is {describe(needed)}"
            self.add(("initial", name), message)


def _no_parameter(name: str, model: NeuronModel) -> str:
    """Say that a model has no such parameter, and where a variable would be given."""
    if name in variables(model):
        return f"'{name}' is a variable of model '{model.name}'; give its value in 'initial'"
    return named(name, parameter_dimensions(model), f"a parameter of model '{model.name}'")


def input_dimension(model: NeuronModel) -> Dimension:
    """Return the dimension of the current that a model reads."""
    return unit(model.input_unit)[1]
