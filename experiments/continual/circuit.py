"""Ask whether real spiking subspace neurons learn the principal subspace of a population's traces.

A population fires by a few factors (`factor_spikes`). Subspace neurons hear it, feed back to its
traces, and learn by `plasticity.projection.lateral`; nothing else computes. Their synapses are held
against the principal components, not centred, of the traces that the population had without them,
and against the clocked subspace (`plasticity.projection.subspace`) that learnt from the same ones.
After each network a checkpoint lies beside the file.
"""

from __future__ import annotations

import gc
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import subspace_angles
from scipy.signal import lfilter

from experiments.continual.circuit_settings import HlopCircuit
from experiments.memory.laboratory.curves import Axis, Panel, Series, write_panels
from experiments.parts import Parts
from experiments.progress import Progress
from experiments.tables import show_table
from networks.build import Built, build
from networks.memories.intervals import t_interval
from networks.spec import Spec
from networks.streams import generator
from neuro.engines.simulation import Outlets, Stretch, simulate
from neuro.recording import Checkpoint, Recorder
from plasticity.projection.subspace import HebbianSettings, HebbianSubspace

Array = NDArray[np.float64]
BATCH = 64  # traces of one update of the clocked subspace
SAMPLED = 5e-3  # s between traces that principal components are taken of
N_TOGETHER = 2000  # samples of one part of the train
COLUMNS = ("network", "largest angle", "mean angle", "explained / PCA", "|H H^T - 1|", "clocked")


@dataclass(slots=True)
class Learnt:
    """Hold what one network learnt.

    Attributes
    ----------
    angles : array, shape (n_samples, k)
        Principal angles to the principal components, in rad, the largest first.
    explained : array, shape (n_samples,)
        Share of the traces' second moment within the span of H, over that of PCA.
    identity : float
        Greatest deviation of H H^T from the identity, at the end.
    mirror : float
        Greatest change of H + (weights back)^T since the beginning.
    clocked : float
        Largest angle of the clocked subspace, in rad.
    rate : float
        Mean rate of the population, in Hz.
    """

    angles: Array
    explained: Array
    identity: float
    mirror: float
    clocked: float
    rate: float


def run(
    configuration: Any, recorder: Recorder, progress: Progress, begun: Checkpoint | None = None
) -> None:
    """Let independent circuits learn, and record how near they come to PCA.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is an `HlopCircuit`; the engine is active.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    begun : Checkpoint, optional
        Of the same configuration: networks that were finished do not learn again.
    """
    spec: Spec = configuration.spec
    settings: HlopCircuit = spec.experiment
    for population in spec.populations.values():
        recorder.nodes(population.name, population.size, population.model.name)
    parts, found = Parts(recorder, begun), list[Learnt]()
    try:
        for network in range(settings.networks):
            progress.stage(f"network {network}", settings.duration.value, "s")
            told = Outlets(progress=lambda _name, model, _wall: progress.advance(model))
            found.append(parts(f"{network}", partial(learn, spec, network, told), Learnt))
            # A network refers to itself and would stay beside the next one.
            gc.collect()
    finally:
        if found:
            write(recorder, settings, found)
    show(found)


def learn(spec: Spec, network: int, outlets: Outlets | None = None) -> Learnt:
    """Let one circuit learn, and compare it with principal components.

    Parameters
    ----------
    spec : Spec
        The description; its experiment is an `HlopCircuit`.
    network : int
        Number of the network.
    outlets : Outlets, optional
        Who is told how far it is.

    Returns
    -------
    Learnt
        What came out.
    """
    settings: HlopCircuit = spec.experiment
    dt, size = spec.simulation.dt.value, spec.populations["population"].size
    rng = generator(spec.seed, "experiment.factors", network)
    steps, cells = factor_spikes(settings, size, dt, rng)
    times = np.asarray(steps * dt, dtype=np.float64)
    built = build(spec, network, spikes={"input": (times, cells)}, counts=False)
    rows: list[Array] = []
    mirrors = [mirror(built)]
    stretches = [
        Stretch(
            f"{number}", settings.every.value, finish=lambda *_: rows.append(weight(built, "onto"))
        )
        for number in range(int(settings.duration.value / settings.every.value))
    ]
    simulate(built.network, stretches, outlets or Outlets())
    mirrors.append(mirror(built))
    traces = traces_of(steps, cells, size, settings, dt)
    return _compare(rows, mirrors, traces, settings, len(steps), rng)


