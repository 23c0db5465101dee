"""Tables and graphs hold every number that was recorded, bit for bit."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import networkx
import numpy as np
import pytest

from experiments.export import export
from neuro.recording import read


@pytest.fixture(scope="module")
def exported(recorded: Path, tmp_path_factory: pytest.TempPathFactory):
    """Export the recording in a format and return where."""
    base = tmp_path_factory.mktemp("tables")

    def make(kind: str) -> Path:
        with read(recorded) as recording:
            export(kind, recording, base / kind)
        return base / kind

    return make


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_csv_has_every_synapse_spike_metric_and_sample(exported, recorded: Path) -> None:
    folder = exported("csv")
    edges = rows(folder / "edges.csv")
    assert [row["projection"] for row in edges] == ["brake"] * 3 + ["drive"] * 6
    assert float(edges[6]["weight"]) == 1e-3 / 3
    assert edges[6]["weight_unit"] == "volt"
    assert (edges[8]["source_id"], edges[8]["target_id"], edges[8]["delay_ms"]) == ("6", "3", "9.0")
    with read(recorded) as recording:
        times, ids = recording.spikes("exc")
        report = recording.report("v")
    spikes = rows(folder / "spikes.csv")
    assert [float(row["time_ms"]) for row in spikes] == times.tolist()
    assert [int(row["node_id"]) for row in spikes] == ids.tolist()
    metrics = {(row["metric"], row["index"]): row for row in rows(folder / "metrics.csv")}
    assert metrics["curve", "1"]["value"] == "0.25"
    assert metrics["rate/exc", ""]["unit"] == "Hz"
    samples = rows(folder / "report-v-exc.csv")
    assert np.float32(samples[7]["v_4 (mV)"]) == report.data[7, 1]
    assert rows(folder / "nodes.csv")[0] == {"population": "exc", "size": "5", "model": "lif"}


def test_parquet_has_the_tables_with_their_types(exported, recorded: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    folder = exported("parquet")
    spikes = parquet.read_table(folder / "spikes.parquet")
    with read(recorded) as recording:
        times, ids = recording.spikes("exc")
    assert spikes["time_ms"].to_numpy().tolist() == times.tolist()
    assert spikes["node_id"].to_numpy().dtype == np.uint64
    assert spikes["node_id"].to_numpy().tolist() == ids.tolist()
    edges = parquet.read_table(folder / "edges.parquet").to_pylist()
    assert edges[6]["weight"] == 1e-3 / 3
    assert parquet.read_table(folder / "report-v-exc.parquet")["v_1 (mV)"].type == "float"


def test_graphml_is_read_by_networkx(exported) -> None:
    graph = networkx.read_graphml(exported("graphml"))
    assert graph.is_directed()
    assert len(graph) == 15
    assert graph.nodes["noise/6"] == {"population": "noise", "index": 6, "model": "poisson"}
    pair = graph.get_edge_data("noise/0", "exc/1").values()
    assert sorted(edge["weight"] for edge in pair) == [0.1e-3, 0.2e-3]
    (edge,) = graph.get_edge_data("inh/2", "exc/2").values()
    told = {"projection": "brake", "weight": -3e-12, "weight_unit": "amp"}
    assert edge == {**told, "delay": 1.5, "delay_unit": "ms"}


def test_an_edge_list_is_read_by_networkx(exported) -> None:
    path = exported("edgelist") / "drive.edgelist"
    data = (("weight", float), ("delay", float))
    graph = networkx.read_edgelist(
        path, data=data, create_using=networkx.MultiDiGraph, nodetype=int
    )
    assert graph.number_of_edges() == 6
    assert list(graph.get_edge_data(2, 0).values()) == [{"weight": 1e-3 / 3, "delay": 0.1}]
    first = path.read_text().splitlines()[0]
    assert first == "# source(noise) target(exc) weight(volt) delay(ms)"


@pytest.mark.parametrize(
    ("kind", "package"), [("parquet", "pyarrow"), ("nwb", "pynwb"), ("nir", "nir")]
)
def test_a_missing_library_names_the_extra(
    engram, recorded: Path, tmp_path, monkeypatch, kind: str, package: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    answer = engram("export", kind, recorded, "-o", tmp_path / "out")
    assert answer.code == 4
    assert "pip install 'engramlab[export]'" in answer.err
    assert package in answer.err
    assert list(tmp_path.iterdir()) == []
