"""Sparse binary codes of images: a fixed random expansion and k winners."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from networks.winners import k_winners
from neuro.errors import SpecError

Homeostasis = Literal["plain", "homeostatic", "whitened"]


@dataclass(frozen=True, slots=True)
class FittedCoder:
    """Map images to codes: the k largest of the drives h = x W + b.

    Attributes
    ----------
    weight : array of float64, shape (n_pixels, size)
        W; expansion and homeostasis together, per unit of intensity (0 to 255).
    offset : array of float64, shape (size,)
        b.
    active : int
        k, number of active units of every code.
    """

    weight: NDArray[np.float64]
    offset: NDArray[np.float64]
    active: int

    def drive(self, images: NDArray[Any]) -> NDArray[np.float64]:
        """Compute the drive of each unit, shape (P, size), for images of shape (P, ...)."""
        flat = _flat(images)
        if flat.shape[1] != len(self.weight):
            raise SpecError(
                f"images of {flat.shape[1]} pixels; the coder was fitted on {len(self.weight)}"
            )
        result: NDArray[np.float64] = flat @ self.weight + self.offset
        return result

    def encode(self, images: NDArray[Any]) -> NDArray[np.bool_]:
        """Encode images as binary codes with exactly `active` active units.

        Parameters
        ----------
        images : array, shape (P, height, width) or (P, n_pixels)
            Intensities on the scale of the images that the coder was fitted on.

        Returns
        -------
        array of bool, shape (P, size)
            The codes; of equal drives the unit of lower index is active.
        """
        return k_winners(self.drive(images), self.active)

    def active_units(self, images: NDArray[Any]) -> NDArray[np.int64]:
        """Encode images as ascending indices of the active units, shape (P, active)."""
        code = self.encode(images)
        return np.nonzero(code)[1].reshape(len(code), self.active)


@dataclass(frozen=True, slots=True)
class SparseCoder:
    """Code an image by the k winners of a random expansion, after homeostasis.

    Every unit weighs the pixels by independent normal variates. ``plain``: the weights of each
    unit are shifted to sum to zero, so that the amount of ink does not count; nothing is
    learnt. ``homeostatic``: drives are besides standardised to mean 0 and standard deviation 1
    per unit over the images of the fit, so that each unit wins about equally often.
    ``whitened``: the expansion sees the first principal components at unit variance in place of
    pixels, which decorrelates the drives of different units too; then standardised.

    Attributes
    ----------
    size : int
        N, number of units.
    active : int
        k, number of active units of every code.
    homeostasis : {"plain", "homeostatic", "whitened"}
        What is fitted.
    components : int
        Number of principal components; only for ``whitened``.

    References
    ----------
    Dasgupta, Stevens & Navlakha, "A neural algorithm for a fundamental computing problem",
    Science 358 (2017): random expansion and winner-take-all. Turrigiano, "Too many cooks?",
    Annual Review of Neuroscience 34 (2011): homeostasis of firing per cell.
    """

    kind: ClassVar[str] = "sparse"

    size: int = 2000
    active: int = 40
    homeostasis: Homeostasis = "homeostatic"
    components: int = 200

    def __post_init__(self) -> None:
        if not 0 < self.active <= self.size:
            raise SpecError(f"{self.active} active of {self.size} units; needed: 1 to {self.size}")
        if self.homeostasis not in ("plain", "homeostatic", "whitened"):
            raise SpecError(
                f"no homeostasis '{self.homeostasis}'; one of plain, homeostatic, whitened"
            )
        if self.components < 1:
            raise SpecError(f"{self.components} principal components; needed: at least 1")

    def fit(self, images: NDArray[Any], rng: np.random.Generator) -> FittedCoder:
        """Draw the expansion and fit the homeostasis.

        Parameters
        ----------
        images : array, shape (n_fit, height, width) or (n_fit, n_pixels)
            Images that the memory never stores; see `networks.inputs.digits.separate`.
        rng : numpy.random.Generator
            Source of the expansion.

        Returns
        -------
        FittedCoder
            The fixed map.

        Raises
        ------
        SpecError
            If there are too few images to fit.
        """
        pixels = _flat(images)
        weight, offset = self._expansion(pixels, rng)
        if self.homeostasis == "plain":
            return FittedCoder(weight, offset, self.active)
        drive = pixels @ weight + offset
        # A unit whose drive never changes has nothing to standardise; it keeps its scale.
        deviation = np.where(drive.std(axis=0) > 0, drive.std(axis=0), 1.0)
        return FittedCoder(
            weight / deviation, (offset - drive.mean(axis=0)) / deviation, self.active
        )

    def _expansion(
        self, pixels: NDArray[np.float64], rng: np.random.Generator
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        if self.homeostasis != "whitened":
            weight = rng.standard_normal((pixels.shape[1], self.size))
            return weight - weight.mean(axis=0), np.zeros(self.size)
        axes, mean = _whitening(pixels, self.components)
        weight = axes @ rng.standard_normal((self.components, self.size))
        return weight, -mean @ weight


def _whitening(
    pixels: NDArray[np.float64], components: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the axes (n_pixels, components), scaled to unit variance, and the mean image."""
    if components > min(len(pixels) - 1, pixels.shape[1]):
        raise SpecError(
            f"{components} principal components of {len(pixels)} images with {pixels.shape[1]} "
            f"pixels; needed: fewer components or more images"
        )
    # Imported where it is used: settings must not cost the import of scikit-learn.
    from sklearn.decomposition import PCA

    # Of the exact solvers, the one that is fast for many images of few pixels.
    pca = PCA(components, svd_solver="covariance_eigh").fit(pixels)
    return pca.components_.T / np.sqrt(pca.explained_variance_), pca.mean_


def _flat(images: NDArray[Any]) -> NDArray[np.float64]:
    if images.ndim < 2:
        raise SpecError(f"images of shape {images.shape}; needed: (number of images, ...)")
    return images.reshape(len(images), -1).astype(np.float64)
