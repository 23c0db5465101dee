"""The experiment on HTM temporal memory: ways, curves and what cannot be asked."""

from __future__ import annotations

from dataclasses import replace

import numba
import numpy as np
import pytest

from experiments.memory.sequences.htm_temporal_memory import accuracy, measure, rows
from experiments.memory.sequences.settings import HtmTemporalMemory
from networks.memories.temporal_memory import TemporalMemory
from neuro.errors import SpecError

SMALL = HtmTemporalMemory(
    columns=260, cells=8, active=10, noise=1, activation=6, new_synapses=8, elements=1400,
    switch=700, every=100, networks=2, deaths=(0.0, 0.9), sequences=("XABC", "YABD"),
    switched=("XABD", "YABC"),
)  # fmt: skip


def test_accuracy_is_the_share_of_predicted_columns_that_come_true():
    memory = TemporalMemory(columns=60, cells=2, activation=2, matching=2, new_synapses=4,
                            slots=4, initial=0.5).empty(np.random.default_rng(1))  # fmt: skip
    first, second = np.arange(4), np.arange(4, 8)
    assert accuracy(memory, first) == 0
    for element in (first, second, first):
        memory.step(element)
    # The second element is predicted; half of what comes was.
    assert accuracy(memory, second) == 1
    assert accuracy(memory, np.array([4, 5, 20, 21])) == 0.5


@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="half a minute without compilation")
def test_context_carries_prediction_and_the_ways_differ():
    found = measure(SMALL, 42, 0)
    at = SMALL.switch // SMALL.every - 1
    assert len(found.intact) == len(found.first_order) == 14
    assert found.deaths.shape == (2, 7)
    # 3 of 5 elements can be predicted; the last of them only from the first letter.
    assert found.intact[at] == pytest.approx(3 / 5, abs=0.05)
    assert found.first_order[at] < found.intact[at] - 0.05
    assert found.intact[at + 1] < found.intact[at] - 0.05
    assert found.intact[-1] == pytest.approx(3 / 5, abs=0.07)
    assert found.deaths[0] == pytest.approx(3 / 5, abs=0.07)
    assert found.deaths[1, 0] < found.deaths[0, 0] - 0.1
    assert found.n_segments > 100
    again = measure(SMALL, 42, 0)
    np.testing.assert_array_equal(again.intact, found.intact)
    np.testing.assert_array_equal(again.deaths, found.deaths)
    assert (measure(SMALL, 42, 1).intact != found.intact).any()
    assert len(rows(SMALL, [found, again])) == 9


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sequences": ("AB", "ABC")}, "one length"),
        ({"switched": ("ABC",)}, "as long as before"),
        ({"switch": 1400}, "switch 1400; needed: 100 to 1399"),
        ({"every": 300}, "needed: a multiple of 300"),
        ({"deaths": (1.5,)}, "needed: 0 to 1"),
    ],
)
def test_what_cannot_be_asked_is_refused(change, message):
    with pytest.raises(SpecError, match=message):
        replace(SMALL, **change)
