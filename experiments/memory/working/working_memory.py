"""Ask memories of the house what psychologists ask of people.

Delayed match to sample, n-back and change detection are asked of synapses that learn on and on
(`networks.memories.online`): closed forms say how often they are right. Serial recall is asked of
an attractor memory of items and contexts (`networks.memories.bcpnn`), free recall of a walk.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.memory.laboratory.curves import Axis, Panel, Series, write_panels
from experiments.memory.working.free import expected, walked
from experiments.memory.working.nback import by_context, streamed
from experiments.memory.working.recognition import (
    accuracy,
    change_theory,
    changes,
    delay_rows,
    same_answers,
    same_theory,
)
from experiments.memory.working.serial import recalled
from experiments.memory.working.settings import LINEAR, WorkingMemory
from experiments.parts import Parts
from experiments.progress import Progress
from experiments.tables import show_table
from networks.memories.palimpsest import Fading
from networks.streams import generator
from neuro.recording import Checkpoint, Recorder

Array = NDArray[np.float64]
Found = list[dict[str, Any]]
ANY = (-np.inf, np.inf)
NORMAL = "f is normal around what is left, of variance (E w^2 - S^2) / n"


def run(
    configuration: Any,
    recorder: Recorder,
    progress: Progress,
    begun: Checkpoint | None = None,
) -> None:
    """Ask every network for every task.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is a `WorkingMemory`.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    begun : Checkpoint, optional
        The networks that are complete already.
    """
    spec = configuration.spec
    settings: WorkingMemory = spec.experiment
    parts, found = Parts(recorder, begun), list[dict[str, Any]]()
    progress.stage("ask", settings.networks, "networks")
    for network in range(settings.networks):
        found.append(parts(f"{network}", partial(asked, settings, spec.seed, network)))
        progress.advance(network + 1)
    panels = [make(settings, found) for make in PANELS]
    write_panels(recorder, panels)
    _show(settings, panels)


def asked(settings: WorkingMemory, seed: int, network: int) -> dict[str, Any]:
    """Ask one network for everything.

    Returns
    -------
    dict of str to array
        By task, and kind of synapses where there are some.
    """

    def stream(what: str) -> np.random.Generator:
        return generator(seed, f"experiment.{what}", network)

    number, found = settings.synapses, dict[str, Any]()
    for kind in settings.kinds:
        fading = Fading(kind, settings.rules)
        found[f"match/{kind}"] = same_answers(
            fading, number, settings.match, stream(f"match.{kind}")
        )
        back = streamed(fading, number, settings.back, stream(f"back.{kind}"))
        found[f"back/{kind}"], found[f"back/{kind}/theory"] = back
        found[f"change/{kind}"] = changes(fading, number, settings.change, stream(f"change.{kind}"))
    found["back/context"] = by_context(settings.back, settings.serial, stream("back.context"))
    places, means = np.zeros(0), []
    for length in settings.serial.lengths:
        answers = recalled(settings.serial, length, stream(f"serial.{length}"))
        means.append(answers.places.mean())
        places, distances = answers
    found |= {"serial/lengths": np.array(means), "serial/places": places}
    found["serial/distances"] = distances
    free = settings.free
    counts = [
        walked(length, free.size, free.trials, stream(f"free.{length}")) for length in free.lengths
    ]
    found["free"] = np.array(counts)
    return found


def _table(found: Found, name: str) -> Array:
    return np.array([each[name] for each in found], dtype=np.float64)


def psychometric_panel(settings: WorkingMemory, found: Found) -> Panel:
    """Put the answer "same" over how different the probe is, of the first kind of synapses."""
    match, kind = settings.match, settings.kinds[0]
    axis = Axis("difference", np.array(match.differences),
                "share of the probe's elements that are drawn anew",
                "difference of the probe")  # fmt: skip
    theory = same_theory(Fading(kind, settings.rules), settings.synapses, match)
    table = _table(found, f"match/{kind}")
    series = tuple(
        Series(
            f"same_after_{delay}", table[:, row], "share of the trials that are answered 'same'",
            theory=theory[row], theory_definition=NORMAL, label=f"after {delay} others",
            bounds=(0.0, 1.0), trials=match.trials, size=settings.synapses,
        )
        for delay, row in zip(match.curves, delay_rows(match, match.curves), strict=True)
    )  # fmt: skip
    return Panel(axis, "answered 'same'", series, title=f"delayed match, {_told(kind)}")


def delay_panel(settings: WorkingMemory, found: Found) -> Panel:
    """Put right answers, to samples and to new events, over the delay."""
    match = settings.match
    rows = delay_rows(match, match.delays)
    axis = Axis("delay", np.array(match.delays), "other memories between sample and probe",
                "delay (other memories)")  # fmt: skip

    def one(kind: Any) -> Series:
        theory = accuracy(same_theory(Fading(kind, settings.rules), settings.synapses, match))
        return Series(
            f"match_{kind}", accuracy(_table(found, f"match/{kind}"))[:, rows],
            "share of right answers, half of the probes as the sample and half as different as "
            "tried",
            theory=theory[rows], theory_definition=NORMAL, label=_told(kind),
            bounds=(0.0, 1.0), size=settings.synapses,
        )  # fmt: skip

    return Panel(axis, "right", tuple(map(one, settings.kinds)), title="delayed match to sample")


def back_panel(settings: WorkingMemory, found: Found) -> Panel:
    """Put d' over how far back an item was."""
    axis = Axis("back", np.array(settings.back.back), "n, items back", "n back")

    def one(kind: Any) -> Series:
        is_known = kind in LINEAR
        theory = _table(found, f"back/{kind}/theory").mean(axis=0) if is_known else None
        return Series(
            f"sensitivity_{kind}", _table(found, f"back/{kind}"), "d' = z(hit) - z(false alarm)",
            theory=theory, theory_definition=f"{NORMAL}, of the same streams; mean of networks",
            label=_told(kind), bounds=ANY, size=settings.synapses,
        )  # fmt: skip

    context = Series("sensitivity_context", _table(found, "back/context"),
                     "d' of the word that the context of n items ago calls up",
                     label="items and contexts", bounds=ANY)  # fmt: skip
    title = f"n-back, {settings.back.items} items"
    return Panel(axis, "sensitivity d'", (*map(one, settings.kinds), context), title=title)


