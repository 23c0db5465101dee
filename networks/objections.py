"""What an experiment has against a configuration, told before anything runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from networks.spec import Population, Projection, Simulation
from neuro.errors import SpecError, nearest

Path = tuple[str | int, ...]
# A program that runs to its end shows nothing in between.
WATCHABLE = ("numba", "brian2")


class Described(Protocol):
    """Hold what an experiment plays on: a `Spec`, or one that is still being read.

    While it is read, a part with a mistake of its own is None.
    """

    @property
    def simulation(self) -> Simulation | None:
        """Return how the network is run."""

    @property
    def populations(self) -> Mapping[str, Population | None]:
        """Return the populations by name."""

    @property
    def projections(self) -> Mapping[str, Projection | None]:
        """Return the projections by name."""


@dataclass(frozen=True, slots=True)
class Objection:
    """Say what is wrong with one place of a configuration.

    Attributes
    ----------
    path : tuple of str or int
        The place, e.g. ("experiment", "drawn_load").
    message : str
        What was given, and what is needed.
    rests_on : tuple of paths
        Other places that were read; if one of these is wrong itself, nothing is said.
    """

    path: Path
    message: str
    rests_on: tuple[Path, ...] = ()


class Objecting(Protocol):
    """Mark the settings of an experiment that look at the whole configuration."""

    def objections(self, described: Described) -> Iterator[Objection]:
        """Yield everything that would keep the experiment from running."""


class Noticing(Protocol):
    """Mark the settings of an experiment that tell what its user should know, though it runs."""

    def notices(self) -> Iterator[tuple[str, str]]:
        """Yield path, such as "experiment.epochs", and message."""


def engine_objections(described: Described, watched: str) -> Iterator[Objection]:
    """Yield that an engine does not show what an experiment looks at while a network runs.

    Parameters
    ----------
    described : Described
        The network.
    watched : str
        What is looked at, e.g. "weights between phases".

    Yields
    ------
    Objection
        One, if the network is described and its engine is none of `WATCHABLE`.
    """
    simulation = described.simulation
    if simulation is not None and simulation.engine not in WATCHABLE:
        yield Objection(
            ("simulation", "engine"),
            f"'{simulation.engine}' cannot run this experiment, which looks at {watched}; it can "
            f"use: {', '.join(WATCHABLE)}",
        )


def missing(path: Path, name: str, known: Mapping[str, Any], what: str) -> Iterator[Objection]:
    """Yield that a name at a place is none of those that are known.

    Parameters
    ----------
    path : tuple of str or int
        Where the name stands.
    name : str
        What is asked for.
    known : mapping by name
        What there is.
    what : str
        Of which kind it should be, e.g. "population".

    Yields
    ------
    Objection
        One, with the nearest name or all of them, if there is no such name.
    """
    if name not in known:
        hint = nearest(name, list(known)) or f"; there are {', '.join(known) or 'none'}"
        yield Objection(path, f"there is no {what} '{name}'{hint}")


def unlike(described: Described, name: str, model: str) -> Iterator[Objection]:
    """Yield that a population has not as many neurons as another; nothing if there is no such one.

    Parameters
    ----------
    described : Described
        The network.
    name, model : str
        The population, and that whose size it is to have.

    Yields
    ------
    Objection
        At the size of the first.
    """
    given, wanted = (described.populations.get(each) for each in (name, model))
    if given is not None and wanted is not None and given.size != wanted.size:
        message = f"expected {wanted.size}, as population '{wanted.name}', not {given.size}"
        yield Objection(("populations", given.name, "size"), message)


def refuse(objections: Iterable[Objection]) -> None:
    """Raise one `SpecError` that names all objections, if there are any."""
    lines = [f"{'.'.join(map(str, each.path))}: {each.message}" for each in objections]
    if lines:
        raise SpecError("\n".join(lines))
