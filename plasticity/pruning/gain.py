"""How the rate of a neuron depends on its input, and how steeply."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.special import erfcx

Array = NDArray[Any]
Values = float | Array
#: A threshold so many deviations of the noise away is never reached: exp(25^2) is 1e271.
UNREACHED = 25.0


def lif_rate(
    current: Values,
    tau: Values,
    threshold: Values = 1.0,
    reset: Values = 0.0,
    refractory: Values = 0.0,
    noise: Values = 0.0,
) -> Array:
    """Return the rate of leaky integrate-and-fire neurons, tau dv/dt = -v + I + noise, in 1/s.

    1 / (t_ref + tau ln((I - v_r) / (I - v_th))) above threshold without noise; with it
    1 / (t_ref + tau sqrt(pi) integral of exp(x^2) (1 + erf x)), x from (v_r - I) / sigma to
    (v_th - I) / sigma.

    Parameters
    ----------
    current, threshold, reset : float or array of floats
        I, v_th, v_r in units of the potential.
    tau, refractory : float or array of floats
        Time constants and refractory periods, s.
    noise : float or array of floats
        sigma: white noise sigma sqrt(tau) xi, which moves a potential without threshold by
        sigma / sqrt(2).

    Returns
    -------
    array of floats
        Of the shape of the parameters together.

    References
    ----------
    Siegert, Physical Review 81 (1951); Brunel, Journal of Computational Neuroscience 8 (2000),
    equation 21.
    """
    return _first_passage(current, tau, threshold, reset, refractory, noise)[0]


def lif_gain(
    current: Values,
    tau: Values,
    threshold: Values = 1.0,
    reset: Values = 0.0,
    refractory: Values = 0.0,
    noise: Values = 0.0,
) -> Array:
    """Return the slope of `lif_rate` over the current, 1/s per unit of the potential.

    Parameters
    ----------
    current, tau, threshold, reset, refractory, noise
        As of `lif_rate`.
    """
    rate, fall = _first_passage(current, tau, threshold, reset, refractory, noise)
    # The rate is 1 / interval.
    return np.asarray(rate**2 * fall)


def _first_passage(
    current: Values, tau: Values, threshold: Values, reset: Values,
    refractory: Values, noise: Values,
) -> tuple[Array, Array]:  # fmt: skip
    """Return rates, and how fast the mean interval falls with the current; 0 without spikes."""
    start, end, sigma = np.broadcast_arrays(reset - current, threshold - current, noise)
    interval, fall = _noiseless(start, end)
    if np.any(sigma > 0):
        # Where there is no noise any will do, for what comes out is not used.
        noisy = _noisy(start, end, np.where(sigma > 0, sigma, 1.0))
        interval, fall = np.where(sigma > 0, noisy, (interval, fall))
    spikes = np.isfinite(interval)
    period = refractory + tau * np.where(spikes, interval, 1.0)
    return np.where(spikes, 1.0 / period, 0.0), np.where(spikes, tau * fall, 0.0)


def _noiseless(start: Array, end: Array) -> tuple[Array, Array]:
    """Return how long the way from reset to threshold takes, in tau, and how fast that falls.

    Both ends are given less the current; inf where the threshold is above.
    """
    spikes = end < 0
    start, end = np.where(spikes, start, -2.0), np.where(spikes, end, -1.0)
    return np.where(spikes, np.log(start / end), np.inf), 1.0 / start - 1.0 / end


def _noisy(start: Array, end: Array, noise: Array) -> tuple[Array, Array]:
    """Return the same with noise; exp(x^2) (1 + erf x) is erfcx(-x)."""
    spikes = end < UNREACHED * noise
    low, high = (np.where(spikes, each / noise, 0.0) for each in (start, end))
    areas = [
        quad(lambda x: erfcx(-x), *bounds, epsabs=0, epsrel=1e-10)[0]
        for bounds in zip(low.ravel(), high.ravel(), strict=True)
    ]
    interval = np.sqrt(np.pi) * np.reshape(areas, low.shape)
    fall = np.sqrt(np.pi) / noise * (erfcx(-high) - erfcx(-low))
    return np.where(spikes, interval, np.inf), fall


def measured_gain(
    rates: Callable[[Array], Array], current: Array, step: float, coupling: Array
) -> Array:
    """Return the slopes of neurons in a network from rates measured at two working points.

    All currents from outside are moved by the step in either direction; what moves a neuron is
    this and the rates of the others, so that a slope is change of rate / (2 step + W change of
    rates).

    Parameters
    ----------
    rates : callable
        Of currents from outside, shape (n,): the mean rates under them, 1/s, shape (n,).
    current : array of floats, shape (n,)
        The working point.
    step : float
        By how much it is moved.
    coupling : array of floats, shape (n, n)
        W, from column to row: mean current a neuron gets per rate of another.

    Returns
    -------
    array of floats, shape (n,)
        0 or more: what falls with its input is noise of the measurement.
    """
    change = rates(current + step) - rates(current - step)
    drive = 2 * step + coupling @ change
    slope = np.divide(change, drive, out=np.zeros_like(drive), where=drive != 0)
    return np.asarray(np.maximum(slope, 0.0))
