"""How dense a network is while it is pruned little by little."""

from __future__ import annotations

from neuro.errors import SpecError


def cubic_density(step: int, n_steps: int, initial: float, final: float) -> float:
    """Return final + (initial - final) (1 - step / n_steps)^3, and `final` from then on.

    Parameters
    ----------
    step : int
        How far training is; from 0.
    n_steps : int
        Steps after which the network is as sparse as it shall be; 1 or more.
    initial, final : float
        Densities at the start and at the end, above 0, at most 1.

    Raises
    ------
    SpecError
        If a step or density is out of range.

    References
    ----------
    Zhu and Gupta, "To prune, or not to prune", ICLR workshop 2018.
    """
    if step < 0 or n_steps < 1 or not 0 < final <= initial <= 1:
        raise SpecError(
            f"step {step} of {n_steps}, density {initial} to {final}; needed: 0 or more of 1 or "
            "more, a final density above 0 and at most the initial one, which is at most 1"
        )
    left = max(0.0, 1 - step / n_steps)
    return final + (initial - final) * left**3


def geometric_densities(final: float, keep: float) -> list[float]:
    """Return the densities of rounds that each keep a share of what there is, the last `final`.

    No round if that is 1.

    Parameters
    ----------
    final : float
        Above 0, at most 1.
    keep : float
        The share, above 0, below 1.

    Raises
    ------
    SpecError
        If either is out of range.
    """
    if not 0 < final <= 1 or not 0 < keep < 1:
        raise SpecError(
            f"final density {final}, {keep} kept a round; needed: above 0, the one at most 1 and "
            "the other below"
        )
    densities = [1.0]
    while densities[-1] > final:
        densities.append(max(final, densities[-1] * keep))
    return densities[1:]
