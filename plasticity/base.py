"""What a learning rule is: it proposes a change of weight, its owner applies it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from neuro.models.base import EMPTY


@dataclass(frozen=True, slots=True)
class PlasticityRule:
    """Declare a learning rule once, as Brian2 text, for every engine.

    At a presynaptic event assembly writes ``on_pre``, then
    ``weight = clip(weight + learning*(pre_change), w_min, w_max)``; at a post-synaptic spike
    ``on_post`` and ``post_change`` likewise. `learning` is 1 or 0, switched per phase.

    Attributes
    ----------
    equations : str
        Variables of each synapse (traces), Brian2 text, usually ``(event-driven)``.
    on_pre, on_post : str
        Statements that update the rule's own variables.
    pre_change, post_change : str
        Proposed change of `weight`, read before `on_pre` / `on_post` update the traces when
        `change_first`, after them otherwise; empty for none.
    change_first : bool
        Whether the change is computed before the rule's own variables are updated.
    bounds : tuple of str
        Names of the parameters that bound the weight, or empty strings for no bound.
    weight_unit : str
        Unit in which the rule's changes are written: "weight" for the unit of the projection
        (parameters such as w_max then carry it), "1" if dimensionless.
    parameters : mapping of str to str
        Default of each parameter with unit; "weight" as unit stands for the projection's unit:
        ``"1 weight"``.
    constraints : tuple of str
        What must hold between parameters, as `neuro.constraints` reads it: "tau_m > 0".
    delayed : bool
        Whether the rule sees the presynaptic spike when it arrives (after the projection's delay)
        or when it is fired.
    reads : mapping of str to str
        Variables of the two neurons that the rule needs, as `name_pre` or `name_post`, with their
        unit; only populations that have them can learn by it.
    source : str
        Paper and equation.
    """

    name: str
    summary: str
    source: str
    equations: str = ""
    on_pre: str = ""
    on_post: str = ""
    pre_change: str = ""
    post_change: str = ""
    change_first: bool = False
    bounds: tuple[str, str] = ("", "")
    parameters: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    initial: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    delayed: bool = True
    constraints: tuple[str, ...] = ()
    reads: Mapping[str, str] = field(default_factory=lambda: EMPTY)
