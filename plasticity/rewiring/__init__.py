"""Synapses that come and go while a network learns: where they are at first, and what moves them.

Weights and masks have the shape (n_before, n_after). Every rule is called as
rule(weight, mask, seen, share, rng) and returns the new mask; `Wiring` holds the masks of a network
and calls the rule every so many steps. `RULES` is the whole set by name.
"""

from collections.abc import Mapping
from types import MappingProxyType

from plasticity.rewiring.fan_in import ConstantFanIn, draw_fan_in
from plasticity.rewiring.groups import Grouping, draw_groups, group_density, group_masks
from plasticity.rewiring.protocol import Rewired, Rule, Seen, scaled
from plasticity.rewiring.similarity import Similarity
from plasticity.rewiring.swap import Swap
from plasticity.rewiring.wiring import Schedule, Wiring

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "set": Swap("magnitude", "random"),
        "rigl": Swap("magnitude", "gradient", may_return=True),
        "hebb": Swap("hebb", "hebb", may_return=True),
        "set_hebb": Swap("magnitude", "hebb", may_return=True),
        "srigl": ConstantFanIn(),
    }
)

__all__ = [
    "RULES", "ConstantFanIn", "Grouping", "Rewired", "Rule", "Schedule", "Seen", "Similarity",
    "Swap", "Wiring", "draw_fan_in", "draw_groups", "group_density", "group_masks", "scaled",
]  # fmt: skip
