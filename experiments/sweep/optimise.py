"""Search the values of a configuration for those with the best metric, by Optuna's samplers."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from experiments import SETTINGS
from experiments.progress import Progress, Silent
from experiments.sweep.axes import Axis
from experiments.sweep.folder import Failure, Folder
from experiments.sweep.points import Plan, Point, point_of
from experiments.sweep.run import SweepError, told_failures
from networks.config import load
from networks.config.space import Choice, Span, read_range
from networks.config.sweep import DRAWN
from networks.streams import generator
from neuro.errors import SpecError, nearest
from neuro.recording import Recording

if TYPE_CHECKING:
    from optuna import Study, Trial

    from experiments.sweep.cluster import Place

# Trials that are drawn before any of them is known: as many for any number of processes, so that
# these do not change what is drawn.
BATCH = 4
STUDY = "study.db"
Direction = Literal["maximise", "minimise"]
Space = dict[str, Choice | Span]


@dataclass(frozen=True, slots=True)
class Goal:
    """Say what is best.

    Attributes
    ----------
    metric : str
        One number of every run; of one that has a number for each network, their mean counts.
    direction : {"maximise", "minimise"}
        Which way is better.
    """

    metric: str
    direction: Direction = "maximise"


@dataclass(frozen=True, slots=True)
class Best:
    """Hold the best point of a search.

    Attributes
    ----------
    point : Point
        The point.
    value : float
        Its metric.
    n_trials, n_failed : int
        How many points were tried, and how many of them have no metric.
    """

    point: Point
    value: float
    n_trials: int
    n_failed: int


def optimise(
    config: Path,
    goal: Goal,
    folder: Path,
    n_trials: int | None = None,
    n_workers: int = 1,
    progress: Progress | None = None,
    place: Place | None = None,
) -> Best:
    """Search the space of a configuration's sweep by a tree-structured Parzen estimator.

    The study lies beside the runs, each of which is a file as in a sweep; a search that was stopped
    goes on when it is run again, to the same end, whatever the number of processes.

    Parameters
    ----------
    config : Path
        The YAML file; its ``sweep`` has the space, as ``random`` or ``latin_hypercube``.
    goal : Goal
        What is best.
    folder : Path
        Where study and files go.
    n_trials : int, optional
        Points in all, those of earlier searches in this folder too; by default the samples that the
        YAML says.
    n_workers : int
        Processes.
    progress : Progress, optional
        Who shows how far it is.
    place : Remote or Slurm, optional
        Which other processes run the points.

    Returns
    -------
    Best
        The best point.

    Raises
    ------
    SpecError
        Without a space, or if no run has such a metric.
    SweepError
        If every point failed.

    References
    ----------
    Akiba et al. (2019), Optuna: a next-generation hyperparameter optimization framework.
    Bergstra et al. (2011), Algorithms for hyper-parameter optimization.
    """
    space, samples, seed = _space(config)
    wanted = samples if n_trials is None else n_trials
    if wanted < 1 or n_workers < 1:
        raise SpecError(f"{wanted} trials, {n_workers} workers; needed: at least 1 of each")
    search = _Search(config, goal, folder.absolute(), space, seed)
    shown = progress or Silent()
    with shown:
        if n_done := search.n_done():
            shown.notice(f"{n_done} of {wanted} trials are done already")
        if n_done < wanted:
            search.run(wanted, min(n_workers, wanted - n_done), shown, place)
    return search.best()


def _space(config: Path) -> tuple[Space, int, int]:
    """Return ranges by key, how many samples are asked for, and the seed."""
    spec = load(config, experiments=SETTINGS).spec
    drawn = [spec.sweep[name] for name in DRAWN if name in spec.sweep]
    if not drawn:
        raise SpecError(
            f"{config}: no space to search; needed: sweep: {{random: {{samples: 50, space: "
            "{key.path: {low: 1 ms, high: 20 ms}}}}"
        )
    space = {key: read_range(value) for each in drawn for key, value in each["space"].items()}
    return space, drawn[0]["samples"], spec.seed


class _Search:
    """Ask a study for values, run them and tell it what came out."""

    def __init__(self, config: Path, goal: Goal, folder: Path, space: Space, seed: int) -> None:
        self._config, self._goal, self._space, self._seed = config, goal, space, seed
        self._files = Folder(folder)
        self._failures: list[Failure] = []
        self._study = self._opened(folder)

    def _opened(self, folder: Path) -> Study:
        # Of a second to import, which nothing else waits for.
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        folder.mkdir(parents=True, exist_ok=True)
        return optuna.create_study(
            storage=f"sqlite:///{folder / STUDY}",
            study_name=f"{self._goal.direction} {self._goal.metric}",
            direction=self._goal.direction.replace("ise", "ize"),
            load_if_exists=True,
        )

    def n_done(self) -> int:
        return sum(trial.state.is_finished() for trial in self._study.trials)

    def run(self, wanted: int, n_workers: int, shown: Progress, place: Place | None) -> None:
        # Dask takes a second to import, which a search that is done need not wait for.
        from experiments.sweep.cluster import Local, cluster
        from experiments.sweep.workers import run_points

        with cluster(place or Local(min(n_workers, BATCH))) as client:
            shown.stage("trials", wanted, "trials")
            while (n_done := self.n_done()) < wanted:
                trials = self._asked(min(n_done - n_done % BATCH + BATCH, wanted))
                points = {number: self._point(values) for number, values in trials.items()}
                self._files.write(self._plan(list(points.values())), self._failures)
                missing = {p.id: p for p in points.values() if self._value(p) is None}
                told = self._teller(shown, n_done + len(trials) - len(missing))
                run_points(
                    client, self._config.absolute(), self._files.path, [*missing.values()], told
                )
                for number, point in points.items():
                    self._tell(number, self._value(point))
        self._files.write(self._plan([]), self._failures)

    def _asked(self, end: int) -> dict[int, dict[str, Any]]:
        """Return values of the trials up to a number that are not done, by their numbers."""
        import optuna

        while (number := len(self._study.trials)) < end:
            # A seed for each trial: a search that goes on draws what one that never stopped drew.
            seed = int(generator(self._seed, "optimise", number).integers(2**32))
            self._study.sampler = optuna.samplers.TPESampler(seed=seed)
            trial = self._study.ask()
            values = {key: _suggested(trial, key, each) for key, each in self._space.items()}
            trial.set_user_attr("values", values)
        return {
            trial.number: trial.user_attrs["values"]
            for trial in self._study.trials
            if not trial.state.is_finished() and "values" in trial.user_attrs
        }

    def _point(self, values: dict[str, Any]) -> Point:
        return point_of(self._config, values)

    def _plan(self, points: list[Point]) -> Plan:
        axes = tuple(Axis.of(key, ()) for key in self._space)
        return Plan(self._config, axes, 1, tuple(points))

    def _teller(self, shown: Progress, n_done: int) -> Callable[[int, int, Failure | None], None]:
        def told(n_ended: int, n_running: int, failure: Failure | None) -> None:
            if failure is not None:
                self._failures.append(failure)
                shown.notice(f"failed: {failure.point.label}: {failure.message}")
            shown.advance(n_done + n_ended, f"{n_running} running, {len(self._failures)} failed")

        return told

    def _value(self, point: Point) -> float | None:
        """Return the metric of a point; None of one that is not done, NaN if it has none."""

        def take(recording: Recording) -> float:
            known = recording.metrics()
            if self._goal.metric not in known:
                hint = nearest(self._goal.metric, list(known))
                raise SpecError(f"no metric '{self._goal.metric}'{hint}")
            return float(np.nanmean(known[self._goal.metric].value))

        return self._files.take(point, take)

    def _tell(self, number: int, value: float | None) -> None:
        from optuna.trial import TrialState

        if value is None or not math.isfinite(value):
            self._study.tell(number, state=TrialState.FAIL)
        else:
            self._study.tell(number, value)

    def best(self) -> Best:
        trials = [trial for trial in self._study.trials if trial.state.is_finished()]
        n_failed = sum(trial.value is None for trial in trials)
        if n_failed == len(trials):
            raise SweepError(told_failures(self._failures, len(trials)))
        found = self._study.best_trial
        value = float(found.value) if found.value is not None else math.nan
        return Best(self._point(found.user_attrs["values"]), value, len(trials), n_failed)


def _suggested(trial: Trial, key: str, given: Choice | Span) -> Any:
    """Return a value of a range, as a configuration has it."""
    if isinstance(given, Choice):
        # Optuna's choices are numbers and texts only; values may be lists.
        number = trial.suggest_categorical(key, list(range(len(given.values))))
        return given.values[number]
    is_log = given.scale == "log"
    if given.whole:
        return given.written(trial.suggest_int(key, int(given.low), int(given.high), log=is_log))
    return given.written(trial.suggest_float(key, given.low, given.high, log=is_log))
