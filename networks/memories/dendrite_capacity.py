"""How many bits a neuron with dendritic branches can hold in where its synapses are.

A neuron has s sites, each of which takes a contact from any of d input lines; only which line
contacts which site is learnt. Counting the different functions that a cell can compute bounds what
it can store. Sites of one branch may be exchanged without effect, and so may whole branches.

References
----------
P. Poirazi, B. W. Mel (2001). Impact of active dendrites and structural plasticity on the memory
capacity of neural tissue. Neuron 29, 779-796.
"""

from __future__ import annotations

from math import comb, fsum, log2

from neuro.errors import SpecError

# A neuron learns by two cells, one that speaks for a class and one against it.
N_CELLS = 2


def linear_bits(sites: int, lines: int) -> float:
    """Return the capacity of a neuron that sums all its sites, 2 log2 C(s + d - 1, s).

    Parameters
    ----------
    sites : int
        s, of each of the two cells.
    lines : int
        d, input lines.

    Returns
    -------
    float
        Bits.
    """
    return branch_bits(1, sites, lines)


def branch_bits(branches: int, sites: int, lines: int) -> float:
    """Return the capacity of a neuron whose branches are nonlinear.

    Parameters
    ----------
    branches : int
        m, of each of the two cells.
    sites : int
        k, on each branch.
    lines : int
        d, input lines.

    Returns
    -------
    float
        2 log2 C(F + m - 1, m) bits, F = C(k + d - 1, k) different branches. With one branch, or
        with one site on each, it is that of a linear neuron.
    """
    if min(branches, sites, lines) < 1:
        raise SpecError(f"{branches} branches, {sites} sites, {lines} lines; needed: at least 1")
    kinds = comb(sites + lines - 1, sites)
    # Term by term: the coefficient itself may have a million digits.
    return N_CELLS * fsum(log2(kinds + i) - log2(i + 1) for i in range(branches))
