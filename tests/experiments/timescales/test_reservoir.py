"""The memory of a described spiking network: its code, its states, and equal numbers on engines."""

from pathlib import Path

import numpy as np
import pytest

from experiments import SETTINGS
from experiments.timescales.reservoir import remember, traces, volleys
from experiments.timescales.reservoir_settings import ReservoirMemory
from networks.config import load
from neuro.engines.activation import activate
from neuro.errors import SpecError

CONFIG = Path(__file__).resolve().parents[3] / "data/configs/timescales/memory-capacity.yaml"
SMALL = ("populations.cells.size=40", "experiment.inputs=240", "experiment.delays=6",
         "experiment.washout=40", "experiment.networks=1")  # fmt: skip


def test_larger_numbers_are_volleys_of_more_cells_one_after_the_other():
    steps, cells = volleys(np.array([-1.0, 0.0, 1.0]), 4, 10)
    assert steps.tolist() == [10, 12, 20, 22, 25, 27]
    assert cells.tolist() == [0, 1, 0, 1, 2, 3]


def test_states_are_sums_of_spikes_that_decay():
    found = traces(np.array([0, 3, 5]), np.array([1, 1, 0]), (2, 3), 4, 0.5)
    np.testing.assert_allclose(found, [[0, 0.125 + 1, 0], [0.25, 1.125 / 16, 0]], rtol=1e-15)


def test_engines_remember_the_same_to_the_last_bit():
    found = {}
    for engine, target in (("numba", None), ("brian2", "numpy")):
        spec = load(CONFIG, (*SMALL, f"simulation.engine={engine}"), experiments=SETTINGS).spec
        with activate(engine, target=target, mode="strict"):
            found[engine] = remember(spec, 0)
    one, other = found.values()
    assert one.rate == other.rate > 2
    np.testing.assert_array_equal(one.capacity.correlation, other.capacity.correlation)
    assert one.capacity.total == other.capacity.total
    # By chance, 60 steps tested: 3e-4.
    assert one.capacity.by_delay[0] > 0.2


def test_what_a_network_lacks_is_told_at_its_line(engram, tmp_path):
    config = tmp_path / "short.yaml"
    text = CONFIG.read_text(encoding="utf-8")
    config.write_text(text.replace("hold: 10 ms", "hold: 9.8 ms"))
    answer = engram("validate", config)
    assert answer.code == 2
    assert "19.6 steps for 20 input cells" in answer.err
    config.write_text(text.replace("engine: numba", "engine: brian2_standalone"))
    answer = engram("validate", config)
    assert answer.code == 2
    assert "3 networks; engine 'brian2_standalone' runs one program" in answer.err


@pytest.mark.parametrize(
    "wrong", [{"delays": 101}, {"networks": 0}, {"inputs": 110}, {"delays": 0}], ids=str
)
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(SpecError, match="needed"):
        ReservoirMemory(**wrong)
