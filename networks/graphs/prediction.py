"""How well measures of graphs foretell a score of graphs that they were not fitted to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from networks.graphs.measures import SIZE
from neuro.errors import SpecError, nearest

Array = NDArray[np.float64]
Table = Mapping[str, ArrayLike]
Splits = list[tuple[NDArray[np.int64], NDArray[np.int64]]]
Make = Callable[[int], Any]  # of a regressor, by its seed


@dataclass(frozen=True, slots=True)
class Foretold:
    """Hold how well scores were foretold.

    Attributes
    ----------
    r2, r2_size : float
        From all measures, and from the size alone: 1 - sum (y - y^)^2 / sum (y - m)^2, with y^ and
        the mean m from graphs that were fitted, y of graphs that were not. 0 is as good as the
        mean, and below 0 worse.
    predicted, predicted_size : array, shape (n,)
        y^ of either.
    mean : array, shape (n,)
        m.
    """

    r2: float
    r2_size: float
    predicted: Array
    predicted_size: Array
    mean: Array


@dataclass(frozen=True, slots=True)
class Chance:
    """Hold how well scores were foretold that have nothing to do with the graphs.

    Attributes
    ----------
    p : float
        (1 + deals with at least the R^2 of the score) / (1 + deals): of scores that have nothing
        to do with the graphs it is p or less with a chance of at most p.
    r2 : array, shape (n_shuffles,)
        Of each deal.
    """

    p: float
    r2: Array


def foretell(
    table: Table,
    score: ArrayLike,
    model: str = "ridge",
    *,
    size: Sequence[str] = SIZE,
    groups: ArrayLike | None = None,
    folds: int = 0,
    seed: int = 0,
) -> Foretold:
    """Fit a model to all graphs but some, again and again, and foretell the score of these.

    Parameters
    ----------
    table : mapping of str to array, shape (n,)
        Measures of n graphs, such as `networks.graphs.measures.measure` gives.
    score : array, shape (n,)
        What is foretold.
    model : {"ridge", "forest", "adaboost"}
        Bayesian ridge regression on measures scaled to 0 to 1, random forest, or AdaBoost.
    size : sequence of str
        Columns of the model that knows the size only.
    groups : array, shape (n,), optional
        Graphs of the same value are left out together, such as runs on the same graph; each alone
        if left out.
    folds : int
        Parts that are left out in turn; 0 to leave out one graph, or group, at a time.
    seed : int
        Of forest and AdaBoost.

    Returns
    -------
    Foretold
        Cross-validated R^2 of the model and of the one that knows the size only.

    Raises
    ------
    SpecError
        If there is no such model or column, columns have other lengths, values are not finite, or
        there are fewer than three groups.

    References
    ----------
    Stier, Darji and Granitzer, "Experiments on properties of hidden structures of sparse neural
    networks", 2021, whose R^2 is that of 20 graphs held out once.
    """
    target = np.asarray(score, dtype=np.float64)
    parts = np.arange(len(target)) if groups is None else np.asarray(groups)
    _check(table, target, model, size, parts)
    splits = _splits(parts, folds)
    predicted, predicted_size = (
        _held_out(_columns(table, names), target, splits, MODELS[model], seed)
        for names in (tuple(table), tuple(size))
    )
    mean = _means(target, splits)
    return Foretold(
        _r2(target, predicted, mean), _r2(target, predicted_size, mean), predicted,
        predicted_size, mean,
    )  # fmt: skip


def r2_interval(
    score: ArrayLike, found: Foretold, rng: np.random.Generator, n_draws: int = 2000
) -> Array:
    """Return the ends of the 95 % bootstrap interval of the R^2 of all measures, shape (2,).

    Graphs are drawn anew with what was foretold of each: what fitting to other graphs would change
    is not in it.

    Parameters
    ----------
    score : array, shape (n,)
        What was foretold; each graph of its own.
    found : Foretold
        Of it.
    rng : numpy.random.Generator
        Draws.
    n_draws : int
        How often.
    """
    target = np.asarray(score, dtype=np.float64)
    error, spread = np.square(target - found.predicted), np.square(target - found.mean)
    chosen = rng.integers(len(target), size=(n_draws, len(target)))
    wrong, varied = error[chosen].sum(axis=1), spread[chosen].sum(axis=1)
    # Of graphs whose scores are all alike there is no R^2.
    is_told = varied > 0
    drawn = 1 - wrong[is_told] / varied[is_told]
    return np.asarray(np.quantile(drawn, [0.025, 0.975]) if len(drawn) else [np.nan, np.nan])


def chance(
    table: Table,
    score: ArrayLike,
    rng: np.random.Generator,
    n_shuffles: int = 99,
    *,
    model: str = "ridge",
    folds: int = 0,
    seed: int = 0,
) -> Chance:
    """Deal scores out anew among the graphs and see how often they are foretold as well.

    Parameters
    ----------
    table, score, model, folds, seed
        As of `foretell`; each row is a graph of its own.
    rng : numpy.random.Generator
        Deals out.
    n_shuffles : int
        How often.

    Returns
    -------
    Chance

    Raises
    ------
    SpecError
        As `foretell` does.
    """
    target = np.asarray(score, dtype=np.float64)
    parts = np.arange(len(target))
    _check(table, target, model, (), parts)
    columns, splits = _columns(table, tuple(table)), _splits(parts, folds)
    reached, *others = (
        _r2(each, _held_out(columns, each, splits, MODELS[model], seed), _means(each, splits))
        for each in (target, *(rng.permutation(target) for _ in range(n_shuffles)))
    )
    return Chance(
        (1 + sum(each >= reached for each in others)) / (1 + n_shuffles), np.array(others)
    )


def _columns(table: Table, names: tuple[str, ...]) -> Array:
    return np.column_stack([np.asarray(table[name], dtype=np.float64) for name in names])


def _splits(parts: NDArray[Any], folds: int) -> Splits:
    """Return the rows that are fitted and those that are left out, for each part."""
    from sklearn.model_selection import GroupKFold, LeaveOneGroupOut

    split = GroupKFold(folds) if folds else LeaveOneGroupOut()
    return list(split.split(parts[:, None], groups=parts))


def _held_out(columns: Array, target: Array, splits: Splits, make: Make, seed: int) -> Array:
    """Return what is foretold of each graph by a model fitted to others, shape (n,)."""
    found = np.empty(len(target))
    for fitted, left in splits:
        found[left] = make(seed).fit(columns[fitted], target[fitted]).predict(columns[left])
    return found


def _means(target: Array, splits: Splits) -> Array:
    """Return the mean of the fitted graphs, for each graph that is left out, shape (n,)."""
    mean = np.empty(len(target))
    for fitted, left in splits:
        mean[left] = target[fitted].mean()
    return mean


def _r2(target: Array, predicted: Array, mean: Array) -> float:
    """Return the share of the error of the fitted graphs' mean that a prediction takes away."""
    return float(1 - np.square(target - predicted).sum() / np.square(target - mean).sum())


