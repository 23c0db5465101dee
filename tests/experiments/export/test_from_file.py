"""A network that was exported, or made elsewhere, runs here: the same spikes, bit for bit."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import h5py
import numpy as np
import pytest
from scipy import sparse

from neuro.recording import read

HEAD = """\
simulation: {dt: 0.1 ms, duration: 60 ms, engine: brian2}
seed: 7
populations:
  noise: {model: poisson, size: 12, parameters: {rate: 400 Hz}}
  cells:
    model: lif
    size: 9
    parameters: {t_ref: 0 ms}
    initial: {v: {uniform: {low: -70 mV, high: -51 mV}}}
recordings: {s: {population: cells, variable: spikes}}
projections:
"""
MADE = """\
  drive:
    source: noise
    target: cells
    connectivity: {rule: fixed_indegree, indegree: 4}
    synapse: {model: delta, weight: {uniform: {low: 2 mV, high: 6 mV}}, delay: DELAY}
  loop:
    source: cells
    target: cells
    connectivity: {rule: pairwise_bernoulli, p: 0.4}
    synapse: {model: delta, weight: -1 mV, delay: 1.5 ms}
"""
TAKEN = """\
  drive:
    source: noise
    target: cells
    connectivity: {rule: from_file, path: DRIVE}
    synapse: {model: delta, weight: 1 mV}
  loop:
    source: cells
    target: cells
    connectivity: {rule: from_file, path: LOOP}
    synapse: {model: delta, weight: 1 mV}
