"""Ask whether spiking cells that race to threshold choose the codes of Sparsey's algorithm.

The algorithm draws codes for random inputs. A network learns them by one coincidence of pixels and
chosen cells each (`clipped_hebb`); its synapses must be the bits of U. Then inputs are shown to
both, as they were and with some pixels replaced. In each module the first cell to fire is the
winner; its latency tells its support, and the mean of them the familiarity G.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array

from experiments.memory.laboratory.curves import (
    Panel,
    Series,
    load_axis,
    write_panels,
    write_series,
)
from experiments.memory.sparsey_agreement import MEASURED, Test, compare, make_test
from experiments.memory.sparsey_race import Race
from experiments.memory.sparsey_spiking_settings import (
    CELLS,
    FROM_STOPPERS,
    PIXELS,
    START,
    STOP,
    STOPPERS,
    TEACHER,
    TO_STOPPERS,
    UP,
    SparseySpiking,
)
from experiments.parts import Parts
from experiments.progress import Progress
from experiments.tables import show_table
from networks.build import build, listen, set_phase
from networks.inputs.patterns import corrupt, fixed_k
from networks.memories.sparsey.afferents import dense
from networks.memories.sparsey.mac import Mac
from networks.spec import Phase, Spec
from networks.streams import generator
from neuro.engines.simulation import Stretch, simulate
from neuro.recording import Checkpoint, Recorder

Bits = NDArray[np.bool_]
# Fractions that are of cues: modules of one code are no trials of their own.
COUNTED = ("recall", "algorithm", "agreement", "agreement_unique", "ties")
Row = tuple[tuple[int, int], dict[str, float]]
COLUMNS = ("load", "replaced", "same winner", "without ties", "recalled", "algorithm", "G error")


def run(
    configuration: Any,
    recorder: Recorder,
    progress: Progress,
    begun: Checkpoint | None = None,
) -> None:
    """Compare spiking networks with the algorithm, at every load.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is a `SparseySpiking`; the engine is active.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    begun : Checkpoint, optional
        The networks that are complete already; the recorded one learns again.
    """
    spec: Spec = configuration.spec
    settings: SparseySpiking = spec.experiment
    progress.stage("learn and race", settings.networks, "networks")
    parts, rows = Parts(recorder, begun), list[list[Row]]()

    def listed(network: int, recorder: Recorder | None = None) -> list[Row]:
        return list(one_network(spec, network, recorder).items())

    for network in range(settings.networks):
        if network == 0:
            rows.append(listed(network, recorder))
        else:
            rows.append(parts(f"{network}", partial(listed, network)))
        progress.advance(network + 1)
    tables = {
        name: np.array([[values[name] for _, values in row] for row in rows])
        .reshape(len(rows), len(settings.replaced), -1)
        for name in MEASURED
    }  # fmt: skip
    write_panels(recorder, _panels(settings, tables))
    for number, replaced in enumerate(settings.replaced):
        name = "wrong_synapses" if number == 0 else f"wrong_synapses_{replaced}"
        values = tables["wrong_synapses"][:, number]
        write_series(recorder, Series(name, values, MEASURED["wrong_synapses"], bounds=(0.0, 1.0)))
    _show(settings, tables)


def one_network(
    spec: Spec, network: int, recorder: Recorder | None = None
) -> dict[tuple[int, int], dict[str, float]]:
    """Teach and ask one network.

    Parameters
    ----------
    spec : Spec
        The description; its experiment is a `SparseySpiking`.
    network : int
        Number of the network.
    recorder : Recorder, optional
        Who records spikes and phases.

    Returns
    -------
    dict of (replaced, load) to dict
        `MEASURED`.
    """
    settings: SparseySpiking = spec.experiment
    modules, units = shape_of(spec)
    rng = generator(spec.seed, "experiment.spiking", network)
    lines = spec.populations[PIXELS].size
    memory = Mac(lines, modules, units, selection=settings.selection).empty(rng)
    patterns = fixed_k(settings.loads[-1], lines, settings.active, rng)
    race = Race(settings, spec.simulation.dt.value)
    tests, matrices, before = list[Test](), list[Bits](), 0
    winners = np.empty((len(patterns), modules), dtype=np.int64)
    for load in settings.loads:
        new = slice(before, load)
        winners[new] = memory.learn(patterns[new]).winners
        race.learn(patterns[new], memory.units(winners[new]))
        matrices.append(dense(memory.up, lines).copy())
        for replaced in settings.replaced:
            asked = rng.choice(load, min(load, settings.probes), replace=False)
            cues = corrupt(patterns[asked], replaced, replaced, rng)
            tests.append(make_test(memory, load, replaced, cues, winners[asked]))
            race.ask(cues)
        before = load
    spikes, weights = _simulate(spec, race, network, modules, recorder)
    found = {}
    for number, test in enumerate(tests):
        right = matrices[number // len(settings.replaced)]
        row = compare(test, race, number, spikes, settings.ramp.value)
        row["wrong_synapses"] = float((weights[number // len(settings.replaced)] != right).mean())
        found[test.replaced, test.load] = row
    return {key: found[key] for key in sorted(found)}


def shape_of(spec: Spec) -> tuple[int, int]:
    """Return Q and K of the network that is described."""
    modules = spec.populations[STOPPERS].size
    return modules, spec.populations[CELLS].size // modules


def module_graphs(modules: int, units: int) -> dict[str, Any]:
    """Return the connections between the cells of each module and its stopper."""
    cell, module = np.arange(modules * units), np.repeat(np.arange(modules), units)
    shape = (modules * units, modules)
    ones = np.ones(len(cell), dtype=np.bool_)
    return {
        TO_STOPPERS: coo_array((ones, (cell, module)), shape=shape),
        FROM_STOPPERS: coo_array((ones, (module, cell)), shape=shape[::-1]),
    }


def _simulate(
    spec: Spec, race: Race, network: int, modules: int, recorder: Recorder | None
) -> tuple[tuple[NDArray[np.float64], NDArray[np.int64]], list[Bits]]:
    """Run the network; return the spikes of its cells and its synapses after each lesson."""
    units = spec.populations[CELLS].size // modules
    spikes = {name: race.spikes(name) for name in (PIXELS, TEACHER, START, STOP)}
    built = build(
        replace(spec, phases=tuple(race.phases)), network, spikes=spikes,
        graphs=module_graphs(modules, units), counts=False,
    )  # fmt: skip
    monitor = listen(built, CELLS)
    shape = spec.populations[PIXELS].size, spec.populations[CELLS].size
    weights: list[Bits] = []

    def stretch(phase: Phase) -> Stretch:
        learns = phase.task == "learn"

        def prepare() -> None:
            set_phase(built, phase)

        def finish(begin: float, end: float) -> None:
            if learns:
                edges = built.edges[UP]
                matrix = np.zeros(shape, dtype=np.bool_)
                matrix[edges.source, edges.target] = built.weights(UP) > 0
                weights.append(matrix)
            if recorder is not None:
                recorder.phase(phase.name, 1e3 * begin, 1e3 * end, phase.task, learns)

        return Stretch(phase.name, phase.duration.value, prepare, finish)

    stretches = [stretch(phase) for phase in race.phases]
    simulate(built.network, stretches)
    times, ids = np.array(monitor.t_[:]), np.array(monitor.i[:], dtype=np.int64)
    if recorder is not None:
        recorder.nodes(CELLS, spec.populations[CELLS].size, "racer")
        recorder.spikes(CELLS, 1e3 * times, ids)
    return (times, ids), weights


def _panels(settings: SparseySpiking, tables: dict[str, NDArray[np.float64]]) -> list[Panel]:
    axis = load_axis(settings.loads)
    cues = np.minimum(settings.loads, settings.probes)

    def series(metric: str, who: str = "") -> list[Series]:
        return [
            Series(
                metric if number == 0 else f"{metric}_{replaced}",
                tables[metric][:, number],
                f"{MEASURED[metric]}; {replaced} pixels of a cue replaced",
                label=f"{who}{replaced} of {settings.active} pixels replaced",
                bounds=(0.0, np.inf if metric == "spikes" else 1.0),
                trials=cues if metric in COUNTED else None,
            )
            for number, replaced in enumerate(settings.replaced)
        ]

    both = (*series("recall", "spiking, "), *series("algorithm", "algorithm, "))
    alone = {
        "agreement": "same winner as the algorithm",
        "agreement_unique": "the same, without ties",
        "ties": "modules with ties (fraction)",
        "spikes": "spikes of a module in a race",
        "familiarity_error": "error of G by latencies",
    }
    return [
        Panel(axis, "modules right (fraction)", both),
        *(Panel(axis, quantity, tuple(series(name))) for name, quantity in alone.items()),
    ]


def _show(settings: SparseySpiking, tables: dict[str, NDArray[np.float64]]) -> None:
    columns = ("agreement", "agreement_unique", "recall", "algorithm", "familiarity_error")
    rows = [
        (
            str(load), str(replaced),
            *(f"{tables[name][:, number, place].mean():.4f}" for name in columns),
        )
        for number, replaced in enumerate(settings.replaced)
        for place, load in enumerate(settings.loads)
    ]  # fmt: skip
    wrong = tables["wrong_synapses"].max()
    title = f"spiking mac, {settings.networks} networks; synapses that differ from U: {wrong:.2g}"
    show_table(title, COLUMNS, rows)


if __name__ == "__main__":
    from experiments.script import main

    main("sparsey_spiking", "memory/sparsey-spiking.yaml")
