"""Translate Brian2's statements into lines of Python with C's types.

Brian2 decides what is computed (loop invariants, conditional writes, variable indices, boolean
simplification); this module only writes it down. Every assignment is cast to the type that the
variable has in Brian2's C code, so that Numba's own inference never widens a variable.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from brian2.codegen.generators.base import CodeGenerator
from brian2.codegen.statements import Statement
from brian2.core.functions import Function
from brian2.core.preferences import prefs
from brian2.core.variables import Constant
from brian2.parsing.bast import brian_dtype_from_dtype

from neuro.device.expression import CASTS
from neuro.device.fast.rendering import FastNodeRenderer
from neuro.device.functions import TARGET, Rendering
from neuro.device.rendering import NumbaNodeRenderer


def cast(dtype: Any, text: str) -> str:
    """Write the conversion of an expression to a numpy type."""
    return f"{CASTS[np.dtype(dtype).name]}({text})"


class NumbaCodeGenerator(CodeGenerator):  # type: ignore[misc]
    """Translate statements for the target "numba".

    `translate` returns two dictionaries of lines by block name (scalar and vector code) and the
    functions in use under the keyword ``functions``.
    """

    class_name = TARGET

    def __init__(self, *args: Any, **kwds: Any) -> None:
        super().__init__(*args, **kwds)
        self.functions = {
            name: self._rendering(variable)
            for name, variable in self.variables.items()
            if isinstance(variable, Function)
        }

    def _rendering(self, function: Function) -> Rendering:
        implementation = function.implementations[self.codeobj_class]
        rendering = implementation.get_code(self.owner)
        assert isinstance(rendering, Rendering)
        return rendering

    def translate_expression(self, expr: str) -> str:
        """Translate one expression."""
        renderer: NumbaNodeRenderer
        if getattr(self.device, "mode", "strict") == "fast":
            is_single = prefs["core.default_float_dtype"] is np.float32
            renderer = FastNodeRenderer(self.functions, self.variables, is_single)
        else:
            renderer = NumbaNodeRenderer(self.functions)
        return str(renderer.render_expr(expr)).strip()

    def translate_statement(self, statement: Statement) -> str:
        """Translate one statement; a boolean that it uses becomes a choice of branches."""
        booleans = statement.used_boolean_variables
        if booleans and brian_dtype_from_dtype(statement.dtype) == "float":
            return self._branches(statement)
        return self._assignment(statement, statement.expr)

    def _assignment(self, statement: Statement, expr: str) -> str:
        var, op = statement.var, statement.op
        right = self.translate_expression(expr)
        if op not in {"=", ":="}:
            operator = op[:-1]
            right = f"power({var}, {right})" if operator == "**" else f"{var} {operator} ({right})"
        return f"{var} = {cast(statement.dtype, right)}"

    def _branches(self, statement: Statement) -> str:
        lines = []
        for number, (values, expr) in enumerate(statement.boolean_simplified_expressions.items()):
            condition = " and ".join(name if value else f"not {name}" for name, value in values)
            if number == 0:
                lines.append(f"if {condition}:")
            elif len(statement.used_boolean_variables) > 1:
                lines.append(f"elif {condition}:")
            else:
                lines.append("else:")
            lines.append("    " + self._assignment(statement, expr))
        return "\n".join(lines)

    def translate_one_statement_sequence(
        self,
        statements: Sequence[Statement],
        scalar: bool = False,  # noqa: ARG002
    ) -> list[str]:
        """Translate a block with its reads before and its writes after it."""
        read, write, indices, conditional = self.arrays_helper(statements)
        return self._block(statements, read, write, indices, conditional)

    def _block(
        self,
        statements: Sequence[Statement],
        read: Iterable[str],
        write: Iterable[str],
        indices: Iterable[str],
        conditional: dict[str, str],
    ) -> list[str]:
        lines = [
            f"{name} = {self._element(name)}"
            for name in itertools.chain(sorted(indices), sorted(read))
        ]
        for statement in statements:
            text = self.translate_statement(statement).split("\n")
            if statement.var in conditional:
                lines.append(f"if {conditional[statement.var]}:")
                text = ["    " + line for line in text]
            lines.extend(text)
        lines.extend(f"{self._element(name)} = {name}" for name in sorted(write))
        return lines

    def _element(self, name: str) -> str:
        return f"{self.get_array_name(self.variables[name])}[{self.variable_indices[name]}]"

    def translate_statement_sequence(
        self,
        scalar_statements: dict[str, list[Statement]],
        vector_statements: dict[str, list[Statement]],
    ) -> tuple[dict[str, list[str]], dict[str, list[str]], dict[str, Any]]:
        """Translate all blocks; scalars that the vector code only reads are read once, before."""
        scalar_code, vector_code = {}, {}
        for name, scalar_block in scalar_statements.items():
            vector_block = vector_statements[name]
            scalar = self.arrays_helper(scalar_block)
            vector = self.arrays_helper(vector_block)
            for varname in list(vector[0]):
                if self.variables[varname].scalar and varname not in vector[1]:
                    scalar[0].add(varname)
                    vector[0].remove(varname)
            scalar_code[name] = self._block(scalar_block, *scalar)
            vector_code[name] = self._block(vector_block, *vector)
        return scalar_code, vector_code, self.determine_keywords()

    def determine_keywords(self) -> dict[str, Any]:
        """Return the functions and the constants that the code may name."""
        constants = {
            name: variable.get_value()
            for name, variable in self.variables.items()
            if isinstance(variable, Constant)
        }
        return {"functions": self.functions, "constants": constants}