def _check(
    table: Table, target: Array, model: str, size: Sequence[str], parts: NDArray[Any]
) -> None:
    """Refuse what cannot be fitted."""
    if model not in MODELS:
        raise SpecError(f"no model '{model}'{nearest(model, tuple(MODELS))}; {', '.join(MODELS)}")
    missing = [name for name in size if name not in table]
    if missing:
        raise SpecError(f"no measure '{missing[0]}'{nearest(missing[0], tuple(table))}")
    for name, values in {**table, "score": target, "groups": parts}.items():
        if np.shape(values) != (len(target),):
            raise SpecError(f"{name} of shape {np.shape(values)}; needed: ({len(target)},)")
    for name, values in {**table, "score": target}.items():
        if not np.isfinite(np.asarray(values, dtype=np.float64)).all():
            raise SpecError(f"{name} has values that are not finite; needed: numbers")
    if len(np.unique(parts)) < 3:
        raise SpecError(f"{len(np.unique(parts))} graphs or groups of them; needed: at least 3")
    if np.ptp(target) == 0:
        raise SpecError(f"all scores are {target[0]:g}; needed: scores that differ")


def _ridge(_: int) -> Any:
    from sklearn.linear_model import BayesianRidge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MinMaxScaler

    return make_pipeline(MinMaxScaler(), BayesianRidge())


def _forest(seed: int) -> Any:
    from sklearn.ensemble import RandomForestRegressor

    return RandomForestRegressor(random_state=seed)


def _adaboost(seed: int) -> Any:
    from sklearn.ensemble import AdaBoostRegressor

    return AdaBoostRegressor(random_state=seed)


MODELS: Mapping[str, Make] = MappingProxyType(
    {"ridge": _ridge, "forest": _forest, "adaboost": _adaboost}
)
