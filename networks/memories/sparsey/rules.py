"""The settings of a mac as its kernels read them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from networks.memories.sparsey.fading import Decay
from networks.memories.sparsey.hypotheses import Hypotheses
from networks.memories.sparsey.settings import CriticalPeriod, Parameters, Powers, Selection


class Rules(NamedTuple):
    """Hold what a presentation goes by.

    Attributes
    ----------
    is_recurrent : bool
        Whether the code of the input before acts.
    powers : tuple of three floats
        Exponents of the signals.
    parameters : tuple of seven floats
        Gmin, gamma, chi, s1, s2, s3, s4.
    period : tuple of bool, bool, float
        Whether there is a critical period, whether it is the mac's, and its fill.
    fading : tuple of array of int64, shape (classes,), float and float
        Lives, convexity, and the weight above which permanence grows; no class if synapses stay.
    hypotheses : tuple of float, float, int
        Threshold of V, A and B.
    """

    is_recurrent: bool
    powers: Powers
    parameters: Parameters
    period: tuple[bool, bool, float]
    fading: tuple[NDArray[np.int64], float, float]
    hypotheses: tuple[float, float, int]


def rules(
    is_recurrent: bool,
    powers: Powers,
    selection: Selection,
    period: CriticalPeriod,
    decay: Decay | None,
    hypotheses: Hypotheses | None,
) -> Rules:
    """Write settings of a mac down for its kernels; they have the types that kernels expect."""
    stays = np.zeros(0, np.int64), 1.0, 1.0
    # F = 1 of every code, if hypotheses do not count.
    alike = 1.0, 0.0, 2**62
    return Rules(
        bool(is_recurrent),
        (float(powers[0]), float(powers[1]), float(powers[2])),
        selection.parameters,
        (period.scope != "never", period.scope == "mac", float(period.fill)),
        (decay.lives, float(decay.convexity), float(decay.high)) if decay else stays,
        (float(hypotheses.threshold), float(hypotheses.power), int(hypotheses.most))
        if hypotheses
        else alike,
    )
