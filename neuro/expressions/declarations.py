"""Check a whole declaration: names known, dimensions right, in every text it holds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from neuro import dimensions as dim
from neuro.dimensions import Dimension, describe
from neuro.expressions.cycles import circular
from neuro.expressions.equations import Equation, check_name, parse_equations, side_problem
from neuro.expressions.inference import BOOLEAN, infer
from neuro.expressions.linearity import nonlinear
from neuro.expressions.statements import check_statements
from neuro.expressions.syntax import ExpressionError
from neuro.models.base import NeuronModel
from neuro.units import UnitError, parse, unit

# What every equation of a group may read.
CLOCK: Mapping[str, Dimension] = {
    "t": dim.TIME, "dt": dim.TIME, "i": dim.NONE, "N": dim.NONE, "t_in_timesteps": dim.NONE,
}  # fmt: skip
# "{k}" becomes three digits, so that columns stay where they are.
SEGMENT = "000"


@dataclass(frozen=True, slots=True)
class Fault:
    """Say what is wrong with a declaration and where.

    Attributes
    ----------
    field : str
        Field of the declaration, e.g. "equations" or "parameters.tau_m".
    message : str
        What is wrong.
    line, column : int
        Where in the field's text, from 0.
    """

    field: str
    message: str
    line: int = 0
    column: int = 0


class Checker:
    """Collect the faults of one declaration."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.names: dict[str, Dimension] = dict(CLOCK)

    def add(self, field: str, error: ExpressionError) -> None:
        """Note an error."""
        message = error.message.replace(SEGMENT, "{k}")
        self.faults.append(Fault(field, message, error.line, error.column))

    def parameters(self, field: str, values: Mapping[str, str], weight: Dimension) -> None:
        """Learn the parameters and their dimensions from their default values."""
        for name, text in values.items():
            try:
                check_name(name, (0, 0))
                if name in self.names:
                    message = f"'{name}' has a meaning of its own and cannot name a parameter"
                    raise ExpressionError(message)
                self.names[name] = parameter_dimension(text, weight)
            except ExpressionError as error:
                self.add(f"{field}.{name}", error)
            except UnitError as error:
                self.faults.append(Fault(f"{field}.{name}", str(error)))

    def read(self, field: str, text: str) -> tuple[Equation, ...]:
        """Read equations and learn their variables."""
        try:
            equations = parse_equations(text)
        except ExpressionError as error:
            self.add(field, error)
            return ()
        for each in equations:
            known = self.names.get(each.name, each.dimension)
            if known != each.dimension:
                message = f"'{each.name}' is {describe(each.dimension)} here but {describe(known)}"
                self.add(field, ExpressionError(message + " in parameters", *each.start))
            self.names[each.name] = each.dimension
            if problem := side_problem(each.name):
                line = text.split("\n")[each.line]
                indent = len(line) - len(line.lstrip())
                self.add(field, ExpressionError(problem, each.line, indent))
        return equations

    def equations(self, field: str, equations: tuple[Equation, ...]) -> None:
        """Check the right-hand sides, and that none is needed for itself."""
        looped = circular(equations)
        if looped is not None:
            message = f"'{looped.name}' is computed from itself"
            self.add(field, ExpressionError(message, *looped.start))
        for each in equations:
            if each.kind == "parameter":
                continue
            per_time = each.kind == "differential"
            needed = dim.divide(each.dimension, dim.TIME) if per_time else each.dimension
            left = f"d{each.name}/dt" if per_time else each.name
            self.expression(field, each.expression, needed, left, self.names, each.start)

    def expression(
        self,
        field: str,
        text: str,
        needed: Dimension,
        left: str,
        names: Mapping[str, Dimension],
        start: tuple[int, int] = (0, 0),
    ) -> None:
        """Check that an expression has the dimension that it needs."""
        try:
            found = infer(text, names)
        except ExpressionError as error:
            self.add(field, error.moved(*start))
            return
        if found != needed:
            flat = " ".join(text.split())
            message = f"{left} must be {say(needed)}; '{flat}' is {say(found)}"
            indent = len(text) - len(text.lstrip())
            self.add(field, ExpressionError(message, start[0], start[1] + indent))

    def statements(self, field: str, text: str, writable: Mapping[str, Dimension]) -> None:
        """Check statements."""
        try:
            check_statements(text, self.names, writable)
        except ExpressionError as error:
            self.add(field, error)

    def initial(self, values: Mapping[str, str]) -> None:
        """Check initial values: a quantity or the name of a parameter."""
        for name, text in values.items():
            field = f"initial.{name}"
            if name not in self.names:
                self.faults.append(Fault(field, f"'{name}' is not a variable of the model"))
            elif text.strip() in self.names:
                self.expression(field, text.strip(), self.names[name], name, self.names)
            else:
                try:
                    found = parse(text).dimension
                except UnitError as error:
                    self.faults.append(Fault(field, str(error)))
                    continue
                if found != self.names[name] and self.names[name] != BOOLEAN:
                    message = f"'{text}' is {say(found)}; '{name}' is {say(self.names[name])}"
                    self.faults.append(Fault(field, message))


