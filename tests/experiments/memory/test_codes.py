"""What a network stores: drawn by its own streams, damaged as asked, never fitted on."""

import numpy as np
import pytest

from experiments.memory import codes
from experiments.memory.codes import draw_items
from experiments.memory.settings import Condition, DigitMemory
from networks.inputs import digits
from neuro.errors import SpecError

SIZE, SEED = 300, 7


def settings(kind="homeostatic"):
    condition = Condition(kind, (5, 12))
    return DigitMemory(
        (condition,), probes=4, active=20, erase=6, insert=3, fitted=60, components=10, drawn_load=5
    )


def items(kind="homeostatic", network=0):
    asked = settings(kind)
    return draw_items(asked, asked.conditions[0], SIZE, SEED, network)


@pytest.mark.parametrize("kind", ["homeostatic", "whitened", "plain", "random"])
def test_patterns_have_k_cells_and_cues_are_damaged_as_asked(kind):
    drawn = items(kind)
    assert drawn.patterns.shape == (12, SIZE)
    assert (drawn.patterns.sum(axis=1) == 20).all()
    for probe, cue, load in zip(drawn.probes, drawn.cues, (5, 12), strict=True):
        wanted = drawn.patterns[probe]
        assert len(set(probe)) == 4
        assert probe.max() < load
        assert ((wanted & ~cue).sum(axis=1) == 6).all()
        assert ((cue & ~wanted).sum(axis=1) == 3).all()


def test_the_same_network_is_drawn_again_and_another_is_another():
    first, again, other = items(), items(), items(network=1)
    assert (first.patterns == again.patterns).all()
    assert all((a == b).all() for a, b in zip(first.cues, again.cues, strict=True))
    assert (first.images != other.images).any()


def test_no_stored_image_was_fitted_on(monkeypatch):
    fitted = []
    fit = codes.SparseCoder.fit
    monkeypatch.setattr(
        codes.SparseCoder, "fit", lambda self, im, rng: fitted.append(im) or fit(self, im, rng)
    )
    drawn = items()
    known = {image.tobytes() for image in fitted[0]}
    assert len(known) == 60
    assert not known & {image.tobytes() for image in drawn.images}


def test_stored_images_are_training_digits():
    known = {image.tobytes() for image in digits.load_mnist("train")[0]}
    assert {image.tobytes() for image in items().images} <= known


def test_random_patterns_have_no_images():
    drawn = items("random")
    assert drawn.coder is None
    assert len(drawn.images) == 0


@pytest.mark.parametrize("loads", [(), (0, 5), (5, 5), (9, 5)])
def test_loads_must_ascend_from_1(loads):
    with pytest.raises(SpecError, match="ascending"):
        Condition("plain", loads)


def test_quick_is_the_same_experiment_at_a_smaller_size():
    kinds = ("homeostatic", "random", "whitened", "plain")
    full = DigitMemory(tuple(Condition(kind, (300,)) for kind in kinds))
    small = full.quick()
    assert (small.conditions[0].codes, small.networks) == (kinds[0], 1)
    assert (small.active, small.timing, small.roles) == (full.active, full.timing, full.roles)
    assert max(small.conditions[0].loads) <= 20


def test_patterns_of_homeostatic_codes_overlap_by_chance_only():
    drawn = items()
    shared = drawn.patterns.astype(int) @ drawn.patterns.T.astype(int)
    pairs = shared[np.triu_indices(len(shared), 1)]
    # k^2 / N = 1.33; digits of one class stay somewhat alike.
    assert pairs.mean() < 2 * 20**2 / SIZE
