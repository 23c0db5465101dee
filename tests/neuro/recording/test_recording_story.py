"""What is recorded is read back, from the segments of a living run as from the sealed file."""

import json
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuro import recording
from neuro.errors import SpecError
from neuro.recording import Header, Recorder, Recording, Status

PROVENANCE = {"python": "3.11", "git": {"commit": "c0ffee", "dirty": False}}
HEADER = Header("name: story\n", '{"name": "story"}', PROVENANCE, {"root": 7})


def small_run(rec: Recorder) -> None:
    rec.nodes("exc", 10, model="lif")
    rec.edges("ee", "exc", "exc", [0, 1, 2], [3, 4, 5], np.float32([1, 2, 3]), "pA", 1.5)
    for k in range(3):
        start = 10.0 * k
        rec.spikes("exc", [start + 2, start + 1], [4, k])
        rec.report("v", "exc", "v", "mV", [1, 5], start + np.arange(10), np.full((10, 2), k))
        rec.weights("ee", start, np.float32([1, 2, 3]) + k, alive=[1, 0, 1] if k == 2 else None)
        rec.phase(f"phase {k}", start, start + 10, task="digits", plasticity=k == 1)
        rec.progress(start + 10, 0.5)
        rec.flush()
    rec.metric("memory/recall", np.array([1.0, 0.5]), "exact recalls over probes", probes=60)
    rec.metric("acc", 0.75, "correct over all")
    rec.array("digits/label", ["one", "zwölf"], description="what was shown")
    rec.flush()


def check_small_run(run: Recording) -> None:
    assert run.config_source == HEADER.source
    assert json.loads(run.resolved) == {"name": "story"}
    assert (run.provenance, run.seeds) == (HEADER.provenance, HEADER.seeds)
    assert run.nodes == {"exc": recording.Population(10, "lif")}
    assert run.progress == (30.0, 0.5)
    times, ids = run.spikes("exc")
    assert times.tolist() == [1, 2, 11, 12, 21, 22]
    assert ids.tolist() == [0, 4, 1, 4, 2, 4]
    check_edges_and_weights(run)
    report = run.report("v")
    assert (report.population, report.variable, report.unit) == ("exc", "v", "mV")
    assert report.times_ms.tolist() == list(range(30))
    assert report.data.tolist() == np.repeat([[0, 0], [1, 1], [2, 2]], 10, axis=0).tolist()
    assert report.node_ids.tolist() == [1, 5]
    assert [p.plasticity for p in run.phases()] == [False, True, False]
    assert run.phases()[2] == recording.Phase("phase 2", 20, 30, "digits", False)
    assert run.metric("memory/recall").tolist() == [1.0, 0.5]
    assert run.metrics()["memory/recall"].attrs == {"probes": 60, "seed": 7, "commit": "c0ffee"}
    assert run.metrics()["acc"].definition == "correct over all"
    assert run.metric("acc") == 0.75
    assert run.array("digits/label").tolist() == ["one", "zwölf"]


def check_edges_and_weights(run: Recording) -> None:
    edges = run.edges("ee")
    assert (edges.source_pop, edges.target_pop, edges.weight_unit) == ("exc", "exc", "pA")
    assert edges.source_ids.tolist() == [0, 1, 2]
    assert edges.target_ids.tolist() == [3, 4, 5]
    assert edges.weight.dtype == np.float32
    assert edges.delay_ms.tolist() == [1.5, 1.5, 1.5]
    weights = run.weights("ee")
    assert weights.data.dtype == np.float32
    assert weights.data.tolist() == [[1, 2, 3], [2, 3, 4], [3, 4, 5]]
    assert weights.times_ms.tolist() == [0, 10, 20]
    assert weights.alive.tolist() == [[True] * 3, [True] * 3, [True, False, True]]
    assert weights.unit == "pA"


def test_a_run_reads_the_same_while_it_runs_and_when_it_is_sealed(tmp_path: Path) -> None:
    path = tmp_path / "run.h5"
    with Recorder(path, HEADER) as rec:
        small_run(rec)
        with recording.read(path) as live:
            assert not live.is_sealed
            assert live.status == Status.RUNNING
            check_small_run(live)
    with recording.read(path) as sealed:
        assert sealed.is_sealed
        assert sealed.status == rec.status == Status.OK
        check_small_run(sealed)
    assert [p.name for p in tmp_path.iterdir()] == ["run.h5"]
    assert recording.verify(path) == []


