"""All points of a sweep as one file and one table, which need nothing else."""

import shutil
import sys

import h5py
import numpy as np
import pytest

from experiments.sweep import collect, plan
from experiments.sweep.archive import table, write_archive
from neuro.errors import SpecError

WEIGHT = "projections.drive.synapse.weight"


@pytest.fixture
def folder(config, tmp_path, engram):
    """Return the folder of a sweep of four points, one of which has no result."""
    made = tmp_path / "out"
    planned = plan(config, [f"{WEIGHT}=150 pA,300 pA"], repeats=2)
    from experiments.sweep.folder import Folder

    Folder(made).write(planned, [])
    for point in planned.points[:3]:
        path = made / point.file
        assert engram("run", config, *point.overrides, f"output.path={path}", "-q").code == 0
    return made


@pytest.mark.parametrize("words", [("collect",), ("sweep", "collect")], ids=" ".join)
def test_one_file_and_one_table_have_what_all_files_had(folder, engram, tmp_path, words):
    found = collect(folder)
    answer = engram(*words, folder, "-o", tmp_path / "all.h5")
    assert answer.code == 0, answer.err
    assert answer.last_line == str(tmp_path / "all.h5")
    assert "1 of 4 points have no result" in answer.err
    shutil.rmtree(folder)
    with h5py.File(tmp_path / "all.h5") as file:
        links = []
        file.visit(lambda name: links.append(file.get(name, getlink=True)))
        assert all(isinstance(link, h5py.HardLink) for link in links)
        assert file["points/id"].asstr()[:].tolist() == [point.id for point in found.points]
        assert file[f"axes/{WEIGHT}"].asstr()[:].tolist() == ["150 pA", "150 pA", "300 pA"]
        assert file["points/repeat"][:].tolist() == [0, 1, 0]
        assert "populations:" in file.attrs["config"]
        rate = file["metrics/rate/cells"]
        assert rate[:].tolist() == [float(each["rate/cells"].value) for each in found.metrics]
        assert rate.attrs["units"] == "Hz"
        assert "number of spikes" in rate.attrs["definition"]
    parquet = pytest.importorskip("pyarrow.parquet", reason="the optional extra 'export'")
    rows = parquet.read_table(tmp_path / "all.parquet").to_pylist()
    assert [row["rate/cells"] for row in rows] == found.values("rate/cells").tolist()
    assert [row[WEIGHT] for row in rows] == ["150 pA", "150 pA", "300 pA"]


def test_without_pyarrow_there_is_the_file_alone(folder, engram, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    answer = engram("collect", folder)
    assert answer.code == 0
    assert "pip install 'engramlab[export]'" in answer.err
    assert [path.name for path in folder.glob("collected*")] == ["collected.h5"]


def test_metrics_of_other_shapes_have_a_dataset_for_each_point(folder, tmp_path):
    found = collect(folder)
    odd = found.metrics[1]["rate/cells"]
    object.__setattr__(odd, "value", np.array([1.0, 2.0]))
    write_archive(found, tmp_path / "all.h5")
    with h5py.File(tmp_path / "all.h5") as file:
        held = file["metrics/rate/cells"]
        assert set(held) == {point.id for point in found.points}
        assert held[found.points[1].id][:].tolist() == [1.0, 2.0]
        assert held[found.points[0].id].attrs["units"] == "Hz"
    assert "rate/cells" not in table(found)


def test_a_sweep_without_results_is_told(config, tmp_path, engram):
    from experiments.sweep.folder import Folder

    Folder(tmp_path / "out").write(plan(config), [])
    answer = engram("collect", tmp_path / "out")
    assert (answer.code, "no point is done yet" in answer.err) == (2, True)
    with pytest.raises(SpecError, match="no point is done"):
        table(collect(tmp_path / "out"))
    assert engram("sweep", "collect", tmp_path).code == 5
