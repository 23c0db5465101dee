"""Sweeps in processes of their own: same bits, whoever runs them; they go on where they stopped."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from experiments import provenance
from experiments.sweep import SweepError, collect, plan, sweep
from experiments.sweep.folder import LIST, Folder
from neuro.errors import DamagedFileError, SpecError
from neuro.recording import read

WEIGHT = "projections.drive.synapse.weight=150 pA,300 pA"
pytestmark = pytest.mark.slow(reason="starts processes that import everything")


def contents(path: Path) -> dict[str, list]:
    with read(path) as recording:
        times, ids = recording.spikes("cells")
        rates = {name: metric.value.tolist() for name, metric in recording.metrics().items()}
        return {"times": times.tolist(), "ids": ids.tolist(), **rates}


def test_results_are_the_same_bits_whatever_the_number_of_workers(config, tmp_path):
    planned = plan(config, [WEIGHT], repeats=2)
    one = sweep(planned, tmp_path / "one", n_workers=1)
    two = sweep(planned, tmp_path / "two", n_workers=2)
    assert [path.name for path in one] == [path.name for path in two]
    found = [contents(path) for path in one]
    assert found == [contents(path) for path in two]
    assert found[0] != found[1]
    rates = collect(tmp_path / "two")
    assert rates.axes == {"projections.drive.synapse.weight": ["150 pA", "300 pA"]}
    weak = rates.values("rate/cells", projections__drive__synapse__weight="150 pA")
    strong = rates.values("rate/cells", projections__drive__synapse__weight="300 pA")
    assert len(weak) == len(strong) == 2
    assert weak.mean() < strong.mean()


def test_a_sweep_goes_on_where_it_stopped(config, tmp_path):
    folder = tmp_path / "out"
    first = sweep(plan(config, ["seed=1,2"]), folder)
    times = [path.stat().st_mtime_ns for path in first]
    # A torn file is no result; its point runs again.
    first[1].write_bytes(first[1].read_bytes()[:1000])
    more = sweep(plan(config, ["seed=1,2,3"]), folder)
    assert more[0].stat().st_mtime_ns == times[0]
    assert more[1].stat().st_mtime_ns != times[1]
    assert len(collect(folder).points) == 3


def test_points_of_another_commit_are_kept_and_told(config, tmp_path, engram, monkeypatch):
    folder = tmp_path / "out"
    planned = plan(config, ["seed=1,2"])
    for point, commit in zip(planned.points, ("a" * 40, "b" * 40), strict=True):
        monkeypatch.setattr(provenance, "git_state", lambda _folder, it=commit: (it, False))
        made = folder / point.file
        assert engram("run", config, *point.overrides, f"output.path={made}").code == 0
    told = engram("sweep", config, "seed=1,2", "--output", folder).err
    assert "1 of them by commit aaaaaaaaaa, not by commit bbbbbbbbbb" in told
    assert "by commit bbbbbbbbbb, not" not in told
    assert collect(folder).programs == ("commit aaaaaaaaaa", "commit bbbbbbbbbb")
    assert "several states of the program: commit a" in engram("report", folder).err


def test_a_poison_point_is_named_and_the_others_are_done(config, tmp_path):
    """A membrane that explodes: numerical failure, exit code 3, of one point among two."""
    text = config.read_text().replace(
        "  cells: {model: lif, size: 10}",
        "  cells: {model: lif, size: 10}\n  bomb: {model: bomb, size: 1}\n",
    )
    model = (
        "models: {bomb: {equations: 'dv/dt = k*v/ms : 1', parameters: {k: '1'}, initial: {v: '1'}}}"
    )
    config.write_text(text + model + "\n")
    planned = plan(config, ["populations.bomb.parameters.k=-1,1e4"])
    with pytest.raises(SweepError, match=r"1 of 2 points failed(.|\n)*exit code 3") as caught:
        sweep(planned, tmp_path / "out")
    assert caught.value.exit_code == 6
    assert "1e4" in str(caught.value) or "10000" in str(caught.value)
    found = collect(tmp_path / "out")
    assert len(found.points) == len(found.missing) == 1
    told = json.loads((tmp_path / "out" / LIST).read_text())["failures"]
    assert [failure["code"] for failure in told] == [3]


def test_a_sweep_killed_in_the_middle_is_finished_by_running_it_again(config, tmp_path):
    calm = sweep(plan(config, ["seed=1,2,3"]), tmp_path / "calm")
    folder = tmp_path / "killed"
    command = [sys.executable, "-m", "experiments.cli", "sweep", str(config), "seed=1,2,3",
               "--workers", "1", "--output", str(folder)]  # fmt: skip
    process = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while not list(folder.glob("*.h5")) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    again = sweep(plan(config, ["seed=1,2,3"]), folder)
    for path, other in zip(calm, again, strict=True):
        assert contents(path) == contents(other)


def test_segments_of_a_point_whose_run_died_are_no_obstacle(config, tmp_path):
    planned, folder = plan(config, ["seed=1"]), tmp_path / "died"
    (calm,) = sweep(planned, tmp_path / "calm")
    folder.mkdir()
    path = folder / planned.points[0].file
    script = (
        "import os, sys; from neuro.recording import Header, Recorder; "
        "Recorder(sys.argv[1], Header('', '{}', {}, {}), overwrite=True).__enter__(); os._exit(9)"
    )
    died = subprocess.run([sys.executable, "-c", script, str(path)])
    assert died.returncode == 9
    assert path.with_name(f"{path.name}.parts").is_dir()
    (again,) = sweep(planned, folder)
    assert contents(calm) == contents(again)


def test_no_worker_and_no_sweep_are_told(config, tmp_path):
    with pytest.raises(SpecError, match="at least 1"):
        sweep(plan(config), tmp_path / "out", n_workers=0)
    with pytest.raises(DamagedFileError, match="no sweep here"):
        collect(tmp_path)


def test_the_command_takes_no_worker_for_none(config, tmp_path, engram):
    told = engram("sweep", config, "--workers", 0, "--output", tmp_path / "out")
    assert (told.code, "at least 1" in told.err) == (2, True)


def test_a_list_of_a_stranger_names_no_file_outside(tmp_path):
    (tmp_path / LIST).write_text(
        json.dumps({"points": [{"id": "../../x", "overrides": [], "values": {}, "repeat": 0}]})
    )
    with pytest.raises(DamagedFileError, match="no id of a point"):
        Folder(tmp_path).points()


def test_the_command_reports_a_table_and_a_picture(config, tmp_path, engram):
    folder = tmp_path / "out"
    answer = engram("sweep", config, WEIGHT, "--repeats", 2, "--workers", 2, "--output", folder)
    assert answer.code == 0, answer.err
    assert answer.last_line == str(folder)
    assert "points (4 points) ..." in answer.err
    report = engram("report", folder)
    assert report.code == 0, report.err
    assert "4 of 4 points" in report.out
    assert "150 pA" in report.out
    assert Path(report.last_line).stat().st_size > 10_000
    rows = json.loads(engram("report", folder, "--json").out)
    assert [row["runs"] for row in rows] == [2, 2]
    assert engram("report", folder, "--metric", "rate/cell").code == 2
    values = collect(folder).values("rate/cells")
    assert np.isfinite(values).all()
