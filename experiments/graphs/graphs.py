"""Ask whether measures of a graph foretell what a reservoir on it can do.

Reservoirs on graphs of several families, all of the same density, are asked to remember
independent inputs, to forecast Lorenz's flow, and to tell strings of Reber's grammar; a regression
foretells each score of graphs that it was not fitted to from measures of the graphs, beside one
that knows the size only, one that knows the family only, and scores dealt out anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from experiments.graphs.reservoir import SCORES, Material, draw_material, draw_reservoir, score
from experiments.graphs.settings import GraphStudy
from experiments.parts import Ask, Parts, at_once
from experiments.progress import Progress
from experiments.tables import show_table
from networks.graphs.families import draw_graph
from networks.graphs.measures import DEFINITIONS, SIZE, measure
from networks.graphs.prediction import Chance, Foretold, chance, foretell, r2_interval
from networks.streams import generator
from neuro.recording import Checkpoint, Recorder

Array = NDArray[Any]
DEAL_ENDS = (0.025, 0.975)


@dataclass(frozen=True, slots=True)
class Scored:
    """Hold all graphs with their measures and scores.

    Attributes
    ----------
    family : array of ints, shape (n_graphs,)
        Places in the families asked for.
    measures, scores : dict of str to array of floats, shape (n_graphs,)
        By name.
    spread : dict of str to array of floats, shape (n_graphs,)
        Deviation of each score over the weights drawn for a graph; NaN of one draw.
    """

    family: Array
    measures: dict[str, Array]
    scores: dict[str, Array]
    spread: dict[str, Array]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Hold how well one score was foretold.

    Attributes
    ----------
    all_measures, family : Foretold
        From all measures (beside the size alone), and from the family alone.
    ends, family_ends : array of floats, shape (2,)
        95 % intervals of their R^2.
    dealt : Chance
        The same of scores dealt out anew.
    """

    all_measures: Foretold
    family: Foretold
    ends: Array
    family_ends: Array
    dealt: Chance


def run(
    configuration: Any,
    recorder: Recorder,
    progress: Progress,
    begun: Checkpoint | None = None,
) -> None:
    """Score reservoirs on all graphs, foretell the scores, record and show both.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is a `GraphStudy`.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    begun : Checkpoint, optional
        The graphs that are complete already.
    """
    spec = configuration.spec
    settings: GraphStudy = spec.experiment
    # One thread: matrices are small, and bits are the same on every machine.
    with threadpool_limits(1):
        parts = Parts(recorder, begun)
        scored = score_graphs(settings, spec.seed, progress, parts)
        _write_graphs(scored, settings, recorder)
        varied = [name for name, column in scored.scores.items() if np.ptp(column) > 0]
        progress.stage("foretelling", len(varied), "scores")
        outcomes = {}
        for done, name in enumerate(varied, 1):
            foretell_it = partial(foretell_score, scored, name, settings, spec.seed)
            outcomes[name] = parts(f"foretold/{name}", foretell_it, Outcome, Foretold, Chance)
            progress.advance(done)
    _write_outcomes(outcomes, recorder)
    _show(scored, outcomes, settings)


def score_graphs(settings: GraphStudy, seed: int, progress: Progress, ask: Ask = at_once) -> Scored:
    """Draw graphs, measure them, and score reservoirs on them."""
    material = draw_material(settings, seed)
    n_graphs = settings.graphs
    progress.stage("reservoirs", len(settings.families) * n_graphs, "graphs")
    rows: list[tuple[int, dict[str, float], Array]] = []

    def scored(family: Any, number: int) -> tuple[dict[str, float], Array]:
        size = settings.sizes[number % len(settings.sizes)]
        rng = generator(seed, f"experiment.graphs.{family}", number)
        graph = draw_graph(family, size, settings.density, rng)
        return measure(graph), _scores(graph, settings, material, seed, number)

    for place, family in enumerate(settings.families):
        for number in range(n_graphs):
            rows.append((place, *ask(f"{family}/{number}", partial(scored, family, number))))
            progress.advance(len(rows), family)
    found = np.stack([row[2] for row in rows])
    is_several = found.shape[1] > 1
    spread = found.std(axis=1, ddof=1) if is_several else np.full_like(found[:, 0], np.nan)
    return Scored(
        family=np.array([row[0] for row in rows]),
        measures={name: np.array([row[1][name] for row in rows]) for name in DEFINITIONS},
        scores=dict(zip(SCORES, found.mean(axis=1).T, strict=True)),
        spread=dict(zip(SCORES, spread.T, strict=True)),
    )


