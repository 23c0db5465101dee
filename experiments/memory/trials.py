"""What every memory experiment is told of its loads, networks and probes; light."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar, Protocol, TypeVar

from neuro.errors import SpecError

QUICK_NETWORKS, QUICK_PROBES = 2, 20


class Trials(Protocol):
    """Mark the settings of a study of loads, networks and probes."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def loads(self) -> tuple[int, ...]:
        """Return numbers of stored patterns, ascending."""


Settings = TypeVar("Settings", bound=Trials)


def check_loads(loads: tuple[int, ...]) -> None:
    """Refuse loads that are not ascending numbers from 1.

    Raises
    ------
    SpecError
        With the name of the setting first, as the reader of a configuration expects it.
    """
    if not loads or loads[0] < 1 or list(loads) != sorted(set(loads)):
        raise SpecError(f"loads {list(loads)}; needed: ascending numbers from 1")


def check_trials(loads: tuple[int, ...], networks: int, probes: int) -> None:
    """Refuse loads, networks and probes that cannot be.

    Raises
    ------
    SpecError
        With the name of the setting first.
    """
    check_loads(loads)
    if networks < 1:
        raise SpecError(f"networks {networks}; needed: at least 1")
    if probes < 1:
        raise SpecError(f"probes {probes}; needed: at least 1")


def check_damage(active: int, size: int, erase: int, insert: int) -> None:
    """Refuse damage of a pattern that its active and silent units do not allow, or all of it.

    Raises
    ------
    SpecError
        With the name of the setting first.
    """
    if not 0 < active < size:
        raise SpecError(f"active {active} of {size} units; needed: 1 to {size - 1}")
    if not 0 <= erase <= active:
        raise SpecError(f"erase {erase} of {active} active units; needed: 0 to {active}")
    if not 0 <= insert <= size - active:
        raise SpecError(f"insert {insert}; needed: 0 to the {size - active} silent units")
    if erase == active and not insert:
        raise SpecError(f"erase {erase} of {active}: nothing is left of a cue")


def check_winners(active: int, size: int, insert: int) -> None:
    """Refuse a memory in which the theory of k winners finds too few silent units.

    Raises
    ------
    SpecError
        With the name of the setting first.
    """
    least = 2 * active + insert
    if size < least:
        raise SpecError(
            f"size {size}; needed: at least {least}, as many silent units as {active} winners and "
            f"{insert} that a cue inserts, where the largest sums win"
        )


# Of a cue of one correct unit the theories of one step and of settling are up to .3 off in recall,
# of two up to .13 (settling), .06 (one step) and .23 (covariance), of three within .05.
LEAST_CORRECT = 3


def caution_of(size: int, least_size: int, n_correct: int) -> str:
    """Say why theories of independent units do not hold for a memory or a cue; empty if they do.

    Parameters
    ----------
    size : int
        Units of the memory.
    least_size : int
        Of its theory.
    n_correct : int
        Units of a cue that belong to the pattern.
    """
    if size < least_size:
        return f"{size} units; units of fewer than {least_size} are not independent"
    if n_correct < LEAST_CORRECT:
        return f"{n_correct} correct units in a cue; what fewer than {LEAST_CORRECT} reach is alike"
    return ""


def quick_loads(loads: tuple[int, ...]) -> tuple[int, ...]:
    """Return two loads for a run at the size of a test: the first one and the middle one."""
    return tuple(sorted({loads[0], loads[len(loads) // 2]}))


def quick(settings: Settings) -> Settings:
    """Return the same study at the size of a test: two loads, few networks and probes."""
    loads = quick_loads(settings.loads)
    return replace(settings, loads=loads, networks=QUICK_NETWORKS, probes=QUICK_PROBES)
