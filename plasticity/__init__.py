"""Learning rules, one per file; `RULES` is the whole set by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from plasticity.base import PlasticityRule
from plasticity.hebbian.bcpnn import BCPNN
from plasticity.hebbian.clipped import CLIPPED_HEBB
from plasticity.hebbian.consolidated import CONSOLIDATED_HEBB
from plasticity.hebbian.covariance import COVARIANCE
from plasticity.hebbian.oja import OJA
from plasticity.projection.lateral import SUBSPACE, SUBSPACE_FEEDBACK
from plasticity.stdp.pair import STDP_PAIR
from plasticity.stdp.triplet import STDP_TRIPLET

RULES: Mapping[str, PlasticityRule] = MappingProxyType(
    {
        rule.name: rule
        for rule in (
            CLIPPED_HEBB,
            CONSOLIDATED_HEBB,
            COVARIANCE,
            OJA,
            BCPNN,
            STDP_PAIR,
            STDP_TRIPLET,
            SUBSPACE,
            SUBSPACE_FEEDBACK,
        )
    }
)

__all__ = ["RULES", "PlasticityRule"]
