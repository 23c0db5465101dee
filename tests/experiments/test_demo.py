"""`make demo` at a test's size: both stories, one picture."""

import json

import pytest

from experiments.cli import invoke
from experiments.demo import METHODS, PICTURE, app
from neuro.recording import read


# Two experiments, and what they compile.
@pytest.mark.slow
def test_the_demo_tells_both_stories(tmp_path, capsys):
    assert invoke(["--quick", "-q", "--output", str(tmp_path)], app, "demo") == 0
    assert capsys.readouterr().out.splitlines()[-1] == str(tmp_path / PICTURE)
    assert (tmp_path / PICTURE).stat().st_size > 10_000
    assert len(list(tmp_path.glob("digit-memory/*.h5"))) == 1
    methods = set()
    for path in tmp_path.glob("digits-stream/*.h5"):
        with read(path) as stream:
            methods.add(json.loads(stream.resolved)["experiment"]["method"])
    assert methods == set(METHODS)
