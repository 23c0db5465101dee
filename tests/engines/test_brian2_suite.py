"""What judges the device by the tests of Brian2 watches them and keeps its list short."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import brian2
import brian2_examples
import brian2_suite
import pytest
from brian2_suite import Row

STORIES = """
import pytest
from brian2 import Network, NeuronGroup, ms
from brian2.tests.test_spikegenerator import test_spikegenerator_basic
from brian2.tests.test_synapses import test_transmission_simple
from brian2.devices.device import set_device

pytestmark = pytest.mark.standalone_compatible


def go():
    cells = NeuronGroup(1, "dv/dt = 1/ms : 1", method="euler")
    Network(cells).run(0.3 * ms)
    assert abs(cells.v[0] - 0.3) < 1e-12


def test_on_the_device():
    go()


def test_elsewhere():
    set_device("runtime")
    go()


def test_wrong():
    go()
    assert False


def test_listed_and_wrong():
    go()
    assert False


def test_listed_and_right():
    go()


def test_left_out():
    pytest.skip("for a reason")
"""
LISTED = """
["test_stories.py::test_listed_and_wrong"]
reason = "it is wrong"
["test_stories.py::test_listed_and_right"]
reason = "it was wrong once"
["test_stories.py::test_wrong"]
reason = "wrong in another version"
versions = ["1.4"]
"""


@pytest.fixture(scope="module")
def row(tmp_path_factory: pytest.TempPathFactory) -> Row:
    """Run the stories above as if they were tests of Brian2, by its own conftest."""
    folder = tmp_path_factory.mktemp("brian2")
    (folder / "tests").mkdir()
    origin = Path(brian2.__file__).parent
    (folder / "conftest.py").write_text((origin / "conftest.py").read_text())
    (folder / "tests/pytest.ini").write_text((origin / "tests/pytest.ini").read_text())
    (folder / "tests/test_stories.py").write_text(STORIES)
    (folder / "listed.toml").write_text(LISTED)
    return brian2_suite.run(
        sys.executable,
        "single",
        "single",
        ["-p", "no:xdist"],
        folder=folder,
        BRIAN2_SUITE_EXCEPTIONS=str(folder / "listed.toml"),
        BRIAN2_SUITE_DEVICE="numba",
    )


@pytest.mark.parametrize(
    ("story", "outcome"),
    [
        ("on_the_device", "passed"),
        ("elsewhere", "failed"),
        ("wrong", "failed"),
        ("listed_and_wrong", "listed"),
        ("listed_and_right", "listed but passes"),
        ("left_out", "skipped"),
        # Brian2's own, so that some of them run whenever the tests do.
        ("spikegenerator_basic", "passed"),
        ("transmission_simple", "passed"),
    ],
)
def test_outcome(row: Row, story: str, outcome: str) -> None:
    assert row.tests[f"test_stories.py::test_{story}"]["outcome"] == outcome


def test_witness_tells_where_a_test_ran(row: Row) -> None:
    here, elsewhere = (
        row.tests[f"test_stories.py::test_{s}"] for s in ("on_the_device", "elsewhere")
    )
    assert here["loops"] > 0
    assert here["elsewhere"] == 0
    assert elsewhere["loops"] == 0
    assert elsewhere["elsewhere"] > 0
    assert "another device" in elsewhere["detail"]


def test_failures_turn_the_row_red_and_are_told(row: Row) -> None:
    assert not row.is_good
    text = brian2_suite.table([row])
    assert "test_wrong: failed" in text
    assert "test_listed_and_right: listed but passes" in text
    assert "test_listed_and_wrong" not in text
    assert row.version == brian2.__version__


def test_part_that_compiles_nothing_is_red() -> None:
    test = {"outcome": "passed", "detail": "", "loops": 0}
    assert not Row("single", "2.9.0", {"a": test}, status=0).is_good
    assert Row("single", "2.9.0", {"a": {**test, "loops": 1}}, status=0).is_good


def test_list_names_only_tests_that_exist(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    listed = tmp_path / "listed.toml"
    listed.write_text(LISTED)
    monkeypatch.setattr(brian2_suite, "EXCEPTIONS", listed)
    tests = {"test_stories.py::test_listed_and_wrong": {"outcome": "listed", "detail": ""}}
    rows = [Row(part, "2.9.0", tests, 0) for part in brian2_suite.GROUPS]
    assert brian2_suite.unknown_exceptions(rows) == ["2.9.0 test_stories.py::test_listed_and_right"]
    assert brian2_suite.unknown_exceptions(rows[:1]) == []


def test_every_exception_has_a_reason() -> None:
    for name, entry in brian2_suite.exceptions().items():
        assert len(entry["reason"].split()) > 3, name
        assert entry.keys() <= {"reason", "versions"}


#: A few files of Brian2's tests that reach many templates.
FEW = ("test_poissoninput.py", "test_poissongroup.py", "test_spikegenerator.py")


@pytest.mark.slow  # compiles some thirty networks
def test_some_of_brian2s_own_tests_pass() -> None:
    row = brian2_suite.run(sys.executable, "single", "single", ["-p", "no:xdist"], files=FEW)
    assert row.is_good, brian2_suite.table([row])
    assert row.n_compiled > 2 * len(FEW)


EXAMPLES = {
    "ran": "run(1*ms)",
    "no network": "pass",
    "failed": "run(1*ms); raise ValueError('no')",
    "chooses its own device": "set_device('cpp_standalone'); run(1*ms)",
    "needs a package that is absent": "import absent_package",
}


@pytest.mark.slow  # five processes that import Brian2
@pytest.mark.skipif(os.name == "nt", reason="limits of processor time are those of POSIX")
def test_example_scripts_are_judged_by_what_they_did(tmp_path: Path) -> None:
    head = "from brian2 import *\nimport neighbour\n"
    head += "cells = NeuronGroup(1, 'dv/dt = 1/ms : 1', method='euler')\n"
    (tmp_path / "neighbour.py").write_text("")
    for kind, line in EXAMPLES.items():
        (tmp_path / "script.py").write_text(head + line)
        assert brian2_examples.run(tmp_path, "script.py").kind == kind
