"""Ask whether a network that is pruned without a task serves many tasks.

A recurrent network of excitatory and inhibitory spiking neurons is pruned once; its bias is moved
until it fires as often as all others; then all tasks are asked of the one graph that is left:
series by a linear read-out of its frozen weights, and parity, match and Reber's grammar by
networks of rates that learn on its mask. One run is one method at one density; `engram sweep`
compares them, seeds and data paired. Results lie beside the file after each task.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from experiments.finished import finished_of, keep_finished
from experiments.progress import Progress
from experiments.tables import show_table
from experiments.transfer.mask_tasks import MASK_TASKS, mask_of
from experiments.transfer.matching import exponents, matched, taken
from experiments.transfer.metrics import DEFINITIONS, HEADLINES
from experiments.transfer.pruning import Whole, prune, pruned_circuit, remembered, told, whole
from experiments.transfer.reservoir import Circuit
from experiments.transfer.series_tasks import SERIES_TASKS, Asked
from experiments.transfer.settings import LnpTransfer
from networks.build import build
from networks.build.outlets import write_graph
from neuro.recording import Checkpoint, Recorder
from plasticity.pruning import Graph, Pruned

Array = NDArray[Any]


@dataclass(slots=True)
class Study:
    """Hold a run: the network before and after, and what has been measured by stage."""

    settings: LnpTransfer
    seed: int
    begun: Whole
    pruned: Pruned
    asked: Asked
    found: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def left(self) -> Circuit:
        """Return what is left, at its bias."""
        return self.asked.reservoir.circuit

    @property
    def graph(self) -> Graph:
        """Return the synapses that are left, added ones too."""
        return self.pruned.network(self.begun.network.graph)[0]

    @property
    def metrics(self) -> dict[str, Any]:
        """Return all that has been measured."""
        return {name: value for stage in self.found.values() for name, value in stage.items()}


def run(
    configuration: Any, recorder: Recorder, progress: Progress, begun: Checkpoint | None = None
) -> None:
    """Prune a network and ask all tasks of it.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is a `LnpTransfer`.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    begun : Checkpoint, optional
        Of the same configuration: the run goes on after the last task that was finished.
    """
    spec = configuration.spec
    # One thread: the same bits on every machine, and no pool beside that of the kernels.
    with threadpool_limits(1), _what_was_there_stays():
        study = _begin(spec, finished_of(begun) or {}, recorder, progress)
        stages: dict[str, Callable[[Study], dict[str, Any]]]
        stages = {"exponents": _exponents} | {name: _task(name) for name in spec.experiment.tasks}
        for name, measure in stages.items():
            progress.stage(name)
            if name not in study.found:
                study.found[name] = measure(study)
                keep_finished(recorder, {"pruned": told(study.pruned), "found": study.found})
        _record(study, recorder)
    _show(study)


@contextmanager
def _what_was_there_stays() -> Iterator[None]:
    """Keep what there is now out of the search for garbage, which comes before every simulation."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _begin(spec: Any, kept: Mapping[str, Any], recorder: Recorder, progress: Progress) -> Study:
    """Prune, or take what a checkpoint has of it, and match rates."""
    settings, seed = spec.experiment, spec.seed
    progress.stage("bias")
    network = whole(spec, settings, seed)
    progress.stage(f"prune ({settings.method})")
    n = network.network.graph.size
    found = remembered(kept["pruned"], n) if kept else prune(network, settings, seed)
    reservoir, rate = matched(pruned_circuit(network, found), settings, seed)
    asked = Asked(reservoir, settings, seed)
    study = Study(settings, seed, network, found, asked, dict(kept.get("found", {})))
    study.found["size"] = _size(study, rate)
    _record_graph(study, recorder)
    return study


def _size(study: Study, rate: Array) -> dict[str, Any]:
    """Measure what is left."""
    stays = study.left.stays
    n_exc = study.left.spec.populations["exc"].size
    is_exc = np.arange(len(stays)) < n_exc
    return {
        "neurons": int(stays.sum()),
        "synapses": study.graph.n_edges,
        "density": study.pruned.density,
        "rate": float(rate[stays].mean()),
        "rate_exc": float(rate[stays & is_exc].mean()),
        "rate_inh": float(rate[stays & ~is_exc].mean()),
        "bias": study.left.shift,
    }


