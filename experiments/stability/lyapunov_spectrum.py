"""Ask how fast neighbouring states part: in a spiking network, in rates, in systems that are known.

The spiking network goes exactly from spike to spike, each with its saltation; its inhibitory
pulses are never chaotic, however irregular they look. Networks of rates are calm below a gain of 1
and chaotic far above; in between small ones oscillate. Lorenz's flow and the logistic map have
exponents known from elsewhere, which the same estimator must find in the same run. Kept of each:
exponents, how the estimates settled, Kaplan-Yorke dimension, and the sum of the positive
ones, which bounds the entropy.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from experiments.parts import Parts
from experiments.progress import Progress
from experiments.stability.inhibitory import inhibitory_coupling
from experiments.stability.spectrum_settings import LyapunovSpectrum, Pulses, Rates
from experiments.tables import show_table
from networks.streams import generator
from neuro.recording import Checkpoint, Recorder
from plasticity.lyapunov import (
    LifNetwork,
    Lorenz,
    Map,
    Spectrum,
    Trajectory,
    average,
    rate_network,
    settle,
    spectrum,
)
from plasticity.lyapunov.attractors import LORENZ_EXPONENT, flow

Array = NDArray[Any]
LORENZ_DT = 0.02
#: Largest exponents known from elsewhere; of the autonomous pulses, which oscillate, that of the
#: flow is the largest.
KNOWN = {"lorenz": LORENZ_EXPONENT, "logistic": float(np.log(2)), "pulses": 0.0}

VOLUME = (
    "sum of the exponents of the spiking network, and what it must be: - sum 1 / tau + (1 / T) sum "
    "over spikes of ln((I - v_reset) / (I - v_threshold))"
)


def run(
    configuration: Any,
    recorder: Recorder,
    progress: Progress,
    begun: Checkpoint | None = None,
) -> None:
    """Estimate all spectra, record and show them.

    Parameters
    ----------
    configuration : Configuration
        Its spec's experiment is a `LyapunovSpectrum`.
    recorder : Recorder
        The recording.
    progress : Progress
        Who shows how far it is.
    begun : Checkpoint, optional
        The systems that are complete already.
    """
    spec = configuration.spec
    settings: LyapunovSpectrum = spec.experiment
    progress.stage("spectra", 3 + len(settings.rates.gains), "systems")
    found: dict[str, Spectrum] = {}
    parts, seed = Parts(recorder, begun), spec.seed
    with threadpool_limits(1):
        found["pulses"], sums, rate = parts(
            "pulses", partial(pulses, settings.pulses, seed), Spectrum
        )
        progress.advance(1)
        for number, gain in enumerate(settings.rates.gains):
            name = f"rates_{number}"
            found[name] = parts(name, partial(rates, settings.rates, gain, seed), Spectrum)
            progress.advance(2 + number)
        found["lorenz"] = parts("lorenz", partial(_lorenz, settings.lorenz, seed), Spectrum)
        found["logistic"] = parts(
            "logistic", partial(_logistic, settings.iterations, seed), Spectrum
        )
        progress.advance(3 + len(settings.rates.gains))
    for name, each in found.items():
        _write(name, each, recorder)
    main, definition = found["pulses"], "of the spiking network"
    recorder.metric("lyapunov_exponents", main.exponents, f"{definition}, largest first", "1/s")
    recorder.metric("lambda_max", main.largest, f"largest Lyapunov exponent {definition}", "1/s")
    recorder.metric("volume_growth", np.array(sums), VOLUME, "1/s")
    recorder.metric("rate", rate, "spikes of a neuron of the spiking network", "1/s")
    recorder.metric("gains", np.array(settings.rates.gains), "g of the networks of rates")
    _show(settings, found, sums, rate)


def pulses(settings: Pulses, seed: int) -> tuple[Spectrum, tuple[float, float], float]:
    """Return the spectrum of the spiking network, its sum and what that must be, and its rate."""
    network = _inhibitory(settings, generator(seed, "experiment.pulses"))
    rng = generator(seed, "experiment.potentials")
    path = Trajectory(network, rng.uniform(0, 0.9, settings.size))
    path.run(settings.warm_up * settings.size)
    # About as long as a spike of each neuron takes.
    each = path.time / settings.warm_up
    settled = settle(path, settings.size, settings.warm_up * each, rng)
    before, begin = path.counts.copy(), path.time
    found = average(path, settled, settings.spikes * each)
    elapsed, n_spikes = path.time - begin, path.counts - before
    # Equal for all: thresholds are 1 and resets 0.
    volume = np.log(settings.current / (settings.current - 1))
    wanted = float(-(1 / network.tau).sum() + n_spikes.sum() * volume / elapsed)
    sums = float(found.exponents.sum()), wanted
    return found, sums, float(n_spikes.mean() / elapsed)


def _inhibitory(settings: Pulses, rng: np.random.Generator) -> LifNetwork:
    """Return neurons with the same number of inhibitory synapses each, time constants uniform."""
    coupling = inhibitory_coupling(settings.size, settings.fan_in, settings.weight, rng)
    tau = settings.tau * rng.uniform(1 - settings.spread, 1 + settings.spread, settings.size)
    return LifNetwork(coupling, tau, settings.current)


def rates(settings: Rates, gain: float, seed: int) -> Spectrum:
    """Return the leading exponents of a network of rates, the same one at every gain."""
    rng = generator(seed, "experiment.rates")
    n = settings.size
    coupling = gain * rng.standard_normal((n, n)) / np.sqrt(n)
    system = rate_network(coupling, np.ones(n), rng.standard_normal(n), settings.dt)
    return spectrum(system, settings.exponents, settings.duration, rng, settings.warm_up)


def _lorenz(duration: float, seed: int) -> Spectrum:
    system = flow(Lorenz(), np.array([1.0, 1.0, 20.0]), LORENZ_DT)
    return spectrum(system, 3, duration, generator(seed, "experiment.lorenz"), warm_up=20.0)


def _logistic(iterations: int, seed: int) -> Spectrum:
    rng = generator(seed, "experiment.logistic")
    system = Map(
        step=lambda x: 4 * x * (1 - x),
        derivative=lambda x, basis: (4 - 8 * x)[:, None] * basis,
        state=rng.uniform(0.1, 0.4, 1),
    )
    return spectrum(system, 1, iterations, rng, warm_up=100)


def _write(name: str, found: Spectrum, recorder: Recorder) -> None:
    """Record a spectrum, how it settled, and what follows from it."""
    unit = "1/s" if name == "pulses" else "1"
    told: dict[str, tuple[Any, str]] = {
        "exponents": (found.exponents, "largest first, per unit of time"),
        "times": (found.times, "[record]: time since the warm-up"),
        "record": (found.record, "[record, direction]: estimates so far, unsorted"),
        "kaplan_yorke": (found.kaplan_yorke, "dimension; NaN if more exponents are needed"),
        "entropy_bound": (found.entropy_bound, "sum of the positive exponents"),
    }
    for key, (value, definition) in told.items():
        plain = key in ("times", "kaplan_yorke")
        recorder.metric(f"{name}/{key}", value, definition, "1" if plain else unit)
    if name in KNOWN:
        recorder.metric(f"{name}/known", KNOWN[name], "largest exponent, from elsewhere", unit)


def _show(
    settings: LyapunovSpectrum, found: dict[str, Spectrum], sums: tuple[float, float], rate: float
) -> None:
    """Print a row for each system."""
    titles = {"pulses": f"{settings.pulses.size} spiking neurons, {rate:.1f} 1/s each"}
    titles |= {
        f"rates_{number}": f"{settings.rates.size} rates, g = {gain:g}"
        for number, gain in enumerate(settings.rates.gains)
    }
    rows = [
        (
            titles.get(name, name), f"{each.largest:.4f}",
            f"{KNOWN[name]:.4f}" if name in KNOWN else "-", str(len(each.exponents)),
            f"{each.exponents[-1]:.4f}", f"{each.kaplan_yorke:.3f}", f"{each.entropy_bound:.3f}",
        )
        for name, each in found.items()
    ]  # fmt: skip
    columns = ("system", "largest", "known", "exponents", "last", "Kaplan-Yorke", "entropy bound")
    show_table("Lyapunov exponents per unit of time (spiking: per second)", columns, rows)
    show_table("sum of the exponents of the spiking network", ("found", "must be"),
               [tuple(f"{each:.9g}" for each in sums)])  # fmt: skip


if __name__ == "__main__":
    from experiments.script import main

    main("lyapunov_spectrum", "pruning/lyapunov-spectrum.yaml")
