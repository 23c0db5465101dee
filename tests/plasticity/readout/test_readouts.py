"""Read-outs on answers known by hand, by closed forms, and by another implementation."""

from itertools import pairwise

import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from neuro.errors import SpecError
from neuro.layers.events import events_of
from plasticity.readout.counts import Counts
from plasticity.readout.delta import Delta
from plasticity.readout.keys import learn_keys, nearest
from plasticity.readout.means import ClassMeans, Discriminant

SPIKES = np.array([[1, 1, 0, 0], [1, 0, 1, 0], [0, 0, 1, 1]], dtype=np.float32)
LABELS = np.array([0, 0, 2])


def gaussians(rng, n=600, width=5, n_classes=3):
    labels = rng.integers(0, n_classes, n)
    mixing, centres = rng.normal(size=(width, width)), rng.normal(size=(n_classes, width)) * 2
    return (centres[labels] + rng.normal(size=(n, width)) @ mixing).astype(np.float32), labels


def test_counts_are_the_coincidences_and_score_by_their_logarithms():
    readout = Counts(4, 3)
    readout.learn(events_of(SPIKES), LABELS)
    assert readout.count.tolist() == [[2, 1, 1, 0], [0, 0, 0, 0], [0, 0, 1, 1]]
    assert readout.bytes == 3 * 4 * 4
    scores = readout.scores(events_of(np.array([[1, 0, 0, 1]])))
    # (n_ci + 1) / (n_c + N): 3/8 and 1/8 for class 0, 1/6 and 2/6 for class 2.
    expected = [[np.log(3 / 8 * 1 / 8), -np.inf, np.log(1 / 6 * 2 / 6)]]
    np.testing.assert_allclose(scores, expected, rtol=1e-6)


@pytest.mark.parametrize("make", [Counts, ClassMeans, Discriminant])
def test_sums_do_not_depend_on_the_order_of_classes(make):
    rng = np.random.default_rng(0)
    spikes = (rng.random((300, 20)) < 0.2).astype(np.float32)
    labels = rng.integers(0, 4, 300)
    by_class = np.argsort(labels, kind="stable")
    found = []
    for order in (np.arange(300), by_class):
        readout = make(20, 4)
        for first, last in pairwise(range(0, 301, 50)):
            part = order[first:last]
            readout.learn(events_of(spikes[part]), labels[part])
        found.append(readout.scores(events_of(spikes)))
    np.testing.assert_array_equal(*found)


def test_the_delta_rule_forgets_the_class_that_is_absent():
    spikes = np.array([[1, 1, 0, 0]] * 20 + [[0, 1, 1, 0]] * 20)
    readout = Delta(4, 2)
    for label in (0, 1):
        part = events_of(spikes[20 * label : 20 * label + 20])
        for _ in range(30):
            readout.learn(part, np.full(20, label))
        if label == 0:
            assert readout.scores(events_of(spikes[:1])).argmax() == 0
    scores = readout.scores(events_of(spikes[:1]))[0]
    fresh = Delta(4, 2)
    for _ in range(30):
        fresh.learn(events_of(spikes[:20]), np.zeros(20, dtype=np.int64))
    assert scores[0] - scores[1] < 0.5 * np.ptp(fresh.scores(events_of(spikes[:1]))[0])


def test_the_delta_rule_takes_the_step_of_its_equation():
    readout = Delta(4, 2, rate=0.5)
    readout.learn(events_of(SPIKES[:1]), np.array([1]))
    # softmax is (1/2, 1/2): dW = 0.5 / 2 spikes * (target - 1/2) at the cells that spiked.
    expected = [[-0.125, 0.125], [-0.125, 0.125], [0, 0], [0, 0]]
    np.testing.assert_allclose(readout.weight, expected)


def test_the_nearest_mean_answers():
    values, labels = gaussians(np.random.default_rng(1))
    readout = ClassMeans(5, 4)
    readout.learn(values, labels)
    means = np.stack([values[labels == c].mean(axis=0) for c in range(3)])
    distance = ((values[:, None] - means) ** 2).sum(axis=2)
    assert np.array_equal(readout.scores(values).argmax(axis=1), distance.argmin(axis=1))
    assert np.all(readout.scores(values)[:, 3] == -np.inf)


def test_the_discriminant_is_that_of_all_data_at_once():
    values, labels = gaussians(np.random.default_rng(2))
    readout = Discriminant(5, 3, shrinkage=1e-9)
    for first in range(0, len(values), 100):
        readout.learn(values[first : first + 100], labels[first : first + 100])
    whole = LinearDiscriminantAnalysis(solver="lsqr", priors=[1 / 3] * 3).fit(values, labels)
    # scikit-learn weighs class covariances by the given priors; ours by the samples of each.
    agreed = np.mean(readout.scores(values).argmax(axis=1) == whole.predict(values))
    assert agreed > 0.99
    assert np.mean(readout.scores(values).argmax(axis=1) == labels) > 0.8


def test_keys_settle_on_the_centres_of_clusters():
    rng = np.random.default_rng(3)
    centres = np.array([[0, 0], [10, 0], [0, 10]], dtype=np.float32)
    member = rng.integers(0, 3, 3000)
    inputs = (centres[member] + rng.normal(0, 0.5, (3000, 2))).astype(np.float32)
    # Eight keys for three clusters: none of these is left without.
    keys = learn_keys(inputs, 8, 3, rng)
    owner = nearest(keys, centres)
    assert set(owner.tolist()) == {0, 1, 2}
    winner = nearest(inputs, keys)
    assert np.array_equal(owner[winner], member)
    # A key may end without any input of its own, where two began in one place.
    assert len(np.unique(winner)) >= 6
    for key in np.unique(winner):
        mean = inputs[winner == key].mean(axis=0)
        assert np.linalg.norm(keys[key] - mean) < 0.2


def test_more_keys_than_inputs_are_refused():
    with pytest.raises(SpecError):
        learn_keys(np.zeros((3, 2), dtype=np.float32), 4, 1, np.random.default_rng(0))
