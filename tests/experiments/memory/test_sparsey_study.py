"""A mac as the laboratory asks it: right answers, bits, overlaps; sequences of more and more."""

import numpy as np
import pytest

from experiments.memory.laboratory.study import begin, measure
from experiments.memory.sparsey_capacity import overlapping
from experiments.memory.sparsey_sequences import log2_choices, one_network
from experiments.memory.sparsey_settings import Size, SparseyCapacity, SparseySequences
from experiments.memory.sparsey_study import module_bits, study
from networks.inputs.patterns import fixed_k
from networks.memories.sparsey.settings import CriticalPeriod, Selection


def test_a_choice_is_worth_its_bits_if_it_is_right_and_none_by_chance():
    assert module_bits(1.0, 8) == pytest.approx(3)
    assert module_bits(1 / 8, 8) == pytest.approx(0, abs=1e-12)
    assert module_bits(0.0, 2) == pytest.approx(1)
    assert module_bits(1.0, 1) == 0


def test_the_laboratory_measures_modules_bits_and_costs():
    settings = SparseyCapacity((3, 6), networks=2, probes=5)
    outcome = begin(settings)
    made = study(settings, Size(24, 8), Selection(), CriticalPeriod())
    measure(made, settings, 1, outcome)
    # So few random inputs are recalled without an error.
    assert outcome.table("recall").tolist() == [[1, 1], [1, 1]]
    assert outcome.table("retention").tolist() == [[1, 1], [1, 1]]
    bits = np.array([3, 6]) * 24 * 3 / (144 * 192)
    np.testing.assert_allclose(outcome.table("bits_per_synapse"), [bits, bits])
    # All lines, or all but the 16 of the last word where none of those is active.
    reads = outcome.table("operations_recall")
    assert reads.max() <= 144 * 192
    assert reads.min() >= 128 * 192
    writes = outcome.table("operations_store") - 24 * 20
    assert writes.max() <= 144 * 192
    assert writes.min() >= 128 * 192
    assert made.theory is None


def test_random_codes_have_their_closed_form_and_lie_on_it_where_nothing_collides():
    settings = SparseyCapacity((5,), networks=2, probes=5)
    made = study(settings, Size(24, 8), Selection(chi=0), CriticalPeriod())
    assert made.theory is not None
    assert made.theory(5) == pytest.approx(1, abs=1e-9)
    assert made.theory(200) == pytest.approx(0.2126, abs=1e-4)


@pytest.mark.parametrize("shared", [0, 7, 20])
def test_overlapping_inputs_share_what_was_asked(shared):
    rng = np.random.default_rng(3)
    patterns = fixed_k(6, 144, 20, rng)
    others = overlapping(patterns, shared, rng)
    assert (others.sum(axis=1) == 20).all()
    assert ((others & patterns).sum(axis=1) == shared).all()


def test_sequences_are_measured_as_they_become_more():
    settings = SparseySequences((1, 3), length=4)
    found = one_network(settings, None, CriticalPeriod(), np.random.default_rng(2))
    assert [row["recall"] for row in found] == [1, 1]
    assert [row["replay"] for row in found] == [1, 1]
    assert found[0]["fill_up"] < found[1]["fill_up"]
    # U and, but for the first of four frames, H: all of it, or what two of three words hold.
    most = 144 * 144 + 3 / 4 * 144 * 128
    assert 128 * 144 < found[1]["operations_recall"] <= most
    # What is written is 9 modules' active lines; the frames of the second and third are read.
    assert 0 < found[1]["operations_store"] - 128 * 144 <= most + 9 * 12 + 3 / 4 * 72


def test_information_of_a_frame():
    assert log2_choices(144, np.array([1, 2])).tolist() == pytest.approx(
        [np.log2(144), np.log2(144 * 143 / 2)]
    )
    # The mean of 9 to 12 active pixels, as the study of sequences gives it.
    assert log2_choices(144, np.arange(9, 13)).mean() == pytest.approx(51.18, abs=0.005)
