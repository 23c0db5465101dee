"""Make a Brian2 network of a description."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from networks.build.built import Built
from networks.build.inputs import input_spikes
from networks.build.monitors import make_counters, make_monitors
from networks.build.neurons import make_neurons
from networks.build.sources import Spikes, make_generator, make_poisson
from networks.build.streams import Streams
from networks.build.synapses import make_synapses
from networks.build.thinning import thin
from networks.build.values import attach
from networks.build.wiring import draw_wiring
from networks.graphs import Edges, connect
from networks.naming import clash
from networks.needs.memory import check_budget
from networks.spec import Phase, Population, Projection, Spec
from networks.streams import NOISE
from neuro.engines.brian import brian2
from neuro.engines.complaints import explained
from neuro.errors import NeuroError, SpecError, nearest
from neuro.units import Quantity


def build(
    spec: Spec,
    replicate: int = 0,
    *,
    spikes: Mapping[str, Spikes] | None = None,
    graphs: Mapping[str, Any] | None = None,
    memory_budget: float | None = None,
    counts: bool = True,
) -> Built:
    """Build the network of a description; the engine must be active (`neuro.engines.activate`).

    Everything drawn comes from NumPy streams named after their place in the description, so every
    engine gets the same connections, parameters and initial state.

    Parameters
    ----------
    spec : Spec
        The description.
    replicate : int
        Number of the independent network of the same description.
    spikes : mapping of str to (times, ids), optional
        Spikes of a population in s since the beginning, instead of its inputs.
    graphs : mapping of str to networkx.Graph or SciPy sparse matrix, optional
        Connections of a projection, instead of its rule.
    memory_budget : float, optional
        Bytes that the synapses may need; by default 80 % of the machine's memory.
    counts : bool
        Whether the spikes of every population are counted; that takes time in every step.

    Returns
    -------
    Built
        The network and its parts.

    Raises
    ------
    SpecError
        If the description cannot be built; the message names the population or projection.
    """
    _check_names(spec, spikes, graphs)
    streams = Streams(spec.seed, replicate)
    clock = brian2.Clock(spec.simulation.dt.value * brian2.second, name="run_clock")
    check_budget(spec, memory_budget)
    dt = spec.simulation.dt.value
    given = {**input_spikes(spec, streams), **(spikes or {})}
    groups = {
        name: _make_population(spec, population, given, clock, streams)
        for name, population in spec.populations.items()
    }
    wirings, known = {}, {}
    for name, p in spec.projections.items():
        edges = edges_of(p, spec, (graphs or {}).get(name), streams)
        # Synapses of graphs and files count from here on; most is not allocated yet.
        known[name] = len(edges.source)
        check_budget(spec, memory_budget, known)
        wirings[name] = draw_wiring(p, edges, dt, streams)
    built = Built(
        spec=spec,
        network=brian2.Network(*groups.values(), name="network"),
        clock=clock,
        groups=groups,
        synapses={},
        edges={name: wiring.edges for name, wiring in wirings.items()},
        initial_weights={name: wiring.weight for name, wiring in wirings.items()},
        delays={name: wiring.delay for name, wiring in wirings.items()},
        monitors={},
        counters={},
        streams=streams,
        alive={name: np.ones(len(w.edges.source), dtype=bool) for name, w in wirings.items()},
    )
    wirings = thin(built, wirings)
    for name, projection in spec.projections.items():
        with explained(f"projections.{name}"):
            target = spec.populations[projection.target]
            made = make_synapses(projection, target, groups, wirings[name], clock)
        built.synapses[name] = made
    built.monitors = make_monitors(spec, groups, built.synapses, dt)
    built.counters = make_counters(groups) if counts else {}
    built.network.add(
        *built.synapses.values(),
        *built.counters.values(),
        *(m.monitor for m in built.monitors.values() if m.monitor is not None),
    )
    # Brian2's own random numbers: Poisson sources and noise in equations.
    brian2.seed(int(streams(NOISE).integers(2**31)))
    return built


def listen(built: Built, population: str, event: str = "spike") -> Any:
    """Keep all spikes of a population in memory, apart from what is recorded.

    Parameters
    ----------
    built : Built
        The network, before it runs.
    population : str
        Who is listened to.
    event : str
        What is kept instead of spikes: a custom event of the population's model.

    Returns
    -------
    brian2.SpikeMonitor or brian2.EventMonitor
        Added to the network; nobody empties it.
    """
    group = built.groups[population]
    if event == "spike":
        monitor = brian2.SpikeMonitor(group, name=f"listen_{population}")
    else:
        monitor = brian2.EventMonitor(group, event, name=f"listen_{population}_{event}")
    built.network.add(monitor)
    return monitor


def set_phase(built: Built, phase: Phase) -> None:
    """Switch learning and transmission, and set parameters, as a phase asks.

    A parameter that the phase does not name has the population's own value.

    Parameters
    ----------
    built : Built
        The network, between two runs.
    phase : Phase
        The phase that comes.

    Raises
    ------
    SpecError
        If the phase names an unknown projection, or a parameter that no population has or that
        differs between its neurons.
    """
    for name in (*phase.plasticity, *phase.transmission):
        if name not in built.synapses:
            hint = nearest(name, list(built.synapses))
            raise SpecError(f"phases.{phase.name}: unknown projection '{name}'{hint}")
    _set_parameters(built, phase)
    for name, synapses in built.synapses.items():
        if not built.alive[name].any():
            continue
        synapses.transmits = 1 if phase.transmission.get(name, True) else 0
        if built.spec.projections[name].plasticity is not None:
            synapses.learning = 1 if phase.plasticity.get(name, True) else 0


def _set_parameters(built: Built, phase: Phase) -> None:
    for name, changed in phase.parameters.items():
        own = built.spec.populations[name].parameters if name in built.groups else {}
        for key in changed:
            if not isinstance(own.get(key), Quantity):
                raise SpecError(
                    f"phases.{phase.name}.parameters.{name}.{key}: not a parameter that all "
                    f"neurons of a population share"
                )
    for name, population in built.spec.populations.items():
        changed = phase.parameters.get(name, {})
        namespace = getattr(built.groups[name], "namespace", None) or {}
        for key in namespace.keys() & population.parameters.keys():
            value = changed.get(key, population.parameters[key])
            namespace[key] = attach(value.value, value.dimension)


def _check_names(
    spec: Spec, spikes: Mapping[str, Spikes] | None, graphs: Mapping[str, Any] | None
) -> None:
    for given, known, kind in (
        (spikes, spec.populations, "population"),
        (graphs, spec.projections, "projection"),
    ):
        for name in given or ():
            if name not in known:
                raise SpecError(f"unknown {kind} '{name}'{nearest(name, list(known))}")
    for projection in spec.projections.values():
        for end in (projection.source, projection.target):
            if end not in spec.populations:
                hint = nearest(end, list(spec.populations))
                raise SpecError(f"projections.{projection.name}: unknown population '{end}'{hint}")
        model = spec.populations[projection.target].model
        if problem := clash(projection.name, projection.synapse.model, model):
            raise SpecError(f"projections.{projection.name}: {problem}")
        if projection.name in spec.populations:
            raise SpecError(f"'{projection.name}' names both a population and a projection")


def _make_population(
    spec: Spec, population: Population, spikes: Mapping[str, Spikes], clock: Any, streams: Streams
) -> Any:
    incoming = [p for p in spec.projections.values() if p.target == population.name]
    with explained(f"populations.{population.name}"):
        if population.name in spikes or population.model.kind == "spike_generator":
            return make_generator(population, spikes.get(population.name), clock)
        if population.model.kind == "poisson":
            return make_poisson(population, clock, streams)
        return make_neurons(population, incoming, clock, streams)


def edges_of(projection: Projection, spec: Spec, graph: Any, streams: Streams) -> Edges:
    """Draw the connections of a projection by its rule, or take those of a graph."""
    rule = projection.connectivity if graph is None else graph
    sizes = spec.populations[projection.source].size, spec.populations[projection.target].size
    rng = streams(f"projections.{projection.name}.connectivity")
    try:
        return connect(rule, *sizes, projection.source == projection.target, rng)
    except NeuroError as error:
        place = f"{projection.place}: " if projection.place else ""
        message = f"{place}projections.{projection.name}.connectivity: {error}"
        raise type(error)(message) from error
