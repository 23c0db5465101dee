"""Settings of the experiment on dense memories; light, because every validation reads them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from experiments.memory.trials import QUICK_NETWORKS, QUICK_PROBES, check_trials, quick
from networks.bounds import check_range
from neuro.errors import SpecError

MOST_ORDER = 8


def check_ascending(name: str, values: tuple[float, ...], least: int = 2) -> None:
    """Refuse places of an axis that do not ascend from above 0, or too few of them.

    Raises
    ------
    SpecError
        With the name of the setting first.
    """
    if len(values) < least or values[0] <= 0 or list(values) != sorted(set(values)):
        raise SpecError(f"{name} {list(values)}; needed: {least} or more, ascending from above 0")


@dataclass(frozen=True, slots=True)
class Growth:
    """Say at which sizes the storage of one order is measured.

    Attributes
    ----------
    order : int
        P.
    sizes : tuple of int
        N, ascending; the last one is that of the curves.
    """

    order: int
    sizes: tuple[int, ...]

    def __post_init__(self) -> None:
        check_range(self, "order", low=2, high=MOST_ORDER)
        check_ascending("sizes", self.sizes)
        check_range(self, "sizes", low=2 * self.order)


@dataclass(frozen=True, slots=True)
class ExampleMaps:
    """Say where recall of what noisy examples have in common is mapped.

    Attributes
    ----------
    order, size : int
        P and N.
    noises : tuple of float
        Loads a = K / C(N - 1, P - 1), ascending.
    qualities : tuple of float
        r, ascending.
    examples : tuple of int
        M of each class, ascending.
    noise, quality : float
        Load of the map over quality and number, and quality of the map over load and number.
    networks, probes : int
        Independent networks, and classes asked for in each.
    """

    order: int = 4
    size: int = 40
    noises: tuple[float, ...] = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
    qualities: tuple[float, ...] = (0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 0.9)
    examples: tuple[int, ...] = (1, 3, 10, 30, 100, 300)
    noise: float = 0.05
    quality: float = 0.5
    networks: int = 3
    probes: int = 60

    def __post_init__(self) -> None:
        check_range(self, "order", low=2, high=MOST_ORDER)
        check_range(self, "size", low=2 * self.order)
        check_range(self, "networks", "probes", low=1)
        check_range(self, "quality", "qualities", high=1.0)
        for name in ("noises", "qualities", "examples"):
            check_ascending(name, getattr(self, name))
        for name in ("noise", "quality"):
            if not getattr(self, name) > 0:
                raise SpecError(f"{name} {getattr(self, name)}; needed: above 0")


@dataclass(frozen=True, slots=True)
class Detection:
    """Say how memories of noisily observed pairs are asked.

    Attributes
    ----------
    sizes : tuple of int
        N, ascending; K = `load` N patterns are stored.
    load : float
        alpha of the linear load.
    noise : float
        tau: the noise of a pair is tau sqrt(N), times what is to be seen.
    networks : int
        Independent networks.
    """

    sizes: tuple[int, ...] = (40, 60, 80, 120, 160, 240)
    load: float = 0.1
    noise: float = 0.5
    networks: int = 6

    def __post_init__(self) -> None:
        check_ascending("sizes", self.sizes)
        check_range(self, "networks", low=1)
        for name in ("load", "noise"):
            if not getattr(self, name) > 0:
                raise SpecError(f"{name} {getattr(self, name)}; needed: above 0")


@dataclass(frozen=True, slots=True)
class Prototypes:
    """Say how prototypes of digits are looked for, from images as examples.

    Attributes
    ----------
    orders : tuple of int
        P, ascending.
    examples : tuple of int
        Images of each class, ascending.
    ink : float
        Pixels count that have ink in at least this fraction of all images.
    networks : int
        Independent draws of the images.
    probes : int
        Test images asked for.
    """

    orders: tuple[int, ...] = (2, 4, 6, 8)
    examples: tuple[int, ...] = (1, 3, 10, 30, 100, 300)
    ink: float = 0.2
    networks: int = 5
    probes: int = 500

    def __post_init__(self) -> None:
        check_ascending("orders", self.orders, 1)
        check_range(self, "orders", low=2, high=MOST_ORDER)
        check_ascending("examples", self.examples)
        check_range(self, "ink", low=0.0, high=0.4)
        check_range(self, "networks", low=1)
        check_range(self, "probes", low=1, high=10_000)


@dataclass(frozen=True, slots=True)
class DenseStudy:
    """Ask dense memories how much they store, what examples teach them, and what noise they bear.

    Attributes
    ----------
    loads : tuple of int
        Numbers of stored patterns at which recall of the first memory is tested, ascending.
    networks : int
        Independent networks; confidence intervals are across these.
    probes : int
        Cues tried at each load, fewer if fewer patterns are stored.
    size, order : int
        N and P of the first memory.
    flipped : int
        Units of its cues that have the wrong sign.
    noises : tuple of float
        Loads a = K / C(N - 1, P - 1) of the storage of each order, ascending.
    growth : tuple of Growth
        Orders and sizes whose storage is measured.
    maps : ExampleMaps
        Recall from noisy examples.
    detection : Detection
        Patterns known by noisy pairs.
    prototypes : Prototypes
        Digits.
    """

    loads: tuple[int, ...]
    networks: int = 5
    probes: int = 60
    size: int = 60
    order: int = 4
    flipped: int = 0
    noises: tuple[float, ...] = (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)
    growth: tuple[Growth, ...] = (
        Growth(2, (200, 400, 800)), Growth(3, (60, 100, 160)), Growth(4, (30, 50, 80)),
        Growth(6, (20, 28, 36)),
    )  # fmt: skip
    maps: ExampleMaps = field(default_factory=ExampleMaps)
    detection: Detection = field(default_factory=Detection)
    prototypes: Prototypes = field(default_factory=Prototypes)

    def __post_init__(self) -> None:
        check_trials(self.loads, self.networks, self.probes)
        check_range(self, "order", low=3, high=MOST_ORDER)
        check_range(self, "size", low=2 * self.order)
        check_range(self, "flipped", low=0, high=self.size // 2, what="half of the units")
        check_ascending("noises", self.noises)
        orders = [each.order for each in self.growth]
        if len(orders) < 2 or orders != sorted(set(orders)):
            raise SpecError(f"growth of orders {orders}; needed: two or more, ascending")

    def quick(self) -> DenseStudy:
        """Return the same experiment at the size of a test."""
        few = {"networks": QUICK_NETWORKS}
        return quick(
            replace(
                self,
                noises=self.noises[::3],
                growth=tuple(replace(each, sizes=each.sizes[:2]) for each in self.growth[:3]),
                maps=replace(
                    self.maps, size=min(30, self.maps.size), probes=QUICK_PROBES,
                    noises=self.maps.noises[::3], qualities=self.maps.qualities[::3],
                    examples=self.maps.examples[:3], **few,
                ),
                detection=replace(self.detection, sizes=self.detection.sizes[:2], **few),
                prototypes=replace(
                    self.prototypes, orders=self.prototypes.orders[:2], probes=QUICK_PROBES,
                    examples=self.prototypes.examples[:2], **few,
                ),
            )
        )  # fmt: skip
