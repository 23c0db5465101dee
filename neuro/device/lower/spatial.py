"""Lower the cable equation of `SpatialNeuron`: one implicit step on a branched cable.

Within a section the discretised equation is tridiagonal; three right-hand sides are solved (the
input, and a unit potential at either end). The potentials of the branch points then follow from
one small linear system whose matrix has the shape of the tree, and the solution is combined.

References
----------
M. Hines, "Efficient computation of branched nerve equations", Int. J. Bio-Med. Comput. 15 (1984),
doi:10.1016/0020-7101(84)90008-4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from neuro.device.lower.template import Template
from neuro.device.source import Step, indented

if TYPE_CHECKING:
    from neuro.device.codeobject import NumbaCodeObject

#: The arguments of `solve_cable` in order.
_TREE = (
    "_starts",
    "_ends",
    "_morph_parent_i",
    "_morph_idxchild",
    "_morph_children",
    "_morph_children_num",
    "_ab_star0",
    "_ab_star1",
    "_ab_star2",
    "_b_plus",
    "_b_minus",
    "_invr0",
    "_invrn",
    "_c",
    "_v_star",
    "_u_plus",
    "_u_minus",
    "_P_diag",
    "_P_parent",
    "_P_children",
    "_B",
    "_gtot_all",
    "_I0_all",
    "_v_previous",
    "v",
    "Ic",
    "Cm",
)
_GEOMETRY = ("Ri", "_invr", "r_length_1", "r_length_2", "area", "dt", "N")


def _prepare(code: NumbaCodeObject) -> None:
    """Set up the parts of the linear systems that do not change during a run."""

    def values(name: str) -> NDArray[Any]:
        return np.asarray(code.variables[name].get_value())

    ri, dt = float(values("Ri")[0]), float(values("dt")[0])
    area, cm, invr = values("area"), values("Cm"), values("_invr")
    near, far = values("r_length_1"), values("r_length_2")
    first, last = values("_starts"), values("_ends") - 1
    below, diagonal, above = values("_ab_star2"), values("_ab_star1"), values("_ab_star0")
    invr[1:] = 1.0 / (ri * (1 / far[:-1] + 1 / near[1:]))
    invr[first] = 0
    diagonal[:] = -(cm / dt) - invr / area
    above[1:] = invr[1:] / area[:-1]
    below[:-1] = invr[1:] / area[1:]
    diagonal[:-1] -= invr[1:] / area[:-1]
    for section, (i, j) in enumerate(zip(first, last, strict=True)):
        # Both ends of a section are connected to branch points.
        values("_invr0")[section] = near[i] / ri
        values("_invrn")[section] = far[j] / ri
        diagonal[i] -= near[i] / ri / area[i]
        diagonal[j] -= far[j] / ri / area[j]
        values("_b_plus")[j] = -(far[j] / ri / area[j])
        values("_b_minus")[i] = -(near[i] / ri / area[i])


def lower(code: NumbaCodeObject) -> Step:
    """Evaluate conductances and currents, then solve the cable equation."""
    names = {name: code.array(code.variables[name]) for name in _TREE}
    total, current = names["_gtot_all"], names["_I0_all"]
    size = code.value("N")
    visit = [
        *code.vector[None],
        f"{total}[_idx] = _gtot",
        f"{current}[_idx] = _I0",
        f"{names['_v_previous']}[_idx] = {names['v']}[_idx]",
    ]
    dt = code.value("dt")
    body = [
        *code.scalar[None],
        f"for _idx in range({size}):",
        *indented(visit),
        f"solve_cable({size}, {dt}, {', '.join(names.values())})",
    ]
    return code.make_step(body, {})


TEMPLATE = Template(lower, variables=frozenset({*_TREE, *_GEOMETRY}), before_run=_prepare)
