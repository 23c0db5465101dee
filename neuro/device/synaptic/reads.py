"""Rewrite what the statements of a synapse read: narrow indices, constants, ends that are known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, final

from neuro.device.source import Getter
from neuro.device.synaptic.idle import recognise

if TYPE_CHECKING:
    from neuro.device.codeobject import NumbaCodeObject
    from neuro.device.synaptic.listing import Listing

#: The indices that Brian2's generated code uses, and the variables that hold them.
_ENDS = {"_presynaptic_idx": "_synaptic_pre", "_postsynaptic_idx": "_synaptic_post"}


@final
class Reads:
    """Hold the statements of a synapse while their reads are rewritten.

    Parameters
    ----------
    code
        The code object; its statements stay as they are.

    Attributes
    ----------
    once, per_source, lines
        What is done before all synapses, for each source that spiked, and for each synapse.
    arrays
        What the lines name beside the arrays of the code object.
    """

    def __init__(self, code: NumbaCodeObject) -> None:
        self._code = code
        self.once: list[str] = []
        self.per_source: list[str] = []
        self.lines = list(code.vector[None])
        self.arrays: dict[str, Getter] = {}
        constants = code.layout.constants if code.layout is not None else frozenset()
        for name in sorted(constants):
            self.lines.remove(code.load(name))
            symbol = f"{code.array(code.variables[name])}_first"
            self.arrays[symbol] = _first(code.variables[name])
            self.once.append(f"{name} = {symbol}[0]")

    def quieten(self) -> None:
        """Leave alone the synapses that the statement would not change, if that is exact."""
        idle = recognise(self.lines)
        if idle is None or self._code.layout is None or not self._code.layout.is_idle:
            return
        variable = self._code.variables[idle.name]
        flag = f"{self._code.array(variable)}_loud"
        self.arrays[flag] = self._code.device.quiet.flag_getter(variable)
        self.per_source.append(f"_is_loud = {idle.is_loud(flag)}")
        self.lines = idle.lines("_is_loud", flag)

    def by_synapse(self) -> None:
        """Read the ends of synapse `_idx` from narrow arrays."""
        for name in self._ends():
            variable = self._code.variables[name]
            symbol = f"{self._code.array(variable)}_narrow"
            self.arrays[symbol] = self._code.device.narrow.synapse_getter(variable)
            self._replace(name, f"{name} = {symbol}[_idx]")

    def by_source(self, listing: Listing, source: str) -> None:
        """Take the one end from the row that is visited and read the other along the row.

        Parameters
        ----------
        listing
            Lists the synapses by row.
        source
            The index of the source in its group, as an expression.
        """
        sources = self._code.template_kwds["pathway"].synapse_sources
        for name in self._ends():
            variable = self._code.variables[name]
            if variable is sources:
                self.per_source.append(f"{name} = np.uint32({source})")
                self._replace(name, "")
            elif listing.order:
                symbol = f"_queue_{self._code.template_kwds['pathway'].name}_end"
                self.arrays[symbol] = listing.end(variable)
                self._replace(name, f"{name} = {symbol}[_row]")
        self.by_synapse()

    def _ends(self) -> list[str]:
        """Return the index variables that serve as nothing but indices."""
        text = "\n".join(self.lines)
        return [
            name
            for name in _ENDS
            if self._load(name) in self.lines
            and len(re.findall(rf"\b{name}\b", text)) == text.count(f"[{name}]") + 1
        ]

    def _load(self, name: str) -> str:
        variable = self._code.variables.get(name)
        return "" if variable is None else f"{name} = {self._code.array(variable)}[_idx]"

    def _replace(self, name: str, line: str) -> None:
        k = self.lines.index(self._load(name))
        self.lines[k : k + 1] = [line] if line else []


def _first(variable: Any) -> Getter:
    """Return what looks up the first element of an array, as an array of its own length."""
    return lambda: variable.get_value()[:1]
