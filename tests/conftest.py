"""Fixtures of the suite that every engine runs: a description in, what happened out.

`simulate` takes the mappings of a configuration file (populations, projections, phases) and goes
the way of `engram run`: a YAML file, spec, build, engine. `pytest --engine brian2_standalone`
runs the same tests on another engine.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

# A machine that does other things too is slow; a property does not fail for that.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

ENGINES = ("brian2", "brian2_standalone")
Description = Mapping[str, Any]
# `make torture` sets it; without it every test has the size that CI bears.
IS_NIGHTLY = os.environ.get("ENGRAM_TORTURE") == "nightly"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--engine",
        default="brian2",
        choices=ENGINES,
        help="engine on which models, synapses and rules are tested",
    )


@pytest.fixture
def scale() -> Callable[[int, int], int]:
    """Choose between a number for CI and one for the night."""
    return lambda in_ci, nightly: nightly if IS_NIGHTLY else in_ci


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Keep a line to be printed after the tests, also with workers."""

    def add(line: str) -> None:
        request.node.user_properties.append(("tally", f"{request.node.name}: {line}"))

    return add


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the counts."""
    reports = [r for kind in ("passed", "failed") for r in terminalreporter.stats.get(kind, [])]
    lines = [
        value
        for report in reports
        for key, value in getattr(report, "user_properties", [])
        if key == "tally"
    ]
    if lines:
        terminalreporter.section("counts")
        for line in lines:
            terminalreporter.write_line(line)


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
def simulate(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., Outcome]:
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
        models: Description | None = None,
        seed: int = 1,
    ) -> Outcome:
        from networks.build import build, phases_of, set_phase
        from neuro.engines.activation import activate
        from neuro.engines.simulation import Stretch
        from neuro.engines.simulation import simulate as run_network

        blocks = {
            "models": models,
            "populations": {name: {"size": 1, **given} for name, given in populations.items()},
            "projections": completed(projections or {}),
            "phases": phases,
        }
        length = {} if phases else {"duration": duration}
        simulation = {"dt": dt, "engine": engine, **length}
        spec = describe(tmp_path, blocks, simulation, record, seed)
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
def specify(tmp_path: Path) -> Callable[..., Any]:
    """Give the spec of the mappings of a configuration file, for tests that build it themselves."""

    def spec_of(
        populations: Description,
        projections: Description | None = None,
        *,
        duration: str = "100 ms",
        dt: str = "0.1 ms",
        record: Sequence[str] = (),
        phases: Sequence[Description] = (),
        models: Description | None = None,
        seed: int = 1,
    ) -> Any:
        blocks = {
            "models": models,
            "populations": {name: {"size": 1, **given} for name, given in populations.items()},
            "projections": {
                name: {"connectivity": {"rule": "all_to_all"}, **given}
                for name, given in (projections or {}).items()
            },
            "phases": phases,
        }
        length = {} if phases else {"duration": duration}
        return describe(tmp_path, blocks, {"dt": dt, **length}, record, seed)

    return spec_of


def describe(
    folder: Path,
    blocks: Description,
    simulation: Description,
    record: Sequence[str],
    seed: int,
) -> Any:
    """Write a configuration file and read it."""
    from networks.config import load

    recordings = [tuple(text.split(".")) for text in record]
    content = {
        "schema_version": 1,
        "name": "test",
        "seed": seed,
        "simulation": simulation,
        **{name: block for name, block in blocks.items() if block},
        "recordings": {
            f"{where}_{variable}": {"population": where, "variable": variable}
            for where, variable in recordings
        },
    }
    path = folder / "test.yaml"
    # JSON is YAML.
    path.write_text(json.dumps(content, indent=1))
    return load(path).spec


def completed(projections: Description) -> Description:
    """Connect all to all, without delay, where a test says nothing else."""
    return {
        name: {
            "connectivity": {"rule": "all_to_all"},
            **given,
            "synapse": {"delay": "0 ms", **given["synapse"]},
        }
        for name, given in projections.items()
    }


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
