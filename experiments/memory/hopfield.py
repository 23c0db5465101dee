"""Ask what an attractor memory holds by five learning rules, and how near theory it comes.

Patterns of +1 and -1 are stored by Hebb's rule, Storkey's, the projection and the perceptron rule
(`networks.memories.hopfield_rules`) and recalled from damaged cues. The first step of Hebb's rule
is laid over signal to noise, the end of recall over the mean field, whose alpha_c is sought by
finite-size extrapolation; the units that learn by the perceptron rule over Cover's count, which
falls at Gardner's 2 N. Biased patterns part Hebb's rule from the covariance rule.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.memory.attractor_settings import HopfieldStudy, Scaling, Separation
from experiments.memory.laboratory.capacity import half_load
from experiments.memory.laboratory.curves import N_FINE, Axis, Panel, Series, along
from experiments.memory.laboratory.report import measure_variants, show_outcome, write_outcomes
from experiments.memory.laboratory.study import Measure, Outcome, Study, begin, measure
from experiments.memory.polar import RETRIEVED, Tries, polar_study
from experiments.parts import Ask, Parts, at_once
from experiments.progress import Progress
from networks.inputs.patterns import bernoulli, rademacher
from networks.memories.capacity import extrapolate
from networks.memories.hopfield import Hopfield
from networks.memories.hopfield_rules import train
from networks.memories.hopfield_settings import RuleName, RuleSettings
from networks.memories.hopfield_theory import capacity, one_step_error, overlap, separable
from networks.memories.intervals import Interval, t_interval
from networks.memories.observables import mattis_overlap
from networks.memories.polar import signs
from networks.streams import generator
from neuro.recording import Checkpoint, Recorder

Array = NDArray[np.float64]


def run(
    configuration: Any,
    recorder: Recorder,
    progress: Progress,
    begun: Checkpoint | None = None,
) -> None:
    """Measure all rules, the finite-size scaling of Hebb's, and what single units can learn.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is a `HopfieldStudy`.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    begun : Checkpoint, optional
        The networks that are complete already.
    """
    spec = configuration.spec
    settings: HopfieldStudy = spec.experiment
    studies: dict[str, Study] = {name: study(settings, name) for name in settings.rules}
    outcomes = {name: begin(settings) for name in studies}
    parts = Parts(recorder, begun)
    measure_variants(studies, settings, spec.seed, outcomes, progress, parts)
    panels = [
        *scaling_panels(settings.scaling, spec.seed, recorder, progress, parts),
        separation_panel(settings.separation, spec.seed, progress, parts),
        biased_panel(settings, spec.seed, parts),
    ]
    write_outcomes(recorder, studies, outcomes, panels)
    for name, outcome in outcomes.items():
        title = f"Hopfield memory, N = {settings.size}, {settings.flipped} units of a cue flipped"
        show_outcome(studies[name], outcome, f"{title}, {name}")


def study(settings: HopfieldStudy, rule: RuleName) -> Study:
    """Return the memory with one rule, its patterns and cues, and the theory of one step."""
    learning = RuleSettings(margin=settings.margin, sweeps=settings.sweeps)
    memory = Hopfield(settings.size, rule, learning=learning)

    is_hebb = rule == "hebb"
    return polar_study(
        settings.size,
        memory.empty,
        settings.flipped,
        (
            Measure(
                "error",
                "fraction of units that leave a stored pattern in one step of all units",
                lambda probing: (probing.memory.step(probing.wanted) != probing.wanted).mean(),
                "units wrong after one step",
                theory=(lambda load: one_step_error(load / settings.size)) if is_hebb else None,
                theory_definition="Q(1 / sqrt(alpha)), alpha = P / N",
                bounds=(0.0, 1.0),
            ),
        ),
        # The perceptron rule keeps what it is given in one call.
        is_incremental=rule != "perceptron",
    )


def scaling_panels(
    settings: Scaling, seed: int, recorder: Recorder, progress: Progress, ask: Ask = at_once
) -> list[Panel]:
    """Measure the end of recall that begins at a stored pattern, and alpha_50, at every size."""
    progress.stage("finite-size scaling", len(settings.sizes) * settings.networks, "networks")
    fine = np.linspace(settings.alphas[0], settings.alphas[-1], 8 * N_FINE)
    alpha = Axis("alpha", np.array(settings.alphas), "P / N", "load P / N", fine=fine)
    theory, theory_fine = along(alpha, overlap)
    series, halves = [], []
    for number, size in enumerate(settings.sizes):
        outcome = _scaled(settings, size, seed, progress, number * settings.networks, ask)
        half = half_load(outcome.loads, outcome.table("recall"), outcome.n_probes, size)
        assert half is not None  # there are two loads or more
        halves.append(half.networks)
        series.append(
            Series(
                f"overlap_{size}", outcome.table("overlap"),
                "mean overlap of recalled states with the patterns at which recall began",
                theory=theory if number == 0 else None,
                theory_fine=theory_fine if number == 0 else None,
                theory_definition="m of the retrieval state for N -> infinity, 0 above alpha_c; "
                "replica-symmetric mean field at zero temperature",
                label=f"N = {size}", bounds=(-1.0, 1.0), size=size,
            )
        )  # fmt: skip
    sizes, half_loads = np.array(settings.sizes), np.array(halves).T
    _write_extrapolation(recorder, settings, half_loads)
    axis = Axis("size", sizes, "number of units N", "units N", scale="log")
    limit = np.full(len(sizes), capacity().alpha)
    found = Series(
        "alpha_50_scaled", half_loads, f"P / N at which half of the patterns end with an overlap "
        f"above {RETRIEVED}, by logistic regression", theory=limit,
        theory_definition="alpha_c of the mean field, N -> infinity",
    )  # fmt: skip
    return [Panel(alpha, "overlap from a stored pattern (Hebb)", tuple(series)),
            Panel(axis, "P / N at which half are recalled", (found,))]  # fmt: skip


def _scaled(
    settings: Scaling, size: int, seed: int, progress: Progress, before: int, ask: Ask
) -> Outcome:
    end = Measure("overlap", "", lambda each: mattis_overlap(each.states, each.wanted).mean(), "")
    made = polar_study(size, Hopfield(size).empty, 0, (end,), stream=f"experiment.scaling.{size}")
    loads = tuple(sorted({round(alpha * size) for alpha in settings.alphas}))
    trials = Tries(loads, settings.networks, settings.probes)
    outcome = begin(trials)
    measure(
        made, trials, seed, outcome,
        lambda done: progress.advance(before + done // len(loads)), ask,
    )  # fmt: skip
    return outcome


def extrapolated(settings: Scaling, half_loads: Array) -> Interval:
    """Extrapolate alpha_50 to N -> infinity, once with the networks of each rank of all sizes."""
    fits = [extrapolate(np.array(settings.sizes), row, settings.exponent)[0] for row in half_loads]
    return t_interval(np.array(fits))


def _write_extrapolation(recorder: Recorder, settings: Scaling, half_loads: Array) -> None:
    found = extrapolated(settings, half_loads)
    definition = f"alpha_50 = alpha_c + b N ** -{settings.exponent:g} by least squares"
    recorder.metric("alpha_c", found.mean, f"{definition}, mean across networks")
    recorder.metric(
        "alpha_c_ci", np.array(found[1:]), f"{definition}, [low and high]: 95 % interval (Student)"
    )
    recorder.metric("alpha_c_theory", capacity().alpha, "mean field, zero temperature")


def separation_panel(
    settings: Separation, seed: int, progress: Progress, ask: Ask = at_once
) -> Panel:
    """Count units that the perceptron rule teaches all patterns, against Cover's chance."""
    inputs = settings.size - 1
    loads = np.array([round(alpha * inputs) for alpha in settings.alphas])
    progress.stage("perceptron rule", settings.networks * len(loads), "loads")
    learning = RuleSettings(sweeps=settings.sweeps[-1])
    needed = np.empty((settings.networks, len(loads), settings.units))

    def taught(load: int, network: int) -> NDArray[Any]:
        rng = generator(seed, f"experiment.separation.{load}", network)
        patterns = rademacher(load, settings.size, rng)
        weight = np.zeros((settings.size, settings.size))
        return train(weight, patterns, learning, settings.units)[2]

    for network in range(settings.networks):
        for number, load in enumerate(loads.tolist()):
            name = f"separation/{load}/{network}"
            needed[network, number] = ask(name, partial(taught, load, network))
            progress.advance(network * len(loads) + number + 1)
    fine = np.arange(loads[0], loads[-1] + 1)
    axis = Axis("separation_alpha", loads / inputs, "P / (N - 1)", "load P / (N - 1)",
                fine=fine / inputs)  # fmt: skip
    theory, theory_fine = along(axis, lambda alpha: separable(round(alpha * inputs), inputs))
    series = tuple(
        Series(
            f"learnt_{sweeps}", ((needed > 0) & (needed <= sweeps)).mean(axis=2),
            f"fraction of units right for all patterns within {sweeps} sweeps",
            theory=theory if sweeps == settings.sweeps[-1] else None,
            theory_fine=theory_fine if sweeps == settings.sweeps[-1] else None,
            theory_definition="chance that the patterns are separable, by Cover; 1/2 at 2 (N - 1)",
            label=f"{sweeps} sweeps", bounds=(0.0, 1.0), trials=settings.units, size=settings.size,
        )
        for sweeps in settings.sweeps
    )  # fmt: skip
    return Panel(axis, "units that learnt all patterns", series, title="perceptron rule")


