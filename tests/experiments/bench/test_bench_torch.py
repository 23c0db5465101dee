"""Torch's network is the house's: equal spikes, equal gradients. Needs torch, which few have."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from experiments.bench.training.autograd import Autograd  # noqa: E402
from experiments.bench.training.contenders import Contender, Course  # noqa: E402
from experiments.bench.training.material import material  # noqa: E402
from neuro.layers.cells import StepCell  # noqa: E402
from plasticity.gradient.bptt import BPTT  # noqa: E402
from plasticity.gradient.feedback import Feedback  # noqa: E402

COURSE = Course(6, hidden=(40, 30), batch=16, warm=1)


def test_autograd_has_the_gradient_of_the_house():
    digits = material(COURSE)
    peer = Autograd(COURSE, Contender("torch"), digits)
    weights = [weight.detach().numpy().copy() for weight in peer.weights]
    trainer = BPTT(Feedback("bp", weights, np.random.default_rng(0)), StepCell(), n_steps=6)
    images, labels = digits.batches(1, 16)
    expected = [np.zeros_like(weight) for weight in weights]
    for update in trainer.updates(weights, images, labels):
        expected[update.layer] += update.gradient()
    loss, logits, layers = peer._forward(torch.from_numpy(images), torch.from_numpy(labels))
    loss.backward()
    found = trainer.predict(weights, images)
    assert tuple(int(layer.sum()) for layer in layers) == found.spikes
    np.testing.assert_allclose(logits.detach().numpy(), found.logits, atol=1e-5)
    for weight, gradient in zip(peer.weights, expected, strict=True):
        scale = np.abs(gradient).max()
        np.testing.assert_allclose(weight.grad.numpy() / scale, gradient / scale, atol=1e-4)
