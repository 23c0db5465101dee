"""Gradients against finite differences, and rules against each other where they must agree."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from neuro.layers.cells import RateCell, StepCell
from neuro.layers.rate_layer import from_constant
from plasticity.gradient.bptt import BPTT
from plasticity.gradient.dsr import DSR
from plasticity.gradient.feedback import Feedback
from plasticity.gradient.loss import cross_entropy, cross_entropy_error
from plasticity.gradient.ottt import OTTT

SIZES = (7, 6, 5, 3)
N_SAMPLES = 4


def network(sizes=SIZES, seed=0, scale=2.0):
    rng = np.random.default_rng(seed)
    weights = [rng.normal(size=pair) * scale / pair[0] ** 0.5 for pair in pairwise(sizes)]
    inputs, labels = rng.normal(size=(N_SAMPLES, sizes[0])), rng.integers(0, sizes[-1], N_SAMPLES)
    return weights, inputs, labels


def gradient(trainer, weights, inputs, labels):
    total = [np.zeros_like(weight) for weight in weights]
    for update in trainer.updates(weights, inputs, labels):
        total[update.layer] += update.gradient()
    return total


def differences(function, weights, step=1e-6):
    found = []
    for weight in weights:
        slope = np.zeros_like(weight)
        for place in np.ndindex(weight.shape):
            kept = weight[place]
            values = []
            for sign in (1, -1):
                weight[place] = kept + sign * step
                values.append(function())
            weight[place] = kept
            slope[place] = (values[0] - values[1]) / (2 * step)
        found.append(slope)
    return found


def test_cross_entropy_error_is_its_gradient():
    rng = np.random.default_rng(1)
    logits, labels = rng.normal(size=(5, 4)), rng.integers(0, 4, 5)
    (slope,) = differences(lambda: cross_entropy(logits, labels), [logits])
    np.testing.assert_allclose(cross_entropy_error(logits, labels), slope, atol=1e-8)


def test_smooth_bptt_is_the_finite_difference():
    weights, inputs, labels = network()
    cell = StepCell(decay=0.7, reset="none")
    trainer = BPTT(Feedback("bp", weights, np.random.default_rng(0)), cell, n_steps=5, smooth=True)
    slopes = differences(
        lambda: cross_entropy(trainer.predict(weights, inputs).logits, labels), weights
    )
    for found, slope in zip(gradient(trainer, weights, inputs, labels), slopes, strict=True):
        np.testing.assert_allclose(found, slope, atol=1e-6)
        assert np.abs(slope).max() > 1e-3


@pytest.mark.parametrize("reset", ["subtract", "hard", "none"])
def test_inputs_step_by_step_give_what_constant_inputs_give(reset):
    weights, inputs, labels = network()
    trainer = BPTT(Feedback("bp", weights, np.random.default_rng(0)), StepCell(reset=reset))
    # Inputs that bear an axis of steps say themselves how many there are.
    longer = replace(trainer, n_steps=9)
    every = np.repeat(inputs[None], trainer.n_steps, axis=0)
    for one, other in zip(
        gradient(trainer, weights, inputs, labels),
        gradient(longer, weights, every, labels),
        strict=True,
    ):
        np.testing.assert_allclose(one, other, atol=1e-14)


def loss_of_tangents(trainer, weights, inputs, labels):
    """Return the loss of the mean output as a function whose slope here is detached-reset BPTT's.

    Resets stay where the weights put them at first, and each spike is its tangent there,
    s + psi(u) (u' - u): what is left is smooth, and a plain loop over time.
    """
    cell, touched = trainer.cell, {}

    def tangent(place, u):
        u_0 = touched.setdefault(place, u)
        return (u_0 >= cell.threshold) + (u - u_0) / np.cosh(2 * (u_0 - cell.threshold)) ** 2

    def left(place, u):
        spiked = touched[place] >= cell.threshold
        lost = {"subtract": cell.threshold * spiked, "hard": u * spiked, "none": 0}
        return u - lost[cell.reset]

    def loss():
        before, total = [0.0] * (len(weights) - 1), 0.0
        for step in range(trainer.n_steps):
            sent = inputs
            for layer, weight in enumerate(weights[:-1]):
                u = cell.decay * before[layer] + sent @ weight
                sent, before[layer] = tangent((layer, step), u), left((layer, step), u)
            total += sent @ weights[-1] / trainer.n_steps
        return cross_entropy(total, labels)

    loss()
    return loss, touched


@pytest.mark.parametrize("reset", ["subtract", "hard", "none"])
def test_bptt_is_the_slope_where_resets_are_fixed_and_spikes_their_tangents(reset):
    weights, inputs, labels = network()
    cell = StepCell(decay=0.7, threshold=0.8, reset=reset)
    trainer = BPTT(Feedback("bp", weights, np.random.default_rng(0)), cell, n_steps=5)
    loss, potentials = loss_of_tangents(trainer, weights, inputs, labels)
    assert loss() == pytest.approx(
        cross_entropy(trainer.predict(weights, inputs).logits, labels), abs=1e-12
    )
    # Both layers have resets that later steps would feel, not everywhere.
    for layer in (0, 1):
        shares = [np.mean(potentials[layer, step] >= cell.threshold) for step in range(4)]
        assert 0.1 < np.mean(shares) < 0.9
    slopes = differences(loss, weights)
    for found, slope in zip(gradient(trainer, weights, inputs, labels), slopes, strict=True):
        np.testing.assert_allclose(found, slope, rtol=0, atol=1e-8)
        assert np.abs(slope).max() > 1e-3


def gradient_of_step_losses(weights, inputs, labels, trainer):
    """Return detached-reset BPTT of one hidden layer for the mean of the losses of all steps."""
    weight, readout = weights
    decay, threshold = trainer.cell.decay, trainer.cell.threshold
    left = np.zeros((len(inputs), weight.shape[1]))
    potentials, spikes = [], []
    for _ in range(trainer.n_steps):
        u = decay * left + inputs @ weight
        s = (u >= threshold).astype(float)
        left = u - threshold * s
        potentials.append(u)
        spikes.append(s)
    total, later = [np.zeros_like(weight), np.zeros_like(readout)], np.zeros_like(left)
    for u, s in zip(potentials[::-1], spikes[::-1], strict=True):
        error = cross_entropy_error(s @ readout, labels) / trainer.n_steps
        total[1] += s.T @ error
        slope = 4 / (1 + np.exp(-4 * (u - threshold)))
        slope *= 1 - slope / 4
        later = (error @ readout.T) * slope + decay * later
        total[0] += inputs.T @ later
    return total


@pytest.mark.parametrize("chunk", [1, 4, 9])
def test_ottt_of_one_layer_is_bptt(chunk):
    weights, inputs, labels = network((7, 6, 3))
    feedback = Feedback("bp", weights, np.random.default_rng(0))
    trainer = OTTT(feedback, n_steps=9, chunk=chunk, trace_inputs=True)
    expected = gradient_of_step_losses(weights, inputs, labels, trainer)
    for found, exact in zip(gradient(trainer, weights, inputs, labels), expected, strict=True):
        np.testing.assert_allclose(found, exact, rtol=0, atol=1e-12)


@pytest.mark.parametrize("trainer", [OTTT, BPTT])
@pytest.mark.parametrize("n_steps", [3, 25])
def test_groups_of_cells_that_fire_alike_give_the_gradient_of_all_rows(trainer, n_steps):
    """Wide layers under constant input: few trains, which products take once each."""
    weights, inputs, labels = network((8, 300, 200, 3), scale=3.0)
    feedback = Feedback("bp", weights, np.random.default_rng(0))
    n_grouped = 0
    for update in trainer(feedback, n_steps=n_steps).updates(weights, inputs, labels):
        exact = update.presynaptic.T @ update.error
        np.testing.assert_allclose(update.gradient(), exact, rtol=0, atol=1e-14)
        n_grouped += bool(getattr(update.factor, "is_grouped", False))
    assert n_grouped == (1 if trainer is BPTT else -(-n_steps // 10))


def test_spikes_of_each_cell_are_counted_over_all_steps_and_samples():
    weights, inputs, _ = network()
    feedback = Feedback("bp", weights, np.random.default_rng(0))
    whole, in_parts = (
        trainer(feedback, StepCell(), n_steps=7, **how).predict(weights, inputs)
        for trainer, how in ((BPTT, {}), (OTTT, {"chunk": 3}))
    )
    spikes, potential = np.zeros((N_SAMPLES, SIZES[1])), np.zeros((N_SAMPLES, SIZES[1]))
    count = np.zeros(SIZES[1])
    for _ in range(7):
        potential = 0.5 * (potential - spikes) + inputs @ weights[0]
        spikes = (potential >= 1).astype(float)
        count += spikes.sum(axis=0)
    assert count.any()
    for found in (whole, in_parts):
        assert np.array_equal(found.fired[0], count)
        assert np.array_equal(found.fired[1], whole.fired[1])
        assert found.spikes == tuple(cells.sum() for cells in whole.fired)


def test_ottt_points_the_way_of_bptt_in_deeper_networks():
    weights, inputs, labels = network((30, 40, 40, 5), scale=1.5)
    feedback = Feedback("bp", weights, np.random.default_rng(0))
    ottt = gradient(OTTT(feedback, trace_inputs=True), weights, inputs, labels)
    bptt = gradient(BPTT(feedback), weights, inputs, labels)
    for one, other in zip(ottt, bptt, strict=True):
        cosine = np.vdot(one, other) / np.linalg.norm(one) / np.linalg.norm(other)
        assert 0.8 < cosine < 1 - 1e-6


@pytest.mark.parametrize("route", ["bp", "fa", "sign"])
def test_routes_carry_errors_along_their_weights(route):
    weights, _, _ = network()
    feedback = Feedback(route, weights, np.random.default_rng(0))
    error = np.eye(SIZES[2])
    back = feedback.back(error, weights[1], 1)
    if route == "bp":
        np.testing.assert_array_equal(back, weights[1].T)
    elif route == "sign":
        np.testing.assert_allclose(back, np.sign(weights[1]).T / SIZES[1] ** 0.5)
    else:
        assert np.abs(back).max() <= (6 / SIZES[2]) ** 0.5
        assert np.unique(back).size == back.size


@pytest.mark.parametrize("tau", [1.0, 2.0])
@pytest.mark.parametrize("n_steps", [20, 100, 500])
def test_rates_follow_the_clipped_line(n_steps, tau):
    cell = RateCell(tau=tau)
    current = np.linspace(-2, 1.5 * cell.ceiling, 200, dtype=np.float64)[None]
    rate = from_constant(current, cell, n_steps).rate
    error = np.abs(rate - cell.transfer(current)).max()
    # A train misses at most one spike, the one that is due at its end; its weight is w_T.
    assert error <= 1.01 * cell.amplitude * cell.step_weights(n_steps)[-1]


def test_dsr_is_the_gradient_of_its_transfer():
    weights, inputs, labels = network()
    trainer = DSR(Feedback("bp", weights, np.random.default_rng(0)))
    found = gradient(trainer, weights, inputs, labels)
    layers = trainer._forward(weights, inputs)
    rates = [inputs, *(layer.rate for layer in layers)]
    error = cross_entropy_error(rates[-1] @ weights[-1], labels)
    for number in range(2, -1, -1):
        np.testing.assert_allclose(found[number], rates[number].T @ error, atol=1e-9)
        if number:
            drive = layers[number - 1].drive.astype(float)
            h = 1e-4
            slope = (trainer.cell.transfer(drive + h) - trainer.cell.transfer(drive - h)) / (2 * h)
            error = (error @ weights[number].T) * slope


def test_dsr_learns_where_the_transfer_rises_only():
    """Drives below 0, on the line and above the ceiling; tau is not 1."""
    weights, inputs, labels = network((7, 6, 3))
    inputs *= 6
    cell = RateCell(tau=2.0)
    trainer = DSR(Feedback("bp", weights, np.random.default_rng(0)), cell)
    back = cross_entropy_error(trainer.predict(weights, inputs).logits, labels) @ weights[1].T
    (slope,) = differences(lambda: np.sum(back * cell.transfer(inputs @ weights[0])), weights[:1])
    drive = inputs @ weights[0]
    for part in (drive < 0, (drive > 0) & (drive < 12), drive > 12):
        assert np.abs(back[part]).max() > 1e-2
    np.testing.assert_allclose(gradient(trainer, weights, inputs, labels)[0], slope, atol=1e-7)
