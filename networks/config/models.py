"""The block `models`: neuron models written in the configuration itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, Literal

from networks.config import scalars
from networks.config.document import Node
from networks.config.problems import Problems
from networks.config.settings import make
from neuro.dimensions import TIME, Dimension
from neuro.expressions import Fault, check_identifier, check_model, check_rule
from neuro.models.base import Event, NeuronModel
from neuro.units import UnitError, describe, parse, unit
from plasticity.base import PlasticityRule

Method = Literal["exact", "exponential_euler", "euler", "rk2", "rk4", "heun", "milstein"]


@dataclass(frozen=True, slots=True)
class EventText:
    """Describe a custom event.

    Attributes
    ----------
    condition : str
        When it happens, e.g. ``I_d > theta``.
    statements : str
        What it does.
    """

    condition: str
    statements: str


@dataclass(frozen=True, slots=True)
class ModelText:
    """Describe a neuron model in Brian2's notation.

    Attributes
    ----------
    equations : str
        Brian2 equations, e.g. ``dv/dt = (E_L - v + R*I_syn)/tau_m : volt (unless refractory)``;
        `I_syn` is the sum of what arrives.
    threshold, reset : str
        Condition of a spike and what it does.
    refractory : Any
        A time such as 2 ms, the name of a parameter, or a condition.
    method : str
        How the equations are integrated.
    parameters : mapping of str to Any
        Default value of each parameter, with unit.
    initial : mapping of str to Any
        Initial value of each variable, or the name of a parameter.
    voltage : str
        The membrane variable.
    input_unit : str
        Unit of `I_syn`.
    events : mapping of str to EventText
        Custom events.
    segment_equations, segment_coupling, coupling, segment_voltage : str
        Dendritic segments, with `{k}` for the number of one; see `neuro.models.base`.
    n_segments : int
        Number of segments.
    summary, source : str
        What it is and where it comes from.
    """

    equations: str
    threshold: str = ""
    reset: str = ""
    refractory: Any = ""
    method: Method = "exponential_euler"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    initial: Mapping[str, Any] = field(default_factory=dict)
    voltage: str = "v"
    input_unit: str = "amp"
    events: Mapping[str, EventText] = field(default_factory=dict)
    segment_equations: str = ""
    segment_coupling: str = ""
    coupling: str = ""
    segment_voltage: str = ""
    n_segments: int = 0
    summary: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class RuleText:
    """Describe a learning rule in Brian2's notation.

    Attributes
    ----------
    equations : str
        Variables of each synapse, e.g. ``dx/dt = -x/tau : 1 (event-driven)``.
    on_pre, on_post : str
        What a spike of either side does to them. They may read `learning`, 1 or 0, and variables
        of the neurons, such as ``v_pre`` and ``z_post``.
    pre_change, post_change : str
        Change of `weight` that a spike of either side proposes.
    change_first : bool
        Whether the change is computed before the variables are updated.
    bounds : tuple of str
        Names of the parameters between which the weight stays.
    parameters : mapping of str to Any
        Value of each parameter, with unit.
    initial : mapping of str to Any
        Initial value of each variable, a distribution, or the name of a parameter.
    delayed : bool
        Whether the rule sees the presynaptic spike when it arrives.
    """

    equations: str = ""
    on_pre: str = ""
    on_post: str = ""
    pre_change: str = ""
    post_change: str = ""
    change_first: bool = False
    bounds: tuple[str, str] = ("", "")
    parameters: Mapping[str, Any] = field(default_factory=dict)
    initial: Mapping[str, Any] = field(default_factory=dict)
    delayed: bool = True


def read_models(node: Node | None, problems: Problems) -> dict[str, NeuronModel | None]:
    """Read the block `models`; a model with a mistake is None."""
    found: dict[str, NeuronModel | None] = {}
    for name, inner in (node.mapping if node else {}).items():
        problem = check_identifier(name)
        if problem and node:
            problems.add(node.key_mark(name), f"models.{name}", problem)
        found[name] = read_model(name, inner, f"models.{name}", problems)
    return found


def read_model(name: str, node: Node, path: str, problems: Problems) -> NeuronModel | None:
    """Read a model's text and check it whole.

    Parameters
    ----------
    name : str
        Name of the model.
    node : Node
        Its block.
    path : str
        Path of the block.
    problems : Problems
        Where problems are noted, those of an equation at its line.

    Returns
    -------
    NeuronModel or None
        None if anything is wrong.
    """
    text: ModelText | None = make(ModelText, node, path, problems)
    if text is None:
        return None
    before = len(problems.found)
    parameters = _texts(text.parameters, node.get("parameters"), f"{path}.parameters", problems)
    initial = _texts(text.initial, node.get("initial"), f"{path}.initial", problems)
    try:
        unit(text.input_unit)
    except UnitError as error:
        problems.add(node.find(["input_unit"]), f"{path}.input_unit", str(error))
    if len(problems.found) > before:
        return None
    refractory = _refractory(node.get("refractory"), path, problems)
    own = {each.name for each in fields(ModelText)}
    same = {key: getattr(text, key) for key in own - {"parameters", "initial", "events"}}
    same["refractory"] = refractory
    events = {key: Event(event.condition, event.statements) for key, event in text.events.items()}
    model = NeuronModel(
        name=name,
        parameters=MappingProxyType(parameters),
        initial=MappingProxyType(initial),
        events=MappingProxyType(events),
        **same,
    )
    report(check_model(model), node, path, problems)
    return model if len(problems.found) == before else None


def read_rule(
    name: str,
    node: Node,
    path: str,
    weight: Dimension,
    problems: Problems,
    sides: Mapping[str, Dimension] = MappingProxyType({}),
) -> PlasticityRule | None:
    """Read a learning rule's text and check it whole.

    Parameters
    ----------
    name : str
        Name of the rule.
    node : Node
        Its block.
    path : str
        Path of the block.
    weight : Dimension
        Dimension of the weight.
    problems : Problems
        Where problems are noted, those of an equation at its line.
    sides : mapping of str to Dimension
        Variables of source and target that it may read.

    Returns
    -------
    PlasticityRule or None
        None if anything is wrong. Initial values that are drawn are not the rule's but the
        projection's.
    """
    text: RuleText | None = make(RuleText, node, path, problems)
    if text is None:
        return None
    before = len(problems.found)
    parameters = _texts(text.parameters, node.get("parameters"), f"{path}.parameters", problems)
    single = {key: each for key, each in text.initial.items() if not isinstance(each, dict | list)}
    initial = _texts(single, node.get("initial"), f"{path}.initial", problems)
    if len(problems.found) > before:
        return None
    own = {each.name for each in fields(RuleText)} - {"parameters", "initial"}
    rule = PlasticityRule(
        name=name,
        summary="given in the configuration",
        source="",
        parameters=MappingProxyType(parameters),
        initial=MappingProxyType(initial),
        **{key: getattr(text, key) for key in own},
    )
    report(check_rule(rule, weight, sides=sides), node, path, problems)
    return rule if len(problems.found) == before else None


def report(faults: tuple[Fault, ...], node: Node, path: str, problems: Problems) -> None:
    """Note the faults of a declaration, each at its place inside the text."""
    for fault in faults:
        steps = fault.field.split(".")
        inner: Node | None = node
        for step in steps:
            inner = inner.get(step) if inner else None
        mark = inner.inside(fault.line, fault.column) if inner else node.find(steps)
        problems.add(mark, f"{path}.{fault.field}", fault.message)


def _texts(
    values: Mapping[str, Any], node: Node | None, path: str, problems: Problems
) -> dict[str, str]:
    """Return default values as text; only numbers with units may be written here."""
    found = {}
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            mark = node.find([name]) if node else None
            message = f"expected a value such as '20 ms', not {scalars.show(value)}"
            if isinstance(value, dict):
                message += "; give distributions in the population"
            if mark:
                problems.add(mark, f"{path}.{name}", message)
            continue
        found[name] = str(value)
    return found


def _refractory(node: Node | None, path: str, problems: Problems) -> str:
    """Return a time as an expression of Brian2's, any other text as it is."""
    if node is None or node.value is None:
        return ""
    try:
        quantity = parse(node.plain())
    except UnitError:
        return str(node.plain())
    if quantity.dimension != TIME:
        message = f"'{quantity.text}' is {describe(quantity.dimension)}; expected a time or"
        problems.add(node.mark, f"{path}.refractory", f"{message} a condition, such as '2 ms'")
        return ""
    return f"{quantity.value!r}*second"
