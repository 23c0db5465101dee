"""A circuit folder is opened by the readers of others, which find what was recorded."""

from __future__ import annotations

import json
from pathlib import Path

import libsonata
import numpy as np
import pytest

from experiments.export import export
from neuro.recording import circuit, read
from neuro.recording.contents import Edges


@pytest.fixture(scope="module")
def folder(recorded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Export the recording."""
    out = tmp_path_factory.mktemp("sonata") / "circuit"
    with read(recorded) as recording:
        export("sonata", recording, out)
    return out


def test_libsonata_opens_every_population_of_the_circuit(folder: Path) -> None:
    found = libsonata.CircuitConfig.from_file(str(folder / "circuit_config.json"))
    assert found.node_populations == {"noise", "exc", "inh"}
    assert found.edge_populations == {"drive", "brake"}
    assert found.node_population("exc").size == 5
    assert found.node_population_properties("noise").type == "virtual"
    assert found.node_population_properties("exc").type == "brian2_point"
    assert found.node_population("inh").get_attribute("synapse_class", 0) == "INH"
    assert found.node_population("noise").get_attribute("synapse_class", 0) == "EXC"
    assert found.node_population("exc").get_attribute("model_template", 0) == "brian2:lif"


def test_edges_have_their_weights_delays_and_indices(folder: Path) -> None:
    found = libsonata.CircuitConfig.from_file(str(folder / "circuit_config.json"))
    drive = found.edge_population("drive")
    every = drive.select_all()
    assert drive.get_attribute("syn_weight", every)[3] == 1e-3 / 3
    assert drive.get_attribute("delay", every).tolist() == pytest.approx([1, 2, 1.5, 0.1, 0.3, 9])
    assert drive.efferent_edges([0]).flatten().tolist() == [0, 1, 2]
    assert drive.afferent_edges([3]).flatten().tolist() == [4, 5]
    assert drive.afferent_edges([2]).flatten().tolist() == []
    assert drive.connecting_edges([0], [4]).flatten().tolist() == [2]


@pytest.mark.parametrize("seed", range(5))
def test_indices_are_those_that_libsonata_writes(seed: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(0, 200))
    ends = rng.integers(0, 12, n).astype(np.uint64), rng.integers(0, 7, n).astype(np.uint64)
    edges = Edges("a", "b", *ends, np.zeros(n), "volt", np.ones(n))
    circuit.write_file(tmp_path / "e.h5", circuit.edge_items("e", edges, 12, 7, "delta"))
    found = libsonata.EdgeStorage(str(tmp_path / "e.h5")).open_population("e")
    for node in range(12):
        mine = found.efferent_edges([node]).flatten().tolist()
        assert mine == np.flatnonzero(ends[0] == node).tolist()
    for node in range(7):
        mine = found.afferent_edges([node]).flatten().tolist()
        assert mine == np.flatnonzero(ends[1] == node).tolist()


def test_spikes_and_reports_are_those_of_the_recording(folder: Path, recorded: Path) -> None:
    spikes = libsonata.SpikeReader(str(folder / "spikes.h5"))
    population = libsonata.ElementReportReader(str(folder / "reports/v.h5"))["exc"]
    assert (population.data_units, population.time_units) == ("mV", "ms")
    assert population.times == pytest.approx((0, 100, 0.5))
    with read(recorded) as recording:
        times, ids = recording.spikes("exc")
        report = recording.report("v")
    assert spikes["exc"].get_dict()["timestamps"].tolist() == times.tolist()
    assert spikes["exc"].get_dict()["node_ids"].tolist() == ids.tolist()
    assert spikes["inh"].get() == []
    assert population.get_node_ids() == [1, 4]
    assert np.array_equal(population.get().data, report.data)


def test_the_simulation_is_one_of_brian2(folder: Path) -> None:
    found = libsonata.SimulationConfig.from_file(str(folder / "simulation_config.json"))
    assert found.target_simulator == libsonata.SimulatorType.Brian2
    assert (found.run.tstop, found.run.dt, found.run.random_seed) == (100.0, 0.1, 11)
    assert found.list_report_names == {"v"}
    output = Path(found.output.output_dir)
    assert (output / found.output.spikes_file).resolve() == (folder / "spikes.h5").resolve()
    assert Path(found.network) == folder / "circuit_config.json"
    told = json.loads((folder / "provenance.json").read_text())
    assert told["provenance"]["git"]["commit"] == "abc"


def test_bluepysnap_finds_no_fault(folder: Path) -> None:
    validation = pytest.importorskip("bluepysnap.circuit_validation")
    config = str(folder / "circuit_config.json")
    assert validation.validate(config, skip_slow=False, print_errors=False) == set()
    from bluepysnap import Circuit

    found = Circuit(config).edges["drive"].get([3], ["@source_node", "syn_weight"])
    assert found.to_numpy().tolist() == [[2, 1e-3 / 3]]


def test_the_last_weights_without_what_was_pruned(recorded: Path, tmp_path: Path) -> None:
    with read(recorded) as recording:
        export("sonata", recording, tmp_path / "final", "final")
    found = libsonata.EdgeStorage(str(tmp_path / "final/edges/drive.h5")).open_population("drive")
    assert found.size == 5
    assert found.get_attribute("syn_weight", found.select_all())[2] == 2 * (1e-3 / 3)
    assert found.target_nodes(found.select_all()).tolist() == [1, 1, 0, 3, 3]
