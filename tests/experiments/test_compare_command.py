"""`engram compare` as a user meets it: one run twice, another seed, no recording."""

import json
from pathlib import Path

import pytest

from experiments import templates
from neuro.recording import Header, Recorder


@pytest.fixture
def ran(engram, tmp_path):
    def run(name, *changes):
        place = f"output.path={tmp_path / name}.h5"
        done = engram(
            "run", templates.path("minimal"), "simulation.duration=50 ms", place, *changes
        )
        assert done.code == 0, done.err
        return Path(done.last_line)

    return run


def test_the_same_configuration_twice_is_equal_and_another_seed_differs(engram, ran):
    one, again, other = ran("one"), ran("again"), ran("other", "seed=7")
    same = engram("compare", one, again)
    assert (same.code, same.err) == (0, "")
    assert "results are equal, bit for bit" in same.out

    told = engram("compare", one, other)
    assert (told.code, told.err) == (1, "")
    assert "results differ" in told.out
    assert "first diverging spike: cells, " in told.out

    found = json.loads(engram("compare", one, other, "--json").out)
    assert found["equal"] is False
    assert {change["key"] for change in found["configuration"]} == {"seed"}
    assert found["first_spike"]["population"] == "cells"
    assert {"seeds.root"} <= {change["key"] for change in found["provenance"]}
    # Values of JSON alone: no NaN, which other readers refuse.
    assert json.loads(json.dumps(found, allow_nan=False)) == found

    assert engram("compare", one, other, "--ignore", "*").code == 0


def test_files_that_cannot_be_compared_have_their_own_codes(engram, ran, tmp_path):
    one = ran("one")
    missing = engram("compare", one, tmp_path / "nowhere.h5")
    assert (missing.code, missing.out) == (4, "")
    assert "nowhere.h5" in missing.err
    (tmp_path / "text.h5").write_text("not HDF5")
    assert engram("compare", tmp_path / "text.h5", one).code == 5


def test_runs_that_have_nothing_in_common_are_told_on_one_screen(engram, ran, tmp_path):
    one, other = ran("one"), tmp_path / "other.h5"
    config = templates.path("minimal").parents[2] / "data/configs/memory/willshaw.yaml"
    assert engram("run", config, "quick=true", f"output.path={other}").code == 0
    told = engram("compare", one, other)
    assert told.code == 1
    assert len(told.out.splitlines()) < 60
    assert max(map(len, told.out.splitlines())) < 200
    for words in ("projections.drive.*", " keys", "seeds.streams.*", "more", "1 edges: drive"):
        assert words in told.out
    # What both sides have is told with its values.
    assert "seed " in told.out
    whole = engram("compare", one, other, "--all").out
    assert "metrics/bits_per_synapse:definition" in whole
    assert "projections.drive.synapse.weight" in whole
    assert len(whole.splitlines()) > 60


def test_long_tables_are_cut_with_the_number_of_the_rest(engram, ran, tmp_path):
    recorders = [tmp_path / "a.h5", tmp_path / "b.h5"]
    for number, path in enumerate(recorders):
        with Recorder(path, Header("a: 1\n", "{}", {}, {})) as recorder:
            for k in range(30):
                recorder.metric(f"m{k:02d}", number + k / 7, "a number")
    told = engram("compare", *recorders).out
    assert "metrics/m19" in told
    assert "metrics/m20" not in told
    assert "... and 10 more; --all tells them" in told
    whole = engram("compare", *recorders, "--all").out
    assert "metrics/m29" in whole
    assert "more" not in whole
