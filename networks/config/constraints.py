"""Values held against the constraints that a model, synapse or rule declares."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from networks.config.values import extremes
from networks.spec import Distribution, Value
from neuro.constraints import Constraint, parse_constraint
from neuro.units import Quantity, format_quantity

Note = Callable[[tuple[str, ...], str], None]
# A normal draw lies further out in two of 10^9 cases.
NORMAL_TAIL = 6.0
_WORDS: Mapping[str, str] = {
    "<": "below", "<=": "at most", ">": "above", ">=": "at least", "!=": "other than",
}  # fmt: skip


def check_constraints(texts: tuple[str, ...], values: Mapping[str, Value], note: Note) -> None:
    """Note every constraint that values break.

    Parameters
    ----------
    texts : tuple of str
        Constraints, as `neuro.constraints` reads them.
    values : mapping of str to Quantity or Distribution
        By parameter; a constraint on one that is missing is passed over.
    note : callable of (names, message)
        Notes a broken constraint, with the parameters that it compares.
    """
    for text in texts:
        rule = parse_constraint(text)
        if not all(name in values for name in rule.names):
            continue
        left = _left(rule, values)
        if left is None:
            continue
        right = values[rule.other] if isinstance(rule.other, str) else rule.other
        if not _holds(rule, left, right):
            note(rule.names, _message(rule, left, right))


def _left(rule: Constraint, values: Mapping[str, Value]) -> Value | None:
    """Return what stands on the left; None for parallel times of which one is drawn."""
    left = values[rule.name]
    if not rule.beside:
        return left
    right = values[rule.beside]
    if isinstance(left, Distribution) or isinstance(right, Distribution):
        return None
    total = left.value + right.value
    return Quantity(left.value * right.value / total, left.dimension) if total > 0 else None


def reach(value: Value) -> tuple[float, float]:
    """Return the least and the greatest value that will be drawn, infinite where nothing tells."""
    least, greatest = extremes(value)
    if isinstance(value, Distribution) and value.kind == "normal":
        mean, sd = value.arguments["mean"].value, value.arguments["sd"].value
        least = max(least, mean - NORMAL_TAIL * sd)
        greatest = min(greatest, mean + NORMAL_TAIL * sd)
    return least, greatest


def _holds(rule: Constraint, left: Value, right: Value | float) -> bool:
    if isinstance(left, Quantity) and not isinstance(right, Distribution):
        return rule.holds(left.value, right if isinstance(right, float) else right.value)
    if rule.relation == "!=":
        # Two draws are never equal, listed values belong to their author.
        return True
    if isinstance(left, Distribution) and isinstance(right, Distribution):
        pairs = zip(left.values, right.values, strict=False)
        if left.values and right.values:
            return all(rule.holds(a.value, b.value) for a, b in pairs)
    ours = reach(left)
    theirs = (right, right) if isinstance(right, float) else reach(right)
    rising = rule.relation in (">", ">=")
    mine, other = (ours[0], theirs[1]) if rising else (ours[1], theirs[0])
    if not (math.isfinite(mine) and math.isfinite(other)):
        return True
    # The end of a continuous distribution is never drawn.
    drawn = isinstance(left, Distribution) and not left.values
    return rule.holds(mine, other) or (drawn and mine == other)


def _message(rule: Constraint, left: Value, right: Value | float) -> str:
    own = f"{rule.name} {rule.beside}/({rule.name} + {rule.beside})" if rule.beside else rule.name
    subject = f"{own} " if isinstance(rule.other, str) else ""
    needed = f"{subject}must be {_WORDS[rule.relation]} "
    if isinstance(right, float):
        needed += f"{right:g}"
    elif isinstance(right, Quantity):
        needed += f"{rule.other}, {right.text or format_quantity(right)}"
    else:
        needed += str(rule.other)
    if isinstance(left, Quantity):
        return f"{needed}, but is {left.text or format_quantity(left)}"
    bound = "low" if rule.relation in (">", ">=") else "high"
    hint = f"; give '{bound}'" if left.kind == "normal" and bound not in left.arguments else ""
    return f"{needed}, which some of its values are not{hint}"