def change_panel(settings: WorkingMemory, found: Found) -> Panel:
    """Put right answers over the number of objects of a display."""
    axis = _set_axis(settings)

    def one(kind: Any) -> Series:
        return Series(
            f"change_{kind}", _table(found, f"change/{kind}"), "share of right answers",
            theory=_change_theory(settings, kind),
            theory_definition=f"{NORMAL}; mean of places in a display", label=_told(kind),
            bounds=(0.0, 1.0), trials=settings.change.trials, size=settings.synapses,
        )  # fmt: skip

    return Panel(axis, "right", tuple(map(one, settings.kinds)), title="change detection")


def held_panel(settings: WorkingMemory, found: Found) -> Panel:
    """Put the number of objects that are held, as it is told from right answers."""
    sizes = np.array(settings.change.sizes)

    def one(kind: Any) -> Series:
        return Series(
            f"held_{kind}", sizes * (2 * _table(found, f"change/{kind}") - 1),
            "K = S (hits - false alarms), half of the probes changed",
            theory=sizes * (2 * _change_theory(settings, kind) - 1),
            theory_definition=f"{NORMAL}; mean of places in a display",
            label=_told(kind), bounds=ANY, size=settings.synapses,
        )  # fmt: skip

    axis = _set_axis(settings)
    return Panel(axis, "objects held K", tuple(map(one, settings.kinds)), title="change detection")


def _change_theory(settings: WorkingMemory, kind: Any) -> Array:
    """Return the chance of a right answer at each set size."""
    fading, change = Fading(kind, settings.rules), settings.change
    return np.array([change_theory(fading, settings.synapses, change, n) for n in change.sizes])


