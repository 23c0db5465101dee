"""Settings of Sparsey; light, because every validation of a configuration reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from neuro.errors import SpecError

Parameters = tuple[float, float, float, float, float, float, float]
Powers = tuple[float, float, float]
Scope = Literal["never", "mac", "unit"]
SCOPES: tuple[Scope, ...] = ("never", "mac", "unit")


@dataclass(frozen=True, slots=True)
class CriticalPeriod:
    """Say when synapses stop to learn for good.

    Attributes
    ----------
    scope : {"never", "mac", "unit"}
        "mac": a matrix freezes once the fraction of its synapses that are set passes `fill`.
        "unit": a unit freezes once that fraction of its bottom-up synapses does, and then none
        of its synapses changes any more, from whatever side.
    fill : float
        The fraction, 0 to 1.

    References
    ----------
    Rinkus, "Sparsey: event recognition via deep hierarchical sparse distributed codes",
    Frontiers in Computational Neuroscience 8:160 (2014), on the freezing of a projection. Units
    that freeze one by one are our own addition.
    """

    scope: Scope = "never"
    fill: float = 0.5

    def __post_init__(self) -> None:
        if self.scope not in SCOPES or not 0 <= self.fill <= 1:
            raise SpecError(
                f"scope '{self.scope}', fill {self.fill}; needed: one of {', '.join(SCOPES)}, "
                "and 0 to 1"
            )


@dataclass(frozen=True, slots=True)
class Selection:
    """Say how the familiarity G of an input becomes noise in the choice of its code.

    Of support V_i in a module of K units, each learning item draws its winner with

        eta   = 1 + max(0, (G - Gmin) / (1 - Gmin)) ** gamma * chi * K
        psi_i = 1 + (eta - 1) / (1 + s1 exp(-s2 (V_i - s3))) ** s4
        rho_i = psi_i / sum_k psi_k

    so that a novel input (G <= Gmin) gets a random code and a familiar one its own again; recall
    takes the unit of largest V in each module.

    Attributes
    ----------
    g_min : float
        Gmin, familiarity of which nothing is kept, 0 to 1 (exclusive).
    gamma : float
        Exponent of the expansion, above 0.
    chi : float
        Expansion for each unit of a module, at G = 1; 0 gives random codes.
    s1, s2, s3, s4 : float
        The sigmoid: amplitude, steepness, the support at its middle, exponent.

    References
    ----------
    Rinkus, "Sparsey: event recognition via deep hierarchical sparse distributed codes",
    Frontiers in Computational Neuroscience 8:160 (2014), code selection algorithm.
    """

    g_min: float = 0.1
    gamma: float = 2.0
    chi: float = 100.0
    s1: float = 1.0
    s2: float = 28.0
    s3: float = 0.5
    s4: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.g_min < 1 or self.gamma <= 0 or self.chi < 0:
            raise SpecError(
                f"g_min {self.g_min}, gamma {self.gamma}, chi {self.chi}; "
                "needed: 0 <= g_min < 1, gamma above 0, chi at least 0"
            )
        if self.s1 < 0 or self.s2 < 0 or self.s4 <= 0:
            raise SpecError("s1 and s2 must be at least 0, s4 above 0")

    @property
    def parameters(self) -> Parameters:
        """Return (Gmin, gamma, chi, s1, s2, s3, s4), as the kernels read them."""
        g_min, gamma, chi = float(self.g_min), float(self.gamma), float(self.chi)
        return g_min, gamma, chi, float(self.s1), float(self.s2), float(self.s3), float(self.s4)


def selection_2010(
    units: int, a: float = 10000.0, b: float = 7.0, steepness: float = 26.0, offset: float = -13.0
) -> Selection:
    """Give the earlier form, psi = 1 + a G**b / (1 + exp(-(lambda V + phi))).

    It is the later one with Gmin = 0, gamma = b, chi K = a, s2 = lambda, s3 = -phi / lambda.

    Parameters
    ----------
    units : int
        K.
    a, b : float
        Expansion.
    steepness, offset : float
        lambda and phi.

    Returns
    -------
    Selection
        The settings.

    References
    ----------
    Rinkus, "A cortical sparse distributed coding model linking mini- and macrocolumn-scale
    functionality", Frontiers in Neuroanatomy 4:17 (2010).
    """
    return Selection(0.0, b, a / units, 1.0, steepness, -offset / steepness, 1.0)
