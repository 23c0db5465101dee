"""What follows from measured times: medians, rates that void a row, ratios, goals."""

import json

import pytest

from experiments.bench.cases import CASES, QUICK, Case
from experiments.bench.contenders import CONTENDERS
from experiments.bench.engines.base import Inventory, Sample
from experiments.bench.goals import GOALS, MEMORY, findings
from experiments.bench.report import Measured, write
from experiments.bench.results import Entry, Row
from experiments.bench.starts import Start

CASE = Case("cuba", 100, 2.0, 0.1, "for the test")


def entry(*samples, fault=""):
    return Entry(build=1.0, samples=[Sample(*sample) for sample in samples], fault=fault)


@pytest.fixture
def row():
    """Cython 4 s, standalone 2 s, device 0.5 s for the 2 s of the model; 5 spikes/s each."""
    return Row(
        CASE,
        {
            "brian2-cython": entry((9, 8, 1000, 0), (8, 8, 1000, 1), (90, 80, 1000, 2)),
            "standalone-1": entry((4, 4, 1000, 0)),
            "standalone-2": entry((1, 2, 1000, 0)),
            "numba-fast": entry((1, 1, 1010, 0), (1, 1, 1010, 1)),
        },
    )


def test_times_are_medians_per_model_second(row):
    assert row.seconds("brian2-cython", "wall") == 4.5
    assert row.seconds("brian2-cython", "cpu") == 4.0


def test_the_best_peer_has_one_thread(row):
    assert row.best_peer("wall") == "standalone-1"
    assert row.ratio("numba-fast", "wall") == 4.0


def test_two_threads_are_compared_with_two(row):
    row.entries["numba-fast-2"] = entry((0.5, 1, 1000, 0))
    assert row.best_peer("wall", threads=2) == "standalone-2"
    assert row.ratio("numba-fast-2", "wall") == 2.0


def test_a_wrong_rate_voids_the_time(row):
    assert row.verdict("numba-fast") == ""
    row.entries["numba-fast"] = entry((1, 1, 1030, 0))
    assert row.verdict("numba-fast") == "void: rate +3.0%"
    assert row.ratio("numba-fast", "cpu") != row.ratio("numba-fast", "cpu")


def test_a_peer_with_a_wrong_rate_is_no_peer(row):
    row.entries["standalone-1"] = entry((4, 4, 500, 0))
    assert row.best_peer("cpu") == "brian2-cython"


def test_rates_are_compared_over_the_same_stretch_of_time(row):
    # The network slows down: a program that always simulates the first stretch is not at fault.
    row.entries["brian2-cython"] = entry((8, 8, 1000, 0), (8, 8, 700, 1))
    assert row.verdict("standalone-1") == ""


def test_another_peer_is_the_reference_if_the_first_failed(row):
    row.entries["brian2-cython"] = entry(fault="died")
    assert row.reference() == "standalone-1"
    assert row.verdict("standalone-2") == ""


def test_without_a_reference_every_rate_is_void(row):
    del row.entries["brian2-cython"], row.entries["standalone-1"]
    assert "no reference" in row.verdict("numba-fast")


def test_a_fault_is_shown_and_the_others_go_on(row):
    row.entries["standalone-1"].fault = "died"
    assert row.verdict("standalone-1") == "died"
    assert row.ratio("numba-fast", "cpu") == 8.0


def test_goals_are_judged_by_processor_time(row):
    (found,) = [f for f in findings({"cuba-4k": row}, []) if f.contender == "numba-fast"]
    assert (found.measured, found.peer, found.state) == (4.0, "standalone-1", "goal")
    row.entries["numba-fast"] = entry((1, 2.5, 1000, 0))
    (found,) = [f for f in findings({"cuba-4k": row}, []) if f.contender == "numba-fast"]
    assert (found.measured, found.state) == (1.6, "pass")
    row.entries["numba-fast"] = entry((1, 2.6, 1000, 0))
    (found,) = [f for f in findings({"cuba-4k": row}, []) if f.contender == "numba-fast"]
    assert found.state == "short"


def test_times_a_synaptic_event_and_a_step_of_a_neuron(row):
    row.entries["numba-fast"].inventory = Inventory(100, 5000, 50.0, 0, 0, {}, 8.0)
    # 1 s of processor time; 1010 spikes to 50 synapses each; 20000 steps of 100 neurons.
    assert row.event_ns("numba-fast") == pytest.approx(1e9 / (1010 * 50))
    assert row.update_ns("numba-fast") == pytest.approx(1e9 / (20_000 * 100))


def test_bytes_and_starts_must_be_small(row):
    row.entries["numba-fast"].inventory = Inventory(1, 1, 1.0, 0, 0, {"excitation": 3.0}, 8.0)
    # Processor time decides; the wall time of a busy machine does not.
    warm = {"first cpu": 0.3, "repeat cpu": 0.002}
    warm |= {"first": 9.0, "repeat": 0.02}
    start = Start("cuba", "numba-fast", {"first cpu": 6.1, "first": 60.0}, warm)
    found = {f.subject: f for f in findings({"cuba-4k": row}, [start])}
    assert found["cuba-4k: bytes a synapse"].state == "pass"
    assert found["cuba: cold start (s)"].state == "short"
    assert found["cuba: warm start (s)"].state == "pass"
    assert found["cuba: repeated run (s)"].state == "short"


def test_every_goal_names_a_case_and_an_engine_of_the_device():
    assert all(bound.case in CASES for bound in MEMORY)
    assert all(goal.case in CASES and not CONTENDERS[goal.contender].is_peer for goal in GOALS)
    assert all(goal.must < goal.wanted for goal in GOALS)
    assert set(QUICK) <= set(CASES)


def test_the_file_holds_what_was_measured_and_no_nan(row, tmp_path):
    row.entries["numba-strict"] = Entry()
    write(tmp_path / "deep" / "bench.json", Measured({"cpu": "one"}, {"cuba-4k": row}))
    text = (tmp_path / "deep" / "bench.json").read_text()
    held = json.loads(text, parse_constant=pytest.fail)
    engines = held["rows"]["cuba-4k"]["engines"]
    assert engines["numba-fast"]["speedup_cpu"] == 4.0
    assert engines["numba-strict"]["rate_hz"] is None
    assert len(engines["brian2-cython"]["samples"]) == 3
