"""Ask dense memories how much they store, what examples teach them, and what noise they bear.

Units interact P at a time, by overlaps alone (`networks.memories.dense`). Recall is laid over
signal to noise and the replica-symmetric end of retrieval; the storage of each order is fitted by a
power of N. Maps show what supervised and unsupervised memories recall from noisy examples, panels
what memories of noisily observed pairs detect, and which prototypes images of digits leave.
"""

from __future__ import annotations

from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.memory.dense_detection import detection_panel
from experiments.memory.dense_maps import example_maps
from experiments.memory.dense_prototypes import prototype_panels
from experiments.memory.dense_settings import DenseStudy, Growth
from experiments.memory.laboratory.capacity import half_load
from experiments.memory.laboratory.curves import N_FINE, Axis, Panel, Series, along
from experiments.memory.laboratory.maps import write_maps
from experiments.memory.laboratory.report import measure_variants, show_outcome, write_outcomes
from experiments.memory.laboratory.study import Measure, Outcome, Study, begin, measure
from experiments.memory.polar import Tries, polar_study
from experiments.parts import Ask, Parts
from experiments.progress import Progress
from experiments.tables import show_table, tell_ends
from networks.memories import hopfield_theory
from networks.memories.dense import Dense
from networks.memories.dense_theory import noise_of, one_step, overlap
from networks.memories.observables import mattis_overlap
from neuro.recording import Checkpoint, Recorder

Array = NDArray[np.float64]
END = "mean overlap of recalled states with the patterns of their cues"
# The overlap after one step by which loads of different sizes are compared, a = .26 in theory.
LEAST_ONCE = 0.95
ONCE = "mean overlap with a stored pattern after one step of all units from it"


def run(
    configuration: Any,
    recorder: Recorder,
    progress: Progress,
    begun: Checkpoint | None = None,
) -> None:
    """Measure recall, storage, maps of examples, detection and prototypes.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is a `DenseStudy`.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    begun : Checkpoint, optional
        The parts that are complete already.
    """
    spec = configuration.spec
    settings: DenseStudy = spec.experiment
    made = study(settings.order, settings.size, settings.flipped, "experiment")
    outcome = begin(settings)
    parts = Parts(recorder, begun)
    measure_variants({"": made}, settings, spec.seed, {"": outcome}, progress, parts)
    panels = [
        *storage_panels(settings, spec.seed, progress, parts),
        detection_panel(settings.detection, spec.seed, parts),
        *prototype_panels(settings.prototypes, spec.seed, progress, parts),
    ]
    write_maps(recorder, example_maps(settings.maps, spec.seed, progress, parts))
    write_outcomes(recorder, {"": made}, {"": outcome}, panels)
    title = f"dense memory, P = {settings.order}, N = {settings.size}"
    show_outcome(made, outcome, f"{title}, {settings.flipped} units of a cue flipped")
    _show_storage(settings, next(each for each in panels if each.axis.name == "order").series)


def _show_storage(settings: DenseStudy, fitted: tuple[Series, ...]) -> None:
    """Print a row for each order."""
    rows = []
    for number, growth in enumerate(settings.growth):
        cells = []
        for each in fitted:
            low, high = each.ends[number]
            cells.append(f"{each.mean[number]:.2f} ({tell_ends(low, high, '.2f')})")
        rows.append((str(growth.order), *cells))
    columns = ("P", *(each.label for each in fitted))
    show_table("storage K ~ (N - P / 2)^x, fitted", columns, rows)


def study(order: int, size: int, flipped: int, stream: str) -> Study:
    """Return a memory of one order and size, its patterns and cues, and its closed forms."""
    memory = Dense(size, order)

    def noise(load: int) -> float:
        return noise_of(load, size, order)

    return polar_study(
        size,
        memory.empty,
        flipped,
        (
            Measure(
                "overlap", END, lambda each: mattis_overlap(each.states, each.wanted).mean(),
                "overlap at the end of recall", theory=lambda load: end(noise(load), order),
                theory_definition="m = erf(m^(P-1) / sqrt(2 a)), a = K / C(N - 1, P - 1); N large "
                "and cues within the basin", bounds=(-1.0, 1.0),
            ),
            Measure(
                "overlap_once", ONCE,
                lambda each: mattis_overlap(each.memory.step(each.wanted), each.wanted).mean(),
                "overlap after one step", theory=lambda load: one_step(noise(load)),
                theory_definition="erf(1 / sqrt(2 a)), a = K / C(N - 1, P - 1)",
                bounds=(-1.0, 1.0),
            ),
        ),
        bits_definition="P N T(f; e01, e10); the couplings of P different units are the synapses",
        stream=stream,
    )  # fmt: skip


