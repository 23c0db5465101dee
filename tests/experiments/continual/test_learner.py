"""Learning digits in turn: what each method keeps, in seconds."""

from dataclasses import replace

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from experiments.continual import measures
from experiments.continual.evaluator import Evaluator
from experiments.continual.learner import N_ANSWERED, Learner
from experiments.continual.settings import ContinualLearning, Laterals, Stream
from experiments.continual.tasks import make_scenario
from experiments.continual.trainer_settings import RecurrentSettings
from neuro.errors import SpecError
from neuro.layers.cells import RateCell, StepCell

SETTINGS = ContinualLearning(
    stream=Stream(data="digits", number=2, enlarge=2),
    trainer="dsr",
    hidden=(100,),
    steps=10,
    epochs=6,
    laterals=Laterals(rows=((60, 40), (30, 20)), rates=(0.001, 0.01)),
)


@pytest.fixture(autouse=True)
def one_thread():
    with threadpool_limits(1):
        yield


def learn(settings, seed=0):
    scenario = make_scenario(settings.stream, seed)
    rng = np.random.default_rng(seed)
    learner = Learner(settings, scenario.tasks[0].train.shape[1], scenario.n_classes, rng)
    evaluator, matrix = Evaluator(scenario, settings.batch, seed), []
    for number in range(len(scenario.tasks)):
        for _ in evaluator.teach(learner, number):
            pass
        matrix.append(evaluator.examine(learner).accuracy)
    return learner, np.array(matrix)


@pytest.mark.parametrize("trainer", ["dsr", "ottt", "bptt"])
def test_projection_forgets_less(trainer):
    steps = 10 if trainer == "dsr" else 4
    stream = replace(SETTINGS.stream, number=3)
    settings = replace(
        SETTINGS, stream=stream, trainer=trainer, steps=steps, epochs=4, hidden=(200,)
    )
    matrices = {
        method: learn(replace(settings, method=method))[1]
        for method in ("sequential", "hlop", "svd")
    }
    lost = {method: -measures.backward_transfer(matrix) for method, matrix in matrices.items()}
    assert lost["sequential"] > 0.03
    assert max(lost["hlop"], lost["svd"]) < lost["sequential"] / 3
    assert measures.learning_accuracy(matrices["hlop"]) > 0.9


def test_a_subspace_without_rows_is_no_projection():
    empty = Laterals(rows=((0, 0),), rates=(0.001, 0.01))
    settings = replace(SETTINGS, epochs=1)
    plain, _ = learn(replace(settings, method="sequential"))
    hebbian, _ = learn(replace(settings, method="hlop", laterals=empty))
    for one, other in zip(plain.network.weights, hebbian.network.weights, strict=True):
        assert np.array_equal(one, other)


def test_methods_that_see_old_images_forget_little_and_tell_what_they_keep():
    stream = Stream(data="digits", tasks="split", number=2, kind="class")
    found = {
        method: learn(replace(SETTINGS, stream=stream, method=method, buffer=300))
        for method in ("sequential", "joint", "replay", "view_batch")
    }
    gained = {method: measures.backward_transfer(matrix) for method, (_, matrix) in found.items()}
    assert gained.pop("sequential") < -0.5
    assert min(gained.values()) > -0.1
    image = 64 * 4 + 8
    plain = found["sequential"][0].bytes_kept
    assert found["joint"][0].bytes_kept == plain + 1437 * image
    for method in ("replay", "view_batch"):
        assert found[method][0].bytes_kept == plain + 300 * image + 8


def test_rates_are_spikes_of_a_cell_and_step():
    """Strong synapses let every cell spike at every step of a bright image, none at a dark one."""
    settings = replace(SETTINGS, method="sequential", hidden=(3, 5))
    learner = Learner(settings, 2, 10, np.random.default_rng(0))
    for weight in learner.network.weights:
        weight[:] = 10
    images = np.zeros((N_ANSWERED + 100, 2), dtype=np.float32)
    images[::4] = 1
    np.testing.assert_allclose(learner.answer(images).rates, [0.25, 0.25])


