"""Ask how much more a neuron learns if its branches are nonlinear.

Neurons with as many synapses of equal strength learn random two-class problems by moving synapses
from poor places to better ones (`networks.memories.dendrite_classifier`). The closed form counts
the functions that a neuron can compute (`networks.memories.dendrite_capacity`): a bound on how
many classes, one bit each, it can learn.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.dendrites.capacity_settings import Branching, CountedBits, DendriteCapacity
from experiments.memory.laboratory.curves import Axis, Panel, Series, load_axis, write_panels
from experiments.parts import Parts
from experiments.progress import Progress
from experiments.tables import show_table
from networks.inputs.patterns import fixed_k
from networks.memories.dendrite_capacity import branch_bits, linear_bits
from networks.memories.dendrite_classifier import DendriteClassifier
from networks.streams import generator
from neuro.recording import Checkpoint, Recorder

Floats = NDArray[np.float64]


def run(
    configuration: Any,
    recorder: Recorder,
    progress: Progress,
    begun: Checkpoint | None = None,
) -> None:
    """Measure errors against the number of patterns for every layout of the synapses.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is a `DendriteCapacity`.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    begun : Checkpoint, optional
        The networks that are complete already.
    """
    spec = configuration.spec
    settings: DendriteCapacity = spec.experiment
    shape = settings.networks, len(settings.loads)
    parts = Parts(recorder, begun)
    errors = {each.name: np.zeros(shape) for each in settings.neurons}
    progress.stage("learn", settings.networks, "networks")
    for network in range(settings.networks):
        for number, load in enumerate(settings.loads):
            for each in settings.neurons:
                learn = partial(error, settings, each, load, spec.seed, network)
                errors[each.name][network, number] = parts(f"{each.name}/{load}/{network}", learn)
        progress.advance(network + 1)
    learnt = np.stack(
        [learnt_patterns(settings, errors[each.name]) for each in settings.neurons], axis=1
    )
    _write(recorder, settings, errors, learnt)
    _write_bits(recorder, settings.bits)


def error(
    settings: DendriteCapacity, branching: Branching, load: int, seed: int, network: int
) -> float:
    """Let one neuron learn, and return the fraction of its patterns that it classifies wrong.

    Parameters
    ----------
    settings : DendriteCapacity
        The experiment.
    branching : Branching
        Layout of the synapses.
    load : int
        Number of patterns; those of one network begin alike, for every layout and load.
    seed, network : int
        Root seed and number of the network.

    Returns
    -------
    float
        Errors on what was learnt; .5 is chance.
    """
    rng = generator(seed, "experiment.patterns", network)
    lines = fixed_k(settings.loads[-1], settings.lines, settings.active, rng)[:load]
    classes = rng.random(settings.loads[-1])[:load] < 0.5
    patterns = np.column_stack([lines, classes])
    design = DendriteClassifier(
        settings.lines, settings.sites // branching.sites, branching.sites, branching.power,
        settings.swaps, settings.poor, settings.candidates, settings.temperature,
    )  # fmt: skip
    memory = design.empty(generator(seed, f"experiment.{branching.name}.{load}", network))
    memory.store(patterns)
    return float((memory.recall(patterns) != patterns).any(axis=1).mean())


def learnt_patterns(settings: DendriteCapacity, errors: Floats) -> Floats:
    """Find up to how many patterns the tolerated fraction of errors is not exceeded.

    Parameters
    ----------
    settings : DendriteCapacity
        Loads and the tolerated fraction.
    errors : array of float64, shape (n_networks, n_loads)
        Fractions of errors.

    Returns
    -------
    array of float64, shape (n_networks,)
        Interpolated between the last load that is learnt and the next one; the largest load if
        that is learnt, 0 if none is.
    """
    loads = np.array(settings.loads, dtype=float)
    found = []
    for row in errors:
        beyond = np.flatnonzero(row > settings.tolerated)
        if not len(beyond):
            found.append(loads[-1])
        elif beyond[0] == 0:
            found.append(0.0)
        else:
            ends = slice(beyond[0] - 1, beyond[0] + 1)
            found.append(float(np.interp(settings.tolerated, row[ends], loads[ends])))
    return np.array(found)


def _write(
    recorder: Recorder, settings: DendriteCapacity, errors: dict[str, Floats], learnt: Floats
) -> None:
    curves = tuple(
        Series(
            f"error/{each.name}", errors[each.name],
            f"fraction of learnt patterns classified wrong, branches of {each.sites} sites, "
            f"power {each.power:g}",
            label=each.name.replace("_", " "), bounds=(0.0, 1.0), trials=np.array(settings.loads),
        )
        for each in settings.neurons
    )  # fmt: skip
    # From short branches to long ones, so that a line joins neighbours.
    order = np.argsort([each.sites for each in settings.neurons], kind="stable")
    neurons = [settings.neurons[place] for place in order]
    sites = np.array([each.sites for each in neurons])
    bits = [_bits(settings, each) for each in neurons]
    axis = Axis("sites", sites, "k, sites of a branch", "sites of a branch", scale="log")
    most = Series(
        "learnt", learnt[:, order], f"patterns learnt with at most {settings.tolerated:.0%} errors",
        theory=np.array(bits), theory_definition="bits in the places of the synapses, a bound",
        dashed="bound: bits in the places of synapses",
    )  # fmt: skip
    write_panels(
        recorder,
        [
            Panel(load_axis(settings.loads), "errors (fraction)", curves),
            Panel(axis, f"patterns learnt, {settings.tolerated:.0%} wrong", (most,), "log"),
        ],
    )
    ratio = (learnt / np.maximum(learnt[:, :1], 1))[:, order]
    recorder.metric("learnt_ratio", ratio, "[network, sites]: learnt, by that of the first neuron")
    show_table(
        f"{settings.networks} networks: patterns learnt with at most {settings.tolerated:.0%} "
        f"errors",
        ("neuron", "sites", "power", "learnt", "95 % interval", "by the first", "bound, bits"),
        [
            (
                each.name, str(each.sites), f"{each.power:g}", f"{most.mean[place]:.0f}",
                " - ".join(f"{end:.0f}" for end in most.ends[place]),
                f"{ratio[:, place].mean():.2f}", f"{bits[place]:.0f}",
            )
            for place, each in enumerate(neurons)
        ],
    )  # fmt: skip


def _bits(settings: DendriteCapacity, branching: Branching) -> float:
    if branching.power == 1:
        return linear_bits(settings.sites, settings.lines)
    return branch_bits(settings.sites // branching.sites, branching.sites, settings.lines)


def _write_bits(recorder: Recorder, asked: CountedBits) -> None:
    """Record the closed form for a neuron with many synapses."""
    linear = linear_bits(asked.sites, asked.lines)
    bits = [branch_bits(m, asked.sites // m, asked.lines) for m in asked.branches]
    recorder.metric("bits/branches", np.array(asked.branches), "m, branches")
    recorder.metric("bits/nonlinear", np.array(bits), "[branches]: 2 log2 C(F + m - 1, m)", "bit")
    recorder.metric("bits/linear", linear, "2 log2 C(s + d - 1, s)", "bit")
    show_table(
        f"{asked.sites} sites, {asked.lines} lines; linear neuron {linear:.1f} bits",
        ("branches", "sites of each", "bits", "by the linear neuron"),
        [
            (str(m), str(asked.sites // m), f"{value:.1f}", f"{value / linear:.1f}")
            for m, value in zip(asked.branches, bits, strict=True)
        ],
    )


if __name__ == "__main__":
    from experiments.script import main

    main("dendrite_capacity", "memory/dendrite-capacity.yaml")
