"""The command `bench recording`: every way keeps the same spikes, and a run is timed both ways."""

import json

import numpy as np
import pytest

from experiments.bench.recorded_run import Run
from experiments.bench.recorders import PEER, RECORDERS, held
from experiments.bench.recording_table import QUICK, Cost, Found, Task, _fault


@pytest.mark.parametrize("name", [name for name in RECORDERS if name.startswith("recorder")])
def test_what_is_recorded_reads_back_or_is_void(tmp_path, name):
    task = Task(n_blocks=3, block=500)
    times, nodes = task.draw()
    path = tmp_path / "run.h5"
    with RECORDERS[name][0](path) as append:
        for block in range(3):
            append(times + 1e3 * block, nodes)
    assert held(path)[0].size == task.n_spikes
    assert _fault(name, path, task, times, nodes) == ""
    assert "void" in _fault(name, path, task, times, (nodes + 1) % task.size)
    assert "void" in _fault(name, path, task, times + 1e-9, nodes)


@pytest.mark.parametrize("name", RECORDERS)
def test_no_file_is_smaller_than_its_spikes_but_for_compression(tmp_path, name):
    times, nodes = Task(block=2000).draw()
    with RECORDERS[name][0](tmp_path / "spikes") as append:
        append(times, nodes)
    n_bytes = (tmp_path / "spikes").stat().st_size
    assert (n_bytes >= 16 * 2000) or name.endswith("gzip")
    assert (name == "bare") == (n_bytes == 16 * 2000)


def test_ratios_are_to_h5py_with_checksums():
    task = Task(n_blocks=1, block=1_000_000)
    costs = {
        "recorder": Cost([0.2], [0.1]),
        PEER: Cost([0.1], [0.1]),
        "bare": Cost([1], [1], 1, "x"),
    }
    found = Found({}, task, costs)
    assert found.costs["recorder"].rate("wall", task.n_spikes) == pytest.approx(5)
    assert found.ratio("recorder", "wall") == pytest.approx(0.5)
    assert np.isnan(found.ratio("bare", "cpu"))


def test_what_recording_adds_is_the_median_of_neighbours():
    run = Run(1.0, [1.0, 2.0, 4.0], [1.0] * 3, [1.1, 2.2, 4.0], [1.5] * 3)
    assert run.overhead("wall") == pytest.approx(0.1)
    assert run.overhead("cpu") == pytest.approx(0.5)


def test_table_json_and_picture(engram, tmp_path):
    output = tmp_path / "bench.json"
    answer = engram("bench", "recording", "--quick", "--repeats", 1, "-o", output)
    assert answer.code == 0, answer.err
    assert answer.last_line == str(output)
    assert output.with_suffix(".png").stat().st_size > 1000
    kept = json.loads(output.read_text())
    assert kept["task"]["n_spikes"] == QUICK.n_spikes
    assert set(kept["recorders"]) == set(RECORDERS)
    assert all(
        entry["fault"] == "" and len(entry["wall"]) == 1 for entry in kept["recorders"].values()
    )
    assert kept["run"]["n_spikes"] > 100
    assert len(kept["run"]["on_cpu"]) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bench.json", "bench.png"]
