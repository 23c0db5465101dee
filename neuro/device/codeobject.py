"""Stand for one piece of generated code among Brian2's code objects."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from brian2.codegen.codeobject import CodeObject
from brian2.core.base import BrianObjectException
from brian2.core.preferences import prefs
from brian2.core.variables import ArrayVariable

from neuro.device.fast.counter import Counter
from neuro.device.fast.drawing import placed
from neuro.device.functions import TARGET, Rendering
from neuro.device.generator import NumbaCodeGenerator
from neuro.device.libm import called
from neuro.device.lower import TEMPLATES, Template
from neuro.device.source import Getter, Kernel, Step, appearing, make_kernel
from neuro.device.threads.region import FIRST, LAST, Region

if TYPE_CHECKING:
    from neuro.device.loop import Loop
    from neuro.device.synaptic.layout import Layout


class CannotLowerError(NotImplementedError):
    """Say that an object has to run in Python."""


class Templater:
    """Find the lowering of a template by attribute access, as Brian2's code does."""

    def __getattr__(self, name: str) -> Template:
        if name.startswith("__"):
            raise AttributeError(name)
        if name not in TEMPLATES:
            raise CannotLowerError(f"The template '{name}' is not lowered to Numba.")
        return TEMPLATES[name]


class NumbaCodeObject(CodeObject):  # type: ignore[misc]
    """Hold the translated statements of an object until the time loop is put together.

    Parameters
    ----------
    owner, variables, variable_indices, template_name, name
        As in `brian2.codegen.codeobject.CodeObject`.
    scalar, vector
        Lines of code by block.
    functions
        The renderings of the functions that the code calls.
    constants
        The numbers that the code names.
    template_kwds
        What the object told its template.
    """

    templater = Templater()
    generator_class = NumbaCodeGenerator
    class_name = TARGET

    def __init__(
        self,
        owner: Any,
        variables: Mapping[str, Any],
        variable_indices: Mapping[str, str],
        template_name: str,
        name: str,
        scalar: Mapping[str | None, list[str]],
        vector: Mapping[str | None, list[str]],
        functions: Mapping[str, Rendering],
        constants: Mapping[str, Any],
        template_kwds: Mapping[str, Any],
        device: Any,
    ) -> None:
        super().__init__(
            owner, "", variables, variable_indices, template_name, "", compiler_kwds={}, name=name
        )
        self.scalar: dict[str | None, list[str]] = {}
        self.vector: dict[str | None, list[str]] = {}
        self.place = self.n_draws = 0
        for block in scalar:
            once = called(scalar[block])
            self.scalar[block], self.n_draws = placed(once, self.n_draws, "0")
            self.vector[block], self.n_draws = placed(vector[block], self.n_draws, "_idx")
        self.functions = functions
        is_single = prefs["core.default_float_dtype"] is np.float32 and device.mode == "fast"
        self.constants = {
            name: np.float32(value) if is_single and isinstance(value, float) else value
            for name, value in constants.items()
        }
        self.template_kwds = template_kwds
        self.device = device
        self.template = TEMPLATES[template_name]
        self.namespace: dict[str, Any] = {}
        self.alone: Loop | None = None
        self.layout: Layout | None = None

    @classmethod
    def is_available(cls) -> bool:
        """Return True: Numba needs no compiler."""
        return True

    def array(self, variable: ArrayVariable) -> str:
        """Return the name of an array in generated code."""
        return str(self.device.get_array_name(variable))

    def value(self, name: str) -> str:
        """Write the value of a constant or of a scalar array."""
        variable = self.variables[name]
        return f"{self.array(variable)}[0]" if isinstance(variable, ArrayVariable) else name

    def load(self, name: str) -> str:
        """Write the line that reads a variable before the statements."""
        index = self.variable_indices[name]
        return f"{name} = {self.array(self.variables[name])}[{index}]"

    @property
    def n_elements(self) -> int:
        """Return how many neurons or synapses there are; Brian2 keeps a number or an array."""
        return int(np.ravel(self.variables["N"].get_value())[0])

    @cached_property
    def written(self) -> frozenset[int]:
        """The identities of the variables that this code may write."""
        blocks = (self.scalar, self.vector)
        text = "\n".join(line for block in blocks for part in block.values() for line in part)
        stored = {
            node.value.id
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.Subscript)
            and isinstance(node.ctx, ast.Store)
            and isinstance(node.value, ast.Name)
        }
        arrays = [v for v in self.variables.values() if isinstance(v, ArrayVariable)]
        found = {id(variable) for variable in arrays if self.array(variable) in stored}
        # Templates write by themselves, too: a summed variable, for example.
        return frozenset(found.union(map(id, self.template_kwds.values())))

    def is_counted(self, function: str) -> bool:
        """Return whether a random function draws by counter, in whatever order it is called."""
        return self.device.mode == "fast" and "draw_" in self.functions[function].fast

    def bindings(self) -> dict[str, Getter]:
        """Return everything that the statements of this object may name."""
        found: dict[str, Getter] = {}
        for variable in self.variables.values():
            if isinstance(variable, ArrayVariable) and getattr(variable, "ndim", 1) == 1:
                found[self.array(variable)] = variable.get_value
        for name, number in self.constants.items():
            found[name] = _constant(number)
        for rendering in self.functions.values():
            for name, thing in rendering.arrays.items():
                found[name] = _constant(thing)
        for name in self.device.stream_names:
            found[name] = self.device.stream_getter(name)
        found[Counter.SYMBOL] = self.device.counter.get
        found["_own_place"] = _constant(self.place)
        return found

    def kernel(self, body: list[str], extra: Mapping[str, Getter] | None = None) -> Kernel:
        """Make a function of this object's code."""
        objects: dict[str, Any] = {}
        for rendering in self.functions.values():
            objects.update(rendering.objects)
        return make_kernel(body, [*self.bindings(), *(extra or {}), FIRST, LAST], objects)

    def make_step(
        self,
        body: list[str],
        extra: Mapping[str, Getter],
        entry: list[str] | None = None,
        shared: list[str] | None = None,
        is_large: str = "True",
    ) -> Step:
        """Make a step that calls one function, and one more when the loop is entered.

        Constants, and what is called ``_own_...``, get names that are unique in the loop.

        Parameters
        ----------
        body, entry
            The code of the two functions; none may be empty.
        extra
            What they name beside the arrays of this object.
        shared, is_large
            Code that threads may share, before the first function, and when it is worth it.
        """
        bindings = self.bindings() | dict(extra)
        own = {name for name in bindings if name.startswith("_own_")}
        private = own.union(self.constants, *(f.arrays for f in self.functions.values()))
        blocks = {"body": body, "entry": entry, "shared": shared}
        kernels = {
            name: self._renamed(self.kernel(lines, extra), private)
            for name, lines in blocks.items()
            if lines
        }
        names = {f"{name}__{self.name}" if name in private else name: name for name in bindings}
        symbols = [*(s for kernel in kernels.values() for s in kernel.symbols)]
        symbols += appearing(is_large, bindings)
        used = {name: bindings[names[name]] for name in symbols if name in names}
        calls = {name: (kernel.call,) for name, kernel in kernels.items()}
        region = Region(calls["shared"][0], self.device.n_parts, is_large) if shared else None
        return Step(
            calls.get("body", ()), tuple(kernels.values()), used, entry=calls.get("entry", ()),
            region=region,
        )  # fmt: skip

    def _renamed(self, kernel: Kernel, private: set[str]) -> Kernel:
        symbols = tuple(f"{s}__{self.name}" if s in private else s for s in kernel.symbols)
        return Kernel(kernel.name, kernel.text, symbols, kernel.objects)

    def compile(self) -> None:
        """Do nothing: machine code is made when the whole loop is known."""

    def compile_block(self, block: str) -> None:
        """Do nothing (see `compile`)."""

    def lower(self) -> Step:
        """Return what the time loop does for this code, as things stand when a run begins."""
        self.place = self.device.next_place
        self.device.next_place += self.n_draws
        return self.template.lower(self)

    def run_block(self, block: str) -> Any:
        """Run one block, outside of the time loop."""
        try:
            if block == "before_run":
                return self.template.before_run(self)
            if block == "after_run":
                return self.template.after_run(self)
            return self.device.run_alone(self)
        except Exception as error:
            message = f"An exception occurred in the '{block}' block of '{self.name}'.\n"
            raise BrianObjectException(message, self.owner) from error


def _constant(value: Any) -> Getter:
    return lambda: value
