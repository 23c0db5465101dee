"""Connect a built network to a recording: what is written when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.build.built import Built
from networks.build.monitors import Monitor
from networks.build.values import dimension, house_dimension
from networks.spec import Distribution, Value
from neuro.dimensions import Dimension, base_units
from neuro.engines.simulation import Outlets, Progress
from neuro.engines.taps import Tap
from neuro.engines.watch import Watched
from neuro.recording import Recorder
from neuro.units import unit

MS = 1e3
# Reports are float32 in the units of the field; weights stay float64 in SI.
REPORT_UNITS = tuple((name, *unit(name)) for name in ("mV", "pA", "nS", "ms", "Hz"))
WEIGHT_UNITS = {unit(name)[1]: name for name in ("amp", "siemens", "volt", "second", "1")}
# Times the largest voltage that the description mentions; a spike's upstroke stays far below.
RUNAWAY = 1e3


def write_graph(built: Built, recorder: Recorder) -> None:
    """Record populations and projections of a network.

    Parameters
    ----------
    built : Built
        The network.
    recorder : Recorder
        The recording.
    """
    for population in built.spec.populations.values():
        recorder.nodes(population.name, population.size, population.model.name)
    for name, projection in built.spec.projections.items():
        edges = built.edges[name]
        recorder.edges(
            name,
            projection.source,
            projection.target,
            edges.source,
            edges.target,
            built.initial_weights[name],
            weight_unit(dimension(projection.synapse.weight)),
            np.asarray(built.delays[name]) * MS,
        )


def mark_pruned(built: Built, recorder: Recorder) -> None:
    """Record which synapses are missing from the beginning, where no weights will be recorded.

    Parameters
    ----------
    built : Built
        The network before its run.
    recorder : Recorder
        The recording, which has its projections.
    """
    recorded = {monitor.recording.projection for monitor in built.monitors.values()}
    for name, alive in built.alive.items():
        if name not in recorded and not alive.all():
            write_weights(built, recorder, name, 0.0)


def weight_unit(dimension: Dimension) -> str:
    """Return the unit, without a prefix, in which weights of a dimension are written."""
    return WEIGHT_UNITS.get(dimension, base_units(dimension))


def report_unit(dimension: Dimension) -> tuple[str, float]:
    """Return unit and factor in which a traced variable is written.

    Parameters
    ----------
    dimension : Dimension
        Of the variable.

    Returns
    -------
    name : str
        "mV" for voltages; SI base units for what has no customary unit.
    factor : float
        What a value in SI is multiplied by.
    """
    for name, scale, known in REPORT_UNITS:
        if known == dimension:
            return name, 1 / scale
    return base_units(dimension), 1.0


def make_outlets(built: Built, recorder: Recorder, progress: Progress) -> Outlets:
    """Say where everything that a network produces goes.

    Parameters
    ----------
    built : Built
        The network.
    recorder : Recorder
        The recording.
    progress : callable
        Shows the user how far the run is.

    Returns
    -------
    Outlets
        For `neuro.engines.simulation.simulate`.
    """

    def forward(name: str, model: float, wall: float) -> None:
        recorder.progress(model * MS, wall)
        progress(name, model, wall)

    def snapshot(time: float) -> None:
        for monitor in built.monitors.values():
            if monitor.kind == "weights" and monitor.monitor is None:
                write_weights(built, recorder, monitor.recording.projection, time)

    return Outlets(
        taps=[
            _tap(built, recorder, monitor)
            for monitor in built.monitors.values()
            if monitor.monitor is not None
        ],
        together=recorder.together,
        watched=watch(built),
        snapshot=snapshot,
        progress=forward,
    )


def write_weights(built: Built, recorder: Recorder, projection: str, time: float) -> None:
    """Record the weights of a projection now.

    Parameters
    ----------
    built : Built
        The network.
    recorder : Recorder
        The recording.
    projection : str
        Its name.
    time : float
        Model time in s.
    """
    recorder.weights(projection, time * MS, built.weights(projection), built.alive[projection])


def _tap(built: Built, recorder: Recorder, monitor: Monitor) -> Tap:
    write: Callable[[NDArray[Any], NDArray[Any]], None]
    recording = monitor.recording
    if monitor.kind == "spikes":
        # A population that stays silent is in the file as one that was recorded.
        recorder.spikes(recording.population, [], [])

        def write(times: NDArray[Any], ids: NDArray[Any]) -> None:
            kept = np.isin(ids, monitor.nodes) if monitor.nodes.size else slice(None)
            recorder.spikes(recording.population, times[kept] * MS, ids[kept])

        return Tap(monitor.monitor, write)
    if monitor.kind == "weights":

        def write(times: NDArray[Any], rows: NDArray[Any]) -> None:
            name = recording.projection
            for time, row in zip(times, rows, strict=True):
                full = built.in_edge_order(name, row)
                recorder.weights(name, float(time) * MS, full, built.alive[name])

        return Tap(monitor.monitor, write, "weight")
    return Tap(monitor.monitor, _report_writer(built, recorder, monitor), recording.variable)


def _report_writer(
    built: Built, recorder: Recorder, monitor: Monitor
) -> Callable[[NDArray[Any], NDArray[Any]], None]:
    recording = monitor.recording
    size = built.spec.populations[recording.population].size
    nodes = monitor.nodes if monitor.nodes.size else np.arange(size)
    variable = built.groups[recording.population].variables[recording.variable]
    name, factor = report_unit(house_dimension(variable.dim))

    def write(times: NDArray[Any], rows: NDArray[Any]) -> None:
        recorder.report(
            recording.name,
            recording.population,
            recording.variable,
            name,
            nodes,
            times * MS,
            rows * factor,
        )

    return write


def watch(built: Built) -> list[Watched]:
    """List the state variables that must stay numbers.

    Parameters
    ----------
    built : Built
        The network.

    Returns
    -------
    list of Watched
        Every variable that a differential equation moves; membranes with a limit of 1000 times
        the largest voltage among the population's parameters and initial values.
    """
    watched = []
    for name, population in built.spec.populations.items():
        group = built.groups[name]
        for variable in sorted(getattr(getattr(group, "equations", None), "diff_eq_names", ())):
            is_membrane = variable == population.model.voltage
            limit = _limit(built, name, variable) if is_membrane else np.inf
            read = group.variables[variable].get_value
            watched.append(Watched(name, variable, read, limit))
    return watched


def _limit(built: Built, population: str, variable: str) -> float:
    described = built.spec.populations[population]
    unit_of = house_dimension(built.groups[population].variables[variable].dim)
    values = (*described.parameters.values(), *described.initial.values())
    sizes = [_size(v) for v in values if not isinstance(v, str) and dimension(v) == unit_of]
    return RUNAWAY * max(sizes, default=0.0) or np.inf


def _size(value: Value) -> float:
    if not isinstance(value, Distribution):
        return abs(value.value)
    listed = [item.value for item in (*value.values, *value.arguments.values())]
    return max(map(abs, listed), default=0.0)
