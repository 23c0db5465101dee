"""The command `bench memory`: every store does the same, and is timed."""

import json

import numpy as np
import pytest

from experiments.bench import sequence_table
from experiments.bench.memory_table import QUICK, Found, Task, Times, show
from experiments.bench.plain_temporal_memory import PlainTemporalMemory
from experiments.bench.sequence_table import Course, Courses
from experiments.bench.stores import STORES


@pytest.mark.parametrize("name", STORES)
def test_every_store_holds_and_recalls_the_same(name):
    task = Task(size=150, active=6, erase=2, n_patterns=40)
    patterns, cues = task.draw()
    store = STORES[name][0](task.size, task.active - task.erase)
    store.store(patterns[:10])
    store.store(patterns[10:])
    weight = (patterns.T.astype(int) @ patterns) > 0
    np.testing.assert_array_equal(store.weight, weight)
    np.testing.assert_array_equal(store.recall(cues), cues.astype(int) @ weight >= 4)


def test_bits_need_an_eighth_of_a_byte_each():
    assert STORES["bits"][0](640, 4).bytes == 640 * 640 // 8


def test_table_json_and_picture(engram, tmp_path):
    output = tmp_path / "bench.json"
    answer = engram("bench", "memory", "--quick", "--repeats", 5, "-o", output)
    assert answer.code == 0, answer.err
    assert answer.last_line == str(output)
    assert output.with_suffix(".png").stat().st_size > 1000
    held = json.loads(output.read_text())
    assert held["task"]["n_synapses"] == QUICK.size**2
    assert set(held["stores"]) == set(STORES)
    for entry in held["stores"].values():
        assert entry["fault"] == ""
        assert len(entry["store_cpu"]) == 5
        assert entry["recall_wall_us"] > 0
    assert "million synapses" in answer.out
    learnt = held["sequence"]
    assert learnt["fault"] == ""
    assert len(learnt["ours_cpu"]) == 5
    # The aim, over 3000 elements, is 20 times; segments are fewer here.
    assert learnt["cpu_ratio"] == learnt["plain_cpu"] / sorted(learnt["ours_cpu"])[2] > 5
    assert learnt["n_segments"] > 1000
    assert "plain Python" in answer.out
    swept = held["dense"]
    assert swept["fault"] == ""
    assert len(swept["ours"]) == 5
    # The aim, 500 million of 10,000 patterns of 100 units, is far above plain NumPy anywhere.
    assert sorted(swept["ours"])[2] > 2 * swept["plain"] > 0


def test_a_memory_that_learns_something_else_has_no_ratio(monkeypatch, capsys):
    found = Courses(Course(n_elements=12))
    monkeypatch.setattr(PlainTemporalMemory, "_reinforce", lambda *_: None)
    monkeypatch.setattr(PlainTemporalMemory, "_grow", lambda *_: None)
    sequence_table.measure(found, 2)
    assert np.isnan(found.ratio)
    sequence_table.show(found)
    assert "void" in capsys.readouterr().out


def test_what_recalls_something_else_has_no_time(capsys):
    found = Found({}, QUICK, {"bits": Times([1e-6], [1e-6], [1e-6], [1e-6], 1, "void")})
    found.stores["numpy-rows"] = Times([1e-5], [1e-5], [1e-5], [1e-5], 1)
    assert np.isnan(found.ratio("bits", "store", "cpu"))
    assert found.plain()["stores"]["numpy-rows"]["store_cpu_us"] == pytest.approx(10)
    show(found)
    assert "void" in capsys.readouterr().out
