"""The file is SONATA: libsonata, written by others, reads what was recorded."""

import shutil
from pathlib import Path

import libsonata
import numpy as np
import pytest

from neuro.recording import Header, Recorder

HEADER = Header("", "{}", {}, {})
N_NODES = 50
N_EDGES = 40_000


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Record a run of several chunks and segments."""
    path = tmp_path_factory.mktemp("sonata") / "run.h5"
    rng = np.random.default_rng(1)
    with Recorder(path, HEADER) as rec:
        rec.nodes("exc", N_NODES, "lif")
        rec.nodes("inh", 5, "lif")
        pre, post = rng.integers(0, N_NODES, N_EDGES), rng.integers(0, 5, N_EDGES)
        rec.edges("ei", "exc", "inh", pre, post, np.arange(N_EDGES) * 0.5, "pA", 2.5)
        for k in range(3):
            times = 100 * k + rng.random(9000) * 100
            rec.spikes("exc", times, rng.integers(0, N_NODES, 9000))
            instants = 100 * k + np.arange(0, 100, 0.5)
            rec.report("soma", "exc", "v", "mV", [3, 7], instants, np.ones((200, 2)) * [[k, -k]])
            columns = np.arange(200)[:, None] + np.array([[0, 1, 2]])
            rec.report(
                "tree", "inh", "v", "mV", [0, 0, 4], instants, columns, element_ids=[0, 1, 0]
            )
            rec.flush()
        rec.spikes("inh", [], [])
    return path


def test_magic_and_version(path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    with h5py.File(path) as h5:
        assert h5.attrs["magic"] == 0x0A7A
        assert h5.attrs["magic"].dtype == np.uint32
        assert h5.attrs["version"].tolist() == [0, 1]
        assert h5["spikes/exc/timestamps"].chunks == (16384,)
        assert h5["report"] == h5["reports/soma"]


def test_spikes(path: Path) -> None:
    reader = libsonata.SpikeReader(str(path))
    assert sorted(reader.get_population_names()) == ["exc", "inh"]
    spikes = reader["exc"]
    assert spikes.sorting == "by_time"
    found = spikes.get_dict()
    assert found["timestamps"].size == 27_000
    assert (np.diff(found["timestamps"]) >= 0).all()
    window = spikes.get(tstart=100.0, tstop=200.0)
    assert len(window) == 9000
    assert reader["inh"].get() == []


def test_nodes(path: Path) -> None:
    storage = libsonata.NodeStorage(str(path))
    assert storage.population_names == {"exc", "inh"}
    assert storage.open_population("exc").size == N_NODES


def test_edges(path: Path) -> None:
    edges = libsonata.EdgeStorage(str(path)).open_population("ei")
    assert (edges.size, edges.source, edges.target) == (N_EDGES, "exc", "inh")
    some = libsonata.Selection([(20_000, 20_003)])
    assert edges.get_attribute("syn_weight", some).tolist() == [10_000, 10_000.5, 10_001]
    assert edges.get_attribute("delay", some).tolist() == [2.5] * 3
    assert edges.target_nodes(some).max() < 5


def test_the_report_that_libsonata_can_name(path: Path) -> None:
    population = libsonata.ElementReportReader(str(path))["exc"]
    assert population.times == (0.0, 300.0, 0.5)
    assert (population.data_units, population.time_units) == ("mV", "ms")
    assert population.get_node_ids() == [3, 7]
    frame = population.get(node_ids=libsonata.Selection([7]))
    assert frame.data.shape == (600, 1)
    assert np.unique(frame.data).tolist() == [-2, -1, 0]


def test_dimension_scales_label_the_report(path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    with h5py.File(path) as h5:
        data = h5["reports/tree/inh/data"]
        assert [side[0].name.rsplit("/", 1)[1] for side in data.dims] == ["time", "node"]
        assert data.parent.attrs["NX_class"] == "NXdata"
        assert data.parent["mapping/node_ids"][:].tolist() == [0, 4]
        assert data.parent["mapping/index_pointers"][:].tolist() == [0, 2, 3]
        assert data.parent["mapping/element_ids"][:].tolist() == [0, 1, 0]


def test_afferent_edges_can_be_read_after_libsonata_has_indexed_a_copy(
    path: Path, tmp_path: Path
) -> None:
    copy = str(shutil.copy(path, tmp_path / "copy.h5"))
    before = libsonata.EdgeStorage(copy).open_population("ei")
    with pytest.raises(libsonata.SonataError, match="index"):
        before.afferent_edges([3])
    targets = before.target_nodes(before.select_all())
    del before
    libsonata.EdgePopulation.write_indices(copy, "ei", N_NODES, 5)
    after = libsonata.EdgeStorage(copy).open_population("ei")
    found = after.afferent_edges([3]).flatten()
    assert found.tolist() == np.flatnonzero(targets == 3).tolist()