def _set_axis(settings: WorkingMemory) -> Axis:
    return Axis("set_size", np.array(settings.change.sizes), "objects of a display",
                "set size (objects)")  # fmt: skip


def place_panel(settings: WorkingMemory, found: Found) -> Panel:
    """Put recall over the serial position in the longest lists."""
    serial = settings.serial
    length = serial.lengths[-1]
    axis = Axis("position", np.arange(1, length + 1), "serial position", "serial position")
    series = Series(
        "serial_recall", _table(found, "serial/places"),
        "share of lists in which the item of a position is answered at it",
        theory=np.full(length, 1 / serial.words), theory_definition="a word drawn at random",
        bounds=(0.0, 1.0), trials=serial.lists, dashed="chance",
    )  # fmt: skip
    return Panel(axis, "recalled", (series,), title=f"serial recall, {length} items")


def distance_panel(settings: WorkingMemory, found: Found) -> Panel:
    """Put how far off their place answers belong."""
    length = settings.serial.lengths[-1]
    axis = Axis("displacement", np.arange(length), "places between an answer and where it belongs",
                "displacement (places)")  # fmt: skip
    # A word drawn at random is in the list at a distance d at 2 (L - d) of L places, for d > 0.
    chance = np.where(np.arange(length) > 0, 2, 1) * (length - np.arange(length))
    series = Series(
        "displaced", _table(found, "serial/distances"),
        "share of all answers that are words of the list, by how far off they belong",
        theory=chance / (length * settings.serial.words),
        theory_definition="words drawn at random", bounds=(0.0, 1.0), dashed="chance",
    )  # fmt: skip
    return Panel(axis, "answers", (series,), scale="log", title="where wrong answers belong")


def length_panel(settings: WorkingMemory, found: Found) -> Panel:
    """Put serial recall over the length of lists."""
    serial = settings.serial
    axis = Axis("list_length", np.array(serial.lengths), "items of a list", "list length")
    series = Series(
        "serial_by_length", _table(found, "serial/lengths"), "share of items answered in place",
        theory=np.full(len(serial.lengths), 1 / serial.words),
        theory_definition="a word drawn at random", bounds=(0.0, 1.0), dashed="chance",
    )  # fmt: skip
    return Panel(axis, "recalled", (series,), title="serial recall")


def free_panel(settings: WorkingMemory, found: Found) -> Panel:
    """Put how many items a walk comes by over the length of lists."""
    free = settings.free
    axis = Axis("free_length", np.array(free.lengths), "items of a list L", "list length L",
                scale="log")  # fmt: skip
    series = Series(
        "free_recall", _table(found, "free"), "items visited until the walk repeats itself",
        theory=np.array([expected(length) for length in free.lengths]),
        theory_definition="sqrt(3 pi L / 2), at most L: long lists of independent likenesses",
        size=free.size,
    )  # fmt: skip
    return Panel(axis, "items recalled", (series,), scale="log", title="free recall")


PANELS: tuple[Callable[[WorkingMemory, Found], Panel], ...] = (
    psychometric_panel,
    delay_panel,
    back_panel,
    change_panel,
    held_panel,
    place_panel,
    distance_panel,
    length_panel,
    free_panel,
)


def _told(kind: str) -> str:
    return kind.replace("_", " ")


def _show(settings: WorkingMemory, panels: list[Panel]) -> None:
    """Print what has closed forms over delay, n and set size."""
    for panel in panels[1:4]:
        rows = [
            (f"{place:g}", *(
                f"{each.mean[k]:.3f}"
                + ("" if each.theory is None else f" ({each.theory[k]:.3f})")
                for each in panel.series
            ))
            for k, place in enumerate(panel.axis.values.tolist())
        ]  # fmt: skip
        columns = (panel.axis.label, *(f"{each.label} (theory)" for each in panel.series))
        title = f"{panel.title}: {panel.quantity}, {settings.networks} networks"
        show_table(title, columns, rows)


if __name__ == "__main__":
    from experiments.script import main

    main("working_memory", "memory/working-memory.yaml")
