"""Make the populations that only send spikes: Poisson sources and given spikes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.build.streams import Streams
from networks.build.values import attach, dimension, draw
from networks.spec import BIN_SHIFT, Distribution, Population
from neuro.engines.brian import brian2
from neuro.errors import SpecError

Spikes = tuple[NDArray[np.float64], NDArray[np.int64]]


def make_poisson(population: Population, clock: Any, streams: Streams) -> Any:
    """Make independent Poisson sources.

    Parameters
    ----------
    population : Population
        Parameter `rate` is one frequency or a distribution over the sources.
    clock : brian2.Clock
        Clock of the run.
    streams : Streams
        Random streams.

    Returns
    -------
    brian2.PoissonGroup
        Its spikes come from the engine's own random numbers, seeded once per build.

    Raises
    ------
    SpecError
        If a rate is negative or more than one spike in a step, which Brian2 would cut silently.
    """
    rate = population.parameters["rate"]
    where = f"populations.{population.name}.parameters.rate"
    rates: NDArray[np.float64] | float
    if isinstance(rate, Distribution):
        rates = draw(rate, population.size, streams(where), where)
    else:
        rates = rate.value
    _check_rates(rates, float(clock.dt_), where)
    given = attach(rates, dimension(rate))
    return brian2.PoissonGroup(population.size, given, clock=clock, name=population.name)


def _check_rates(rates: NDArray[np.float64] | float, dt: float, where: str) -> None:
    if np.min(rates) < 0:
        raise SpecError(f"{where}: {np.min(rates):g} Hz; a rate cannot be negative")
    if np.max(rates) * dt > 1:
        raise SpecError(
            f"{where}: {np.max(rates):g} Hz is more than one spike in a step of "
            f"simulation.dt = {dt * 1e3:g} ms"
        )


def make_generator(population: Population, spikes: Spikes | None, clock: Any) -> Any:
    """Make a source of given spikes.

    Parameters
    ----------
    population : Population
        The population.
    spikes : (times, ids), optional
        Times in seconds since the beginning of the run, and which source spikes; silent if None.
    clock : brian2.Clock
        Clock of the run.

    Returns
    -------
    brian2.SpikeGeneratorGroup
        A time is carried out in the step that holds it.

    Raises
    ------
    SpecError
        If times are negative, sources unknown, or one source spikes twice in a step.
    """
    times, ids = spikes if spikes is not None else (np.empty(0), np.empty(0, dtype=np.int64))
    times = np.asarray(times, dtype=np.float64)
    ids = np.asarray(ids, dtype=np.int64)
    _check(population, times, ids, float(clock.dt_))
    order = np.lexsort((ids, times))
    return brian2.SpikeGeneratorGroup(
        population.size,
        ids[order].astype(np.int32),
        times[order] * brian2.second,
        sorted=True,
        clock=clock,
        name=population.name,
    )


def play(group: Any, population: Population, spikes: Spikes) -> None:
    """Give a source other spikes, between two runs.

    Parameters
    ----------
    group : brian2.SpikeGeneratorGroup
        The source.
    population : Population
        Its description.
    spikes : (times, ids)
        Times in seconds since the beginning of the first run, not before now, and sources.

    Raises
    ------
    SpecError
        As `make_generator`.
    """
    times, ids = np.asarray(spikes[0], dtype=np.float64), np.asarray(spikes[1], dtype=np.int64)
    _check(population, times, ids, float(group.clock.dt_))
    order = np.lexsort((ids, times))
    group.set_spikes(ids[order].astype(np.int32), times[order] * brian2.second, sorted=True)


def _check(
    population: Population, times: NDArray[np.float64], ids: NDArray[np.int64], dt: float
) -> None:
    where = f"populations.{population.name}"
    if times.shape != ids.shape:
        raise SpecError(f"{where}: {times.size} spike times for {ids.size} source numbers")
    if times.size == 0:
        return
    if not np.isfinite(times).all() or times.min() < 0:
        raise SpecError(f"{where}: spike times must be finite and not negative")
    if ids.min() < 0 or ids.max() >= population.size:
        raise SpecError(f"{where}: sources {ids.min()}..{ids.max()} of {population.size}")
    steps = ((times + BIN_SHIFT * dt) / dt).astype(np.int64)
    order = np.lexsort((ids, steps))
    same = (np.diff(steps[order]) == 0) & (np.diff(ids[order]) == 0)
    if same.any():
        first = order[1:][same][0]
        raise SpecError(
            f"{where}: source {ids[first]} spikes twice in the step at {times[first] * 1e3:g} ms; "
            f"use a shorter simulation.dt or lower rates"
        )
