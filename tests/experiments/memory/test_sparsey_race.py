"""The spiking mac: its timetable, and its winners beside those of the algorithm."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from experiments import SETTINGS
from experiments.memory.sparsey_race import NOBODY, Race
from experiments.memory.sparsey_spiking import module_graphs, one_network
from experiments.memory.sparsey_spiking_settings import SparseySpiking
from networks.config import load
from neuro.engines.activation import activate

CONFIG = Path(__file__).resolve().parents[3] / "data/configs/memory/sparsey-spiking.yaml"
DT = 1e-4
GOAL = 0.95


def test_the_first_cell_of_a_module_wins_and_tells_how_late_it_was():
    race = Race(SparseySpiking((1,)), DT)
    race.ask(np.zeros((2, 3), dtype=bool))
    second = race.spikes("start")[0][1]
    assert second == pytest.approx(0.044 + 0.03)
    times = np.array([0.004, 0.003, 0.003, second + 0.001])
    cells = np.array([0, 5, 4, 1])
    winners, latency, count = race.winners(0, (times, cells), 2, 4)
    assert winners.tolist() == [[0, 0], [1, NOBODY]]
    np.testing.assert_allclose(latency, [[0.004, 0.003], [0.001, np.inf]])
    assert count.tolist() == [[1, 2], [1, 0]]


def test_lessons_come_before_what_is_asked_after_them():
    race = Race(SparseySpiking((1,)), DT)
    pattern, code = np.eye(3, dtype=bool)[:1], np.eye(4, dtype=bool)[1:2]
    race.learn(pattern, code)
    race.ask(pattern)
    assert [phase.task for phase in race.phases] == ["learn", "test"]
    assert [phase.plasticity["up"] for phase in race.phases] == [True, False]
    times, cells = race.spikes("pixels")
    np.testing.assert_allclose(times, [0, 0.02])
    assert cells.tolist() == [0, 0]
    np.testing.assert_allclose(race.spikes("teacher")[0], [DT])


def test_each_module_has_its_own_stopper():
    graphs = module_graphs(3, 2)
    np.testing.assert_array_equal(
        graphs["cells_stoppers"].toarray(), np.kron(np.eye(3), np.ones((2, 1))) > 0
    )
    np.testing.assert_array_equal(
        graphs["stoppers_cells"].toarray(), graphs["cells_stoppers"].toarray().T
    )


def test_spiking_cells_choose_the_codes_of_the_algorithm():
    """What a network learns by coincidence is U bit for bit; its winners are the algorithm's."""
    spec = load(CONFIG, experiments=SETTINGS).spec
    settings = replace(spec.experiment, loads=(6,), probes=3, replaced=(0, 4))
    with activate("brian2", target="numpy"):
        found = one_network(replace(spec, experiment=settings), 0)
    assert set(found) == {(0, 6), (4, 6)}
    for measured in found.values():
        assert measured["wrong_synapses"] == 0
        assert measured["agreement"] >= GOAL
        assert measured["agreement_unique"] == 1
        # Latency is read to a step of dt, thresholds differ by a hundredth: half a pixel of 20.
        assert measured["familiarity_error"] < 0.025
        # Ties that are decided within the two steps before inhibition acts leave two.
        assert 1 <= measured["spikes"] < 1.05
    assert found[0, 6]["recall"] >= GOAL