def test_a_compressed_run_reads_the_same(tmp_path: Path) -> None:
    path = tmp_path / "run.h5"
    with Recorder(path, HEADER, compression="gzip") as rec:
        small_run(rec)
    with recording.read(path) as run:
        check_small_run(run)
    filters = {n.path: n.filters for n in recording.describe(path).tree}
    assert filters["/spikes/exc/timestamps"] == ("fletcher32", "shuffle", "gzip")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (KeyboardInterrupt(), Status.INTERRUPTED),
        (recording.recorder.Interrupted("stopped"), Status.INTERRUPTED),
        (ArithmeticError("v is NaN"), Status.FAILED),
    ],
)
def test_a_run_that_ends_early_is_sealed_with_its_status(
    tmp_path: Path, error: BaseException, status: Status
) -> None:
    def fail(rec: Recorder) -> None:
        small_run(rec)
        raise error

    path = tmp_path / "run.h5"
    with pytest.raises(type(error)), Recorder(path, HEADER) as rec:
        fail(rec)
    with recording.read(path) as run:
        assert run.status == status
        check_small_run(run)


def fail_blank(_rec: Recorder) -> None:
    raise ArithmeticError


def fail_in_segments(rec: Recorder) -> None:
    rec.spikes("exc", [1.0], [0])
    rec.flush()
    raise ArithmeticError


def fail_under_way(rec: Recorder) -> None:
    rec.progress(10, 1)
    raise ArithmeticError


def test_a_run_that_fails_with_nothing_recorded_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ArithmeticError), Recorder(tmp_path / "run.h5", HEADER) as rec:
        fail_blank(rec)
    assert rec.status == Status.FAILED
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("fail", [fail_in_segments, fail_under_way])
def test_a_run_that_fails_with_something_recorded_keeps_it(
    tmp_path: Path, fail: Callable[[Recorder], None]
) -> None:
    path = tmp_path / "run.h5"
    with pytest.raises(ArithmeticError), Recorder(path, HEADER) as rec:
        fail(rec)
    with recording.read(path) as run:
        assert run.status == Status.FAILED


def test_a_run_without_any_spike(tmp_path: Path) -> None:
    path = tmp_path / "run.h5"
    with Recorder(path, HEADER) as rec:
        rec.nodes("exc", 3, "lif")
        rec.spikes("exc", [], [])
        rec.progress(1000, 1)
    with recording.read(path) as run:
        assert [column.size for column in run.spikes("exc")] == [0, 0]
        assert run.phases() == []
        assert run.metrics() == {}
    (exc,) = recording.describe(path).populations
    assert (exc.n_spikes, exc.rate_hz) == (0, 0.0)


def test_replaced_edges_and_metrics_keep_the_last(tmp_path: Path) -> None:
    path = tmp_path / "run.h5"
    with Recorder(path, HEADER) as rec:
        for n in (4, 2):
            rec.edges("p", "a", "b", np.arange(n), np.arange(n), np.ones(n) * n, "nS", 1.0)
            rec.metric("m", np.ones((n, n)), "ones")
            rec.flush()
    with recording.read(path) as run:
        assert run.edges("p").weight.tolist() == [2, 2]
        assert run.metric("m").shape == (2, 2)


def test_a_description_says_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "run.h5"
    with Recorder(path, HEADER) as rec:
        small_run(rec)
        live = recording.describe(path)
    sealed = recording.describe(path)
    assert (live.status, sealed.status) == ("running", "ok")
    for told in (live, sealed):
        tree = {node.path: node for node in told.tree}
        assert tree["/reports/v/exc/data"].shape == (30, 2)
        assert tree["/reports/v/exc/data"].unit == "mV"
        assert tree["/spikes/exc/timestamps"].shape == (6,)
        assert told.populations == (recording.Activity("exc", 10, "lif", 6, 20.0),)
        assert told.problems == ()
        assert json.loads(told.to_json())["seeds"] == {"root": 7}
    assert tree["/weights/ee/data"].filters == ("fletcher32",)


def misuse() -> dict[str, object]:
    nan = float("nan")
    return {
        "metric without definition": lambda r: r.metric("m", 1.0, " "),
        "metric of objects": lambda r: r.metric("m", [object()], "?"),
        "ragged metric": lambda r: r.metric("m", [[1], [1, 2]], "?"),
        "attribute of objects": lambda r: r.metric("m", 1.0, "one", bad=object()),
        "text with NUL": lambda r: r.array("a", ["a\0b"]),
        "unit with NUL": lambda r: r.array("a", [1], unit="\0"),
        "path upwards": lambda r: r.metric("../m", 1.0, "one"),
        "array and folder": lambda r: (r.array("a", 1), r.array("a/b", 1)),
        "population with slash": lambda r: r.spikes("a/b", [], []),
        "NaN time": lambda r: r.spikes("exc", [nan], [1]),
        "negative node": lambda r: r.spikes("exc", [1.0], [-1]),
        "half a node": lambda r: r.spikes("exc", [1.0], [0.5]),
        "unknown node": lambda r: (r.nodes("exc", 3, "lif"), r.spikes("exc", [1.0], [3])),
        "two times, one node": lambda r: r.spikes("exc", [1.0, 2.0], [3]),
        "edges of two lengths": lambda r: r.edges("p", "a", "b", [1, 2], [1], 1.0, "pA", 1.0),
        "weights of two lengths": lambda r: (r.weights("p", 0, [1.0]), r.weights("p", 1, [1, 2])),
        "weights of two types": lambda r: (r.weights("p", 0, [1.0]), r.weights("p", 1, [1])),
        "gap": lambda r: r.report("v", "e", "v", "mV", [1], [0.0, 1.0, 3.0], np.ones((3, 1))),
        "gap between calls": lambda r: [
            r.report("v", "e", "v", "mV", [1], times, np.ones((2, 1))) for times in ([0, 1], [3, 4])
        ],
        "other columns": lambda r: [
            r.report("v", "e", "v", "mV", nodes, [0], np.ones((1, 1))) for nodes in ([0], [1])
        ],
        "scattered columns": lambda r: r.report(
            "v", "e", "v", "mV", [1, 2, 1], [0], np.ones((1, 3))
        ),
        "no columns": lambda r: r.report("v", "e", "v", "mV", [], [0], np.ones((1, 0))),
        "transposed": lambda r: r.report("v", "e", "v", "mV", [1, 2], [0], np.ones((2, 1))),
    }