"""
OWN_DELAYS = "{uniform: {low: 0.5 ms, high: 4 ms}}"


@pytest.fixture
def run(engram, tmp_path: Path):
    """Run a YAML text in a folder of its own and return the file."""

    def call(name: str, text: str) -> Path:
        (tmp_path / f"{name}.yaml").write_text(text)
        out = tmp_path / f"{name}.h5"
        done = engram("run", tmp_path / f"{name}.yaml", f"output.path={out}")
        assert done.code == 0, done.err
        return out

    return call


def taken(drive: str, loop: str) -> str:
    return HEAD + TAKEN.replace("DRIVE", drive).replace("LOOP", loop)


def spikes(path: Path) -> list[list[float]]:
    with read(path) as recording:
        times, ids = recording.spikes("cells")
    assert times.size > 20
    return [times.tolist(), ids.tolist()]


@pytest.mark.parametrize(
    ("kind", "delay", "drive", "loop"),
    [
        ("sonata", OWN_DELAYS, "there/edges/drive.h5", "there/edges/loop.h5"),
        ("graphml", OWN_DELAYS, "there, projection: drive", "there, projection: loop"),
        ("nir", "1 ms", "there, projection: drive", "there, projection: loop"),
    ],
)
def test_there_and_back(engram, run, tmp_path: Path, kind, delay, drive, loop) -> None:
    text = HEAD + MADE.replace("DELAY", delay)
    if kind == "nir":
        pytest.importorskip("nir")
        # A matrix has one number for each pair.
        text = text.replace("indegree: 4", "indegree: 4, allow_multapses: false")
    first = run("first", text)
    name = "there" if kind == "sonata" else f"there.{kind}"
    done = engram("export", kind, first, "-o", tmp_path / name)
    assert done.code == 0, done.err
    if kind != "sonata":
        drive, loop = drive.replace("there", name), loop.replace("there", name)
    second = run("second", taken(drive, loop))
    assert spikes(second) == spikes(first)
    with read(first) as a, read(second) as b:
        for projection in ("drive", "loop"):
            was, now = a.edges(projection), b.edges(projection)
            assert now.source_ids.tolist() == was.source_ids.tolist()
            assert now.weight.tolist() == was.weight.tolist()
            assert now.delay_ms == pytest.approx(was.delay_ms, rel=1e-7)
        path = tmp_path / drive.partition(",")[0]
        told = b.provenance["files"]["drive"]
        assert told == {
            "path": str(path),
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }


def test_a_recording_is_a_network_too(run) -> None:
    first = run("first", HEAD + MADE.replace("DELAY", "1 ms"))
    second = run("second", taken("first.h5, projection: drive", "first.h5, projection: loop"))
    assert spikes(second) == spikes(first)


def test_a_matrix_with_a_unit_replaces_weights_and_without_one_multiplies(run, tmp_path) -> None:
    dense = np.arange(12 * 9).reshape(12, 9) % 5
    sparse.save_npz(tmp_path / "drive.npz", sparse.csr_matrix(dense))
    sparse.save_npz(tmp_path / "loop.npz", sparse.coo_array((9, 9)))
    plain = run("plain", taken("drive.npz", "loop.npz"))
    with_unit = run("unit", taken("drive.npz, weight_unit: uV", "loop.npz"))
    with read(plain) as a, read(with_unit) as b:
        assert a.edges("drive").weight == pytest.approx(dense[dense > 0] * 1e-3, rel=1e-15)
        assert b.edges("drive").weight == pytest.approx(dense[dense > 0] * 1e-6, rel=1e-15)
        assert a.edges("loop").weight.size == 0
        assert a.edges("drive").delay_ms.tolist() == [1.0] * a.edges("drive").weight.size


def allen(path: Path) -> None:
    """Write edges as the public example circuits have them: types in a table, two groups."""
    with h5py.File(path, "w") as h5:
        group = h5.create_group("edges/ext_to_int")
        group["source_node_id"] = np.array([3, 0, 11], dtype=np.uint64)
        group["source_node_id"].attrs["node_population"] = "ext"
        group["target_node_id"] = np.array([2, 8, 2], dtype=np.uint64)
        group["edge_type_id"] = np.array([100, 101, 100], dtype=np.uint32)
        group["edge_group_id"] = np.array([0, 1, 0], dtype=np.uint16)
        group["edge_group_index"] = np.array([1, 0, 0], dtype=np.uint32)
        group["0/nsyns"] = np.array([2, 3], dtype=np.uint8)
        group["1/nsyns"] = np.array([1], dtype=np.uint8)
        group["1/syn_weight"] = np.array([7.0])
    (path.parent / "types.csv").write_text(
        "edge_type_id target_query source_query syn_weight delay template\n"
        "100 \"model_type=='point'\" NULL 0.5 2.0 static_synapse\n"
        "101 NULL NULL NULL 1.0 static_synapse\n"
    )


def test_a_public_circuit_with_its_table_of_edge_types(run, tmp_path: Path) -> None:
    allen(tmp_path / "edges.h5")
    sparse.save_npz(tmp_path / "loop.npz", sparse.coo_array((9, 9)))
    place = "edges.h5, edge_types: types.csv, weight_unit: mV"
    with read(run("allen", taken(place, "loop.npz"))) as recording:
        edges = recording.edges("drive")
    assert edges.source_ids.tolist() == [0, 3, 11]
    assert edges.target_ids.tolist() == [8, 2, 2]
    # 7; the second of group 0: 3 synapses of 0.5; the first: 2.
    assert edges.weight == pytest.approx([7e-3, 1.5e-3, 1e-3], rel=1e-15)
    assert edges.delay_ms == pytest.approx([1, 2, 2], rel=1e-15)


def external(path: Path) -> None:
    with h5py.File(path, "w") as h5:
        h5["edges"] = h5py.ExternalLink("/etc/hostname.h5", "/")


def cut(path: Path) -> None:
    allen(path)
    path.write_bytes(path.read_bytes()[:700])


def too_far(path: Path) -> None:
    allen(path)
    with h5py.File(path, "a") as h5:
        h5["edges/ext_to_int/target_node_id"][0] = 9


def beyond_its_group(path: Path) -> None:
    allen(path)
    with h5py.File(path, "a") as h5:
        h5["edges/ext_to_int/edge_group_index"][0] = 5


def other_size(path: Path) -> None:
    allen(path)
    with h5py.File(path, "a") as h5:
        ranges = np.zeros((13, 2), dtype=np.uint64)
        h5["edges/ext_to_int/indices/source_to_target/node_id_to_ranges"] = ranges


def no_weight(path: Path) -> None:
    allen(path)
    with h5py.File(path, "a") as h5:
        h5["edges/ext_to_int/1/syn_weight"][0] = np.nan


def outside(path: Path) -> None:
    """Write a matrix whose row pointer leads behind its data."""
    data, indices = np.ones(2), np.array([0, 1], dtype=np.int32)
    indptr = np.array([0, 900, *[2] * 11], dtype=np.int32)
    told = {"format": b"csr", "shape": (12, 9), "data": data, "indices": indices}
    np.savez(path, indptr=indptr, **told)


def pickled(path: Path) -> None:
    np.savez(path, format=b"coo", shape=(12, 9), data=np.array([print], dtype=object))


def entities(path: Path) -> None:
    path.write_text('<!DOCTYPE g [<!ENTITY a "aaaa">]><graphml>&a;</graphml>')


def no_xml(path: Path) -> None:
    path.write_text("<graphml><graph>")


def no_nir(path: Path) -> None:
    with h5py.File(path, "w") as h5:
        h5["node/type"] = "Linear"


@pytest.mark.parametrize(
    ("make", "name", "code", "cause"),
    [
        (external, "bad.h5", 5, "soft or external link"),
        (cut, "bad.h5", 5, "damaged"),
        (too_far, "bad.h5", 2, "target 9; the population has 9 neurons"),
        (beyond_its_group, "bad.h5", 5, "6 needed"),
        (other_size, "bad.h5", 2, "13 source neurons; the population has 12"),
        (no_weight, "bad.h5", 5, "no finite syn_weight"),
        (outside, "bad.npz", 5, "not a SciPy sparse matrix"),
        (pickled, "bad.npz", 5, "not a SciPy sparse matrix"),
        (entities, "bad.graphml", 5, "XML entities"),
        (no_xml, "bad.graphml", 5, "not a GraphML file"),
        (no_nir, "bad.nir", 5, "no NIR graph"),
    ],
)
def test_a_wrong_file_is_told_with_place_path_and_cause(
    engram, tmp_path: Path, make, name, code, cause
) -> None:
    make(tmp_path / name)
    (tmp_path / "types.csv").touch()
    (tmp_path / "types.csv").write_text("edge_type_id syn_weight\n100 0.5\n101 1\n")
    text = taken(f"{name}, edge_types: types.csv", name)
    config = tmp_path / "net.yaml"
    config.write_text(text)
    line = next(k for k, row in enumerate(text.splitlines(), 1) if "path:" in row)
    column = text.splitlines()[line - 1].index(name) + 1
    answer = engram("run", config, f"output.path={tmp_path / 'out.h5'}")
    assert answer.code == code, answer.err
    assert f"net.yaml:{line}:{column}: projections.drive.connectivity: " in answer.err
    assert str(tmp_path / name) in answer.err
    assert cause in answer.err
    assert not (tmp_path / "out.h5").exists()


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("nowhere.h5", "there is no file"),
        ("nowhere.xls", "no format of networks has the suffix '.xls'"),
        ("net.yaml", "no format of networks has the suffix '.yaml'"),
        ("some.npz, weight_unit: parsec", "parsec"),
        ("some.npz, edge_types: none.csv", "there is no file"),
    ],
)
def test_what_can_be_seen_without_reading_is_told_by_validate(
    engram, tmp_path: Path, text: str, cause: str
) -> None:
    (tmp_path / "some.npz").touch()
    config = tmp_path / "net.yaml"
    config.write_text(taken(text, "some.npz"))
    answer = engram("validate", config)
    assert answer.code == 2
    assert cause in answer.err + answer.out
    assert "net.yaml:15:" in answer.err + answer.out


def test_units_that_do_not_fit_are_refused(engram, tmp_path: Path) -> None:
    allen(tmp_path / "edges.h5")
    config = tmp_path / "net.yaml"
    config.write_text(taken("edges.h5, edge_types: types.csv, weight_unit: pA", "edges.h5"))
    answer = engram("run", config)
    assert answer.code == 2
    assert "net.yaml:15:" in answer.err
    assert f"{tmp_path / 'edges.h5'} has weights that are a current" in answer.err


def test_several_projections_need_a_name(engram, tmp_path: Path, recorded: Path) -> None:
    config = tmp_path / "net.yaml"
    config.write_text(taken(f"'{recorded}', projection: drvie", str(recorded)))
    answer = engram("run", config)
    assert answer.code == 2
    assert "did you mean 'drive'" in answer.err


def test_the_resolved_configuration_runs_from_anywhere(run, engram, tmp_path, monkeypatch) -> None:
    (tmp_path / "deep").mkdir()
    sparse.save_npz(tmp_path / "deep/m.npz", sparse.coo_array((12, 9)))
    sparse.save_npz(tmp_path / "deep/l.npz", sparse.coo_array((9, 9)))
    (tmp_path / "deep/net.yaml").write_text(taken("m.npz", "l.npz"))
    shown = json.loads(engram("show", tmp_path / "deep/net.yaml", "--json").out)
    path = shown["projections"]["drive"]["connectivity"]["path"]
    assert path == str(tmp_path / "deep/m.npz")
