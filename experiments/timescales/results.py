"""What a study of timescales leaves in its file: series over epochs, N, and damage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.memory.laboratory.curves import Axis, Panel, Series, write_panels
from experiments.tasks.bits import BIT_TASKS
from experiments.timescales.curriculum import FIRST
from experiments.timescales.probes import QUANTILES, heads_of
from experiments.timescales.settings import TimescaleStudy
from neuro.recording import Recorder

Array = NDArray[Any]
Found = Sequence[dict[str, Array]]
SHARE = (0.0, 1.0)


def write(recorder: Recorder, study: TimescaleStudy, found: Found) -> None:
    """Record what networks came to.

    Parameters
    ----------
    recorder : Recorder
        The recording.
    study : TimescaleStudy
        What was asked.
    found : sequence of dict
        Of each network that is done: `course`, `milestones` and `end`, by path.
    """
    panels = (_course(study, found), *_by_n(found), _left(study, found), *_damage(study, found))
    write_panels(recorder, panels)
    tau = stack(found, "end/tau_quantiles")
    definition = f"[network, quantile of {', '.join(map(str, QUANTILES))} %]: at the end"
    recorder.metric("tau_quantiles", tau, definition, "steps")
    recorder.metric("mastered", stack(found, "n"), "[network]: largest N mastered, 1 for none")
    epochs = np.array([len(each["course/loss"]) for each in found])
    recorder.metric("epochs", epochs, "[network]: epochs taught, to the end of the curriculum")
    forgotten = np.array([forgetting(each) for each in found])
    definition = (
        "[network]: accuracy on N when it was mastered - at the end, through the head that answers "
        "it, mean over all mastered N but the largest; NaN if there is none"
    )
    recorder.metric("forgetting", forgotten, definition)
    for number, each in enumerate(found):
        for name, array in each.items():
            recorder.array(f"networks/{number}/{name}", array, "1", "of one network, as measured")


def forgetting(each: dict[str, Array]) -> float:
    """Return how much worse earlier N are answered at the end than when they were mastered."""
    earlier = _mastered(each)[:-1]
    if not earlier:
        return float("nan")
    place = np.array(earlier) - FIRST
    then = each["milestones/accuracy"][np.arange(len(earlier)), place]
    return float((then - each["end/accuracy"][place]).mean())


def stack(found: Found, name: str) -> Array:
    """Return an entry of every network, shape (n_networks, ...)."""
    return np.stack([each[name] for each in found])


def _course(study: TimescaleStudy, found: Found) -> Panel:
    """Return what was mastered by epoch; networks that were done earlier stay where they were."""
    n = max(len(each["course/mastered"]) for each in found)
    padded = [np.pad(each["course/mastered"], (0, n - len(each["course/mastered"])), "edge")
              for each in found]  # fmt: skip
    axis = Axis("epoch", np.arange(1, n + 1), "epochs taught", "epoch")
    values = np.stack(padded).astype(np.float64)
    definition = "largest N mastered after so many epochs, 1 for none"
    return Panel(axis, "largest N", (Series("mastered_by_epoch", values, definition),),
                 title=f"{study.task}, curriculum {study.curriculum}")  # fmt: skip


def _by_n(found: Found) -> tuple[Panel, ...]:
    """Return time constants and timescale at each N that all networks have mastered."""
    common = sorted(set.intersection(*(set(_mastered(each)) for each in found)))
    if not common:
        return ()

    def at(name: str, column: int) -> Array:
        return np.array([[each[f"milestones/{name}"][_mastered(each).index(n)][column]
                          for n in common] for each in found])  # fmt: skip

    axis = Axis("n", np.array(common), "N when it was mastered, by all networks", "N mastered")
    series = (
        Series("tau_mean", at("tau", 0), "mean time constant of units", "steps", label="tau, mean"),
        Series("tau_deviation", at("tau", 1), "deviation of the time constants of units", "steps",
               label="tau, deviation"),
        Series("timescale", at("timescale", 0), "of the autocorrelation of activity, both "
               "constants weighted by their shares", "steps", label="network"),
    )  # fmt: skip
    return (Panel(axis, "time constants", series, title="when N was mastered"),)


def _mastered(each: dict[str, Array]) -> list[int]:
    return [int(n) for n in each.get("milestones/n", ())]


def _left(study: TimescaleStudy, found: Found) -> Panel:
    """Return accuracy on every N at the end, by the heads that there are and by new ones."""
    tasks, _ = heads_of(study)
    axis = Axis("n_asked", np.array(tasks), "N asked at the end", "N asked")
    chance = np.array([BIT_TASKS[study.task].chance(n) for n in tasks])
    told = {"theory": chance, "theory_definition": "best without looking", "dashed": "chance"}
    series = (
        Series("accuracy", stack(found, "end/accuracy"), "share of sequences told right through "
               "the head that answers N; untaught heads are asked too", bounds=SHARE,
               label="its head", **told),  # type: ignore[arg-type]
        Series("relearnt", stack(found, "end/relearnt"), "share told right by a logistic "
               "regression learnt anew from states of the frozen network", bounds=SHARE,
               label="head learnt anew"),
    )  # fmt: skip
    return Panel(axis, "accuracy", series, title="left at the end")


def _damage(study: TimescaleStudy, found: Found) -> tuple[Panel, ...]:
    """Return accuracy on the newest N under damage and noise."""
    probes = study.probes
    share = Axis("share", np.array(probes.ablated), "share of units taken out", "units taken out")
    size = Axis("size", np.array(probes.shaken), "deviation of noise, in deviations of the weights "
                "or of log tau", "size of noise")  # fmt: skip
    asked = f"accuracy on the largest N mastered ({FIRST} if none), mean over draws"

    def series(name: str, what: str, label: str) -> Series:
        definition = f"{asked}, {what}"
        return Series(name, stack(found, f"end/{name}"), definition, bounds=SHARE, label=label)

    return (
        Panel(share, "accuracy", (
            series("ablated", "units of the longest time constants taken out", "slowest first"),
            series("ablated_anywhere", "any units taken out", "any"),
        ), title="units taken out, newest N"),
        Panel(size, "accuracy", (
            series("weights_shaken", "noise on recurrent weights", "weights"),
            series("tau_shaken", "time constants times exp(noise), at least 1", "tau"),
        ), title="noise, newest N"),
    )  # fmt: skip