@pytest.mark.parametrize("what", misuse())
def test_what_cannot_be_kept_is_refused_at_once(tmp_path: Path, what: str) -> None:
    def fail(rec: Recorder) -> None:
        rec.metric("before", 1, "recorded before the mistake")
        misuse()[what](rec)  # type: ignore[operator]

    path = tmp_path / "run.h5"
    with pytest.raises(SpecError), Recorder(path, HEADER) as rec:
        fail(rec)
    with recording.read(path) as run:
        assert run.status == Status.FAILED


def test_a_name_that_was_not_recorded_is_told_with_the_nearest(tmp_path: Path) -> None:
    path = tmp_path / "run.h5"
    with Recorder(path, HEADER) as rec:
        small_run(rec)
    with (
        recording.read(path) as run,
        pytest.raises(SpecError, match="did you mean 'memory/recall'"),
    ):
        run.metric("memory/recal")


def test_a_closed_recorder_records_nothing(tmp_path: Path) -> None:
    with Recorder(tmp_path / "run.h5", HEADER) as rec:
        pass
    with pytest.raises(SpecError, match="not open"):
        rec.spikes("exc", [1.0], [1])


times = st.floats(0, 1e9).map(lambda t: t + 0.0)
block = st.lists(st.tuples(times, st.integers(0, 2**63 - 1)), max_size=12)
step = st.tuples(st.sampled_from(["a", "b"]), block, st.booleans())


@settings(max_examples=15, deadline=None)
@given(steps=st.lists(step, max_size=5), n_rows=st.lists(st.integers(0, 5), max_size=3))
def test_whatever_chunks_it_came_in_it_is_read_back_equal(
    tmp_path_factory: pytest.TempPathFactory, steps: list, n_rows: list[int]
) -> None:
    path = tmp_path_factory.mktemp("run") / "run.h5"
    expected: dict[str, list] = {}
    samples = np.arange(3 * sum(n_rows), dtype=np.float32).reshape(-1, 3)
    with Recorder(path, HEADER, flush_events=7) as rec:
        for population, spikes, is_flushed in steps:
            rec.spikes(population, [t for t, _ in spikes], [i for _, i in spikes])
            expected.setdefault(population, []).extend(spikes)
            if is_flushed:
                rec.flush()
        at = 0
        for n in n_rows:
            rows = slice(at, at := at + n)
            rec.report("v", "a", "v", "mV", [0, 1, 2], 0.1 * np.arange(at)[rows], samples[rows])
            rec.flush()
        rec.flush()
        with recording.read(path) as live:
            before = {name: live.spikes(name) for name in live.spiking}
    with recording.read(path) as run:
        assert run.spiking == sorted(before) == sorted(expected)
        for population, spikes in expected.items():
            for times, ids in (run.spikes(population), before[population]):
                assert list(zip(times.tolist(), ids.tolist(), strict=True)) == sorted(spikes)
        if at:
            assert np.array_equal(run.report("v").data, samples)
    with h5py.File(path) as h5:
        for population, spikes in expected.items():
            lying = h5[f"spikes/{population}/timestamps"][...]
            assert lying.tolist() == sorted(t for t, _ in spikes)
    assert recording.verify(path) == []


def test_the_size_of_a_text_is_that_of_its_letters(tmp_path: Path) -> None:
    resolved = '{"x": "' + "ä" * 500 + '"}'
    with Recorder(tmp_path / "x.h5", Header("", resolved, {}, {})) as recorder:
        recorder.nodes("exc", 1, "lif")
    sizes = {node.path: node for node in recording.describe(tmp_path / "x.h5").tree}
    assert sizes["/config/resolved"].n_bytes == 9 + 2 * 500
    assert sizes["/config/resolved"].n_stored >= 9 + 2 * 500