def factor_spikes(
    settings: HlopCircuit, size: int, dt: float, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Draw the spikes of a population that a few factors drive.

    Parameters
    ----------
    settings : HlopCircuit
        The factors.
    size : int
        Cells.
    dt : float
        Step in s; a cell fires at most once in it.
    rng : numpy.random.Generator
        Source of strengths, intervals and spikes.

    Returns
    -------
    steps, cells : arrays of int
        When and who, in order of time.
    """
    strength = settings.rate.value * rng.random((settings.factors, size)) ** 4
    n_intervals = int(np.ceil(settings.duration.value / settings.hold.value))
    is_on = rng.random((n_intervals, settings.factors)) < settings.on
    chance = (is_on @ strength) * dt
    per_interval = round(settings.hold.value / dt)
    steps, cells = [], []
    for interval, each in enumerate(chance):
        step, cell = np.nonzero(rng.random((per_interval, size)) < each)
        steps.append(step + interval * per_interval)
        cells.append(cell)
    return np.concatenate(steps), np.concatenate(cells)


def traces_of(
    steps: NDArray[np.int64], cells: NDArray[np.int64], size: int, settings: HlopCircuit, dt: float
) -> Array:
    """Return the traces of a population every `SAMPLED` s, shape (n, size).

    A spike adds 1 to the trace of its cell, which decays with the time constant of the settings.
    """
    stride, n_steps = max(1, round(SAMPLED / dt)), round(settings.duration.value / dt)
    left = np.exp(-dt / settings.trace.value)
    state, found = np.zeros((1, size)), []
    # Part by part: the whole train is large.
    for first in range(0, n_steps, N_TOGETHER * stride):
        last = min(first + N_TOGETHER * stride, n_steps)
        inside = slice(*np.searchsorted(steps, (first, last)))
        train = np.zeros((last - first, size))
        train[steps[inside] - first, cells[inside]] = 1
        traces, state = lfilter([1.0], [1.0, -left], train, axis=0, zi=state)
        found.append(traces[stride - 1 :: stride])
    return np.concatenate(found)


def weight(built: Built, projection: str) -> Array:
    """Return the weights of an all-to-all projection, shape (n_targets, n_sources)."""
    edges = built.edges[projection]
    shape = (int(edges.target.max()) + 1, int(edges.source.max()) + 1)
    matrix = np.zeros(shape)
    matrix[edges.target, edges.source] = built.weights(projection)
    return matrix


def mirror(built: Built) -> Array:
    """Return H plus the transposed weights back: what learning leaves as it was."""
    return weight(built, "onto") + weight(built, "back").T


def _compare(
    rows: list[Array],
    mirrors: list[Array],
    traces: Array,
    settings: HlopCircuit,
    n_spikes: int,
    rng: np.random.Generator,
) -> Learnt:
    moment = traces.T @ traces / len(traces)
    k = len(rows[-1])
    best = np.linalg.eigh(moment)[1][:, -k:]
    angles = np.array([subspace_angles(each.T, best) for each in rows])
    explained = np.array([_share(each.T, moment) for each in rows]) / _share(best, moment)
    identity = float(np.abs(rows[-1] @ rows[-1].T - np.eye(k)).max())
    changed = float(np.abs(mirrors[1] - mirrors[0]).max())
    clocked = _clocked(traces, k, rng)
    angle = float(subspace_angles(clocked.T, best).max())
    rate = n_spikes / settings.duration.value / traces.shape[1]
    return Learnt(angles, explained, identity, changed, angle, rate)


def _share(basis: Array, moment: Array) -> float:
    """Return the share of a second moment within the span of columns."""
    orthonormal, _ = np.linalg.qr(basis)
    return float(np.trace(orthonormal.T @ moment @ orthonormal) / np.trace(moment))


def _clocked(traces: Array, k: int, rng: np.random.Generator) -> Array:
    """Let the clocked subspace learn from the same traces, in the order of time."""
    largest = float(np.linalg.norm(traces.T @ traces / len(traces), 2))
    settings = HebbianSettings(rate=0.1 / largest, local=True)
    subspace = HebbianSubspace(traces.shape[1], settings, np.float64)
    subspace.begin_task(k, rng)
    for first in range(0, len(traces), BATCH):
        subspace.observe(traces[first : first + BATCH])
    return np.asarray(subspace.rows)


def write(recorder: Recorder, settings: HlopCircuit, found: list[Learnt]) -> None:
    """Record angles and what is explained over time, with intervals across networks."""
    n = len(found[0].angles)
    time = Axis("time", settings.every.value * np.arange(1, n + 1), "time of learning", "time", "s")
    angles = np.stack([each.angles for each in found])
    panels = (
        Panel(time, "angle to PCA", (
            Series("angle_largest", angles.max(axis=2), "largest principal angle between the span "
                   "of H and the leading principal components", "rad", label="largest"),
            Series("angle_mean", angles.mean(axis=2), "mean principal angle", "rad",
                   label="mean"),
        )),
        Panel(time, "explained, over PCA's", (
            Series("explained", np.stack([each.explained for each in found]), "share of the "
                   "second moment of traces within the span of H, over that of PCA",
                   bounds=(0.0, 1.0)),
        )),
    )  # fmt: skip
    write_panels(recorder, panels)
    for name, unit, definition in (
        ("identity", "1", "greatest deviation of H H^T from the identity, at the end"),
        ("mirror", "1", "greatest change of H + (weights back)^T while learning"),
        ("clocked", "rad", "largest principal angle of the clocked subspace"),
        ("rate", "Hz", "mean rate of the population"),
    ):
        values = np.array([getattr(each, name) for each in found])
        recorder.metric(name, values, f"[network]: {definition}", unit)


def show(found: list[Learnt]) -> None:
    """Print a row for each network, and their mean."""
    rows = [
        (
            str(number), f"{each.angles[-1].max():.3f} rad", f"{each.angles[-1].mean():.3f} rad",
            f"{each.explained[-1]:.4f}", f"{each.identity:.2f}", f"{each.clocked:.3f} rad",
        )
        for number, each in enumerate(found)
    ]  # fmt: skip
    mean, low, high = t_interval(np.array([each.angles[-1].max() for each in found]))
    rows.append(("mean", f"{mean:.3f} ({low:.3f} - {high:.3f})", "", "", "", ""))
    show_table("subspace neurons beside principal components", COLUMNS, rows)


if __name__ == "__main__":
    from experiments.script import main

    main("hlop_circuit", "continual/hlop-circuit.yaml")
