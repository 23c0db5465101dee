"""Ask a spiking attractor memory that estimates log odds what it holds, keeps, and takes in when.

Cells of modules that fire together learn by `plasticity.hebbian.bcpnn`, without a signal that
would say what is to be learnt. A cue then shows part of a pattern; what the cells do after it is
over is the recall. Beside each result stands the same memory of units at constant rates
(`networks.memories.bcpnn`) with patterns of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.memory.bcpnn_ages import age_panels, aged, aged_rates
from experiments.memory.bcpnn_holding import held, holding_panel
from experiments.memory.bcpnn_network import BcpnnNetwork, rate_memory
from experiments.memory.bcpnn_settings import BcpnnStudy
from experiments.memory.bcpnn_spacing import spaced, spacing_panels
from experiments.memory.episodes import Episode
from experiments.memory.laboratory.curves import load_axis
from experiments.memory.laboratory.report import measure_variants, show_outcome, write_outcomes
from experiments.memory.laboratory.study import Measure, Study, begin
from experiments.parts import Parts
from experiments.progress import Progress
from networks.memories.bcpnn import module_bits, right_modules
from networks.spec import Spec
from networks.streams import generator
from neuro.recording import Checkpoint, Recorder

MS = 1e3
Bits = NDArray[np.bool_]
Rows = dict[str, NDArray[np.float64]]
ONCE = "the same memory of units at constant rates, mean of networks with patterns of their own"


def run(
    configuration: Any,
    recorder: Recorder,
    progress: Progress,
    begun: Checkpoint | None = None,
) -> None:
    """Measure recall over load and age, how long samples are held, massed against spaced lists.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is a `BcpnnStudy`; the engine is active.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    begun : Checkpoint, optional
        The networks that are complete already.
    """
    spec: Spec = configuration.spec
    settings: BcpnnStudy = spec.experiment
    parts, studies = Parts(recorder, begun), {"": study(spec)}
    outcomes = {"": begin(settings)}
    measure_variants(studies, settings, spec.seed, outcomes, progress, parts)
    more = []

    def each(name: str, stage: str, measure: Callable[[Spec, int], Rows]) -> list[Rows]:
        progress.stage(stage, settings.networks, "networks")
        rows = []
        for network in range(settings.networks):
            one = partial(measure, spec, network)
            rows.append(parts(f"{name}/{network}", one))
            progress.advance(network + 1)
        return rows

    if settings.aged:
        more += age_panels(settings, each("aged", "ask by age", aged), aged_rates(spec))
    if settings.holding is not None:
        more.append(holding_panel(settings, each("held", "hold", held)))
    if settings.spacing is not None:
        found = {}
        progress.stage("mass and space", settings.networks, "networks")
        for network in range(settings.networks):
            for source in (settings.cue, settings.tired):
                for gap in settings.spacing.gaps:
                    one = partial(spaced, spec, source, gap, network)
                    found[source, gap, network] = parts(f"spaced/{source}/{gap}/{network}", one)
            progress.advance(network + 1)
        more += spacing_panels(settings, found)
    write_outcomes(recorder, studies, outcomes, more)
    _record(recorder, spec, parts("raster", partial(example, spec), Episode))
    show_outcome(studies[""], outcomes[""], f"BCPNN attractor memory, {settings.modules} modules")


def example(spec: Spec) -> list[Episode]:
    """Show a few patterns to a network and cues after them, for the recorded spikes."""
    settings: BcpnnStudy = spec.experiment
    rng = generator(spec.seed, "experiment.raster")
    memory = BcpnnNetwork(spec, rng)
    patterns = memory.rates.draw(2, rng)
    memory.store(patterns)
    memory.recall(memory.rates.silence(patterns, settings.silenced, rng))
    return memory.history


def _record(recorder: Recorder, spec: Spec, history: list[Episode]) -> None:
    cells = spec.populations[spec.experiment.cells]
    recorder.nodes(cells.name, cells.size, cells.model.name)
    for number, each in enumerate(history):
        learns = each.name != "test"
        name = f"{each.name}_{number}"
        recorder.phase(name, MS * each.begin, MS * each.end, each.name, learns)
        recorder.spikes(cells.name, MS * each.times, each.cells)


def study(spec: Spec) -> Study:
    """Return the network, its patterns and cues, and the memory that it is to follow.

    Parameters
    ----------
    spec : Spec
        The description; its experiment is a `BcpnnStudy`.

    Returns
    -------
    Study
        For `experiments.memory.laboratory`.
    """
    settings: BcpnnStudy = spec.experiment
    rates = rate_memory(spec)
    curves = cache(partial(rate_curves, spec))

    def foretold(part: str) -> Callable[[int], float]:
        def at(load: int) -> float:
            places, found = curves()
            return float(np.interp(load, places, found[part]))

        return at

    def right(states: Bits, wanted: Bits) -> float:
        return float(right_modules(rates, states, wanted).mean())

    return Study(
        size=rates.size,
        make=lambda rng: BcpnnNetwork(spec, rng),
        is_compiled=True,
        draw=rates.draw,
        damage=lambda patterns, rng: rates.silence(patterns, settings.silenced, rng),
        theory=foretold("recall"),
        theory_definition=ONCE,
        recalled_definition="in every module the most active cell after the cue is the stored one",
        bits=partial(module_bits, rates),
        bits_definition="P H I of modules that are right as often as found, all errors alike",
        measures=(
            Measure(
                "modules_right",
                "fraction of modules whose most active cell after the cue is the stored one",
                lambda probing: right(probing.states, probing.wanted),
                "modules right",
                theory=foretold("modules"),
                theory_definition=ONCE,
                bounds=(0.0, 1.0),
            ),
        ),
    )


def rate_curves(spec: Spec) -> tuple[NDArray[np.int64], dict[str, NDArray[np.float64]]]:
    """Ask memories of units at constant rates, at all loads at which a curve is drawn.

    Returns
    -------
    loads : array of int64, shape (n,)
        Ascending.
    found : dict of str to array, shape (n,)
        "recall" and "modules": fractions of patterns and of modules that are right.
    """
    settings: BcpnnStudy = spec.experiment
    rates, axis = rate_memory(spec), load_axis(settings.loads)
    fine = axis.values if axis.fine is None else axis.fine
    loads = np.unique(np.concatenate([axis.values, fine]))
    found = {name: np.zeros(len(loads)) for name in ("recall", "modules")}
    for network in range(settings.theory):
        rng = generator(spec.seed, "experiment.theory", network)
        memory, patterns, before = rates.empty(), rates.draw(int(loads[-1]), rng), 0
        for number, load in enumerate(loads.tolist()):
            memory.store(patterns[before:load])
            asked = rng.choice(load, min(load, settings.probes), replace=False)
            wanted, before = patterns[asked], load
            states = memory.recall(rates.silence(wanted, settings.silenced, rng))
            right = right_modules(rates, states, wanted)
            found["recall"][number] += right.all(axis=1).mean() / settings.theory
            found["modules"][number] += right.mean() / settings.theory
    return loads, found


if __name__ == "__main__":
    from experiments.script import main

    main("bcpnn_memory", "memory/bcpnn.yaml")
