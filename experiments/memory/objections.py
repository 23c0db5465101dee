"""What keeps `digit_memory` from running on a network, told when the configuration is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from networks.connectivity import AllToAll
from networks.objections import Described, Objection, Path, engine_objections, missing, unlike
from networks.spec import Population
from neuro.units import Quantity

if TYPE_CHECKING:
    from experiments.memory.settings import DigitMemory

N_IMAGES = 60_000
# 6 ms - 1 ms and 5 ms differ by rounding.
ROUNDING = 1e-9
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
    yield from _items(settings, described)
    yield from _settling(settings, described)
    yield from _roles(settings, described)
    yield from _connections(settings, described)
    yield from _sizes(settings, described)
    yield from engine_objections(described, "weights between phases")


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
    elif settings.fitted >= N_IMAGES:
        message = f"expected at most {N_IMAGES - 1}: there are {N_IMAGES} images, and one is stored"
        yield Objection(_at("fitted"), f"{message}, not {settings.fitted}")
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
        if condition.codes != "random" and 0 < most < condition.loads[-1]:
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


def _items(settings: DigitMemory, described: Described) -> Iterator[Objection]:
    """Yield why two items in succession would not be learnt as two."""
    item, jitter = settings.timing.item, settings.timing.jitter
    if item.value <= 0 or jitter.value < 0:
        return
    apart = item.value - jitter.value
    if apart <= 0:
        message = f"{item.text} must be above jitter, {jitter.text}: items would overlap"
        yield Objection(_at("timing", "item"), message, (_at("timing", "jitter"),))
        return
    gap = f"timing.item - timing.jitter, {item.text} - {jitter.text}"
    rests_on = _at("timing", "item"), _at("timing", "jitter")
    projection = described.projections.get(settings.roles.recurrent)
    if projection is not None and projection.plasticity is not None:
        window = projection.plasticity.parameters.get("window")
        if isinstance(window, Quantity) and apart <= window.value * (1 + ROUNDING):
            place = "projections", projection.name, "plasticity", "parameters", "window"
            message = f"{gap}, must be above the window of the rule, {window.text}: else cells of "
            message += "neighbouring items are linked"
            yield Objection(_at("timing", "item"), message, (place, *rests_on))
    cells = described.populations.get(settings.roles.cells)
    rest = cells.parameters.get("t_ref") if cells is not None else None
    if cells is not None and isinstance(rest, Quantity) and rest.value * (1 + ROUNDING) >= apart:
        message = f"t_ref {rest.text} must be below {gap}: else a cell cannot fire in two items "
        message += "in succession"
        path: Path = ("populations", cells.name, "parameters", "t_ref")
        yield Objection(path, message, rests_on)


def _settling(settings: DigitMemory, described: Described) -> Iterator[Objection]:
    """Yield why a trial would end before a cue has come back."""
    projection = described.projections.get(settings.roles.recurrent)
    delay = projection.synapse.delay if projection is not None else None
    settle = settings.timing.settle
    if projection is None or not isinstance(delay, Quantity) or not 0 < settle.value <= delay.value:
        return
    message = f"{settle.text} must be above the delay of projections.{projection.name}, "
    place = "projections", projection.name, "synapse", "delay"
    message += f"{delay.text}: else the reset begins before the cue's volley arrives"
    yield Objection(_at("timing", "settle"), message, (place,))


def _connections(settings: DigitMemory, described: Described) -> Iterator[Objection]:
    """Yield why the clocked oracle would not have the network's synapses."""
    projection = described.projections.get(settings.roles.recurrent)
    if projection is None:
        return
    rule = projection.connectivity
    if not isinstance(rule, AllToAll) or rule.allow_autapses:
        given = f"{rule.rule} with autapses" if isinstance(rule, AllToAll) else rule.rule
        yield Objection(
            ("projections", projection.name, "connectivity"),
            f"needs {{rule: all_to_all, allow_autapses: false}}, as experiment.roles.recurrent: "
            f"the clocked oracle has every synapse but those of a cell onto itself; not {given}",
        )


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
            if is_needed:
                yield from missing(_at("roles", role), name, names, what)
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

    cells = population("cells")
    if cells is None:
        return
    if settings.active > cells.size:
        message = f"{settings.active} active of {cells.size} cells; expected 1 to {cells.size}"
        yield Objection(_at("active"), message)
    elif settings.insert > cells.size - settings.active:
        message = f"{settings.insert} to insert, but {cells.size - settings.active} cells are left"
        yield Objection(_at("insert"), message, (_at("active"),))
    yield from unlike(described, settings.roles.cue, cells.name)
