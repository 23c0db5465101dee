"""One network: built, taught by its own synapses, asked, and compared with its clocked oracle."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.memory.codes import Items
from experiments.memory.comparison import Log, compare
from experiments.memory.decision import Recalled, active_sets
from experiments.memory.schedule import Schedule, Scheduler
from experiments.memory.settings import Condition, DigitMemory, Roles
from networks.build import Built, build, listen, set_phase
from networks.build.outlets import make_outlets, watch
from networks.spec import Phase, Spec
from networks.streams import generator
from neuro.engines.simulation import Outlets, Stretch, simulate
from neuro.errors import SpecError
from neuro.recording import Recorder

Bits = NDArray[np.bool_]
MS = 1e3
# Times on the grid of the simulation that are nearer than this are equal.
SAME_STEP = 1e-9


@dataclass(frozen=True, slots=True)
class Outcome:
    """Hold what one network of one condition did.

    Attributes
    ----------
    curve : dict of str to array of float64, shape (n_loads,)
        By the names of `comparison.MEASURED`.
    recalled : tuple of array of bool, shape (n_probes, N)
        The recalled sets, for each load.
    readout : array of float64, shape (N, n_pixels) or None
        Weights from cells to pixels at the drawn load, in presentations.
    learnt : array of bool, shape (N, N) or None
        Recurrent synapses that are switched on at the drawn load, [source, target].
    """

    curve: dict[str, NDArray[np.float64]]
    recalled: tuple[Bits, ...]
    readout: NDArray[np.float64] | None = None
    learnt: Bits | None = None


def measure(
    spec: Spec,
    condition: Condition,
    items: Items,
    network: int,
    recorder: Recorder | None = None,
    progress: Callable[[str, float, float], None] = lambda _name, _model, _wall: None,
) -> Outcome:
    """Teach one network and ask it at every load.

    Parameters
    ----------
    spec : Spec
        The description; its experiment is a `DigitMemory`.
    condition : Condition
        Kind of codes and loads.
    items : Items
        What is stored and asked for.
    network : int
        Number of the network.
    recorder : Recorder, optional
        Who records spikes and phases; the image layer takes part only then.
    progress : callable
        Told how far the run is.

    Returns
    -------
    Outcome
        The network's results.
    """
    settings: DigitMemory = spec.experiment
    schedule = plan(spec, condition, items, network, with_images=recorder is not None)
    described = only_needed(spec, with_images=recorder is not None)
    built = build(described, network, spikes=schedule.spikes, counts=False)
    monitor = listen(built, settings.roles.cells)
    log = Log()
    stretches = _stretches(built, monitor, schedule, log, recorder)
    outlets = Outlets(watched=watch(built), progress=progress)
    if recorder is not None:
        outlets = make_outlets(built, recorder, progress)
    simulate(built.network, stretches, outlets)
    recalled = _recalled(monitor, settings, schedule, items.patterns.shape[1])
    log.carried = _carried(monitor, schedule, settings.timing.pause.value)
    curve = compare(settings, condition, items, recalled, log)
    sets = tuple(each.sets for each in recalled)
    if recorder is None:
        return Outcome(curve, sets)
    drawn = condition.loads.index(settings.drawn_load)
    return Outcome(curve, sets, log.readout, log.weights[drawn])


def plan(
    spec: Spec, condition: Condition, items: Items, network: int, with_images: bool
) -> Schedule:
    """Fix every spike from outside and every phase of a network's run.

    Parameters
    ----------
    spec : Spec
        The description.
    condition : Condition
        Kind of codes and loads.
    items : Items
        Patterns, images, cues.
    network : int
        Number of the network.
    with_images : bool
        Whether the image layer sees the images.

    Returns
    -------
    Schedule
        Learn up to the first load, test, learn on, test, ...
    """
    settings: DigitMemory = spec.experiment
    scheduler = Scheduler(settings.timing, settings.roles, spec.simulation.dt.value)
    rng = generator(spec.seed, f"experiment.{condition.codes}.jitter", network)
    before = 0
    for load, cues in zip(condition.loads, items.cues, strict=True):
        images = items.images[before:load] if with_images else items.images[:0]
        scheduler.learn(items.patterns[before:load], images, rng)
        scheduler.test(cues)
        before = load
    return scheduler.schedule()


def only_needed(spec: Spec, with_images: bool) -> Spec:
    """Return the description as it is, or without the image layer and its recordings.

    Parameters
    ----------
    spec : Spec
        The description.
    with_images : bool
        Whether to keep the image layer and the recordings that were asked for.

    Returns
    -------
    Spec
        To be built.
    """
    roles: Roles = spec.experiment.roles
    if with_images:
        return spec
    gone = {roles.pixels, roles.image}
    projections = {
        name: p for name, p in spec.projections.items() if not {p.source, p.target} & gone
    }
    populations = {name: p for name, p in spec.populations.items() if name not in gone}
    return replace(spec, populations=populations, projections=projections, recordings={})


def _stretches(
    built: Built,
    monitor: Any,
    schedule: Schedule,
    log: Log,
    recorder: Recorder | None,
) -> list[Stretch]:
    settings: DigitMemory = built.spec.experiment
    drawn = settings.conditions[0].loads.index(settings.drawn_load)

    def prepare(number: int) -> Callable[[], None]:
        def begin() -> None:
            set_phase(built, schedule.phases[number])
            rest(built, schedule.phases[number])
            log.began = time.perf_counter()

        return begin

    def finish(number: int) -> Callable[[float, float], None]:
        phase = schedule.phases[number]

        def end(start: float, stop: float) -> None:
            log.seconds.append(time.perf_counter() - log.began)
            log.spikes.append(int(monitor.num_spikes))
            if recorder is not None:
                learns = any(phase.plasticity.values())
                recorder.phase(phase.name, start * MS, stop * MS, phase.task, learns)
            if phase.task == "learn":
                log.weights.append(_adjacency(built, settings.roles.recurrent))
            elif recorder is not None and number // 2 == drawn:
                log.readout = _presentations(built, settings.roles.readout)

        return end

    return [
        Stretch(phase.name, phase.duration.value, prepare(number), finish(number))
        for number, phase in enumerate(schedule.phases)
    ]


def rest(built: Built, phase: Phase) -> None:
    """Stop the work of every pathway whose gate a phase closes.

    The gates alone would do: a closed one multiplies by 0. But every spike of a test would still
    visit 2 (N - 1) synapses that do not learn, and every one of a lesson N - 1 that do not
    transmit. Spikes on their way when a pathway stops would arrive when it goes on, so both kinds
    of phase end in silence longer than the axons.

    Parameters
    ----------
    built : Built
        The network, between two runs; its rules learn when a spike is fired.
    phase : Phase
        The phase that comes.
    """
    for name, synapses in built.synapses.items():
        learns = phase.plasticity.get(name, False)
        synapses.pre.active = phase.transmission.get(name, True)
        for pathway in ("learn", "post"):
            if hasattr(synapses, pathway):
                getattr(synapses, pathway).active = learns


def _adjacency(built: Built, projection: str) -> Bits:
    """Return where a synapse is switched on, [source, target]."""
    return _matrix(built, projection) > 0


def _presentations(built: Built, projection: str) -> NDArray[np.float64] | None:
    """Return how often both sides of each synapse fired together."""
    if projection not in built.synapses:
        return None
    plasticity = built.spec.projections[projection].plasticity
    if plasticity is None or "eta" not in plasticity.parameters:
        raise SpecError(f"projections.{projection}: the read-out needs rule covariance")
    step: Any = plasticity.parameters["eta"]
    return np.asarray(_matrix(built, projection) / step.value)


def _matrix(built: Built, projection: str) -> NDArray[np.float64]:
    edges = built.edges[projection]
    described = built.spec.projections[projection]
    populations = built.spec.populations
    shape = populations[described.source].size, populations[described.target].size
    matrix = np.zeros(shape)
    matrix[edges.source, edges.target] = built.weights(projection)
    return matrix


def _recalled(
    monitor: Any, settings: DigitMemory, schedule: Schedule, size: int
) -> tuple[Recalled, ...]:
    times, ids = np.asarray(monitor.t_[:]), np.asarray(monitor.i[:])
    order = np.argsort(times, kind="stable")
    silence = settings.timing.silence.value
    return tuple(
        active_sets(times[order], ids[order], starts, schedule.settle, silence, size)
        for starts in schedule.trials
    )


def _carried(monitor: Any, schedule: Schedule, pause: float) -> list[float]:
    """Return, for each test, the share of trials with spikes in the second half of their pause."""
    times = np.sort(np.asarray(monitor.t_[:]))
    # A spike at the step of the cue belongs to the trial.
    return [
        float(np.mean(np.searchsorted(times, starts - SAME_STEP)
                      > np.searchsorted(times, starts - pause / 2)))
        for starts in schedule.trials
    ]  # fmt: skip
