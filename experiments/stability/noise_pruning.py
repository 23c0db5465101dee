"""Ask what noise-driven pruning keeps of linear networks whose structure is known.

Leverages of edges are laid over their closed forms: in any network they sum, with the leaks, to
the number of nodes; the only bridge between two cliques has the leverage that its resistance gives.
Then networks are pruned by the rule, by uniform chances with weights divided by them, and by
magnitude; the generalised eigenvalues of pruned and whole network, all 1 of a perfect copy, tell
how much of the dynamics is left.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import scipy.linalg
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from experiments.memory.laboratory.curves import Axis, Panel, Series, write_panels
from experiments.parts import Parts
from experiments.progress import Progress
from experiments.stability.noise_settings import NoisePruning
from experiments.tables import show_table
from networks.streams import generator
from neuro.recording import Checkpoint, Recorder
from plasticity.pruning import Graph, leverages, noise_covariance
from plasticity.pruning.protocol import best, chances, keep

Array = NDArray[Any]
METHODS = ("noise", "uniform", "magnitude")
GRAPHS = ("dense", "clusters")
# For sigma^2 = 2 a leverage is a weight times an effective resistance.
SIGMA = np.sqrt(2.0)


def run(
    configuration: Any,
    recorder: Recorder,
    progress: Progress,
    begun: Checkpoint | None = None,
) -> None:
    """Prune networks, record bands of eigenvalues and leverages beside their closed forms.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is a `NoisePruning`.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    begun : Checkpoint, optional
        The networks that are complete already.
    """
    spec = configuration.spec
    settings: NoisePruning = spec.experiment
    shape = (len(GRAPHS), len(METHODS), settings.networks, len(settings.densities), 2)
    bands, sums = np.empty(shape), np.empty((len(GRAPHS), settings.networks))
    parts = Parts(recorder, begun)
    with threadpool_limits(1):
        progress.stage("pruning", len(GRAPHS) * settings.networks, "networks")
        for place, kind in enumerate(GRAPHS):
            for number in range(settings.networks):
                rng = generator(spec.seed, f"experiment.{kind}", number)
                prune = partial(study, settings, kind, rng)
                bands[place, :, number], sums[place, number] = parts(f"{kind}/{number}", prune)
                progress.advance(place * settings.networks + number + 1)
        bridges = parts("bridges", partial(_bridges, settings, spec.seed))
    panels = [_band_panel(settings, kind, each) for kind, each in zip(GRAPHS, bands, strict=True)]
    write_panels(recorder, [*panels, _bridge_panel(settings, bridges)])
    definition = "[graph, network]: sum of leverages and of leaks times variances, / nodes; 1"
    recorder.metric("leverage_sum", sums / settings.size, definition)
    _show(settings, bands)


def study(settings: NoisePruning, kind: str, rng: np.random.Generator) -> tuple[Array, float]:
    """Return bands, shape (n_methods, n_densities, 2), and the sum of leverages and leaks."""
    weight, graph = draw_network(settings, kind, rng)
    leak = settings.leak * np.abs(_matrix(weight, graph)).sum(axis=1).mean()
    whole = laplacian(weight, graph, leak)
    covariance = noise_covariance(-whole, SIGMA)
    score = leverages(weight, graph, covariance)
    bands = np.empty((len(METHODS), len(settings.densities), 2))
    for place, density in enumerate(settings.densities):
        for method, name in enumerate(METHODS):
            kept = _pruned(name, weight, score, density, rng)
            values = scipy.linalg.eigh(laplacian(kept, graph, leak), whole, eigvals_only=True)
            bands[method, place] = values[[0, -1]]
    return bands, float(score.sum() + leak * np.trace(covariance))


def draw_network(
    settings: NoisePruning, kind: str, rng: np.random.Generator
) -> tuple[Array, Graph]:
    """Return absolute normal weights, and pairs i < j: all, or few between two halves."""
    n = settings.size
    source, target = np.triu_indices(n, 1)
    if kind == "clusters":
        is_within = (source < n // 2) == (target < n // 2)
        is_there = is_within | (rng.random(len(source)) < settings.between)
        source, target = source[is_there], target[is_there]
    return np.abs(rng.standard_normal(len(source))), Graph(source, target, n)


def laplacian(weight: Array, graph: Graph, leak: float) -> Array:
    """Return L = D - W of symmetric weights, with a leak in D: the diagonal is compensated."""
    matrix = _matrix(weight, graph)
    return np.asarray(np.diag(matrix.sum(axis=1) + leak) - matrix)


def _matrix(weight: Array, graph: Graph) -> Array:
    matrix = np.zeros((graph.size, graph.size))
    matrix[graph.source, graph.target] = weight
    return matrix + matrix.T


def _pruned(
    method: str, weight: Array, score: Array, density: float, rng: np.random.Generator
) -> Array:
    """Return the weights that a method leaves, 0 where an edge goes."""
    if method == "magnitude":
        return keep(weight, best(weight, round(density * len(weight)))).weight
    uniform = np.full(len(weight), density)
    chance = chances(score, density * len(weight)) if method == "noise" else uniform
    return keep(weight, rng.random(len(weight)) < chance, chance).weight


def bridge_leverage(n_clique: int, leak: float) -> float:
    """Return the leverage of the one edge of weight 1 between two cliques, R / (1 + R).

    R is the resistance between its ends without it, through both leaks: twice that of a clique of
    m nodes to the ground, 1 / (m l) + (1 - 1 / m) / (m + l).
    """
    to_ground = 1 / (n_clique * leak) + (1 - 1 / n_clique) / (n_clique + leak)
    return 2 * to_ground / (1 + 2 * to_ground)


def _bridges(settings: NoisePruning, seed: int) -> Array:
    """Return the leverage of the bridge by leak, in cliques of nodes in random order."""
    m, found = settings.size // 2, np.empty((settings.networks, len(settings.leaks)))
    source, target = np.triu_indices(m, 1)
    for number in range(settings.networks):
        names = generator(seed, "experiment.bridge", number).permutation(2 * m)
        ends = (np.r_[source, source + m, 0], np.r_[target, target + m, m])
        graph = Graph(names[ends[0]], names[ends[1]], 2 * m)
        weight = np.ones(graph.n_edges)
        for place, leak in enumerate(settings.leaks):
            covariance = noise_covariance(-laplacian(weight, graph, leak), SIGMA)
            found[number, place] = leverages(weight, graph, covariance)[-1]
    return found


def _band_panel(settings: NoisePruning, kind: str, bands: Array) -> Panel:
    """Return the panel of the ends of the bands, 1 dashed."""
    axis = Axis(f"{kind}/density", np.array(settings.densities), "share of the edges", "share kept")
    perfect = np.ones(len(settings.densities))
    series = tuple(
        Series(
            f"{kind}/{name}_{end}", bands[method, :, :, side],
            f"{end} generalised eigenvalue of pruned and whole network, pruned by: {name}",
            theory=perfect, theory_definition="of a perfect copy", label=f"{name}, {end}",
            bounds=(-np.inf, np.inf), dashed="perfect copy",
        )
        for method, name in enumerate(METHODS)
        for side, end in enumerate(("smallest", "largest"))
    )  # fmt: skip
    return Panel(axis, "generalised eigenvalues", series, title=f"{kind} graph")


def _bridge_panel(settings: NoisePruning, bridges: Array) -> Panel:
    """Return the panel of the leverage of the only bridge, its closed form dashed."""
    axis = Axis(
        "bridge/leak", np.array(settings.leaks), "leak of a node / weight of an edge",
        "leak of a node / weight", scale="log",
    )  # fmt: skip
    theory = np.array([bridge_leverage(settings.size // 2, leak) for leak in settings.leaks])
    series = Series(
        "bridge/leverage", bridges, "leverage of the only edge between two cliques",
        theory=theory, theory_definition="R / (1 + R), R the resistance through both leaks",
        label="only bridge", bounds=(0.0, 1.0),
    )  # fmt: skip
    return Panel(axis, "leverage", (series,), title="two cliques")


def _show(settings: NoisePruning, bands: Array) -> None:
    """Print the mean ends of all bands."""
    rows = [
        (
            kind, f"{density:g}",
            *("{:.2f} .. {:.2f}".format(*each.mean(axis=0)) for each in by_method),
        )
        for kind, of_graph in zip(GRAPHS, bands, strict=True)
        for density, by_method in zip(
            settings.densities, of_graph.transpose(2, 0, 1, 3), strict=True
        )
    ]  # fmt: skip
    title = f"generalised eigenvalues (1: as before), mean ends of {settings.networks} networks"
    show_table(title, ("graph", "kept", *METHODS), rows)


if __name__ == "__main__":
    from experiments.script import main

    main("noise_pruning", "pruning/noise-pruning.yaml")
