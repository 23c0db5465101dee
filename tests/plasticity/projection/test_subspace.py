"""Invariants of projection: algebra, Hebbian learning against PCA, and no interference."""

from itertools import pairwise

import numpy as np
import pytest

from neuro.errors import NumericalError, SpecError
from neuro.layers.cells import RateCell
from plasticity.gradient.dsr import DSR
from plasticity.gradient.feedback import Feedback
from plasticity.projection.exact import ExactSubspace
from plasticity.projection.subspace import HebbianSettings, HebbianSubspace

WIDTH, RANK, BATCH = 50, 5, 64
MAKERS = {
    "hebbian": lambda width: HebbianSubspace(width, HebbianSettings(rate=0.1), np.float64),
    "exact": lambda width: ExactSubspace(width, np.float64),
}


def low_rank(rng, directions, n=BATCH, noise=1e-2):
    """Draw samples around a subspace, away from the origin: its mean is a direction too."""
    amplitude = rng.normal(0.4, 1.0, size=(n, len(directions))) * np.linspace(
        1.5, 1, len(directions)
    )
    return amplitude @ directions + noise * rng.normal(size=(n, directions.shape[1]))


def basis(rng, n, width=WIDTH):
    return np.linalg.qr(rng.normal(size=(width, n)))[0].T


def learnt(maker, samples, n_rows=RANK, n_batches=400, seed=0):
    projector = MAKERS[maker](WIDTH)
    projector.begin_task(n_rows, np.random.default_rng(seed))
    rng = np.random.default_rng(seed + 1)
    for _ in range(n_batches):
        projector.observe(samples(rng))
    return projector


def largest_angle(rows, others):
    cosines = np.linalg.svd(basis_of(rows) @ basis_of(others).T, compute_uv=False)
    return float(np.arccos(np.clip(cosines.min(), -1, 1)))


def basis_of(rows):
    return np.linalg.qr(rows.T)[0].T


@pytest.mark.parametrize("maker", MAKERS)
def test_projection_is_a_projection(maker):
    directions = basis(np.random.default_rng(3), RANK)
    projector = learnt(maker, lambda rng: low_rank(rng, directions), n_batches=50)
    projector.end_task()
    matrix = projector.project(np.eye(WIDTH))
    np.testing.assert_allclose(matrix @ matrix, matrix, atol=1e-10)
    np.testing.assert_allclose(matrix, matrix.T, atol=1e-10)
    np.testing.assert_allclose(projector.rows @ matrix, 0, atol=1e-10)
    assert np.trace(matrix) == pytest.approx(WIDTH - RANK, abs=1e-10)


@pytest.mark.parametrize("maker", MAKERS)
def test_rows_span_the_principal_subspace_without_centring(maker):
    directions = basis(np.random.default_rng(3), RANK)
    projector = learnt(maker, lambda rng: low_rank(rng, directions))
    if maker == "hebbian":
        gram = projector.rows @ projector.rows.T
        assert np.abs(gram - np.eye(RANK)).max() < 0.02
    projector.end_task()
    samples = low_rank(np.random.default_rng(9), directions, n=20_000)
    principal = np.linalg.eigh(samples.T @ samples)[1][:, -RANK:].T
    assert largest_angle(projector.rows, principal) < 0.05


@pytest.mark.parametrize("maker", MAKERS)
def test_new_rows_span_what_frozen_rows_leave(maker):
    rng = np.random.default_rng(4)
    every = basis(rng, 2 * RANK)
    projector = learnt(maker, lambda rng: low_rank(rng, every[:RANK]))
    projector.end_task()
    before = projector.rows.copy()
    projector.begin_task(RANK, rng)
    for _ in range(400):
        projector.observe(low_rank(rng, every))
    if maker == "hebbian":
        assert np.abs(projector.rows[:RANK] @ projector.rows[RANK:].T).max() < 0.35
    projector.end_task()
    assert np.array_equal(projector.rows[:RANK], before)
    assert largest_angle(projector.rows, every) < 0.05


