"""The page of a run: its numbers are those of the file, and what is missing is said."""

import numpy as np
import pytest
from reported import LOAD, MATRIX, RECALL, THEORY, fill, header, unpacked

from experiments.report import raster, run
from neuro.recording import Recorder, Status, read


@pytest.fixture
def page(known, tmp_path, parse):
    run.save(known, tmp_path / "page.html")
    return parse(tmp_path / "page.html")


def test_numbers_of_metrics_are_exactly_those_of_the_file(page, known):
    rows = {
        page.words(row.find("th")): row for row in page.all("table[@id='metric-table']/tbody/tr")
    }
    with read(known) as recording:
        metrics = recording.metrics()
    assert list(rows) == list(metrics)
    for name, metric in metrics.items():
        numbers = [float(each.get("value")) for each in rows[name].iter("data")]
        np.testing.assert_array_equal(numbers, np.ravel(metric.value))
        assert metric.definition in page.words(rows[name])
    assert page.words(rows["seconds"].findall("td")[1]) == "s"


def test_the_raster_has_every_spike_of_the_file(page, known):
    (figure,) = [each for each in page.data["figures"] if each["kind"] == "raster"]
    with read(known) as recording:
        for panel in figure["panels"]:
            times, ids = recording.spikes(panel["name"])
            steps = unpacked(panel["steps"])
            shown = (panel["first"] + np.cumsum(steps)) * panel["tick"]
            # 0.5 ns: half a step of the finest clock.
            np.testing.assert_allclose(shown, times, rtol=0, atol=5.1e-7)
            np.testing.assert_array_equal(unpacked(panel["ids"]), ids)
    assert figure["panels"][0]["tick"] == 0.1
    assert [each["name"] for each in figure["phases"]] == ["learn", "recall"]


def test_too_many_spikes_are_counted_in_cells_and_that_is_said(known, tmp_path, parse, monkeypatch):
    monkeypatch.setattr(raster, "MOST_SPIKES", 500)
    run.save(known, tmp_path / "page.html")
    page = parse(tmp_path / "page.html")
    (figure,) = [each for each in page.data["figures"] if each["kind"] == "raster"]
    exc, inh = figure["panels"]
    assert exc["kind"] == "grid"
    assert inh["kind"] == "spikes"
    counts = unpacked(exc["counts"]).reshape(exc["rows"], exc["columns"])
    assert counts.sum() == 600
    with read(known) as recording:
        times, ids = recording.spikes("exc")
    window = times < exc["start"] + 1000.5 * exc["width"]
    assert abs(counts[:, :1000].sum() - window.sum()) <= np.sum(times == times[window][-1])
    np.testing.assert_array_equal(counts.sum(axis=1), np.bincount(ids.astype(int), minlength=40))
    assert "exc: 600 spikes are drawn as counts in cells of" in page.section("warnings")


def test_the_accuracy_matrix_is_a_figure_and_a_table(page):
    figure = page.data["figures"][0]
    assert figure["columns"] == ["one", "two", "three"]
    shown = np.array(figure["values"], dtype=float)
    np.testing.assert_array_equal(shown, MATRIX)
    assert figure["values"][0][2] is None
    (table,) = page.all("figure[@id='figure-1']//table")
    numbers = [float(each.get("value")) for each in table.iter("data")]
    np.testing.assert_array_equal(np.reshape(numbers, (3, 3)), MATRIX)
    assert page.words(page.all("figure[@id='figure-2']")[0]).startswith("course of learning")


def test_theory_stands_beside_what_was_found(page):
    (figure,) = [each for each in page.data["figures"] if each["title"] == "recall"]
    (line,) = figure["lines"]
    assert line["x"] == LOAD.tolist()
    np.testing.assert_allclose(line["y"], RECALL.mean(axis=0))
    assert line["theory"]["y"] == THEORY.tolist()
    assert figure["x"]["log"]
    told = page.section("theory")
    assert "largest difference 0.05" in told
    # 0.45 against 0.5 and 0.05 against 0: the interval of the last ends at 0.
    assert "the interval holds the theory at 4 of 4 places" in told


def test_what_ran_is_told(page):
    head = page.words(page.all("header")[0])
    assert "known" in head
    assert "ok" in head
    assert "1.5 s of wall-clock time" in head
    assert "commit c0ffeec0ff" in head
    assert "without a single spike" not in page.section("warnings")
    assert "spikes were not recorded of: silent" in page.section("warnings")
    assert "packages.numpy2.3.5" in page.section("provenance")
    assert "# <as written>" in page.section("configuration")
    assert page.all("section[@id='configuration']//span")


def test_a_run_that_goes_on_and_one_that_died_have_a_page(tmp_path, parse):
    out = tmp_path / "page.html"
    with Recorder(tmp_path / "run.h5", header()) as recorder:
        fill(recorder)
        recorder.flush()
        run.save(tmp_path / "run.h5", out)
        assert "the run goes on" in parse(out).section("warnings")
        alive = [each for each in parse(out).data["figures"] if each["kind"] == "raster"]
        assert alive[0]["panels"][0]["n"] == 600
        # What a killed process leaves: the segments, and a lock that no one holds.
        left = tmp_path / "dead.h5.parts"
        left.mkdir()
        for segment in (tmp_path / "run.h5.parts").glob("*.h5"):
            (left / segment.name).write_bytes(segment.read_bytes())
    run.save(left, out)
    page = parse(out)
    assert "the run died before its end" in page.section("warnings")
    assert "running" in page.words(page.all("h1")[0])


def test_an_empty_run_says_what_it_lacks(tmp_path, parse):
    with Recorder(tmp_path / "run.h5", header()):
        pass
    run.save(tmp_path / "run.h5", tmp_path / "page.html")
    page = parse(tmp_path / "page.html")
    assert "no metrics were recorded" in page.section("warnings")
    assert not page.all("section[@id='figures']")
    assert page.data == {"figures": []}


def test_a_run_that_failed_is_told(tmp_path, parse):
    def fail():
        with Recorder(tmp_path / "run.h5", header()) as recorder:
            fill(recorder)
            raise ValueError("no good")

    with pytest.raises(ValueError, match="no good"):
        fail()
    with read(tmp_path / "run.h5") as recording:
        assert recording.status is Status.FAILED
    run.save(tmp_path / "run.h5", tmp_path / "page.html")
    assert "the run failed" in parse(tmp_path / "page.html").section("warnings")
