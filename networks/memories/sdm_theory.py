"""Closed forms of the sparse distributed memory: circles, their intersections, errors of a read.

A pattern at Hamming distance x from the query is heard by I(x) locations with it, so one read sums
I(x) times the wanted bit, and of every other pattern the bit times the locations that it shares.
Two things that the usual signal-to-noise form leaves out are kept here: a location that hears
pattern and query adds the *whole* pattern (its weight is a count of locations, whose square counts
for the noise), and patterns that are stored at themselves and share locations with the query look
like the query, which pulls a read to where it was asked (`Read.pull`).

References
----------
Kanerva, "Sparse Distributed Memory", MIT Press (1988), appendix B; Bricken & Pehlevan, "Attention
approximates sparse distributed memory", NeurIPS 34 (2021). `one_read` is derived here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special, stats

from neuro.errors import SpecError

Array = NDArray[np.float64]
# Numbers of locations are summed over this many standard deviations around their mean.
RANGE = 6.0


@dataclass(frozen=True, slots=True)
class Circles:
    """State the circles in which locations hear: the closed forms of their sizes.

    Attributes
    ----------
    size : int
        n, bits of an address.
    radius : int
        d, most bits in which an address differs from that of a location that hears it.
    locations : float
        r, number of hard locations; a number like 2 ** 64 is allowed.
    """

    size: int
    radius: int
    locations: float = 1.0

    def __post_init__(self) -> None:
        if self.size < 1 or not 0 <= self.radius <= self.size or self.locations <= 0:
            raise SpecError(
                f"radius {self.radius} of {self.size} bits, {self.locations} locations; "
                f"needed: 0 to the number of bits, and more than 0 locations"
            )

    @property
    def activation(self) -> float:
        """Return p = P(Bin(n, 1/2) <= d), the chance that a location hears an address."""
        return float(stats.binom.cdf(self.radius, self.size, 0.5))

    @property
    def intersection(self) -> Array:
        """Return I(v), mean number of locations that hear both of two addresses, shape (n + 1,).

        v, the place, is the number of bits in which the two differ.
        """
        return self.locations * _shared(self.size, self.radius)


@lru_cache(maxsize=64)
def _shared(size: int, radius: int) -> Array:
    """Return the chance that a location hears two addresses, by their distance."""
    return np.array([_overlap(size, radius, distance) for distance in range(size + 1)])


def _overlap(size: int, radius: int, distance: int) -> float:
    """Sum over the mismatches u of a location in the bits that both addresses share.

    Of the bits in which they differ it agrees in c with the first and in the rest with the second,
    and both circles hold it if u + v - d <= c <= d - u.
    """
    u = np.arange(min(size - distance, radius) + 1)
    low = np.maximum(0, u + distance - radius)
    high = np.minimum(distance, radius - u)
    apart = stats.binom(distance, 0.5)
    inside = np.where(high >= low, apart.cdf(high) - apart.cdf(low - 1), 0.0)
    return float(stats.binom.pmf(u, size - distance, 0.5) @ np.maximum(inside, 0.0))


def best_activation(n_patterns: int, locations: float) -> float:
    """Compute p* = (2 m r) ** (-1/3), which makes the signal-to-noise ratio of a read greatest."""
    return float((2 * n_patterns * locations) ** (-1 / 3))


def least_radius(size: int, activation: float) -> int:
    """Return the least radius whose circle has that part of all addresses, or more."""
    if not 0 < activation <= 1:
        raise SpecError(f"activation {activation}; needed: above 0, up to 1")
    return int(np.argmax(stats.binom.cdf(np.arange(size + 1), size, 0.5) >= activation))


def capacity(activation: float, locations: float, deviations: float) -> float:
    """Compute the patterns m(p) that can be read at themselves with a margin of z deviations.

    Parameters
    ----------
    activation : float
        p.
    locations : float
        r.
    deviations : float
        z; `whole_pattern_deviations` for patterns that have to be right in all bits.

    Returns
    -------
    float
        m = ((p r)^2 / z^2 - p r) / (p^2 r + (p^2 r)^2) + 1.
    """
    heard, both = activation * locations, activation**2 * locations
    return (heard**2 / deviations**2 - heard) / (both + both**2) + 1


def best_capacity(locations: float, deviations: float) -> tuple[float, float]:
    """Return the activation that makes `capacity` greatest, and that capacity."""
    least = np.log(deviations**2 / locations)  # where m(p) is 1
    found = optimize.minimize_scalar(
        lambda log_p: -np.log(max(capacity(np.exp(log_p), locations, deviations), 1e-300)),
        bounds=(least, 0.0), method="bounded", options={"xatol": 1e-10},
    )  # fmt: skip
    activation = float(np.exp(found.x))
    return activation, capacity(activation, locations, deviations)


def whole_pattern_deviations(size: int, chance: float) -> float:
    """Compute z = Phi^-1(chance ** (1 / n)): all n bits are right with that chance."""
    return float(special.ndtri(chance ** (1 / size)))


def softmax_sharpness(circles: Circles, reach: int) -> float:
    """Fit beta: I(v) is nearly proportional to exp(beta cos), with cos = 1 - 2 v / n.

    Parameters
    ----------
    circles : Circles
        Whose intersections are fitted.
    reach : int
        The regression of ln I on cos is over v = 0 .. reach; beta depends on it.

    Returns
    -------
    float
        beta, the slope.
    """
    shared = circles.intersection[: reach + 1]
    if reach < 1 or len(shared) <= reach or not shared.all():
        raise SpecError(f"reach {reach}; needed: 1 to the last distance at which circles meet")
    cosine = 1 - 2 * np.arange(reach + 1) / circles.size
    return float(np.polyfit(cosine, np.log(shared), 1)[0])


class Read(NamedTuple):
    """Hold what one read sums for a bit that is set: count on the wanted side, noise, pull.

    Attributes
    ----------
    signal : array
        Locations that pattern and query share, values that it may take.
    chance : array, same shape
        Of each value.
    deviation : array, same shape
        Standard deviation of what all other patterns add.
    pull : array, same shape
        Mean of what all others add, towards the bit of the query.
    """

    signal: Array
    chance: Array
    deviation: Array
    pull: Array


def one_read(circles: Circles, n_patterns: int, distance: int) -> Read:
    """Compute what is summed by one read, `distance` bits from one of m stored patterns."""
    size, heard = circles.size, circles.activation * circles.locations
    share = np.minimum(circles.intersection / heard, 1.0)  # of those that hear the query
    apart = stats.binom.pmf(np.arange(size + 1), size, 0.5)
    cosine = 1 - 2 * np.arange(size + 1) / size
    others = n_patterns - 1
    spread = RANGE * np.sqrt(heard) + RANGE
    active = np.arange(max(0, int(heard - spread)), int(heard + spread) + 1)
    signal, n_active = np.meshgrid(np.arange(active[-1] + 1), active)
    chance = stats.binom.pmf(signal, n_active, share[distance])
    chance *= stats.binom.pmf(n_active, circles.locations, circles.activation)
    kept = chance > chance.max() * 1e-12
    signal, n_active, chance = signal[kept], n_active[kept], chance[kept]
    one, two = apart @ share, apart @ share**2
    # Counts of locations: mean square of Bin(A, share), averaged over the distance of the pattern.
    square = others * (n_active * (one - two) + n_active**2 * two)
    # What a location holds looks like its own address, whose bits scatter around the query's.
    likeness = _likeness(circles)
    square += n_active * (others * circles.activation * likeness) ** 2 * (1 - likeness**2)
    pull = others * n_active * (apart @ (share * cosine))
    return Read(signal.astype(np.float64), chance / chance.sum(), np.sqrt(square), pull)


def _likeness(circles: Circles) -> float:
    """Return the mean cosine of a location and an address that it hears."""
    place = np.arange(circles.radius + 1)
    chance = stats.binom.pmf(place, circles.size, 0.5)
    return float(1 - 2 * (chance @ place) / chance.sum() / circles.size)


def weighted_read(weight: Array, n_patterns: int, distance: int) -> Read:
    """Compute the same for a read that weighs patterns by their distance, weight shape (n + 1,)."""
    size = len(weight) - 1
    apart = stats.binom.pmf(np.arange(size + 1), size, 0.5)
    cosine = 1 - 2 * np.arange(size + 1) / size
    others = n_patterns - 1
    deviation = np.sqrt(others * (apart @ (weight**2 * (1 - cosine**2))))
    pull = others * (apart @ (weight * cosine))
    return Read(*(np.array([each]) for each in (weight[distance], 1.0, deviation, pull)))


def wrong_bits(read: Read, size: int, distance: int, step: float = 0.0) -> float:
    """Compute the mean number of bits that are wrong after a read, `distance` of them before.

    Parameters
    ----------
    read : Read
        What is summed.
    size, distance : int
        n, and the bits in which the query differs from the pattern.
    step : float
        Spacing of the sums: 2 for counts (a sum of 0 leaves the bit as it was), 0 for weights.

    Returns
    -------
    float
        Bits, 0 to n.
    """
    deviation = np.maximum(read.deviation, 1e-300)

    def below(mean: Array, edge: float) -> float:
        return float(read.chance @ special.ndtr((edge - mean) / deviation))

    # Counts are all even or all odd, each in half of the cases; 0 is even.
    same = (below(read.signal + read.pull, -step / 2) + below(read.signal + read.pull, 0.0)) / 2
    other = (below(read.signal - read.pull, step / 2) + below(read.signal - read.pull, 0.0)) / 2
    return distance * other + (size - distance) * same


def critical_distance(circles: Circles, n_patterns: int, is_coherent: bool = True) -> float:
    """Compute from how far one read brings a query nearer, x = n Q(I(x) / sigma), without pull.

    Parameters
    ----------
    circles : Circles
        The memory.
    n_patterns : int
        m.
    is_coherent : bool
        Whether all locations that hear a pattern hold the same word, as they do: sigma^2 is then
        m (lam + lam^2), with lam = p^2 r, else m lam.

    Returns
    -------
    float
        Bits; 0 if no query is brought nearer.
    """
    both = circles.activation**2 * circles.locations
    deviation = np.sqrt(n_patterns * (both + both**2 * is_coherent))
    half = circles.size // 2
    place = np.arange(half)
    signal = circles.intersection[:half] / deviation
    return last_crossing(place - circles.size * special.ndtr(-signal))


def last_crossing(gain: Array) -> float:
    """Return where a gain, by distance, falls from above 0 to below for the last time, else 0."""
    falls = np.flatnonzero((gain[:-1] > 0) & (gain[1:] <= 0))
    if not falls.size:
        return 0.0
    last = int(falls[-1])
    return last + float(gain[last] / (gain[last] - gain[last + 1]))
