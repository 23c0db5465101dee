"""Fixtures of the suite that every engine runs: a description in, what happened out.

`simulate` takes the mappings of a configuration file (populations, projections, phases) and goes
the way of `engram run`: spec, build, engine. `pytest --engine brian2_standalone` runs the same
tests on another engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

ENGINES = ("brian2", "brian2_standalone")
Description = Mapping[str, Any]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--engine",
        default="brian2",
        choices=ENGINES,
        help="engine on which models, synapses and rules are tested",
    )


@dataclass(frozen=True)
class Outcome:
    """What a run left: SI values, by the names of the description."""

    t: dict[str, np.ndarray]
    traces: dict[tuple[str, str], np.ndarray]
    trains: dict[str, tuple[np.ndarray, np.ndarray]]
    synaptic: dict[str, dict[str, np.ndarray]]
    groups: dict[str, dict[str, np.ndarray]]
    edges: dict[str, tuple[np.ndarray, np.ndarray]]

    def trace(self, population: str, variable: str) -> tuple[np.ndarray, np.ndarray]:
        """Return times (n,) and samples (n, n_nodes) of a recorded variable."""
        return self.t[population], self.traces[population, variable]

    def spikes(self, population: str, node: int) -> np.ndarray:
        """Return the spike times of one neuron of a recorded population."""
        times, nodes = self.trains[population]
        return times[nodes == node]

    def weight(self, projection: str) -> np.ndarray:
        """Return the final weights in the order of the edges."""
        return self.synaptic[projection]["weight"]

    def matrix(self, projection: str, shape: tuple[int, int]) -> np.ndarray:
        """Return the final weights as [source, target], NaN where there is no synapse."""
        matrix = np.full(shape, np.nan)
        matrix[self.edges[projection]] = self.weight(projection)
        return matrix


@pytest.fixture
def simulate(request: pytest.FixtureRequest) -> Callable[..., Outcome]:
    """Build and run a description on the engine under test."""
    engine = request.config.getoption("--engine")

    def run(
        populations: Description,
        projections: Description | None = None,
        *,
        duration: str,
        dt: str = "0.1 ms",
        spikes: Mapping[str, tuple[Sequence[float], Sequence[int]]] | None = None,
        record: Sequence[str] = (),
        phases: Sequence[Description] = (),
        seed: int = 1,
    ) -> Outcome:
        from networks.build import build, phases_of, set_phase
        from neuro.engines.activation import activate
        from neuro.engines.simulation import Stretch
        from neuro.engines.simulation import simulate as run_network

        spec = describe(populations, projections or {}, duration, dt, record, phases, seed)
        trains = {
            name: (np.asarray(times, dtype=float), np.asarray(nodes, dtype=np.int64))
            for name, (times, nodes) in (spikes or {}).items()
        }
        with activate(engine, target="numpy"):
            built = build(spec, spikes=trains)
            stretches = [
                Stretch(phase.name, phase.duration.value, lambda p=phase: set_phase(built, p))
                for phase in phases_of(spec)
            ]
            run_network(built.network, stretches)
            return observe(built)

    return run


@pytest.fixture
def specify() -> Callable[..., Any]:
    """Give `describe` with defaults: mappings of a configuration file to a spec."""

    def spec_of(
        populations: Description,
        projections: Description | None = None,
        *,
        duration: str = "100 ms",
        dt: str = "0.1 ms",
        record: Sequence[str] = (),
        phases: Sequence[Description] = (),
        seed: int = 1,
    ) -> Any:
        return describe(populations, projections or {}, duration, dt, record, phases, seed)

    return spec_of


def describe(
    populations: Description,
    projections: Description,
    duration: str,
    dt: str,
    record: Sequence[str],
    phases: Sequence[Description],
    seed: int,
) -> Any:
    """Make a spec of the mappings of a configuration file."""
    from networks.spec import Phase, Recording, Simulation, Spec
    from neuro.units import parse

    recordings = [tuple(text.split(".")) for text in record]
    return Spec(
        name="test",
        seed=seed,
        simulation=Simulation(dt=parse(dt), duration=parse(duration)),
        populations={name: population(name, given) for name, given in populations.items()},
        projections={name: projection(name, given) for name, given in projections.items()},
        phases=tuple(Phase(**{**p, "duration": parse(p["duration"])}) for p in phases),
        recordings={
            f"{where}_{variable}": Recording(f"{where}_{variable}", where, "", variable)
            for where, variable in recordings
        },
    )


def population(name: str, given: Description) -> Any:
    """Make the description of a population; a test may bring a model of its own."""
    from networks.spec import Population
    from neuro.models import MODELS

    model = given["model"] if not isinstance(given["model"], str) else MODELS[given["model"]]
    if "segments" in given:
        model = replace(model, n_segments=given["segments"])
    settings = {**model.parameters, **given.get("parameters", {})}
    assert set(settings) == set(model.parameters), f"{name}: unknown parameter"
    initial = {**model.initial, **given.get("initial", {})}
    parameters = {key: value(item) for key, item in settings.items()}
    return Population(
        name,
        given.get("size", 1),
        model,
        parameters=parameters,
        initial={
            key: parameters[item] if item in list(parameters) else value(item)
            for key, item in initial.items()
        },
    )


def projection(name: str, given: Description) -> Any:
    """Make the description of a projection."""
    from networks.connectivity import CONNECTIVITY
    from networks.spec import Plasticity, Projection, Synapse
    from neuro.synapses import SYNAPSES
    from plasticity import RULES

    settings = dict(given["synapse"])
    model = SYNAPSES[settings.pop("model")]
    weight, delay = value(settings.pop("weight")), value(settings.pop("delay", "0 ms"))
    target = settings.pop("target", "soma")
    assert set(settings) <= set(model.parameters), f"{name}: unknown parameter"
    parameters = {key: value(item) for key, item in {**model.parameters, **settings}.items()}
    initial = {key: value(item) for key, item in model.initial.items()}
    synapse = Synapse(model, weight, delay, target, parameters, initial)
    plasticity = None
    if "plasticity" in given:
        learning = dict(given["plasticity"])
        rule = RULES[learning.pop("rule")]
        assert set(learning) <= set(rule.parameters), f"{name}: unknown parameter"
        both = {**rule.parameters, **learning}
        plasticity = Plasticity(rule, {k: value(v, weight) for k, v in both.items()})
    wiring = dict(given.get("connectivity", {"rule": "all_to_all"}))
    rule_class = CONNECTIVITY[wiring.pop("rule")]
    return Projection(
        name, given["source"], given["target"], rule_class(**wiring), synapse, plasticity
    )


def value(item: Any, weight: Any = None) -> Any:
    """Read a value as a configuration has it: text, a list, or how to draw."""
    from networks.spec import Distribution
    from neuro.units import Quantity, parse

    if isinstance(item, Mapping):
        [(kind, arguments)] = item.items()
        return Distribution(kind, {name: value(text) for name, text in arguments.items()})
    if isinstance(item, list | tuple):
        return Distribution("values", values=tuple(value(text) for text in item))
    number, _, rest = str(item).partition(" ")
    if rest == "weight":
        first = weight.values[0] if isinstance(weight, Distribution) else weight
        return Quantity(float(number), first.dimension)
    return parse(item)


def observe(built: Any) -> Outcome:
    """Copy what a network holds, while its engine is still active."""
    t, traces, trains = {}, {}, {}
    for entry in built.monitors.values():
        name, variable = entry.recording.population, entry.recording.variable
        if entry.kind == "spikes":
            trains[name] = np.array(entry.monitor.t_[:]), np.array(entry.monitor.i[:])
        else:
            t[name] = np.array(entry.monitor.t_[:])
            traces[name, variable] = np.array(getattr(entry.monitor, variable + "_")).T
    synaptic = {name: states(group) for name, group in built.synapses.items()}
    groups = {name: states(group) for name, group in built.groups.items()}
    edges = {
        name: (np.asarray(edge.source), np.asarray(edge.target))
        for name, edge in built.edges.items()
    }
    return Outcome(t, traces, trains, synaptic, groups, edges)


def states(group: Any) -> dict[str, np.ndarray]:
    """Copy the array variables of a group."""
    from brian2.core.variables import ArrayVariable

    names = [
        name
        for name, variable in group.variables.items()
        if isinstance(variable, ArrayVariable)
        and getattr(variable.owner, "name", "") == group.name
        and not name.startswith("_")
    ]
    return {name: np.array(group.variables[name].get_value()) for name in names}