def parameter_dimension(text: str, weight: Dimension = dim.NONE) -> Dimension:
    """Return the dimension of a default value; "1 weight" has that of the weight."""
    number, _, rest = text.partition(" ")
    return (
        dim.multiply(weight, parse(number).dimension) if rest == "weight" else parse(text).dimension
    )


def say(dimension: Dimension) -> str:
    """Describe a dimension or a condition."""
    return "a condition" if dimension == BOOLEAN else describe(dimension)


def check_model(model: NeuronModel) -> tuple[Fault, ...]:
    """Check a neuron model.

    Parameters
    ----------
    model : NeuronModel
        The declaration; a source without equations has nothing to check but its parameters.

    Returns
    -------
    tuple of Fault
        Everything that is wrong, in the order of the fields; empty for a sound model.
    """
    check = Checker()
    current = unit(model.input_unit)[1]
    check.names |= {"lastspike": dim.TIME, "not_refractory": BOOLEAN, "I_syn": current}
    check.parameters("parameters", model.parameters, dim.NONE)
    if check.faults:
        # A parameter without a dimension would be unknown wherever it is read.
        return tuple(check.faults)
    soma = check.read("equations", model.equations)
    segment: tuple[Equation, ...] = ()
    if model.segment_equations:
        check.names |= {f"I_seg{SEGMENT}": current}
        segment = check.read("segment_equations", _segment(model.segment_equations))
        _check_coupling(check, model)
    _add_noise(check, model)
    check.equations("equations", soma)
    check.equations("segment_equations", segment)
    _check_spiking(check, model, soma + segment)
    check.initial({_segment(name): text for name, text in model.initial.items()})
    if model.method == "exact" and not check.faults:
        each = nonlinear(soma)
        if each is not None:
            message = f"method 'exact' needs linear equations; d{each.name}/dt is not"
            check.faults.append(Fault("equations", message, *each.start))
    return tuple(check.faults)


def _segment(text: str) -> str:
    """Write one segment's number into a text."""
    return text.replace("{k}", SEGMENT)


def _add_noise(check: Checker, model: NeuronModel) -> None:
    """Let equations read white noise, Brian2's `xi` and `xi_name`."""
    for name in re.findall(r"\bxi(?:_\w+)?\b", model.equations + model.segment_equations):
        check.names[name] = dim.power(dim.TIME, Fraction(-1, 2))


def _check_coupling(check: Checker, model: NeuronModel) -> None:
    """Learn what the soma reads as the sum over segments."""
    try:
        check.names[model.coupling] = infer(_segment(model.segment_coupling), check.names)
    except ExpressionError as error:
        check.add("segment_coupling", error)


def _check_spiking(check: Checker, model: NeuronModel, equations: tuple[Equation, ...]) -> None:
    """Check threshold, reset, refractoriness and custom events."""
    constant = {each.name for each in equations if "constant" in each.flags}
    kinds = {each.name: each.kind for each in equations}
    writable = {
        name: check.names[name]
        for name, kind in kinds.items()
        if kind != "subexpression" and name not in constant
    }
    if model.threshold:
        check.expression("threshold", model.threshold, BOOLEAN, "the threshold", check.names)
    if model.reset:
        check.statements("reset", _segment(model.reset), writable)
    if model.refractory:
        _check_refractory(check, model.refractory)
    for name, event in model.events.items():
        field = f"events.{name}"
        condition = _segment(event.condition)
        check.expression(field, condition, BOOLEAN, "the condition", check.names)
        check.statements(field, _segment(event.statements), writable)


def _check_refractory(check: Checker, text: str) -> None:
    """Check that refractoriness is a time or a condition."""
    try:
        found = infer(text, check.names)
    except ExpressionError as error:
        check.add("refractory", error)
        return
    if found not in (dim.TIME, BOOLEAN):
        message = f"'{text}' is {say(found)}; expected a time or a condition"
        check.faults.append(Fault("refractory", message))
