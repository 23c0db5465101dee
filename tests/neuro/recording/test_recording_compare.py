"""Two runs side by side: what was changed in one of them is named, and nothing else."""

import json

import numpy as np
import pytest

from neuro.errors import DamagedFileError, EnvironmentFault
from neuro.recording import Header, Recorder, compare
from neuro.recording.compare import Change, FirstSpike, changes
from neuro.recording.difference import difference

SETTINGS = {"seed": 1, "tasks": [{"name": "a"}, {"name": "b"}], "output": {"path": "x.h5"}}
SPIKES = {"cells": ([5.0, 15.0, 15.0, 90.0], [0, 1, 2, 3]), "noise": ([1.0, 95.0], [0, 0])}
WEIGHTS = np.array([[1e-12, 2e-12], [1e-12, 5e-12]])


def settings(**changed):
    return json.dumps(SETTINGS | changed)


def record(path, spikes=SPIKES, weight=WEIGHTS, accuracy=(0.5, 0.75), resolved=None, **facts):
    versions = {"packages": {"numpy": "2.0"}, "engine": "numba", "argv": [str(path)]} | facts
    header = Header("name: x", resolved or settings(), versions, {"root": 1})
    with Recorder(path, header) as recorder:
        recorder.nodes("cells", 4, "lif")
        recorder.nodes("noise", 1, "poisson")
        for name, (times, ids) in spikes.items():
            recorder.spikes(name, times, ids)
        recorder.edges("loop", "cells", "cells", [0, 1], [1, 2], weight[0], "A", 1.0)
        for time, snapshot in zip([0.0, 100.0], weight, strict=True):
            recorder.weights("loop", time, snapshot)
        recorder.report("v", "cells", "v", "V", [0, 2], [0.0, 1.0], np.zeros((2, 2)))
        recorder.metric("accuracy", np.array(accuracy), "share of digits told right", "1")
        recorder.phase("learn", 0, 50)
        recorder.progress(100.0, 0.1)
    return path


@pytest.fixture
def run(tmp_path):
    return record(tmp_path / "a.h5")


def test_the_same_run_recorded_twice_is_equal(run, tmp_path):
    found = compare(run, record(tmp_path / "b.h5"))
    assert found.is_equal
    assert (found.configuration, found.provenance, found.first_spike) == ((), (), None)


def test_the_earliest_spike_that_one_file_lacks_is_named(run, tmp_path):
    fewer = {**SPIKES, "cells": ([5.0, 15.0, 90.0], [0, 1, 3]), "noise": ([1.0, 94.0], [0, 0])}
    found = compare(run, record(tmp_path / "b.h5", spikes=fewer))
    assert found.first_spike == FirstSpike("cells", 15.0, 2, "a")
    assert [(each.population, each.n_a, each.n_b) for each in found.spikes] == [
        ("cells", 4, 3),
        ("noise", 2, 2),
    ]
    assert found.spikes[1].first == FirstSpike("noise", 94.0, 0, "b")
    assert not found.arrays


def test_a_spike_after_the_last_one_of_the_other_file_is_named(run, tmp_path):
    more = SPIKES | {"noise": ([1.0, 95.0, 99.0], [0, 0, 0])}
    assert compare(run, record(tmp_path / "b.h5", spikes=more)).first_spike == FirstSpike(
        "noise", 99.0, 0, "b"
    )


def test_a_spike_that_came_the_least_bit_later_is_named(run, tmp_path):
    later = SPIKES | {"noise": ([1.0, np.nextafter(95.0, 96.0)], [0, 0])}
    assert compare(run, record(tmp_path / "b.h5", spikes=later)).first_spike == FirstSpike(
        "noise", 95.0, 0, "a"
    )


def test_one_bit_of_one_weight_is_found_and_its_synapse_named(run, tmp_path):
    changed = WEIGHTS.copy()
    changed[1, 1] = np.nextafter(5e-12, 1)
    found = compare(run, record(tmp_path / "b.h5", weight=changed))
    (weight,) = found.arrays
    assert (weight.name, weight.n_differ, weight.index) == ("weights/loop/data", 1, (1, 1))
    assert weight.place == "100 ms, synapse 1 (1 -> 2)"
    assert weight.largest == changed[1, 1] - 5e-12
    assert weight.relative == pytest.approx(np.finfo(float).eps, rel=1)
    assert not found.spikes


