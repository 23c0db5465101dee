"""What keeps `digit_memory` from running on a network, told when the configuration is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from networks.objections import Described, Objection, Path
from networks.spec import Population
from neuro.errors import nearest

if TYPE_CHECKING:
    from experiments.memory.settings import DigitMemory

# It looks at weights between phases, which a program that runs to its end does not show.
ENGINES = ("numba", "brian2")
ENGINE: Path = ("simulation", "engine")
N_IMAGES = 60_000
POPULATIONS = ("cells", "cue", "reset", "pixels", "image")
PROJECTIONS = ("recurrent", "inhibition", "readout")
IMAGE_LAYER = ("pixels", "image", "readout")


def objections(settings: DigitMemory, described: Described) -> Iterator[Objection]:
    """Yield what is wrong with the settings and with the network on which they play.

    Parameters
    ----------
    settings : DigitMemory
        The experiment.
    described : Described
        The network; a part with a mistake of its own is None.

    Yields
    ------
    Objection
        One for each mistake.
    """
    yield from _counts(settings)
    yield from _conditions(settings)
    yield from _times(settings, described)
    yield from _roles(settings, described)
    yield from _sizes(settings, described)
    simulation = described.simulation
    if simulation is not None and simulation.engine not in ENGINES:
        yield Objection(
            ENGINE,
            f"'{simulation.engine}' cannot run digit_memory, which looks at weights between "
            f"phases; it can use: {', '.join(ENGINES)}",
        )


def _at(*steps: str | int) -> Path:
    return ("experiment", *steps)


def _counts(settings: DigitMemory) -> Iterator[Objection]:
    for name in ("networks", "probes", "active", "iterations", "components"):
        if getattr(settings, name) < 1:
            yield Objection(_at(name), f"expected 1 or more, not {getattr(settings, name)}")
    least = max(2, settings.components)
    if settings.fitted < least:
        message = f"expected {least} or more, at least as many as components"
        yield Objection(_at("fitted"), f"{message}, not {settings.fitted}", (_at("components"),))
    if not 0 <= settings.erase <= settings.active:
        message = f"expected 0 to {settings.active}, the active cells, not {settings.erase}"
        yield Objection(_at("erase"), message, (_at("active"),))
    for name in ("insert", "workers"):
        if getattr(settings, name) < 0:
            yield Objection(_at(name), f"expected 0 or more, not {getattr(settings, name)}")


def _conditions(settings: DigitMemory) -> Iterator[Objection]:
    where = _at("conditions")
    if not settings.conditions:
        yield Objection(where, "expected at least one, such as {codes: random, loads: [20]}")
        return
    loads = settings.conditions[0].loads
    if settings.drawn_load not in loads:
        message = f"{settings.drawn_load} is no load of the first condition; there are"
        yield Objection(
            _at("drawn_load"), f"{message} {', '.join(map(str, loads))}", (where,)
        )  # fmt: skip
    known: set[str] = set()
    for number, condition in enumerate(settings.conditions):
        if condition.codes in known:
            message = f"'{condition.codes}' stands twice; one condition for each kind of codes"
            yield Objection((*where, number, "codes"), message)
        known.add(condition.codes)
        most = N_IMAGES - settings.fitted
        if condition.codes != "random" and condition.loads[-1] > most:
            message = f"at most {most} images can be stored beside those fitted"
            yield Objection(
                (*where, number, "loads"), f"{message}, not {condition.loads[-1]}", (_at("fitted"),)
            )  # fmt: skip


def _times(settings: DigitMemory, described: Described) -> Iterator[Objection]:
    dt = described.simulation.dt if described.simulation else None
    for name in ("item", "axons", "settle", "pulse", "pause", "silence"):
        time = getattr(settings.timing, name)
        if time.value <= 0:
            yield Objection(_at("timing", name), f"must be above zero, but is {time.text}")
        elif name != "silence" and dt is not None and round(time.value / dt.value) < 1:
            message = f"{time.text} is shorter than simulation.dt, {dt.text}"
            yield Objection(_at("timing", name), message, (("simulation", "dt"),))
    if settings.timing.jitter.value < 0:
        message = f"must not be negative, but is {settings.timing.jitter.text}"
        yield Objection(_at("timing", "jitter"), message)
    if settings.timing.pulses < 0:
        yield Objection(
            _at("timing", "pulses"), f"must not be negative, but is {settings.timing.pulses}"
        )  # fmt: skip


def _roles(settings: DigitMemory, described: Described) -> Iterator[Objection]:
    defaults = {entry.name: entry.default for entry in fields(settings.roles)}
    first = settings.conditions[0].codes if settings.conditions else "random"
    for what, roles, known in (
        ("population", POPULATIONS, described.populations),
        ("projection", PROJECTIONS, described.projections),
    ):
        names: Mapping[str, Any] = known
        for role in roles:
            name = getattr(settings.roles, role)
            # Random patterns have no images; a layer that is named must be there all the same.
            is_needed = role not in IMAGE_LAYER or first != "random" or name != defaults[role]
            if is_needed and name not in names:
                hint = nearest(name, list(names)) or f"; there are {', '.join(names) or 'none'}"
                yield Objection(_at("roles", role), f"there is no {what} '{name}'{hint}")
    for role, parameter in (("recurrent", ""), ("readout", "eta")):
        projection = described.projections.get(getattr(settings.roles, role))
        if projection is None:
            continue
        path: Path = ("projections", projection.name)
        if projection.plasticity is None:
            yield Objection(path, f"needs plasticity, as experiment.roles.{role}")
        elif parameter and parameter not in projection.plasticity.parameters:
            message = f"rule covariance is needed, as experiment.roles.{role}"
            yield Objection((*path, "plasticity"), message)


def _sizes(settings: DigitMemory, described: Described) -> Iterator[Objection]:
    def population(role: str) -> Population | None:
        return described.populations.get(getattr(settings.roles, role))

    cells, cue = population("cells"), population("cue")
    if cells is None:
        return
    if settings.active > cells.size:
        message = f"{settings.active} active of {cells.size} cells; expected 1 to {cells.size}"
        yield Objection(_at("active"), message)
    elif settings.insert > cells.size - settings.active:
        message = f"{settings.insert} to insert, but {cells.size - settings.active} cells are left"
        yield Objection(_at("insert"), message, (_at("active"),))
    if cue is not None and cue.size != cells.size:
        message = f"expected {cells.size}, as population '{cells.name}', not {cue.size}"
        yield Objection(("populations", cue.name, "size"), message)
