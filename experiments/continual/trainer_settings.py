"""Settings of single trainers of continual learning; light, because every validation reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from neuro.errors import SpecError

# Its rule scales all synapses onto a cell alike, of which a recurrent layer has two kinds.
FEED_FORWARD = ("kfpf",)


@dataclass(frozen=True, slots=True)
class RecurrentSettings:
    """Describe the recurrent layer that trainer eprop teaches, and how images come to it.

    Attributes
    ----------
    decay : float
        What a step leaves of a membrane potential, from 0 to 1.
    leak : float
        What a step leaves of the read-out, from 0 to below 1.
    in_parts : bool
        Show an image in `steps` equal parts of its pixels, one after the other: row by row where
        it has as many rows. Otherwise all of it is there at every step.
    """

    decay: float = 0.9
    leak: float = 0.9
    in_parts: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.decay <= 1 or not 0 <= self.leak < 1:
            raise SpecError(f"decay {self.decay}, leak {self.leak}; needed: 0 to 1, 0 to below 1")


def n_weights(settings: Any) -> int:
    """Return how many layers of weights a network has; recurrent ones are one."""
    return 3 if settings.trainer == "eprop" else len(settings.hidden) + 1


def refuse_untrainable(settings: Any) -> None:
    """Refuse what a trainer cannot teach.

    Parameters
    ----------
    settings : ContinualLearning
        Trainer, method and layers.

    Raises
    ------
    SpecError
        Naming the trainer and what it needs.
    """
    if settings.method == "kwta" and settings.trainer != "dsr":
        raise SpecError(
            f"method 'kwta' with trainer '{settings.trainer}': its winners are told by their "
            "weighted rates; needed: trainer 'dsr'"
        )
    if settings.trainer != "eprop":
        return
    if len(settings.hidden) != 1:
        raise SpecError(
            f"trainer 'eprop' with {len(settings.hidden)} hidden layers: it teaches one recurrent "
            "layer; needed: hidden: [N]"
        )
    if settings.method in FEED_FORWARD:
        raise SpecError(
            f"method '{settings.method}' with trainer 'eprop': its rule is one of feed-forward "
            "layers; needed: trainer dsr, ottt or bptt"
        )
