"""Eligibility propagation beside back-propagation through time, written out here."""

import numpy as np
import pytest

from neuro.errors import SpecError
from neuro.layers.cells import StepCell
from plasticity.gradient.eprop import EProp
from plasticity.gradient.feedback import Feedback
from plasticity.gradient.loss import cross_entropy, cross_entropy_error

N_SAMPLES, N_STEPS = 4, 9


def network(recurrent=0.0, seed=0, sizes=(7, 6, 3)):
    rng = np.random.default_rng(seed)
    n_inputs, n_cells, n_classes = sizes
    weights = [
        rng.normal(size=(n_inputs, n_cells)) * 2 / n_inputs**0.5,
        rng.normal(size=(n_cells, n_cells)) * recurrent / n_cells**0.5,
        rng.normal(size=(n_cells, n_classes)) / n_cells**0.5,
    ]
    inputs = rng.normal(size=(N_STEPS, N_SAMPLES, n_inputs))
    return weights, inputs, rng.integers(0, n_classes, N_SAMPLES)


def trainer_of(weights, **settings):
    return EProp(Feedback("bp", weights, np.random.default_rng(0)), n_steps=N_STEPS, **settings)


def gradient(trainer, weights, inputs, labels):
    total = [np.zeros_like(weight) for weight in weights]
    for update in trainer.updates(weights, inputs, labels):
        total[update.layer] += update.gradient()
    return total


def through_time(trainer, weights, inputs, labels):
    """Return detached-reset BPTT of the mean cross-entropy of all steps, through recurrence too."""
    came_by, recurrent, readout = weights
    decay, threshold, leak = trainer.cell.decay, trainer.cell.threshold, trainer.leak
    left = np.zeros((N_SAMPLES, len(recurrent)))
    spikes, potentials, outputs = [np.zeros_like(left)], [], []
    output = np.zeros((N_SAMPLES, readout.shape[1]))
    for x in inputs:
        u = decay * left + x @ came_by + spikes[-1] @ recurrent
        s = (u >= threshold).astype(float)
        left = u - threshold * s
        output = leak * output + s @ readout
        spikes.append(s)
        potentials.append(u)
        outputs.append(output)
    total = [np.zeros_like(weight) for weight in weights]
    later, heard = np.zeros_like(left), np.zeros_like(output)
    for t in reversed(range(len(inputs))):
        heard = cross_entropy_error(outputs[t], labels) / len(inputs) + leak * heard
        total[2] += spikes[t + 1].T @ heard
        slope = 4 / (1 + np.exp(-4 * (potentials[t] - threshold)))
        slope *= 1 - slope / 4
        later = (heard @ readout.T + later @ recurrent.T) * slope + decay * later
        total[0] += inputs[t].T @ later
        total[1] += spikes[t].T @ later
    return total


@pytest.mark.parametrize("leak", [0.0, 0.8])
@pytest.mark.parametrize("decay", [0.5, 0.9])
def test_without_recurrent_synapses_it_is_back_propagation(leak, decay):
    weights, inputs, labels = network()
    trainer = trainer_of(weights, cell=StepCell(decay=decay), leak=leak)
    found = gradient(trainer, weights, inputs, labels)
    exact = through_time(trainer, weights, inputs, labels)
    for layer in (0, 2):
        assert np.abs(exact[layer]).max() > 1e-2
        np.testing.assert_allclose(found[layer], exact[layer], rtol=0, atol=1e-12)


def test_with_them_it_points_the_same_way_and_leaves_something_out():
    weights, inputs, labels = network(recurrent=1.0, sizes=(20, 30, 4))
    trainer = trainer_of(weights)
    found = gradient(trainer, weights, inputs, labels)
    exact = through_time(trainer, weights, inputs, labels)
    np.testing.assert_allclose(found[2], exact[2], rtol=0, atol=1e-12)
    for one, other in zip(found[:2], exact[:2], strict=True):
        cosine = np.vdot(one, other) / np.linalg.norm(one) / np.linalg.norm(other)
        assert 0.3 < cosine < 1 - 1e-6


def test_recurrent_synapses_learn_what_the_last_input_alone_does_not_tell():
    """The class is told in the first step only, by which of two inputs is on; then nothing comes.

    The membrane forgets within a step (decay 0): only recurrent spikes can carry the class.
    """
    rng = np.random.default_rng(1)
    weights = [
        rng.normal(size=(2, 40)) * 2,
        rng.normal(size=(40, 40)) * 1.2 / 40**0.5,
        rng.normal(size=(40, 2)) / 40**0.5,
    ]
    labels = np.array([0, 1])
    inputs = np.zeros((N_STEPS, 2, 2))
    inputs[0] = np.eye(2)
    trainer = trainer_of(weights, cell=StepCell(decay=0.0))
    before = cross_entropy(trainer.predict(weights, inputs).logits, labels)
    for _ in range(300):
        for weight, change in zip(weights, gradient(trainer, weights, inputs, labels), strict=True):
            weight -= 0.3 * change
    after = trainer.predict(weights, inputs)
    assert cross_entropy(after.logits, labels) < before / 3
    cut = [weights[0], np.zeros_like(weights[1]), weights[2]]
    assert cross_entropy(trainer.predict(cut, inputs).logits, labels) > before / 2


def test_constant_inputs_are_those_of_every_step():
    weights, inputs, labels = network(recurrent=0.5)
    trainer = trainer_of(weights)
    every = np.repeat(inputs[:1], N_STEPS, axis=0)
    for one, other in zip(
        gradient(trainer, weights, inputs[0], labels), gradient(trainer, weights, every, labels),
        strict=True,
    ):  # fmt: skip
        np.testing.assert_array_equal(one, other)


def test_parts_of_an_input_come_one_after_the_other():
    weights, inputs, labels = network(recurrent=0.5)
    whole = np.ascontiguousarray(inputs.transpose(1, 0, 2)).reshape(N_SAMPLES, -1)
    trainer = trainer_of(weights, in_parts=True)
    for one, other in zip(
        gradient(trainer, weights, whole, labels), gradient(trainer, weights, inputs, labels),
        strict=True,
    ):  # fmt: skip
        np.testing.assert_array_equal(one, other)
    assert trainer.predict(weights, whole).spikes == trainer.predict(weights, inputs).spikes


def test_operations_are_counted_synapse_by_synapse():
    weights, inputs, _ = network(recurrent=0.5)
    found = trainer_of(weights).predict(weights, inputs)
    assert found.spikes[0] > 0
    assert found.operations == inputs.size * 6 + found.spikes[0] * (6 + 3)


def test_what_has_no_eligibility_of_a_cell_is_refused():
    weights, _, _ = network()
    with pytest.raises(SpecError, match="hard"):
        trainer_of(weights, cell=StepCell(reset="hard"))
    with pytest.raises(SpecError, match="leak"):
        trainer_of(weights, leak=1.0)
