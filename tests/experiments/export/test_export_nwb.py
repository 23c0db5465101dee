"""An NWB file passes the validator and the inspector of NWB, and says what the recording says."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from experiments.export import export
from neuro.recording import read

pynwb = pytest.importorskip("pynwb")


@pytest.fixture(scope="module")
def path(recorded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Export the recording."""
    out = tmp_path_factory.mktemp("nwb") / "small.nwb"
    with read(recorded) as recording:
        export("nwb", recording, out)
    return out


def test_the_validator_finds_nothing(path: Path) -> None:
    assert pynwb.validate(path=str(path)) == []


@pytest.mark.filterwarnings("ignore")
def test_the_inspector_misses_an_animal_and_nothing_else(path: Path) -> None:
    inspector = pytest.importorskip("nwbinspector")
    found = {m.check_function_name for m in inspector.inspect_nwbfile(nwbfile_path=str(path))}
    # A simulation has no subject, experimenter or institution, and no schema module fits edges.
    assert found <= {
        "check_subject_exists",
        "check_experimenter_exists",
        "check_institution",
        "check_processing_module_name",
    }


def test_units_traces_weights_and_provenance(path: Path, recorded: Path) -> None:
    with read(recorded) as recording, pynwb.NWBHDF5IO(path, "r") as io:
        times, ids = recording.spikes("exc")
        report, history = recording.report("v"), recording.weights("drive")
        file = io.read()
        units = file.units.to_dataframe()
        exc = units[units["population"] == "exc"]
        assert len(units) == 8
        for node in range(5):
            (own,) = exc[exc["node_id"] == node]["spike_times"]
            assert np.asarray(own).tolist() == (times[ids == node] * 1e-3).tolist()
        trace = file.acquisition["v_exc"]
        assert (trace.unit, trace.conversion, trace.rate) == ("volts", 1e-3, pytest.approx(2000))
        assert np.array_equal(trace.data[:], report.data)
        found = file.processing["network"]
        assert found["projection_drive"]["weight"].data[3] == 1e-3 / 3
        assert found["weights_drive"]["weight"].data[:].tolist() == history.data.tolist()
        assert found["weights_drive"]["time_s"].data[:].tolist() == [0.0, 0.1]
        assert file.units.resolution == 1e-4
        assert "curve" in found["metrics"]["metric"].data[:]
        assert file.session_start_time.isoformat() == recording.created
        assert json.loads(file.notes)["provenance"]["git"]["commit"] == "abc"
        assert file.source_script == "name: small\n"
        assert file.identifier == recording.run_id