@pytest.mark.parametrize("local", [False, True])
def test_rows_of_all_tasks_are_orthonormal_unless_learning_is_local(local):
    """Stopped early, new rows are neither of length 1 nor orthogonal to old ones by themselves."""
    rng = np.random.default_rng(4)
    every = basis(rng, 2 * RANK)
    projector = HebbianSubspace(WIDTH, HebbianSettings(rate=0.1, local=local), np.float64)
    for directions in (every[:RANK], every):
        projector.begin_task(RANK, rng)
        for _ in range(10):
            projector.observe(low_rank(rng, directions))
        learnt_rows = projector.rows.copy()
        projector.end_task()
    off = [np.abs(rows @ rows.T - np.eye(2 * RANK)) for rows in (learnt_rows, projector.rows)]
    assert min(off[0][:RANK, RANK:].max(), off[0][RANK:, RANK:].max()) > 0.01
    if local:
        assert np.array_equal(projector.rows, learnt_rows)
    else:
        assert off[1].max() < 1e-12


def test_a_batch_is_learnt_five_times():
    samples, once = basis(np.random.default_rng(4), 8), HebbianSettings(rate=0.1, iterations=1)
    rows = []
    for settings, times in ((HebbianSettings(rate=0.1), 1), (once, 5)):
        projector = HebbianSubspace(WIDTH, settings, np.float64)
        projector.begin_task(RANK, np.random.default_rng(0))
        for _ in range(times):
            projector.observe(samples)
        rows.append(projector.rows)
    np.testing.assert_array_equal(*rows)


def test_an_eigenspace_is_a_fixed_point():
    rng = np.random.default_rng(5)
    every = basis(rng, WIDTH)
    # Rows whose second moment has `every` as eigenvectors exactly.
    samples = np.sqrt(np.linspace(3, 1, WIDTH) * WIDTH)[:, None] * every
    projector = HebbianSubspace(WIDTH, HebbianSettings(rate=0.1, iterations=1), np.float64)
    projector.begin_task(RANK, rng)
    projector.rows[:] = every[:RANK]
    projector.observe(samples)
    np.testing.assert_allclose(projector.rows, every[:RANK], atol=1e-12)
    projector.rows[:] = every[:RANK] + 0.1 * every[RANK : 2 * RANK]
    moved = projector.rows.copy()
    projector.observe(samples)
    assert np.abs(projector.rows - moved).max() > 1e-5


@pytest.mark.parametrize("burst", [10, 40, 1000])
def test_spiking_answers_are_within_half_a_spike(burst):
    settings = HebbianSettings(burst=burst, clip=2.0)
    projector = HebbianSubspace(WIDTH, settings, np.float64)
    projector.begin_task(RANK, np.random.default_rng(0))
    projector.end_task()
    factor = np.random.default_rng(1).uniform(-0.3, 0.3, size=(20, WIDTH))
    graded = factor @ projector.rows.T
    assert np.abs(graded).max() < settings.clip
    sent = (factor - projector.project(factor)) @ projector.rows.T
    assert np.abs(sent - graded).max() <= settings.clip / (2 * burst) * (1 + 1e-9)
    assert np.abs(sent - graded).max() > settings.clip / (20 * burst)


@pytest.mark.parametrize("maker", MAKERS)
def test_factor_and_gradient_are_projected_alike(maker):
    rng = np.random.default_rng(6)
    projector = learnt(maker, lambda rng: low_rank(rng, basis(rng, RANK)), n_batches=5)
    projector.end_task()
    factor, error = rng.normal(size=(8, WIDTH)), rng.normal(size=(8, 3))
    np.testing.assert_allclose(
        projector.project(factor).T @ error, projector.project(np.eye(WIDTH)) @ factor.T @ error,
        atol=1e-10,
    )  # fmt: skip


@pytest.mark.parametrize("maker", MAKERS)
def test_without_rows_nothing_is_touched(maker):
    projector = MAKERS[maker](WIDTH)
    factor = np.random.default_rng(0).normal(size=(4, WIDTH))
    assert projector.project(factor) is factor
    projector.begin_task(3, np.random.default_rng(0))
    projector.observe(factor)
    assert projector.project(factor) is factor


def test_what_learning_leaves_of_a_batch_is_its_projection():
    rng = np.random.default_rng(3)
    projector = HebbianSubspace(WIDTH, HebbianSettings(), np.float64)
    for _ in range(2):
        projector.begin_task(3, rng)
        batch = rng.normal(size=(6, WIDTH))
        assert np.array_equal(projector.observe(batch), projector.project(batch))
        projector.end_task()
    assert projector.observe(batch) is None, "no new rows, nothing to learn"


