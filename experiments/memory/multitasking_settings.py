"""Settings of the experiment on multitasking memories; light: every validation reads them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from experiments.memory.dense_settings import check_ascending
from experiments.memory.trials import QUICK_NETWORKS
from networks.bounds import check_range


@dataclass(frozen=True, slots=True)
class MultitaskingStudy:
    """Recall several diluted patterns at once, and learn them from noisy examples.

    Attributes
    ----------
    dilutions : tuple of float
        d, ascending.
    networks : int
        Independent networks; confidence intervals are across these.
    size : int
        N, units.
    patterns : int
        K.
    temperatures : tuple of float
        T at dilution `warm_dilution`, ascending.
    warm_dilution : float
        d of the panel over temperature.
    sweeps : int
        Sweeps of one recall at T > 0.
    examples : tuple of int
        M of each pattern, ascending.
    quality, learnt_dilution : float
        r of the examples, and d of the patterns that they are of.
    """

    dilutions: tuple[float, ...]
    networks: int = 6
    size: int = 2000
    patterns: int = 3
    temperatures: tuple[float, ...] = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
    warm_dilution: float = 0.2
    sweeps: int = 200
    examples: tuple[int, ...] = (3, 5, 11, 25, 51, 101, 201)
    quality: float = 0.3
    learnt_dilution: float = 0.3

    def __post_init__(self) -> None:
        for name in ("dilutions", "temperatures", "examples"):
            check_ascending(name, getattr(self, name))
        check_range(self, "dilutions", high=1.0)
        check_range(self, "networks", "sweeps", low=1)
        check_range(self, "size", low=10)
        check_range(self, "patterns", low=2, high=8)
        check_range(self, "quality", low=0.01, high=1.0)
        check_range(self, "warm_dilution", "learnt_dilution", low=0.0, high=1.0)

    def quick(self) -> MultitaskingStudy:
        """Return the same experiment at the size of a test."""
        return replace(
            self, dilutions=self.dilutions[::4], temperatures=self.temperatures[::4],
            examples=self.examples[::3], networks=QUICK_NETWORKS, size=min(400, self.size),
            sweeps=min(50, self.sweeps),
        )  # fmt: skip
