"""Spike trains from images: rates as Poisson processes, or intensity as latency."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from neuro.errors import SpecError

WHITE = 255.0


@dataclass(frozen=True, slots=True)
class SpikeTrain:
    """Hold spikes in order of time, of equal times in order of index.

    Attributes
    ----------
    time : array of float64, shape (n_spikes,)
        Seconds; multiples of the time step where the encoder has one.
    index : array of int64, shape (n_spikes,)
        Pixel, in row-major order of the image. No pixel spikes twice in one step.
    """

    time: NDArray[np.float64]
    index: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PoissonEncoder:
    """Let each pixel spike as a Poisson process of rate max_rate * intensity / 255.

    Spikes are put at the start of the time step in which they fall, and those of one pixel in
    one step are one spike: a step holds one with probability 1 - exp(-rate * time_step).

    Attributes
    ----------
    max_rate : float
        Rate of a pixel of intensity 255, Hz.
    duration : float
        Length of the spike train, seconds.
    time_step : float
        Grid of spike times, seconds.
    """

    kind: ClassVar[str] = "poisson"

    max_rate: float = 63.0
    duration: float = 0.35
    time_step: float = 1e-4

    def __post_init__(self) -> None:
        _check_times(self.duration, self.time_step)
        if not (math.isfinite(self.max_rate) and self.max_rate >= 0):
            raise SpecError(f"max_rate of {self.max_rate} Hz; needed: 0 or more")

    def encode(self, image: NDArray[Any], rng: np.random.Generator) -> SpikeTrain:
        """Draw the spikes of one image of intensities 0 to 255."""
        intensity = _intensity(image)
        mean_count = intensity * self.max_rate * self.duration
        pixel = np.repeat(np.arange(len(intensity)), rng.poisson(mean_count))
        n_steps = _steps(self.duration, self.time_step)
        step = rng.integers(0, n_steps, size=len(pixel))
        return _train(np.unique(step * len(intensity) + pixel), len(intensity), self.time_step)


@dataclass(frozen=True, slots=True)
class LatencyEncoder:
    """Let each pixel that is not blank spike once, the brighter the earlier.

    A pixel of intensity x spikes at (1 - x / 255) * duration, rounded down to the time step.

    Attributes
    ----------
    duration : float
        Latency of the faintest pixel is just below it, seconds.
    time_step : float
        Grid of spike times, seconds.
    """

    kind: ClassVar[str] = "latency"

    duration: float = 0.02
    time_step: float = 1e-4

    def __post_init__(self) -> None:
        _check_times(self.duration, self.time_step)

    def encode(self, image: NDArray[Any]) -> SpikeTrain:
        """Compute the spikes of one image of intensities 0 to 255."""
        intensity = _intensity(image)
        (pixel,) = np.nonzero(intensity)
        # In units of white, so that a latency of whole steps is not rounded to one step less.
        step = (WHITE - WHITE * intensity[pixel]) * _steps(self.duration, self.time_step) // WHITE
        key = np.sort(step.astype(np.int64) * len(intensity) + pixel)
        return _train(key, len(intensity), self.time_step)


def _train(key: NDArray[np.int64], n_pixels: int, time_step: float) -> SpikeTrain:
    step, pixel = np.divmod(key, n_pixels)
    return SpikeTrain(step * time_step, pixel)


def _steps(duration: float, time_step: float) -> int:
    return round(duration / time_step)


def _intensity(image: NDArray[Any]) -> NDArray[np.float64]:
    intensity = image.reshape(-1).astype(np.float64) / WHITE
    if not ((intensity >= 0) & (intensity <= 1)).all():
        raise SpecError("an intensity is outside 0 to 255")
    return intensity


def _check_times(duration: float, time_step: float) -> None:
    if not (0 < time_step <= duration < math.inf):
        raise SpecError(
            f"duration {duration} s in steps of {time_step} s; "
            f"needed: both positive, and at least one step"
        )