def _scores(graph: Any, settings: GraphStudy, material: Material, seed: int, number: int) -> Array:
    """Return the scores of each draw of weights, shape (n_draws, n_scores).

    Graphs of the same number in their families have the same weights where they have edges.
    """
    import networkx

    adjacency = networkx.to_numpy_array(graph) > 0
    drawn = []
    for draw in range(settings.draws):
        rng = generator(seed, "experiment.weights", number * settings.draws + draw)
        reservoir = draw_reservoir(adjacency, settings.cells, rng)
        drawn.append(list(score(reservoir, material, settings.delays).values()))
    return np.array(drawn)


def foretell_score(scored: Scored, name: str, settings: GraphStudy, seed: int) -> Outcome:
    """Foretell a score of graphs left out: from measures, size, family, and by chance."""
    values, folds = scored.scores[name], settings.folds
    # Measures that are alike in all graphs tell nothing, and would only be scaled by 0.
    table = {key: column for key, column in scored.measures.items() if np.ptp(column) > 0}
    table |= {key: scored.measures[key] for key in SIZE}
    families = {f"is_{k}": scored.family == k for k in np.unique(scored.family)}
    found = foretell(table, values, settings.model, folds=folds)
    of_family = foretell(families, values, settings.model, size=tuple(families), folds=folds)
    rng = generator(seed, f"experiment.interval.{name}")
    return Outcome(
        found, of_family, r2_interval(values, found, rng), r2_interval(values, of_family, rng),
        chance(table, values, rng, settings.shuffles, model=settings.model, folds=folds),
    )  # fmt: skip


def _write_graphs(scored: Scored, settings: GraphStudy, recorder: Recorder) -> None:
    """Record measures and scores, a number for each graph."""
    told = ", ".join(f"{k} {name}" for k, name in enumerate(settings.families))
    recorder.metric("family", scored.family, f"[graph]: {told}")
    for name, column in scored.measures.items():
        recorder.metric(f"measures/{name}", column, f"[graph]: {DEFINITIONS[name]}")
    for name, column in scored.scores.items():
        recorder.metric(name, column, f"[graph]: mean over draws of weights of: {SCORES[name]}")
        definition = f"[graph]: deviation of {name} over draws of weights; NaN of one draw"
        recorder.metric(f"{name}_spread", scored.spread[name], definition)


def _write_outcomes(outcomes: dict[str, Outcome], recorder: Recorder) -> None:
    """Record how well each score was foretold."""
    note = "of graphs left out: 1 - sum (y - y^)^2 / sum (y - mean of the fitted)^2"
    ends = "low and high end of the 95 % bootstrap interval over graphs of"
    for name, found in outcomes.items():
        told = found.all_measures
        values: dict[str, tuple[Any, str]] = {
            "r2": (told.r2, f"from all measures, {note}"),
            "r2_ci": (found.ends, f"{ends} r2"),
            "r2_size": (told.r2_size, f"from nodes and edges alone, {note}"),
            "r2_family": (found.family.r2, f"from the family alone, {note}"),
            "r2_family_ci": (found.family_ends, f"{ends} r2_family"),
            "r2_dealt": (found.dealt.r2, f"[deal]: of scores dealt out anew among graphs, {note}"),
            "p": (found.dealt.p, "(1 + deals foretold as well) / (1 + deals)"),
            "predicted": (told.predicted, "[graph]: y^, from all measures, of graphs left out"),
        }
        for key, (value, definition) in values.items():
            recorder.metric(f"foretold/{name}/{key}", value, definition)


def _show(scored: Scored, outcomes: dict[str, Outcome], settings: GraphStudy) -> None:
    """Print mean scores by family, and how well scores are foretold."""
    rows = []
    for place, family in enumerate(settings.families):
        mine = scored.family == place
        cells = [
            f"{column[mine].mean():.3f} +- {column[mine].std(ddof=1):.3f}"
            if mine.sum() > 1 else f"{column[mine][0]:.3f}"
            for column in scored.scores.values()
        ]  # fmt: skip
        rows.append((family, *cells))
    title = f"{settings.graphs} graphs of each family: mean and deviation across graphs"
    show_table(title, ("family", *SCORES), rows)
    told = [
        (
            name, f"{found.all_measures.r2:.2f} ({found.ends[0]:.2f} to {found.ends[1]:.2f})",
            f"{found.family.r2:.2f} ({found.family_ends[0]:.2f} to {found.family_ends[1]:.2f})",
            f"{found.all_measures.r2_size:.2f}",
            "{:.2f} to {:.2f}".format(*np.quantile(found.dealt.r2, DEAL_ENDS)),
            f"{found.dealt.p:.3g}",
        )
        for name, found in outcomes.items()
    ]  # fmt: skip
    told += [(name, "alike in all graphs", *"----") for name in SCORES if name not in outcomes]
    columns = ("score", "all measures", "family alone", "size alone", "dealt anew, 95 %", "p")
    show_table(f"R^2 of graphs left out, {settings.model} regression", columns, told)


if __name__ == "__main__":
    from experiments.script import main

    main("graphs", "pruning/graphs.yaml")
