"""Ask whether branches of one neuron specialise on objects, and their strengths with them.

Objects are pairs of features. While they are shown in turn, synapses of a branch grow if the
branch is depolarised, shrink if it is depolarised a little, and lose if they are silent while it
is; a branch whose spikes make the soma fire grows stronger, and the soma's spikes reach all
branches. Afterwards each object should have branches of its own, and the neuron should answer the
objects but not their features in exchanged pairs (binding): it is an OR of conjunctions.

References
----------
R. Legenstein, W. Maass (2011). Branch-specific plasticity enables self-organization of nonlinear
computation in single neurons. Journal of Neuroscience 31, 10787-10802. The form of the rules, the
loss of silent synapses and all numbers are ours, and so is the criterion.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.dendrites.branch_settings import BranchStrength
from experiments.dendrites.objects import Responses, show_objects
from experiments.parts import Parts
from experiments.progress import Progress
from experiments.tables import show_table
from networks.memories.intervals import t_interval, wilson_interval
from networks.spec import Spec
from neuro.recording import Checkpoint, Recorder

MV = 1e3
Bits = NDArray[np.bool_]
Floats = NDArray[np.float64]


def run(
    configuration: Any,
    recorder: Recorder,
    progress: Progress,
    begun: Checkpoint | None = None,
) -> None:
    """Let independent neurons learn, and measure selectivity, winners and binding.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is a `BranchStrength`; the engine is active.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    begun : Checkpoint, optional
        The neurons that are complete already.
    """
    spec: Spec = configuration.spec
    settings: BranchStrength = spec.experiment
    progress.stage("neurons", settings.networks, "neurons")
    found, parts = list[Responses](), Parts(recorder, begun)
    for network in range(settings.networks):
        learn = partial(show_objects, spec, network)
        found.append(parts(f"{network}", learn, Responses))
        progress.advance(network + 1)
    _write(recorder, settings, found)


def winners(responses: Responses) -> Bits:
    """Say which branches answer at least every second presentation of each of the two objects.

    Returns
    -------
    array of bool, shape (2, n_branches)
        By learnt object.
    """
    return np.asarray(responses.branch[:2] >= 0.5)


def selectivity(responses: Responses) -> Floats:
    """Return |p_1 - p_2| / (p_1 + p_2) of the mean potentials, shape (n_branches,)."""
    one, other = responses.potential[:2]
    return np.asarray(np.abs(one - other) / np.maximum(one + other, np.finfo(float).tiny))


def are_distinct(responses: Responses) -> bool:
    """Say whether both objects have winners, and no branch wins both."""
    won = winners(responses)
    return bool(won.any(axis=1).all() and not won.all(axis=0).any())


def is_bound(responses: Responses) -> bool:
    """Say whether every learnt object makes the soma fire more than twice as much as any lure."""
    return bool(responses.soma[:2].min() > 2 * responses.soma[2:].max(initial=0.0))


def _write(recorder: Recorder, settings: BranchStrength, found: list[Responses]) -> None:
    names = ["+".join(features) for features in settings.objects]
    won = np.stack([winners(each) for each in found])
    index = np.stack([selectivity(each) for each in found])
    distinct = np.array([are_distinct(each) for each in found])
    bound = np.array([is_bound(each) for each in found])
    soma = np.stack([each.soma for each in found])
    recorder.array("objects/names", np.array(names), "1", "learnt objects, then lures")
    recorder.array("objects/n_learnt", len(settings.learnt), "1", "how many of them are learnt")
    for name, values, unit, definition in (
        ("winner", won, "1", "[neuron, object, branch]: branch answers every second presentation"),
        ("selectivity", index, "1", "[neuron, branch]: |p_1 - p_2| / (p_1 + p_2), mean potentials"),
        ("distinct", distinct, "1", "[neuron]: both objects have winners, no branch wins both"),
        ("bound", bound, "1", "[neuron]: fires over twice as much to each learnt object as to any"
         " lure"),
        ("soma", soma, "1", "[neuron, object]: spikes of the soma in a presentation"),
        ("potential", MV * np.stack([each.potential for each in found]), "mV",
         "[neuron, object, branch]: mean potential while the object is shown"),
        ("potential_theory", MV * np.stack([each.drive for each in found]), "mV",
         "[neuron, object, branch]: tau_p times the sum of rate times learnt weight (Campbell)"),
        ("strength", MV * np.stack([each.strength for each in found]), "mV",
         "[neuron, presentation, branch]: weight of the branch's spike at the soma"),
    ):  # fmt: skip
        recorded = values.astype(np.int8) if values.dtype == np.bool_ else values
        recorder.metric(name, recorded, definition, unit)
    recorder.metric("soma_ci", np.array([t_interval(column)[1:] for column in soma.T]),
                    "[object, low and high]: 95 % interval across neurons (Student)")  # fmt: skip
    _show(settings, names, won, index, distinct, bound, soma)


def _show(
    settings: BranchStrength, names: list[str], won: Bits, index: Floats, distinct: Bits,
    bound: Bits, soma: Floats,
) -> None:  # fmt: skip
    shares = [wilson_interval(int(each.sum()), len(each)) for each in (distinct, bound)]
    of_winners = index[won.any(axis=1)]
    title = (
        f"{settings.networks} neurons: distinct winners in {shares[0].mean:.0%} (95 % from "
        f"{shares[0].low:.0%}), objects bound in {shares[1].mean:.0%} (from {shares[1].low:.0%})"
    )
    if of_winners.size:
        title += (
            f"; selectivity of winning branches {of_winners.mean():.3f} on average, above "
            f"{settings.selective:g} in {(of_winners > settings.selective).mean():.1%} of "
            f"{of_winners.size}"
        )
    rows = []
    for number, name in enumerate(names):
        estimate = t_interval(soma[:, number])
        is_learnt = number < len(settings.learnt)
        ends = f"{estimate.low:.2f} - {estimate.high:.2f}" if len(soma) > 1 else "one neuron"
        branches = f"{won[:, number].sum(axis=1).mean():.1f}" if is_learnt else "-"
        rows.append((name, "learnt" if is_learnt else "lure", f"{estimate.mean:.2f}",
                     ends, branches))  # fmt: skip
    show_table(title, ("object", "kind", "spikes", "95 % interval", "winning branches"), rows)


if __name__ == "__main__":
    from experiments.script import main

    main("branch_strength", "memory/branch-strength.yaml")
