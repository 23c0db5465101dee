"""What was recorded, in the hands of xarray and Neo: every label says what it labels."""

import sys

import numpy as np
import pytest

from neuro.errors import EnvironmentFault
from neuro.recording import Header, Recorder, read
from neuro.recording.labelled import metric_array, spike_trains, trace_array, weight_array

TIMES_MS, IDS = [5.0, 15.0, 15.0, 90.0], [3, 1, 3, 1]
RECALL = np.arange(6.0).reshape(2, 3)


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    path = tmp_path_factory.mktemp("labelled") / "run.h5"
    with Recorder(path, Header("name: x", "{}", {}, {"root": 1})) as recorder:
        recorder.nodes("cells", 5, "lif")
        recorder.spikes("cells", TIMES_MS, IDS)
        recorder.edges("loop", "cells", "cells", [0, 4], [1, 2], [1e-12, 2e-12], "A", 1.0)
        recorder.weights("loop", 0.0, [1e-12, 2e-12])
        recorder.weights("loop", 100.0, [1e-12, 5e-12], [True, False])
        times = np.arange(0.0, 10.0)
        recorder.report("v", "cells", "v", "V", [0, 2], times, np.stack([times, -times], axis=1))
        recorder.metric("recall", RECALL, "[network, load]: share recalled", "1")
        recorder.metric("plain", RECALL, "no axes told", "s")
        recorder.progress(100.0, 0.1)
    with read(path) as opened:
        yield opened


def test_a_trace_is_asked_by_time_and_neuron(recording):
    v = trace_array(recording, "v")
    assert v.dims == ("time", "neuron")
    assert float(v.sel(time=3.0, neuron=2)) == -3.0
    assert (v.attrs["units"], v["time"].attrs["units"]) == ("V", "ms")


def test_weights_are_asked_by_time_and_by_their_neurons(recording):
    weight = weight_array(recording, "loop")
    assert weight.dims == ("t", "synapse")
    late = weight.sel(t=100.0)
    assert late.where(late["source"] == 4, drop=True).values.tolist() == [5e-12]
    assert late["alive"].values.tolist() == [True, False]
    assert weight.attrs["units"] == "A"


def test_axes_of_a_metric_bear_the_names_of_its_definition(recording):
    recall = metric_array(recording, "recall")
    assert float(recall.isel(network=1, load=2)) == RECALL[1, 2]
    assert recall.attrs["definition"] == "[network, load]: share recalled"
    assert metric_array(recording, "plain").dims == ("axis_0", "axis_1")


def test_every_neuron_has_a_spike_train_and_silent_ones_an_empty_one(recording):
    trains = spike_trains(recording, "cells")
    assert [train.annotations["node_id"] for train in trains] == [0, 1, 2, 3, 4]
    assert [train.magnitude.tolist() for train in trains] == [[], [15, 90], [], [5, 15], []]
    assert {float(train.t_stop.rescale("s")) for train in trains} == {0.1}


@pytest.mark.parametrize(
    ("library", "use"),
    [("xarray", lambda found: trace_array(found, "v")),
     ("neo", lambda found: spike_trains(found, "cells"))],
)  # fmt: skip
def test_a_missing_library_names_the_extra(recording, monkeypatch, library, use):
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(EnvironmentFault, match=rf"{library}.*engramlab\[analysis\]"):
        use(recording)