def end(noise: float, order: int) -> float:
    """Compute the overlap at which recall ends; of pairs by the mean field of Hopfield's memory."""
    return hopfield_theory.overlap(noise) if order == 2 else overlap(noise, order)


def storage_panels(settings: DenseStudy, seed: int, progress: Progress, ask: Ask) -> list[Panel]:
    """Measure recall of each order over load, and how its storage grows with N."""
    n_all = sum(len(each.sizes) for each in settings.growth) * settings.networks
    progress.stage("storage of each order", n_all, "networks")
    noises = np.array(settings.noises)
    axis = Axis("noise", noises, "load a = K / C(N - 1, P - 1)", "load a = K / C(N - 1, P - 1)",
                fine=np.linspace(noises[0], noises[-1], 8 * N_FINE))  # fmt: skip
    ends, once, exponents, done = [], [], [], 0
    for growth in settings.growth:
        halves = []
        for size in growth.sizes:
            outcome = _stored(settings, growth.order, size, seed, progress, done, ask)
            halves.append(_half(outcome, size))
            done += settings.networks
        exponents.append([_exponents(growth, [each[k] for each in halves]) for k in range(2)])
        ends.append(_curve("overlap", axis, outcome, growth))
        once.append(_curve("overlap_once", axis, outcome, growth))
    orders = np.array([each.order for each in settings.growth])
    axis_order = Axis("order", orders, "P, units of an interaction", "units of an interaction P")
    fitted = [
        Series(
            name, np.array([each[k] for each in exponents]).T,
            f"x of K ~ (N - P / 2)^x, least squares over the sizes of the order, K {what}",
            theory=(orders - 1).astype(np.float64) if k == 0 else None,
            theory_definition="P - 1, N large", label=label, bounds=(-np.inf, np.inf),
        )
        for k, (name, label, what) in enumerate(
            (
                ("storage_exponent_once", "one step",
                 f"at which the overlap after one step is {LEAST_ONCE}"),
                ("storage_exponent", "end of recall", "at which half are recalled"),
            )
        )
    ]  # fmt: skip
    return [
        Panel(axis, "overlap after one step", tuple(once), title="each order at its largest N"),
        Panel(axis, "overlap at the end of recall", tuple(ends), title="from a stored pattern"),
        Panel(axis_order, "fitted storage exponent", tuple(fitted)),
    ]


def _stored(
    settings: DenseStudy, order: int, size: int, seed: int, progress: Progress, before: int,
    ask: Ask,
) -> Outcome:  # fmt: skip
    loads = [round(noise * comb(size - 1, order - 1)) for noise in settings.noises]
    made = study(order, size, 0, f"experiment.storage.{order}.{size}")
    trials = Tries(tuple(loads), settings.networks, settings.probes)
    outcome = begin(trials)

    def told(done: int) -> None:
        progress.advance(before + done // len(loads))

    measure(made, trials, seed, outcome, told, ask)
    return outcome


def _half(outcome: Outcome, size: int) -> tuple[Array, Array]:
    """Return K of each network at which one step falls to an overlap, and half are recalled."""
    loads = np.array(outcome.loads, dtype=np.float64)
    once = np.array(
        [np.interp(-LEAST_ONCE, -row, np.log(loads)) for row in outcome.table("overlap_once")]
    )
    half = half_load(outcome.loads, outcome.table("recall"), outcome.n_probes, size)
    assert half is not None  # there are two loads or more
    return np.exp(once), half.networks * size


def _exponents(growth: Growth, storage: list[Array]) -> Array:
    """Fit the power of N - P / 2, the middle of the factors of C(N - 1, P - 1)."""
    size = np.log(np.array(growth.sizes) - growth.order / 2)
    return np.asarray(np.polyfit(size, np.log(np.array(storage)), 1)[0])


def _curve(name: str, axis: Axis, outcome: Outcome, growth: Growth) -> Series:
    order = growth.order
    is_once = name == "overlap_once"
    is_drawn = not is_once or order == 2
    closed = one_step if is_once else (lambda noise: end(noise, order))
    theory, fine = along(axis, closed if is_drawn else None)
    return Series(
        f"{name}_{order}", outcome.table(name), ONCE if is_once else END, theory=theory,
        theory_fine=fine, label=f"P = {order}", bounds=(-1.0, 1.0), size=growth.sizes[-1],
        theory_definition="erf(1 / sqrt(2 a)), of every order" if is_once
        else "replica-symmetric end of recall, N large",
    )  # fmt: skip


if __name__ == "__main__":
    from experiments.script import main

    main("dense_hebbian", "memory/dense-hebbian.yaml")
