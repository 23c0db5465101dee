"""Equation text: read, checked against a whitelist, its dimensions inferred; nothing runs."""

from __future__ import annotations

from neuro.expressions.declarations import Fault, check_model, parameter_dimension
from neuro.expressions.equations import Equation, parse_equations, side_problem
from neuro.expressions.inference import BOOLEAN, infer
from neuro.expressions.learning import check_rule, check_synapse
from neuro.expressions.linearity import nonlinear
from neuro.expressions.statements import Statement, check_statements, parse_statements
from neuro.expressions.syntax import (
    FUNCTIONS,
    ExpressionError,
    check_expression,
    check_identifier,
    parse_expression,
)

__all__ = [
    "BOOLEAN",
    "FUNCTIONS",
    "Equation",
    "ExpressionError",
    "Fault",
    "Statement",
    "check_expression",
    "check_identifier",
    "check_model",
    "check_rule",
    "check_statements",
    "check_synapse",
    "infer",
    "nonlinear",
    "parameter_dimension",
    "parse_equations",
    "parse_expression",
    "parse_statements",
    "side_problem",
]
