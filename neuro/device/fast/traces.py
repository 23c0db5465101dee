"""Find the variables of synapses that have one value per source, or one per target.

All synapses of a source see its events at once, so a variable that only those events change, in a
way that does not depend on the synapse, is the same in all of them if it was so at the beginning.
Between events it stays as it is or decays exponentially.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy  # type: ignore[import-untyped]
from brian2.core.variables import ArrayVariable, Constant
from brian2.equations.equations import Equations
from brian2.stateupdaters.base import UnsupportedEquationsException
from brian2.stateupdaters.exact import get_linear_system, linear
from numpy.typing import NDArray

from neuro.device.fast.sharing import (
    SOURCE_INDEX,
    TARGET_INDEX,
    NotSharedError,
    Split,
    split,
)
from neuro.device.fast.statements import Assignment, parse, recursive_names
from neuro.device.fast.update import times_of_neurons

#: Relative difference of values that count as one: the rounding of a few exponentials, or of
#: storing them with single precision.
ROUNDING = {np.dtype(np.float64): 1e-13, np.dtype(np.float32): 1e-6}
#: Returns the rate of growth of a trace in 1/s (negative), or 0.
Rate = Callable[[], float]


def _no_rate() -> float:
    return 0.0


@dataclass(frozen=True, slots=True)
class Traces:
    """Hold what has one value per neuron.

    Parameters
    ----------
    rows, columns
        The rates of the variables that have one value per source and per target.
    splits
        The code of the learner, and that of the visits by name of the pathway.
    keeps_update
        Whether each synapse still needs the time of its last event.
    knows_update
        Whether that time is found from those of its neurons, though nothing else is shared.
    is_exact
        Whether nothing is shared, so that each synapse has Brian2's operations and its bits.
    """

    rows: Mapping[str, Rate]
    columns: Mapping[str, Rate]
    splits: tuple[Split, Mapping[str, Split]]
    keeps_update: bool
    knows_update: bool = False
    is_exact: bool = False

    @property
    def names(self) -> set[str]:
        """Return the names of all shared variables."""
        return {*self.rows, *self.columns}

    @classmethod
    def exact(cls, synapses: Any, learner: Any, visits: Sequence[Any]) -> Traces:
        """Share nothing but the times of last events, if they allow it."""
        is_driven = bool(_driven(synapses))
        advance, note = _advance(synapses, set(), is_driven)

        def whole(pathway: Any) -> Split:
            return Split((), (*advance, *parse(pathway.code), *note), {}, {})

        splits = whole(learner), {visit.name: whole(visit) for visit in visits}
        is_known = is_driven and times_of_neurons(synapses) is not None
        return cls({}, {}, splits, is_driven and not is_known, is_known, is_exact=True)

    @classmethod
    def find(
        cls, synapses: Any, learner: Any, visits: Sequence[Any], used: Sequence[Any]
    ) -> Traces:
        """Find the shared variables of some synapses.

        Parameters
        ----------
        synapses
            The synapses.
        learner, visits
            Their post-synaptic pathway, and their presynaptic ones.
        used
            The arrays that other objects use, which have to stay where they are.
        """
        rates = _rates(synapses, learner)
        after = parse(learner.code)
        before = {visit.name: parse(visit.code) for visit in visits}
        for code in (after, *before.values()):
            for statement in code:
                names = recursive_names(statement.names, _variables(learner))
                inside = names - statement.names
                rates = {
                    name: rate
                    for name, rate in rates.items()
                    if name not in inside and "lastupdate" not in names
                }
        return _fixpoint(synapses, learner, visits, used, rates, after, before)


def _fixpoint(
    synapses: Any,
    learner: Any,
    visits: Sequence[Any],
    used: Sequence[Any],
    rates: Mapping[str, Rate],
    after: list[Assignment],
    before: Mapping[str, list[Assignment]],
) -> Traces:
    """Drop candidates until every statement of those that remain is the same for a neuron."""
    by_source = {a.target for code in before.values() for a in code}
    by_target = {a.target for a in after}
    candidates = {n for n in rates if not any(synapses.variables[n] is u for u in used)}
    rows = {n for n in candidates & (by_source - by_target) if _is_uniform(synapses, n, rates, 0)}
    columns = {
        n for n in candidates & (by_target - by_source) if _is_uniform(synapses, n, rates, 1)
    }
    while True:
        driven = _driven(synapses)
        keeps_update = bool(driven - rows - columns)
        try:
            advance = _advance(synapses, rows | columns, keeps_update)
            splits = (
                _split(learner, [*advance[0], *after, *advance[1]], columns, TARGET_INDEX),
                {
                    visit.name: _split(
                        visit, [*advance[0], *before[visit.name], *advance[1]], rows, SOURCE_INDEX
                    )
                    for visit in visits
                },
            )
        except NotSharedError as error:
            rows.discard(error.name)
            columns.discard(error.name)
            continue
        return Traces(
            {name: rates[name] for name in sorted(rows)},
            {name: rates[name] for name in sorted(columns)},
            splits,
            keeps_update,
        )


def _variables(pathway: Any) -> Mapping[str, Any]:
    variables: Mapping[str, Any] = pathway.code_objects[-1].variables
    return variables


def _split(pathway: Any, code: list[Assignment], shared: set[str], index: str) -> Split:
    code_object = pathway.code_objects[-1]
    return split(code, shared, index, code_object.variables, code_object.variable_indices)


def _driven(synapses: Any) -> set[str]:
    """Return the names of the event-driven variables."""
    return set(synapses.event_driven.diff_eq_names) if synapses.event_driven else set()


def _advance(
    synapses: Any, shared: set[str], keeps_update: bool
) -> tuple[list[Assignment], list[Assignment]]:
    """Return what brings event-driven variables up to date, and what follows the statements."""
    if not keeps_update:
        return [], []
    equations = Equations([e for e in synapses.event_driven.values() if e.varname not in shared])
    text = re.sub(r"\bdt\b", "(t - lastupdate)", linear(equations, synapses.variables))
    return parse(text), [Assignment("lastupdate", "=", "t")]


def _rates(synapses: Any, learner: Any) -> dict[str, Rate]:
    """Return the variables that may have one value per neuron, with their rates."""
    driven = _driven(synapses)
    found: dict[str, Rate] = {
        name: _no_rate
        for name, variable in synapses.variables.items()
        if isinstance(variable, ArrayVariable)
        and name not in driven | {"lastupdate", "delay"}
        and synapses.variables.indices[name] == "_idx"
        and not (variable.scalar or variable.read_only)
        and np.dtype(variable.dtype) in ROUNDING
    }
    return found | _decays(synapses, learner)


def _decays(synapses: Any, learner: Any) -> dict[str, Rate]:
    """Return the rates of event-driven variables that decay independently of all others."""
    if not synapses.event_driven:
        return {}
    try:
        names, matrix, constants = get_linear_system(synapses.event_driven, synapses.variables)
    except UnsupportedEquationsException:
        return {}
    found = {}
    for k, name in enumerate(names):
        others = [m for m in range(len(names)) if m != k]
        is_alone = all(matrix[k, m] == 0 and matrix[m, k] == 0 for m in others)
        rate = _rate(matrix[k, k], _variables(learner)) if is_alone and constants[k] == 0 else None
        if rate is not None and np.dtype(synapses.variables[name].dtype) in ROUNDING:
            found[name] = rate
    return found


def _rate(entry: Any, variables: Mapping[str, Any]) -> Rate | None:
    """Return what evaluates a rate, or None if it is not one constant number."""
    symbols = sorted(entry.free_symbols, key=str)
    known: list[Any] = [variables.get(str(symbol)) for symbol in symbols]
    for variable in known:
        is_number = isinstance(variable, Constant) or (
            isinstance(variable, ArrayVariable) and variable.scalar and variable.constant
        )
        if not is_number:
            return None
    function = sympy.lambdify(symbols, entry, "math")

    def value() -> float:
        return float(function(*(float(np.ravel(v.get_value())[0]) for v in known)))

    return value


def _is_uniform(synapses: Any, name: str, rates: Mapping[str, Rate], side: int) -> bool:
    return load(synapses, name, rates[name](), side) is not None


def load(synapses: Any, name: str, rate: float, side: int) -> NDArray[np.float64] | None:
    """Return a variable's value per neuron one step ago, or None if it differs between synapses.

    Parameters
    ----------
    synapses, name
        The variable.
    rate
        Its rate of growth in 1/s, at most 0.
    side
        0 for one value per source, 1 for one per target.

    Returns
    -------
    array or None
        Shape (neurons,), indexed as the arrays of the neurons' group are.
    """
    group = (synapses.source, synapses.target)[side]
    owner = synapses.variables[("_synaptic_pre", "_synaptic_post")[side]].get_value()
    values = synapses.variables[name].get_value()
    rounding = ROUNDING[values.dtype]
    found = np.zeros(int(group.start) + len(group))
    if rate > 0:
        return None
    if not values.any():
        return found
    if rate < 0:
        clock = synapses.clock
        basis = (int(clock.variables["timestep"].get_value()[0]) - 1) * float(clock.dt_)
        last = synapses.variables["lastupdate"].get_value()
        values = values * np.exp(rate * (basis - last))
    found[owner] = values
    scale = float(np.abs(found).max())
    is_uniform = bool(np.all(np.abs(found[owner] - values) <= rounding * scale))
    return found if is_uniform else None
