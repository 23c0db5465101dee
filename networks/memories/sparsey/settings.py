"""Settings of Sparsey; light, because every validation of a configuration reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from networks.bounds import check_range
from networks.memories.sparsey.fading import Decay
from networks.memories.sparsey.hypotheses import Hypotheses
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
        if self.scope not in SCOPES:
            raise SpecError(f"scope '{self.scope}'; needed: one of {', '.join(SCOPES)}")
        check_range(self, "fill", low=0, high=1)


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
        if not 0 <= self.g_min < 1:
            raise SpecError(f"g_min {self.g_min}; needed: from 0, below 1")
        check_range(self, "chi", "s1", "s2", low=0)
        for name in ("gamma", "s4"):
            if not getattr(self, name) > 0:
                raise SpecError(f"{name} {getattr(self, name)}; needed: above 0")

    @property
    def parameters(self) -> Parameters:
        """Return (Gmin, gamma, chi, s1, s2, s3, s4), as the kernels read them."""
        g_min, gamma, chi = float(self.g_min), float(self.gamma), float(self.chi)
        return g_min, gamma, chi, float(self.s1), float(self.s2), float(self.s3), float(self.s4)


@dataclass(frozen=True, slots=True)
class Level:
    """Describe a square grid of equal macs.

    Attributes
    ----------
    grid : int
        Macs in each direction.
    side : int
        Height and width of a receptive field: pixels for the first level, macs of the level
        below for the others.
    modules, units : int
        Q and K.
    persistence : int
        delta, frames for which a code stays on.
    holds : bool
        Whether a code stays on, too, while what the mac sees stays as it is. Without it a field
        that does not change is given another code in every frame, all of which fit it equally
        when it is seen again.
    least, most : float
        A mac is active while this fraction of its field is: pixels, or macs below.
    paired : bool
        Whether a mac of the first level sees each pixel as two lines, on and off.
    neighbours : bool
        Whether macs above, below, left and right send horizontal signals too.
    powers : tuple of float
        Exponents of U, H and D; see `networks.memories.sparsey.mac.Mac`.
    selection : Selection
        How codes are drawn.
    period : CriticalPeriod
        When synapses freeze.
    decay : Decay, optional
        How synapses fade; without it they stay.
    hypotheses : Hypotheses, optional
        How codes of several hypotheses drive those who see them; without it F(zeta) = 1.
    """

    grid: int
    side: int
    modules: int
    units: int
    persistence: int = 1
    holds: bool = False
    least: float = 0.0
    most: float = 1.0
    paired: bool = False
    neighbours: bool = False
    powers: Powers = (1.0, 1.0, 1.0)
    selection: Selection = field(default_factory=Selection)
    period: CriticalPeriod = field(default_factory=CriticalPeriod)
    decay: Decay | None = None
    hypotheses: Hypotheses | None = None

    def __post_init__(self) -> None:
        check_range(self, "grid", "side", "modules", "units", "persistence", low=1)
        check_range(self, "most", low=0, high=1)
        check_range(self, "least", low=0, high=self.most)


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