def test_the_same_seed_gives_the_same_bits():
    settings = replace(SETTINGS, epochs=1)
    first, again = learn(settings)[0], learn(settings)[0]
    for one, other in zip(first.network.weights, again.network.weights, strict=True):
        assert np.array_equal(one, other)
    assert not np.array_equal(
        first.network.weights[0], learn(settings, seed=1)[0].network.weights[0]
    )


RECURRENT = replace(
    SETTINGS,
    stream=replace(SETTINGS.stream, enlarge=1),
    trainer="eprop",
    steps=8,
    hidden=(80,),
    laterals=Laterals(rows=((3, 30, 30), (1, 10, 10)), rates=(0.001,) * 3),
)


def test_a_recurrent_layer_learns_digits_row_by_row_and_projection_forgets_less():
    matrices = {m: learn(replace(RECURRENT, method=m))[1] for m in ("sequential", "hlop")}
    lost = {method: -measures.backward_transfer(matrix) for method, matrix in matrices.items()}
    assert measures.learning_accuracy(matrices["sequential"]) > 0.6
    assert lost["hlop"] < lost["sequential"] / 1.5


def test_weights_of_a_recurrent_layer_have_the_shape_of_a_part():
    learner = Learner(replace(RECURRENT, method="svd"), 64, 10, np.random.default_rng(0))
    assert [weight.shape for weight in learner.network.weights] == [(8, 80), (80, 80), (80, 10)]
    assert [len(each.rows.T) for each in learner.method.projectors] == [8, 80, 80]
    whole = replace(RECURRENT, recurrent=RecurrentSettings(in_parts=False), method="sequential")
    learner = Learner(whole, 64, 10, np.random.default_rng(0))
    assert learner.network.weights[0].shape == (64, 80)


@pytest.mark.parametrize(
    ("changed", "told"),
    [({"hidden": (40, 40)}, "one recurrent"), ({"method": "kfpf"}, "feed-forward"),
     ({"method": "kwta"}, "trainer 'dsr'"), ({"laterals": SETTINGS.laterals}, "3 layers")],
)  # fmt: skip
def test_what_eprop_cannot_teach_is_refused(changed, told):
    with pytest.raises(SpecError, match=told):
        replace(RECURRENT, **changed)


def test_steps_that_do_not_divide_the_pixels_are_refused():
    with pytest.raises(SpecError, match="7 equal parts"):
        Learner(replace(RECURRENT, steps=7), 64, 10, np.random.default_rng(0))


@pytest.mark.parametrize("trainer", ["ottt", "bptt"])
def test_cells_of_a_trainer_are_those_of_the_settings(trainer):
    cell = StepCell(decay=0.8, threshold=0.7, reset="hard")
    settings = replace(SETTINGS, trainer=trainer, step_cell=cell, surrogate="atan", per_step=True)
    made = Learner(settings, 256, 10, np.random.default_rng(0)).network.trainer
    assert (made.cell, made.surrogate, made.n_steps) == (cell, "atan", 10)
    assert getattr(made, "per_step", True)


def test_rate_cells_and_surrogate_are_those_of_the_settings():
    cell = RateCell(tau=2.0, dt=0.1, threshold=0.5, firing=0.5)
    rng = np.random.default_rng(0)
    made = Learner(replace(SETTINGS, rate_cell=cell), 256, 10, rng).network.trainer
    assert made.cell == cell
    recurrent = replace(
        SETTINGS, trainer="eprop", steps=16, surrogate="triangle",
        laterals=Laterals(rows=((9, 9, 9),), rates=(0.01,) * 3),
    )  # fmt: skip
    assert Learner(recurrent, 256, 10, rng).network.trainer.surrogate == "triangle"
