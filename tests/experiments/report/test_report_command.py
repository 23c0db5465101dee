"""`engram report` as a user meets it: a run, a sweep, and what is neither."""

import json

import pytest


def test_a_recording_has_a_page_beside_it(engram, known):
    told = engram("report", known)
    assert (told.code, told.err) == (0, "")
    page = known.with_name("known-report.html")
    assert told.last_line == str(page)
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert known.exists()


def test_a_sweep_has_a_page_if_asked_for_and_a_table_with_a_picture_otherwise(
    engram, swept, tmp_path
):
    told = engram("report", swept, "-o", tmp_path / "page.html", "--metric", "acc")
    assert (told.code, told.last_line) == (0, str(tmp_path / "page.html")), told.err
    assert "bytes_kept_last" not in (tmp_path / "page.html").read_text(encoding="utf-8")
    table = engram("report", swept, "-o", tmp_path / "picture.png")
    assert table.code == 0, table.err
    assert "8 of 9 points" in table.out
    assert (tmp_path / "picture.png").stat().st_size > 5000
    rows = json.loads(engram("report", swept, "--json").out)
    assert [row["acc"]["mean"] for row in rows] == pytest.approx([0.705, 0.905, 0.955, 0.605])
    # Student with one degree of freedom: 12.706 standard errors of 0.005.
    assert rows[0]["acc"]["high"] - 0.705 == pytest.approx(12.706 * 0.005, rel=1e-4)
    both = engram("report", swept, "--json", "-o", tmp_path / "page.html")
    assert (both.code, "--json prints" in both.err) == (2, True)


def test_bad_input_is_told_with_its_code(engram, known, swept, tmp_path):
    wrong = engram("report", known, "-o", tmp_path / "page.pdf")
    assert (wrong.code, wrong.out) == (2, "")
    assert "page.pdf: the name of a page must end in .html" in wrong.err
    wrong = engram("report", swept, "-o", tmp_path / "page.txt")
    assert wrong.code == 2
    assert "the name must end in .html, or in one of .png, .pdf, .svg" in wrong.err
    wrong = engram("report", known, "--metric", "acc")
    assert wrong.code == 2
    assert "--metric is for sweeps" in wrong.err
    wrong = engram("report", swept, "-o", tmp_path / "page.html", "--metric", "acd")
    assert wrong.code == 2
    assert "did you mean 'acc'" in wrong.err
    assert engram("report", tmp_path / "nowhere.h5").code == 4
    (tmp_path / "text.h5").write_text("no recording")
    assert engram("report", tmp_path / "text.h5").code == 5
    (tmp_path / "empty").mkdir()
    assert engram("report", tmp_path / "empty", "-o", tmp_path / "page.html").code == 5
    assert not (tmp_path / "page.html").exists()


def test_a_folder_that_cannot_be_written_is_told(engram, known, tmp_path):
    (tmp_path / "file").write_text("")
    told = engram("report", known, "-o", tmp_path / "file" / "page.html")
    assert told.code == 4
    assert "cannot write" in told.err