def test_a_metric_is_compared_absolutely_and_relatively(run, tmp_path):
    (metric,) = compare(run, record(tmp_path / "b.h5", accuracy=(0.5, 0.6))).arrays
    assert (metric.name, metric.index) == ("metrics/accuracy", (1,))
    assert (metric.largest, metric.relative) == pytest.approx((0.15, 0.2))
    assert (metric.a, metric.b) == (0.75, 0.6)


def test_metrics_of_different_shapes_are_not_subtracted(run, tmp_path):
    (metric,) = compare(run, record(tmp_path / "b.h5", accuracy=(0.5, 0.75, 1.0))).arrays
    assert (metric.kind, metric.shape_a, metric.shape_b) == ("shape", (2,), (3,))


def test_what_is_ignored_does_not_count_and_is_told(run, tmp_path):
    found = compare(run, record(tmp_path / "b.h5", accuracy=(0.5, 0.6)), ["metrics/acc*"])
    assert found.is_equal
    assert "metrics/accuracy" in found.ignored


def test_configuration_and_provenance_are_told_and_do_not_count(run, tmp_path):
    asked = settings(seed=2, tasks=[{"name": "a"}, {"name": "c"}], output={"path": "y.h5"})
    numpy = {"packages": {"numpy": "2.1"}}
    found = compare(run, record(tmp_path / "b.h5", resolved=asked, **numpy))
    assert found.configuration == (Change("seed", 1, 2), Change("tasks[1].name", "b", "c"))
    assert found.provenance == (Change("packages.numpy", "2.0", "2.1"),)
    assert found.is_equal


def test_a_key_that_one_side_lacks_is_absent():
    assert changes({"a": {"b": 1}}, {"a": {}, "c": None}) == (
        Change("a", "absent", {}),
        Change("a.b", 1, "absent"),
        Change("c", "absent", None),
    )


def test_a_run_that_died_differs_in_status_and_simulated_time(run, tmp_path):
    header = Header("name: x", settings(), {}, {"root": 1})
    with Recorder(tmp_path / "dead.h5", header) as dead:
        dead.spikes("cells", *SPIKES["cells"])
        dead.progress(90.0, 0.1)
        dead.flush()
        found = compare(run, tmp_path / "dead.h5")
    assert (found.status.a, found.status.b) == ("ok", "running")
    assert (found.simulated_ms.a, found.simulated_ms.b) == (100.0, 90.0)
    assert "spikes/noise" in found.only_in_a
    assert not found.spikes  # those of `cells` were flushed


def test_files_that_are_missing_or_not_ours_are_refused(run, tmp_path):
    with pytest.raises(EnvironmentFault, match=r"nowhere\.h5"):
        compare(run, tmp_path / "nowhere.h5")
    (tmp_path / "text.h5").write_text("not HDF5")
    with pytest.raises(DamagedFileError, match=r"text\.h5"):
        compare(tmp_path / "text.h5", run)


@pytest.mark.parametrize(
    ("a", "b", "n_differ", "largest"),
    [
        (np.array([np.nan, 1.0]), np.array([np.nan, 1.0]), None, None),
        (np.array([0.0]), np.array([-0.0]), 1, 0.0),
        (np.array([2**63 + 1], np.uint64), np.array([2**63], np.uint64), 1, 1.0),
        (np.array([1, 5], np.uint8), np.array([3, 2], np.uint8), 2, 3.0),
        (np.array(["a", "bb"]), np.array(["a", "c"]), 1, None),
        (np.array([True]), np.array([False]), 1, 1.0),
    ],
    ids=["same nan", "signed zero", "large integers", "unsigned", "text", "truth"],
)
def test_arrays_are_compared_bit_for_bit(a, b, n_differ, largest):
    found = difference("x", a, b)
    if n_differ is None:
        assert found is None
    else:
        assert (found.n_differ, found.largest) == (n_differ, largest)


def test_equal_numbers_of_another_type_are_not_bit_equal():
    found = difference("x", np.array([1.0, 2.0]), np.array([1.0, 2.0], np.float32))
    assert (found.kind, found.n_differ) == ("type", 0)