def biased_panel(settings: HopfieldStudy, seed: int, ask: Ask = at_once) -> Panel:
    """Measure errors of one step of biased patterns, by Hebb's rule and the covariance rule."""
    loads = np.array(settings.loads)
    axis = Axis("biased_alpha", loads / settings.size, "P / N of biased patterns", "load P / N",
                fine=np.linspace(loads[0], loads[-1], N_FINE) / settings.size)  # fmt: skip
    theory, theory_fine = along(axis, one_step_error)
    learning = RuleSettings(level=settings.level)
    series = []
    rules: tuple[RuleName, ...] = ("hebb", "covariance")
    for rule in rules:
        values = np.empty((settings.networks, len(loads)))
        memory = Hopfield(settings.size, rule, learning=learning)
        for network in range(settings.networks):
            rng = generator(seed, "experiment.biased", network)
            errors = partial(_biased_errors, settings, memory, rng)
            values[network] = ask(f"biased/{rule}/{network}", errors)
        is_covariance = rule == "covariance"
        series.append(
            Series(
                f"biased_error_{rule}", values, "fraction of units that leave a stored pattern in "
                f"one step; f = {settings.level:g} of its units are at +1",
                theory=theory if is_covariance else None,
                theory_fine=theory_fine if is_covariance else None,
                theory_definition="Q(1 / sqrt(alpha)): cross-talk of (1 - a^2)^2 alpha against a "
                "signal of 1 - a^2 on either side of the threshold", label=rule, bounds=(0.0, 1.0),
            )
        )  # fmt: skip
    title = f"biased patterns, f = {settings.level:g}"
    return Panel(axis, "units wrong after one step", tuple(series), title=title)


def _biased_errors(
    settings: HopfieldStudy, described: Hopfield, rng: np.random.Generator
) -> list[float]:
    """Return the fraction of units that leave a stored biased pattern, at every load."""
    patterns = bernoulli(settings.loads[-1], settings.size, settings.level, rng)
    polar, before = signs(patterns), 0
    memory, found = described.empty(), []
    for load in settings.loads:
        memory.store(polar[before:load])
        probes = polar[: min(load, settings.probes)]
        found.append(float((memory.step(probes) != probes).mean()))
        before = load
    return found


if __name__ == "__main__":
    from experiments.script import main

    main("hopfield", "memory/hopfield.yaml")
