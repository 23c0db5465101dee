"""Settings of the experiments on attractor memories; light, because every validation reads them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from experiments.memory.trials import QUICK_NETWORKS, check_trials, quick
from networks.bounds import check_range
from networks.memories.hopfield_settings import RuleName
from neuro.errors import SpecError

LEAST_SIZES = 2
ALL_RULES: tuple[RuleName, ...] = ("hebb", "storkey", "pseudo_inverse", "perceptron")


def check_loads_per_unit(alphas: tuple[float, ...]) -> None:
    """Refuse loads P / N that do not ascend from above 0, or a single one.

    Raises
    ------
    SpecError
        With the name of the setting first.
    """
    if len(alphas) < 2 or alphas[0] <= 0 or list(alphas) != sorted(set(alphas)):
        raise SpecError(f"alphas {list(alphas)}; needed: at least two, ascending from above 0")


@dataclass(frozen=True, slots=True)
class Scaling:
    """Say how the capacity of Hebb's rule is followed to large networks.

    Attributes
    ----------
    sizes : tuple of int
        N, ascending.
    alphas : tuple of float
        Loads P / N, ascending.
    networks : int
        Independent networks of each size.
    probes : int
        Stored patterns at which recall begins, at each load.
    exponent : float
        Assumed of the finite-size correction: alpha_50(N) = alpha_c + b N ** -exponent.
    """

    sizes: tuple[int, ...] = (500, 1000, 2000)
    alphas: tuple[float, ...] = (0.11, 0.12, 0.13, 0.14, 0.15, 0.16, 0.18, 0.2)
    networks: int = 6
    probes: int = 50
    exponent: float = 0.5

    def __post_init__(self) -> None:
        check_range(self, "networks", "probes", low=1)
        check_range(self, "sizes", low=2)
        if len(self.sizes) < LEAST_SIZES or list(self.sizes) != sorted(set(self.sizes)):
            raise SpecError(f"sizes {list(self.sizes)}; needed: at least two, ascending")
        check_loads_per_unit(self.alphas)
        if not self.exponent > 0:
            raise SpecError(f"exponent {self.exponent}; needed: above 0")


@dataclass(frozen=True, slots=True)
class Separation:
    """Say how units learn random patterns by the perceptron rule, up to Gardner's 2 N.

    Attributes
    ----------
    size : int
        N; a unit has N - 1 inputs.
    alphas : tuple of float
        Loads P / (N - 1), ascending.
    networks : int
        Independent sets of patterns at each load.
    units : int
        Units trained in each network.
    sweeps : tuple of int
        Presentations of all patterns after which is counted who is right, ascending.
    """

    size: int = 200
    alphas: tuple[float, ...] = (1.0, 1.25, 1.5, 1.6, 1.7, 1.8, 1.9, 2.0, 2.2)
    networks: int = 6
    units: int = 20
    sweeps: tuple[int, ...] = (30, 300, 3000)

    def __post_init__(self) -> None:
        check_range(self, "size", low=2)
        check_range(self, "networks", low=1)
        check_range(self, "units", low=1, high=self.size, what="units of a network")
        check_range(self, "sweeps", low=1)
        if not self.sweeps or list(self.sweeps) != sorted(set(self.sweeps)):
            raise SpecError(f"sweeps {list(self.sweeps)}; needed: at least one, ascending")
        check_loads_per_unit(self.alphas)


@dataclass(frozen=True, slots=True)
class HopfieldStudy:
    """Compare learning rules of one attractor memory with each other and with closed forms.

    Attributes
    ----------
    loads : tuple of int
        Numbers of stored patterns at which recall is tested, ascending.
    networks : int
        Independent networks; confidence intervals are across these.
    probes : int
        Cues tried at each load, fewer if fewer patterns are stored.
    size : int
        N, units.
    flipped : int
        Units of a cue that have the wrong sign.
    rules : tuple of str
        Which learning rules; the first one is reported in full.
    margin : float
        kappa of the perceptron rule.
    sweeps : int
        Most presentations of all patterns to the perceptron rule.
    level : float
        f of the biased patterns by which hebb and covariance are told apart.
    scaling : Scaling
        Sizes and loads of the finite-size extrapolation.
    separation : Separation
        Loads of the perceptron rule near Gardner's bound.
    """

    loads: tuple[int, ...]
    networks: int = 6
    probes: int = 100
    size: int = 500
    flipped: int = 50
    rules: tuple[RuleName, ...] = ALL_RULES
    margin: float = 1.0
    sweeps: int = 100
    level: float = 0.2
    scaling: Scaling = field(default_factory=Scaling)
    separation: Separation = field(default_factory=Separation)

    def __post_init__(self) -> None:
        check_trials(self.loads, self.networks, self.probes)
        check_range(self, "size", low=2)
        check_range(self, "flipped", low=0, high=self.size // 2, what="half of the units")
        check_range(self, "margin", low=0.0)
        check_range(self, "sweeps", low=1)
        if not 0 < self.level < 1:
            raise SpecError(f"level {self.level}; needed: between 0 and 1")
        if not self.rules or len(set(self.rules)) < len(self.rules):
            raise SpecError(f"rules {list(self.rules)}; needed: at least one, each once")

    def quick(self) -> HopfieldStudy:
        """Return the same experiment at the size of a test."""
        scaling = replace(
            self.scaling, sizes=(100, 200), networks=QUICK_NETWORKS, probes=20,
            alphas=(self.scaling.alphas[0], self.scaling.alphas[-1]),
        )  # fmt: skip
        separation = replace(
            self.separation, size=60, alphas=self.separation.alphas[::3], networks=QUICK_NETWORKS,
            units=min(5, self.separation.units), sweeps=self.separation.sweeps[:2],
        )  # fmt: skip
        return quick(replace(self, scaling=scaling, separation=separation))