def _exponents(study: Study) -> dict[str, Any]:
    """Measure the leading exponents of the network before and after."""
    if not study.settings.exponents:
        return {}
    found: dict[str, Any] = {}
    both = (
        ("_before", study.begun.network, study.begun.circuit),
        ("", taken(study.left), study.left),
    )
    for end, network, circuit in both:
        measured = exponents(network, circuit.stays, study.settings, study.seed)
        found |= {
            f"lyapunov_exponents{end}": measured.exponents,
            f"lambda_max{end}": measured.largest,
            f"lambda_max_error{end}": measured.largest_error,
            f"kaplan_yorke{end}": measured.kaplan_yorke,
            f"lyapunov_times{end}": measured.times,
            f"lyapunov_record{end}": measured.record,
        }
    return found


def _task(name: str) -> Callable[[Study], dict[str, Any]]:
    """Return what measures a task."""

    def measure(study: Study) -> dict[str, Any]:
        if name in SERIES_TASKS:
            return _with_operations(study, SERIES_TASKS[name](study.asked))
        mask = mask_of(study.graph, study.left.stays)
        return MASK_TASKS[name](mask, study.settings.lessons, study.seed)

    return measure


def _with_operations(study: Study, found: dict[str, Any]) -> dict[str, Any]:
    """Count what the spikes of the memory task cost, in the place of the spikes."""
    if "spikes" not in found:
        return found
    graph = study.graph
    fan_out = np.bincount(graph.source, minlength=graph.size)
    rest = {name: value for name, value in found.items() if name != "spikes"}
    return rest | {"synaptic_operations": float(found["spikes"] @ fan_out)}


def _record_graph(study: Study, recorder: Recorder) -> None:
    """Record the network before, which synapses were removed, and which came."""
    built, network = build(study.begun.circuit.spec), study.begun.network
    write_graph(built, recorder)
    for number, name in enumerate(network.projections):
        mine = network.graph.group == number
        alive, target = study.pruned.mask[mine], network.graph.target[mine]
        amperes = study.pruned.weight[mine] / network.resistance[target]
        recorder.weights(name, 0.0, built.weights(name), np.ones(len(alive), dtype=bool))
        recorder.weights(name, 1.0, amperes, alive)
    added = told(study.pruned)
    recorder.array("added/source", added["source"], description="where added synapses begin")
    recorder.array("added/target", added["target"], description="where added synapses end")
    recorder.array("neurons/stay", study.left.stays, description="neurons that were not removed")
    left = taken(study.left)
    recorder.array("neurons/tau", left.tau, "s", "membrane time constants after pruning")
    for end, graph in (("before", network.graph), ("after", left.graph)):
        recorder.array(f"graph/{end}/source", graph.source, description="all populations in a row")
        recorder.array(f"graph/{end}/target", graph.target, description="all populations in a row")


def _record(study: Study, recorder: Recorder) -> None:
    for name, value in study.metrics.items():
        definition, unit = DEFINITIONS[name]
        recorder.metric(name, value, definition, unit)


def _show(study: Study) -> None:
    """Print the row of the run."""
    found, settings = study.metrics, study.settings
    shown = [name for name in HEADLINES.values() if name in found]
    kind = "homogeneous" if settings.homogeneous else "heterogeneous"
    columns = ("method", "neurons", "synapses", "rate (Hz)", "largest exponent (1/s)", *shown)
    largest = f"{found['lambda_max']:.2f}" if "lambda_max" in found else ""
    row = (
        settings.method, str(found["neurons"]), str(found["synapses"]), f"{found['rate']:.2f}",
        largest, *(f"{found[name]:.4g}" for name in shown),
    )  # fmt: skip
    show_table(f"{kind} network, {found['density']:.3f} of its synapses", columns, [row])


if __name__ == "__main__":
    from experiments.script import main

    main("lnp_transfer", "pruning/lnp-transfer.yaml")
