"""From a YAML file to the description of a run, or to everything that is wrong with it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from networks.config import scalars
from networks.config.catalog import Catalog, house_catalog
from networks.config.document import Node
from networks.config.experiment import read_experiment
from networks.config.include import Includes
from networks.config.inputs import read_inputs
from networks.config.models import read_models
from networks.config.notices import notices
from networks.config.populations import read_populations
from networks.config.problems import Mark, Problem, Problems
from networks.config.projections import read_projections
from networks.config.quick import both_forms, is_quick
from networks.config.recordings import read_recordings
from networks.config.run import Parts, read_output, read_phases, read_simulation
from networks.config.sweep import check_paths, read_sweep
from networks.spec import Output, Phase, Simulation, Spec
from neuro.errors import nearest
from neuro.units import Quantity

SCHEMA_VERSION = 1
TOP = (
    "schema_version", "name", "seed", "quick", "when_quick", "include", "simulation", "models",
    "populations", "projections", "inputs", "experiment", "phases", "recordings", "output", "sweep",
)  # fmt: skip
BLOCKS = ("models", "populations", "projections", "inputs", "recordings")
MAX_NAME = 100
# Sums of durations written in decimal may differ in the last bits.
SUM_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Configuration:
    """Hold a configuration that has been read and found sound.

    Attributes
    ----------
    spec : Spec
        The description of the run.
    source : str
        Text of the file as written.
    resolved : dict
        Includes and overrides merged, every default filled in; JSON can hold it, and reading it
        gives an equal description.
    notices : tuple of Problem
        What is sound, yet will not do what it seems to.
    """

    spec: Spec
    source: str
    resolved: dict[str, Any]
    notices: tuple[Problem, ...] = ()


def load(
    path: str | Path,
    overrides: Sequence[str] = (),
    experiments: Mapping[str, type] | None = None,
    catalog: Catalog | None = None,
) -> Configuration:
    """Read a configuration.

    Parameters
    ----------
    path : str or Path
        The YAML file.
    overrides : sequence of str
        ``key.path=value`` of the command line, the value in YAML.
    experiments : mapping of str to type
        Settings dataclass of each kind of experiment, from the floor above.
    catalog : Catalog, optional
        What may be named; by default the sets of the house.

    Returns
    -------
    Configuration
        Description, text and resolved configuration.

    Raises
    ------
    ConfigError
        With everything that is wrong, each with file, line and column.
    """
    from networks.config.resolved import resolve

    problems = Problems()
    known = catalog or house_catalog(experiments or {})
    path = Path(path)
    node, source = Includes(path, problems).load()
    if node is None:
        problems.stop()
        raise AssertionError("a file that cannot be read has a problem")
    full, quick = both_forms(node, overrides, problems)
    node = quick if is_quick(full) else full
    spec = _Loader(node, path, known, problems).spec()
    problems.stop()
    if quick is not node:
        _Loader(quick, path, known, problems).spec()
        problems.stop()
    resolved = resolve(spec, known)
    check_paths(
        node, resolved, lambda tree, found: _Loader(tree, path, known, found).spec(), problems
    )
    problems.stop()
    return Configuration(spec, source, resolved, notices(spec, node))


class _Loader:
    """Read the blocks of a tree, one after the other, and note all that is wrong."""

    def __init__(self, node: Node, path: Path, catalog: Catalog, problems: Problems) -> None:
        self.node, self.path, self.catalog, self.problems = node, path, catalog, problems

    def add(self, path: str, message: str, mark: Mark | None = None) -> None:
        """Note a problem; without a mark, where the path leads."""
        self.problems.add(mark or self.node.find(path.split(".")), path, message)

    def spec(self) -> Spec:
        """Read everything; what is returned is only meant if no problem was found."""
        if not self.node.is_mapping:
            self.add("", f"expected keys and values, not {scalars.show(self.node.plain())}")
            self.problems.stop()
        self.check_keys()
        node, problems = self.node, self.problems
        simulation = read_simulation(node.get("simulation"), problems)
        dt = simulation.dt if simulation else None
        models = read_models(self.block("models"), problems)
        populations = read_populations(
            self.block("populations"), models, self.catalog.models, dt, problems
        )
        projections = read_projections(
            self.block("projections"), populations, self.catalog, dt, problems
        )
        inputs = read_inputs(self.block("inputs"), populations, dt, problems)
        parts = Parts(populations, projections, inputs, simulation)
        phases = read_phases(node.get("phases"), parts, dt, problems)
        recordings = read_recordings(self.block("recordings"), parts, dt, problems)
        output = read_output(node.get("output"), problems)
        experiment = read_experiment(node, self.catalog.experiments, parts, problems)
        self.check_populated()
        return Spec(
            name=self.name(),
            seed=self.seed(),
            simulation=self.timed(simulation, phases),
            populations=_sound(populations),
            projections=_sound(projections),
            inputs=_sound(inputs),
            phases=phases,
            recordings=MappingProxyType(recordings),
            output=output or Output(),
            experiment=experiment,
            quick=bool(self.scalar("quick", False, scalars.truth)),
            sweep=read_sweep(node, TOP, BLOCKS, problems),
            folder=self.path.resolve().parent,
        )

    def check_keys(self) -> None:
        """Refuse unknown keys and a newer schema."""
        for key in self.node.mapping:
            if key not in TOP:
                hint = nearest(key, TOP) or f"; there are {', '.join(TOP)}"
                self.add(key, f"unknown key{hint}", self.node.key_mark(key))
        version = self.scalar("schema_version", SCHEMA_VERSION, scalars.whole)
        if version is not None and version != SCHEMA_VERSION:
            newer = "newer than this program knows" if version > SCHEMA_VERSION else "unknown"
            self.add("schema_version", f"{version} is {newer}; expected {SCHEMA_VERSION}")

    def check_populated(self) -> None:
        """Refuse a run without populations, unless an experiment makes its own."""
        node = self.node.get("populations")
        is_empty = node is None or node.value is None or node.value == {}
        if is_empty and self.node.get("experiment") is None:
            message = "is missing: there is nothing to simulate"
            self.add("populations", message, self.node.mark)

    def scalar(self, key: str, default: Any, check: scalars.Check) -> Any:
        """Read one value of the top level; None if it is wrong."""
        node = self.node.get(key)
        if node is None:
            return default
        try:
            return check(node.plain())
        except ValueError as error:
            self.add(key, str(error))
            return None

    def block(self, key: str) -> Node | None:
        """Return a block of named entries, None if there is none."""
        node = self.node.get(key)
        if node is None or node.value is None:
            return None
        if not node.is_mapping:
            self.add(key, f"expected names with their settings, not {scalars.show(node.plain())}")
            return None
        return node

    def name(self) -> str:
        """Return the name of the run; by default that of the file."""
        name = self.scalar("name", self.path.stem, scalars.word)
        bad = name is not None and (
            not name.strip()
            or len(name) > MAX_NAME
            or not all(c.isalnum() or c in "-_. " for c in name)
            or name.startswith(".")
        )
        if bad and self.node.get("name") is not None:
            self.add("name", "expected letters, digits, '-', '_', '.' and blanks")
        return name or "run"

    def seed(self) -> int:
        """Return the root seed."""
        seed = self.scalar("seed", 0, scalars.whole)
        if seed is not None and seed < 0:
            self.add("seed", f"must not be negative, but is {seed}")
        return seed or 0

    def timed(self, simulation: Simulation | None, phases: tuple[Phase, ...]) -> Simulation:
        """Return the simulation with its duration: what it says, or the sum of the phases."""
        if simulation is None:
            return Simulation()
        written = (self.node.get("simulation") or self.node).get("duration")
        total = math.fsum(phase.duration.value for phase in phases)
        if phases and written is None:
            return replace(simulation, duration=Quantity(total, simulation.duration.dimension))
        duration = simulation.duration.value
        sound = len(phases) == len(self.listed("phases")) and all(p.duration.value for p in phases)
        if phases and sound:
            if abs(duration - total) > SUM_TOLERANCE * max(duration, total):
                message = f"is not the sum of the phases, {total:g} s; leave it out"
                self.add("simulation.duration", message)
        elif not phases and duration == 0 and self.node.get("experiment") is None:
            mark = written.mark if written else None
            self.add("simulation.duration", "is missing: how long to simulate, as '1 s'", mark)
        return simulation

    def listed(self, key: str) -> list[Node]:
        """Return the entries of a list."""
        node = self.node.get(key)
        return node.value if node is not None and isinstance(node.value, list) else []


def _sound(parts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the parts that have no mistakes."""
    return MappingProxyType({name: part for name, part in parts.items() if part is not None})
