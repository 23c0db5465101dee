"""The page of a sweep: every combination in a table and in a plot, and what failed by name."""

import numpy as np
import pytest

from experiments.report import sweep
from experiments.sweep.folder import Folder
from experiments.sweep.points import Plan
from neuro.errors import DamagedFileError


@pytest.fixture
def page(swept, tmp_path, parse):
    sweep.save(swept, [], tmp_path / "page.html")
    return parse(tmp_path / "page.html")


def test_the_table_has_a_row_for_each_combination(page):
    rows = page.all("table[@id='sweep-table']/tbody/tr")
    shown = [[page.words(cell) for cell in row] for row in rows]
    assert [row[0] for row in shown] == ["plain", "replay", "hlop", "<b>worst"]
    assert {row[1] for row in shown} == {"2"}
    exact = [[float(each.get("value")) for each in row.iter("data")] for row in rows]
    expected = [[0.705, 100], [0.905, 400], [0.955, 200], [0.605, 500]]
    np.testing.assert_allclose(exact, expected, rtol=1e-12)
    # Student with one degree of freedom: 12.706 standard errors of 0.005.
    assert shown[0][2] == "0.705 ± 0.064"
    sorts = [row[2].get("data-sort") for row in rows]
    assert [float(each) for each in sorts] == [values[0] for values in exact]


def test_a_score_is_drawn_against_a_cost(page):
    data = page.data["sweep"]
    names = [metric["name"] for metric in data["metrics"]]
    assert (names[data["x"]], names[data["y"]]) == ("bytes_kept_last", "acc")
    assert [metric["less"] for metric in data["metrics"]] == [False, True]
    assert data["metrics"][1]["unit"] == "byte"
    assert data["rows"][2]["values"][1][0] == 200


def test_what_failed_is_named(page):
    told = page.section("warnings")
    assert 'failed with code 3: experiment.method="poison" (repeat 0): v is not finite' in told
    assert "1 point has no result (yet)" in told
    assert "8 of 9 points" in page.words(page.all("h1")[0])


def test_a_sweep_without_results_has_a_page(swept, tmp_path, parse):
    place = Folder(tmp_path / "empty-sweep")
    points = tuple(Folder(swept).points())
    place.write(Plan(tmp_path / "x.yaml", (), 1, points), [])
    sweep.save(place.path, [], tmp_path / "page.html")
    page = parse(tmp_path / "page.html")
    assert "no point is done yet" in page.section("warnings")
    assert not page.all("table[@id='sweep-table']")


def test_a_garbled_list_of_failures_is_a_damaged_sweep(tmp_path):
    (tmp_path / "sweep.json").write_text('{"points": [], "failures": [{"id": "nobody"}]}')
    with pytest.raises(DamagedFileError, match=r"sweep\.json: not the list of a sweep"):
        sweep.save(tmp_path, [], tmp_path / "page.html")
