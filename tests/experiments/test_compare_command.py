"""`engram compare` as a user meets it: one run twice, another seed, no recording."""

import json
from pathlib import Path

import pytest

from experiments import templates


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