@pytest.mark.parametrize("is_projected", [True, False])
def test_old_inputs_inside_the_subspace_are_answered_as_before(is_projected):
    """Protect the spikes of every step; then each of them comes again, and the very same logits."""
    rng = np.random.default_rng(7)
    sizes = (WIDTH, 40, 30, 4)
    weights = [rng.normal(size=pair) * 2 / pair[0] ** 0.5 for pair in pairwise(sizes)]
    trainer = DSR(Feedback("bp", weights, rng), RateCell(), n_steps=4)
    old = rng.normal(size=(3, WIDTH))
    layers = trainer._forward(weights, old)
    projectors = [ExactSubspace(size, np.float64) for size in sizes[:-1]]
    activity = [old, *(layer.events.dense(np.float64) for layer in layers)]
    for projector, samples in zip(projectors, activity, strict=True):
        projector.begin_task(np.linalg.matrix_rank(samples), rng)
        projector.observe(samples)
        projector.end_task()
    answer, start = trainer.predict(weights, old).logits, [weight.copy() for weight in weights]
    for _ in range(30):
        inputs, labels = rng.normal(size=(16, WIDTH)), rng.integers(0, 4, 16)
        for update in list(trainer.updates(weights, inputs, labels)):
            factor = update.presynaptic.astype(float)
            if is_projected:
                factor = projectors[update.layer].project(factor)
            weights[update.layer] -= 0.2 * factor.T @ update.error
    assert min(np.abs(a - b).max() for a, b in zip(weights, start, strict=True)) > 1e-3
    again = trainer._forward(weights, old)
    are_same = [
        np.array_equal(now.events.cells, then.events.cells)
        for now, then in zip(again, layers, strict=True)
    ]
    changed = np.abs(trainer.predict(weights, old).logits - answer).max()
    assert all(are_same) == is_projected
    assert (changed < 1e-10) == is_projected


@pytest.mark.parametrize("energy", [0.5, 0.9, 0.999])
def test_rows_are_as_few_as_the_energy_needs(energy):
    rng = np.random.default_rng(8)
    projector = ExactSubspace(WIDTH, np.float64, energy=energy)
    for n_tasks in range(2):
        projector.begin_task(0, rng)
        n_old = len(projector.rows)
        samples = rng.normal(size=(200, WIDTH)) * np.linspace(3, 0.1, WIDTH) ** (1 + n_tasks)
        projector.observe(samples)
        projector.end_task()
        moment, rows = samples.T @ samples, projector.rows
        np.testing.assert_allclose(rows @ rows.T, np.eye(len(rows)), atol=1e-10)
        explained = np.trace(rows @ moment @ rows.T) / np.trace(moment)
        assert explained >= energy
        if len(rows) > n_old:
            fewer = np.trace(rows[:-1] @ moment @ rows[:-1].T) / np.trace(moment)
            assert fewer < energy
    assert 0 < len(rows) < WIDTH


@pytest.mark.parametrize("maker", MAKERS)
def test_restored_rows_protect_as_before(maker):
    directions = basis(np.random.default_rng(3), RANK)
    projector = learnt(maker, lambda rng: low_rank(rng, directions), n_batches=5)
    projector.end_task()
    again = MAKERS[maker](WIDTH)
    again.restore(projector.rows)
    factor = np.random.default_rng(0).normal(size=(4, WIDTH))
    assert np.array_equal(again.project(factor), projector.project(factor))
    assert again.n_protected == RANK


def test_more_rows_than_cells_are_refused():
    for maker in MAKERS.values():
        with pytest.raises(SpecError, match="60 rows of 50 cells"):
            maker(WIDTH).begin_task(60, np.random.default_rng(0))


def test_learning_that_runs_away_is_told():
    projector = HebbianSubspace(WIDTH, HebbianSettings(rate=5.0), np.float64)
    projector.begin_task(RANK, np.random.default_rng(0))
    rng = np.random.default_rng(1)
    with np.errstate(all="ignore"):
        for _ in range(50):
            projector.observe(10 * rng.normal(size=(BATCH, WIDTH)))
        with pytest.raises(NumericalError, match="learning rate"):
            projector.end_task()
