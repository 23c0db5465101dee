"""NIR holds LIF neurons, matrices and delays, and refuses by name what it cannot hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from neuro.recording import Header, Recorder

nir = pytest.importorskip("nir")

LIF = {"model": "lif", "parameters": {"t_ref": "0 ms", "tau_m": "10 ms", "I_e": "20 pA"}}
DELTA = {"synapse": {"model": "delta"}}
CURRENT = {"synapse": {"model": "exponential", "tau": "4 ms"}}


def record(path: Path, resolved: dict[str, Any], delays: Any = 2.0, model: str = "lif") -> Path:
    header = Header("", json.dumps(resolved), {}, {})
    with Recorder(path, header) as rec:
        rec.nodes("in", 3, "poisson")
        rec.nodes("out", 2, model)
        rec.edges("w", "in", "out", [0, 1, 2, 2], [0, 1, 0, 1], [1, 2, 3, 4.5], "volt", delays)
    return path


def resolved(projection: dict[str, Any], population: dict[str, Any] = LIF) -> dict[str, Any]:
    return {"populations": {"out": population}, "projections": {"w": projection}}


def exported(engram, tmp_path: Path, *args: Any, **more: Any) -> Any:
    done = engram(
        "export", "nir", record(tmp_path / "r.h5", *args, **more), "-o", tmp_path / "r.nir"
    )
    assert done.code == 0, done.err
    return nir.read(tmp_path / "r.nir")


def test_delta_synapses_make_a_lif_whose_voltage_jumps_by_the_weight(engram, tmp_path) -> None:
    graph = exported(engram, tmp_path, resolved(DELTA))
    node = graph.nodes["out"]
    assert isinstance(node, nir.LIF)
    # r / tau times a pulse of weight w is a jump of w; 20 pA through 100 Mohm are 2 mV.
    assert (node.r / node.tau).tolist() == [1, 1]
    assert node.v_leak == pytest.approx([-68e-3] * 2)
    assert node.v_threshold.tolist() == [-50e-3] * 2
    assert node.v_reset.tolist() == [-65e-3] * 2
    assert graph.nodes["w"].weight.tolist() == [[1, 0, 3], [0, 2, 4.5]]
    assert graph.nodes["w.delay"].delay.tolist() == [2e-3] * 3
    edges = {("in", "w.delay"), ("w.delay", "w"), ("w", "out"), ("out", "out.out")}
    assert set(graph.edges) == edges


def test_currents_make_a_cuba_lif_whose_current_jumps_by_the_weight(engram, tmp_path) -> None:
    graph = exported(engram, tmp_path, resolved(CURRENT), delays=[2, 3, 2, 3])
    node = graph.nodes["out"]
    assert isinstance(node, nir.CubaLIF)
    assert node.tau_syn.tolist() == [4e-3] * 2
    assert (node.w_in / node.tau_syn).tolist() == [1, 1]
    assert node.r.tolist() == [1e8] * 2
    # One delay of each target comes behind the matrix.
    assert graph.nodes["w.delay"].delay == pytest.approx([2e-3, 3e-3])
    assert set(graph.edges) >= {("in", "w"), ("w", "w.delay"), ("w.delay", "out")}


@pytest.mark.parametrize(
    ("told", "more", "cause"),
    [
        (resolved({**DELTA, "plasticity": {"rule": "stdp"}}), {}, "projection 'w': NIR has no pl"),
        (resolved({"synapse": {"model": "nmda"}}), {}, "projection 'w': NIR has no synapse 'nmda'"),
        (
            resolved({"synapse": {"model": "delta", "target": "segment[0]"}}),
            {},
            "projection 'w': NIR has no dendrites",
        ),
        (resolved(DELTA), {"model": "adex"}, "population 'out': NIR has no 'adex'"),
        (resolved(DELTA, {"model": "lif"}), {}, "population 'out': NIR has no refractory period"),
        (
            resolved(DELTA, {"parameters": {"t_ref": {"uniform": {"low": 0, "high": 1}}}}),
            {},
            "population 'out': t_ref differs between neurons",
        ),
        (resolved(DELTA), {"delays": [1, 2, 3, 4]}, "projection 'w': NIR has a delay for each"),
    ],
)
def test_what_nir_has_no_word_for_is_refused_by_name(engram, tmp_path, told, more, cause) -> None:
    path = record(tmp_path / "r.h5", told, **more)
    answer = engram("export", "nir", path, "-o", tmp_path / "r.nir")
    assert answer.code == 2
    assert cause in answer.err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["r.h5"]


def test_delays_of_a_foreign_graph_before_and_behind_a_matrix_add(tmp_path: Path) -> None:
    from neuro.recording.foreign import read_nir

    nodes = {
        "i": nir.Input({"input": np.array([2])}),
        "a": nir.Delay(delay=np.array([1e-3, 2e-3])),
        "m": nir.Affine(weight=np.array([[0.0, 5.0], [7.0, 0.0]]), bias=np.zeros(2)),
        "b": nir.Delay(delay=np.array([10e-3, 20e-3])),
        "o": nir.Output({"output": np.array([2])}),
    }
    links = [("i", "a"), ("a", "m"), ("m", "b"), ("b", "o")]
    nir.write(tmp_path / "g.nir", nir.NIRGraph(nodes, links))
    found = read_nir(tmp_path / "g.nir")
    assert list(zip(found.source.tolist(), found.target.tolist(), strict=True)) == [(0, 1), (1, 0)]
    assert found.weight is not None
    assert found.weight.tolist() == [7, 5]
    assert found.delay == pytest.approx([21e-3, 12e-3])
    assert (found.n_source, found.n_target) == (2, 2)
