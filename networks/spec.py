"""The description of a run: frozen, complete, free of any engine.

`networks.config` makes it from YAML, `networks.build` makes a `brian2.Network` of it. Everywhere
source is presynaptic and target is post-synaptic.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from networks.connectivity import Connectivity
from networks.pruning import Pruning
from neuro.dimensions import TIME
from neuro.models.base import NeuronModel
from neuro.synapses.base import SynapseModel
from neuro.units import Quantity, Time
from plasticity.base import PlasticityRule

Engine = Literal["brian2", "brian2_standalone", "numba", "nest"]
Mode = Literal["strict", "fast"]
# Engines count the steps of a delay in 32 bits with a sign; a longer one would wrap around.
MAX_DELAY_STEPS = 2**31 - 1
# A time of more steps leaves float64, and then the 64 bits of a clock, no room for a part of dt.
MAX_STEPS = 10**15
# A path that ends so is a folder, whether it exists or not.
FOLDER_ENDINGS = ("/", "/.", "/..")
# Fields of `output.path`, without attributes, conversions or widths.
PLACEHOLDERS = ("name", "run_id")
# Brian2 moves a time by this part of dt before it takes the integral part.
BIN_SHIFT = 1e-3


@dataclass(frozen=True, slots=True)
class Distribution:
    """Describe how one value per neuron or synapse is drawn.

    Attributes
    ----------
    kind : str
        uniform (low, high), normal (mean, sd, optional low, high: redrawn outside), lognormal
        (mean, sd of the variable itself), gamma (shape, mean, optional low, high), exponential
        (mean), or values (`values`, one per element).
    arguments : mapping of str to Quantity
        Arguments of the kind.
    values : tuple of Quantity
        For kind "values" only.
    """

    kind: str
    arguments: Mapping[str, Quantity] = field(default_factory=lambda: MappingProxyType({}))
    values: tuple[Quantity, ...] = ()


Value = Quantity | Distribution


@dataclass(frozen=True, slots=True)
class Simulation:
    """Say how the network is integrated.

    Attributes
    ----------
    dt : Quantity
        Time step.
    duration : Quantity
        Length of the run; the sum of the phases, if there are any.
    engine : str
        What runs the network.
    mode : str
        Of engine numba: strict (every bit as Brian2) or fast.
    threads : int
        Threads of the engine.
    """

    dt: Time = Quantity(1e-4, TIME, "0.1 ms")
    duration: Time = Quantity(0.0, TIME, "0 s")
    engine: Engine = "brian2"
    mode: Mode = "strict"
    threads: int = 1


@dataclass(frozen=True, slots=True)
class Population:
    """Describe a population of equal model.

    `parameters` and `initial` are complete: defaults of the model and the file's values merged. An
    initial value that is a text names a parameter.
    """

    name: str
    size: int
    model: NeuronModel
    parameters: Mapping[str, Value] = field(default_factory=dict)
    initial: Mapping[str, Value | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Synapse:
    """Describe the synapses of a projection.

    `target` is "soma", "segment[k]" or the name of a variable of the target population.
    """

    model: SynapseModel
    weight: Value
    delay: Value
    target: str = "soma"
    parameters: Mapping[str, Value] = field(default_factory=dict)
    initial: Mapping[str, Value | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plasticity:
    """Describe how the synapses of a projection learn; `parameters` are complete.

    `initial` holds what differs from the rule's own initial values.
    """

    rule: PlasticityRule
    parameters: Mapping[str, Value] = field(default_factory=dict)
    initial: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Projection:
    """Describe the synapses from one population to another; those that are pruned are not made.

    `place` says where the configuration names the file of its connectivity: file:line:column.
    """

    name: str
    source: str
    target: str
    connectivity: Connectivity
    synapse: Synapse
    plasticity: Plasticity | None = None
    pruning: Pruning | None = None
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Input:
    """Describe data that drive a population: a dataset through an encoder, or given spikes.

    Attributes
    ----------
    name : str
        Name of the input.
    target : str
        The population that spikes.
    dataset : str
        Data set, e.g. mnist.
    encoder : mapping
        How an item becomes spikes: `kind`, and what that kind takes.
    items : tuple of int
        Which items of the data set, in this order.
    item_duration : Quantity
        How long each item is shown.
    times : tuple of tuple of Quantity
        Times of the spikes of each neuron since the input began, instead of a data set.
    """

    name: str
    target: str
    dataset: str = ""
    encoder: Mapping[str, Any] = field(default_factory=dict)
    items: tuple[int, ...] = ()
    item_duration: Time | None = None
    times: tuple[tuple[Time, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Phase:
    """Describe a stretch of a run and what learns, transmits and plays in it.

    Projections that are not named keep learning on (if they have a rule) and transmission on.

    Attributes
    ----------
    name : str
        Name of the phase.
    duration : Quantity
        Its length.
    inputs : tuple of str
        The inputs that play; all if left out.
    plasticity, transmission : mapping of str to bool
        Which projections learn and transmit; one truth value stands for all.
    parameters : mapping of str to mapping of str to Quantity
        By population: parameters that have another value in this phase, the same for all neurons.
    task : str
        Name of the task that the phase belongs to.
    """

    name: str
    duration: Time
    inputs: tuple[str, ...] | None = None
    plasticity: Mapping[str, bool] = field(default_factory=dict)
    transmission: Mapping[str, bool] = field(default_factory=dict)
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    task: str = ""


@dataclass(frozen=True, slots=True)
class Recording:
    """Describe what is written to the file: spikes, a variable of neurons, or weights.

    Attributes
    ----------
    name : str
        Name of the recording.
    population, projection : str
        What is recorded; one of the two.
    variable : str
        "spikes", a variable of the population's model, or "weight" of a projection.
    nodes : tuple of int
        Which neurons, counted from 0; all if left out.
    every : Quantity
        Interval between samples; every time step if left out.
    """

    name: str
    population: str = ""
    projection: str = ""
    variable: str = "spikes"
    nodes: tuple[int, ...] | None = None
    every: Time | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """Say where the file goes and how often it is flushed.

    `overwrite` allows a finished file at `path` to be replaced. Every `checkpoint` of wall-clock
    time the state of a simulation goes beside the file, from which `engram resume` goes on.
    """

    path: str = "runs/{name}/{run_id}.h5"
    compression: Literal["none", "gzip"] = "none"
    flush: Time | None = None
    checkpoint: Time | None = None
    overwrite: bool = False


@dataclass(frozen=True, slots=True)
class Spec:
    """Describe a whole run.

    `experiment` is a frozen settings dataclass of floor 4 or None (simulate and record).
    """

    name: str
    seed: int
    simulation: Simulation
    populations: Mapping[str, Population]
    projections: Mapping[str, Projection]
    inputs: Mapping[str, Input] = field(default_factory=dict)
    phases: tuple[Phase, ...] = ()
    recordings: Mapping[str, Recording] = field(default_factory=dict)
    output: Output = field(default_factory=Output)
    experiment: Any = None
    quick: bool = False
    sweep: Mapping[str, Any] = field(default_factory=dict)
    folder: Path = Path()


def phases_of(spec: Spec) -> tuple[Phase, ...]:
    """Return the phases of a description; one without phases has a single one, "run"."""
    return spec.phases or (Phase("run", spec.simulation.duration),)
